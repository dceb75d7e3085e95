"""What several pages of the cohort need: its sub-navigation, pages of a list, and lists as files."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.access.views import ScopedRequest
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import InvalidInput, NotVisible
from iom.common.spreadsheets import Cell, csv_file, xlsx_file

SECTIONS = (
    ("cohort", "Members", Permission.COHORT_VIEW),
    ("cohorts-candidates", "Candidates", Permission.CANDIDATES_VIEW),
    ("cohorts-nominations", "Nominations", Permission.COHORT_VIEW),
    ("cohorts-schemes", "Schemes", Permission.SCHEME_VIEW),
)
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


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


def download(
    *, request: ScopedRequest, name: str, kind: str, headings: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> HttpResponse:
    """A list as a file, and the record that it left: who took it, which list, how many rows."""
    request.scope.check(Permission.EXPORT)
    if kind not in TYPES:
        raise NotVisible()
    listed = list(rows)
    audit.record(
        by=request.scope,
        at=timezone.now(),
        kind=Kind.DISCLOSURE,
        action=f"export.{slugify(name)}",
        subject_type="cohorts.List",
        subject_id=slugify(name),
        detail={"rows": len(listed), "kind": kind},
    )
    body = csv_file(headings, listed) if kind == "csv" else xlsx_file(headings, listed, title=name)
    response = HttpResponse(body, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{slugify(name)}.{kind}"'
    return response


def export_links(request: ScopedRequest, name: str, *args: Any) -> list[dict[str, str]]:
    """Where this list can be downloaded as it is filtered now; nothing for who may not."""
    if not request.scope.allows(Permission.EXPORT):
        return []
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return [
        {"text": text, "href": reverse(name, args=[*args, kind]) + query}
        for text, kind in ((_("Download as CSV"), "csv"), (_("Download as Excel"), "xlsx"))
    ]


def add_errors(form: Form, error: InvalidInput) -> None:
    """Puts what a rule found wrong beside the fields it names; the rest stands above the form."""
    if not error.fields:
        form.add_error(None, error.message)
    for name, message in error.fields.items():
        form.add_error(name if name in form.fields else None, message)


def today() -> date:
    return timezone.localdate()
