"""Lists as files, for every app: the file, and the record that it left."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, query_of
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import NotVisible
from iom.common.spreadsheets import Cell, csv_file, xlsx_file

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(
    *,
    request: ScopedRequest,
    name: str,
    kind: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    people: Iterable[int] = (),
    permission: Permission = Permission.EXPORT,
) -> HttpResponse:
    """A list as a file, and the record that it left: who took it, which list, how many rows, and about whom.

    `people`: the ids of the people in it; a list that names any is marked OFFICIAL-SENSITIVE, in its name and on its
    printed pages.
    """
    request.scope.check(permission)
    if kind not in TYPES:
        raise NotVisible()
    listed, named = list(rows), sorted(set(people))
    marking = "OFFICIAL-SENSITIVE" if named else "OFFICIAL"
    audit.record(
        by=request.scope,
        at=timezone.now(),
        kind=Kind.DISCLOSURE,
        action=f"export.{slugify(name)}",
        subject_type="access.List",
        subject_id=slugify(name),
        people=named,
        detail={"rows": len(listed), "kind": kind},
    )
    body = csv_file(headings, listed) if kind == "csv" else xlsx_file(headings, listed, title=name, marking=marking)
    response = HttpResponse(body, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{slugify(name)}-{marking}.{kind}"'
    return response


def export_links(
    request: ScopedRequest, name: str, *args: Any, permission: Permission = Permission.EXPORT
) -> list[dict[str, str]]:
    """Where this list can be downloaded as it is filtered now; nothing for who may not."""
    if not request.scope.allows(permission):
        return []
    return [
        {"text": text, "href": reverse(name, args=[*args, kind]) + query_of(request)}
        for text, kind in ((_("Download as CSV"), "csv"), (_("Download as Excel"), "xlsx"))
    ]
