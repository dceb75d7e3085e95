"""What several pages of the cohort need: its sub-navigation, and whether to offer a nomination."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.cohorts.choices import MembershipState
from iom.cohorts.models import CohortMembership, Nomination
from iom.cohorts.queries import UNDECIDED
from iom.people.models import Person
from iom.people.queries import restrictions

SECTIONS = (
    ("cohort", "Members", Permission.COHORT_VIEW),
    ("cohorts-candidates", "Candidates", Permission.CANDIDATES_VIEW),
    ("cohorts-nominations", "Nominations", Permission.COHORT_VIEW),
    ("cohorts-schemes", "Schemes", Permission.SCHEME_VIEW),
)


def sections(scope: Scope, active: str) -> list[dict[str, Any]]:
    """The sub-navigation of the cohort: only what this user may open."""
    return [
        {"text": _(text), "href": reverse(name), "active": name == active}
        for name, text, permission in SECTIONS
        if scope.allows(permission)
    ]


def may_nominate(
    scope: Scope, person: Person, memberships: list[CohortMembership], nominations: list[Nomination]
) -> bool:
    """Whether to offer a nomination of somebody who has these: not while one is undecided, nor of who is in the cohort,
    nor while records of theirs are restricted."""
    return (
        scope.allows(Permission.NOMINATE)
        and not any(each.state == MembershipState.ACTIVE for each in memberships)
        and not any(each.state in UNDECIDED for each in nominations)
        and not restrictions.is_restricted(person_id=person.pk, scope=scope)
    )


def today() -> date:
    return timezone.localdate()
