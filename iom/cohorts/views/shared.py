"""What several pages of the cohort need: its sub-navigation and pages of a list."""

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
