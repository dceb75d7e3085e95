"""A record that ends while a comparison waits: whoever it was of is in the store, by pseudonym, and must not stay.

A comparison cannot be mended by taking one person out of it, so the question is given up, and can be asked again.
"""

from datetime import datetime

from django.db import transaction

from iom.access.scope import Scope, act_in, unrestricted
from iom.common.erasure import Counts
from iom.outcomes import evaluation, queries
from iom.outcomes.operations.studies import withdraw

REASON = "The record of somebody it may be about has ended. Ask the question again."


def plan(*, scope: Scope, person_id: int, agency_id: int) -> Counts:
    """Nothing of any table: what waits in the store is a copy, and is gone within weeks by itself."""
    return {}


@transaction.atomic
def erase(*, by: Scope, person_id: int, agency_id: int, at: datetime) -> Counts:
    """Gives up every question under way whose kept people have this one among them, or are being read just now."""
    system = unrestricted(
        partnership_id=by.partnership_id, agency_id=by.agency_id, because="the record of somebody in a comparison ends"
    )
    with act_in(system):
        key = queries.key_of(person_id=person_id, scope=system)
        for study_id in sorted(queries.under_way(scope=system)):
            if evaluation.may_hold(study_id, key):
                withdraw(study_id=study_id, reason=REASON, by=system, at=at)
    return {}
