"""What an agency tells the others about a nominee: given only under an agreement in force."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from iom.access.scope import Scope
from iom.agreements import queries as agreements
from iom.agreements.choices import Audience, Category, RecordKind
from iom.agreements.rules import Terms
from iom.common.errors import InvalidInput, WrongState
from iom.partnerships.models import Agency


def check_agreed(*, audience: str, agencies: Collection[int], by: Scope, at: datetime) -> list[int]:
    """The agreements, by id, that let the acting agency tell an audience about a nominee.

    What stays the agency's own is given to nobody, and needs none. Raises `InvalidInput` with what is missing.
    """
    if audience == Audience.OWN:
        return []
    others = Agency.objects.filter(partnership_id=by.partnership_id).exclude(pk=by.agency_id).order_by("pk")
    receivers = list(others.filter(pk__in=agencies) if audience == Audience.LISTED else others)
    found = agreed_with(receivers=receivers, field="audience", by=by, at=at)
    return sorted({terms.agreement_id for terms in found})


def agreed_with(*, receivers: list[Agency], field: str, by: Scope, at: datetime) -> list[Terms]:
    """For each receiver the agreement that lets the acting agency tell it about a nominee, which is about offending.

    Raises `InvalidInput` on a field of the form, so that what was typed stays.
    """
    giver = Agency.objects.get(pk=by.agency_id, partnership_id=by.partnership_id)
    try:
        return agreements.agreed(
            giver=giver,
            receivers=receivers,
            kinds=[RecordKind.ANSWERS],
            special=[Category.CRIMINAL],
            scope=by,
            on=timezone.localdate(at),
        )
    except WrongState as error:
        raise InvalidInput(error.message, {field: error.message}) from error
