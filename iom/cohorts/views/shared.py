"""What several pages of the cohort need: its sub-navigation, pages of a list, whether to offer a nomination."""

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.cohorts.choices import MembershipState
from iom.cohorts.models import CohortMembership, Nomination
from iom.cohorts.queries import UNDECIDED
from iom.common.errors import InvalidInput

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


def may_nominate(scope: Scope, memberships: list[CohortMembership], nominations: list[Nomination]) -> bool:
    """Whether to offer a nomination of who has these: not while one is undecided, nor of who is in the cohort."""
    is_in = any(each.state == MembershipState.ACTIVE for each in memberships)
    return scope.allows(Permission.NOMINATE) and not is_in and not any(each.state in UNDECIDED for each in nominations)


def page_number(request: HttpRequest) -> int:
    given = request.GET.get("page", "1")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else 1


def paged(found: Any, request: HttpRequest, size: int) -> dict[str, Any]:
    """One page of a query, with what the pagination shows."""
    page = Paginator(found, size).get_page(page_number(request))
    return {
        "rows": list(page.object_list),
        "current": page.number,
        "total": page.paginator.num_pages,
        "first": page.start_index(),
        "last": page.end_index(),
        "count": page.paginator.count,
    }


def add_errors(form: Form, error: InvalidInput) -> None:
    """Puts what a rule found wrong beside the fields it names; the rest stands above the form."""
    if not error.fields:
        form.add_error(None, error.message)
    for name, message in error.fields.items():
        form.add_error(name if name in form.fields else None, message)


def today() -> date:
    return timezone.localdate()
