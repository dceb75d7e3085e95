"""Rows as operations take hold of them: locked, visible to who acts, and marked like what they belong to."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db.models import Model

from iom.access.scope import Scope
from iom.agreements.choices import Audience, Marking
from iom.agreements.models import Marked
from iom.common.errors import NotVisible
from iom.partnerships.models import Agency

Row = TypeVar("Row", bound=Model)


def locked(*, row: Row, by: Scope, **still: Any) -> Row:
    """The row as it is now, held until the transaction ends; raises `NotVisible` where `by` may not see it.

    Or where it is no longer as `still` says: filters, for instance `erased_at=None`.
    """
    manager: Any = type(row)._default_manager
    found: Row | None = manager.visible_to(by).select_for_update().filter(pk=row.pk, **still).first()
    if found is None:
        raise NotVisible()
    return found


def marked_like(row: Marked) -> dict[str, Any]:
    """The marking of a row that belongs to another: the same owner, law, marking and audience."""
    return {
        "partnership_id": row.partnership_id,
        "owner_agency_id": row.owner_agency_id,
        "regime": row.regime,
        "marking": row.marking,
        "descriptor": row.descriptor,
        "audience": row.audience,
        "audience_agencies": list(row.audience_agencies),
    }


def marked_by(by: Scope, *, audience: str, agencies: Iterable[int] = ()) -> dict[str, Any]:
    """The marking of what an agency adds itself, for the audience it chose."""
    agency = Agency.objects.get(pk=by.agency_id, partnership_id=by.partnership_id)
    return marked_of(agency, audience=audience, agencies=agencies)


def marked_of(agency: Agency, *, audience: str, agencies: Iterable[int] = ()) -> dict[str, Any]:
    """The marking of what is an agency's, whoever adds it."""
    return {
        "partnership_id": agency.partnership_id,
        "owner_agency_id": agency.pk,
        "regime": agency.regime,
        "marking": Marking.OFFICIAL_SENSITIVE,
        "descriptor": "",
        "audience": audience,
        "audience_agencies": sorted(agencies) if audience == Audience.LISTED else [],
    }
