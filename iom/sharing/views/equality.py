"""The equality evidence log: list, file, one entry; adding, looking again, correcting."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access import downloads
from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, paged, requires
from iom.common.errors import InvalidInput
from iom.partnerships import queries as partnerships
from iom.sharing.forms.equality import EqualityCorrectionForm, EqualityFilterForm, EqualityForm
from iom.sharing.models import EqualityEntry
from iom.sharing.operations import equality as operations
from iom.sharing.presenters import equality as present
from iom.sharing.queries import equality as queries
from iom.sharing.rules import equality as rules

VIEW, RECORD = Permission.EQUALITY_VIEW, Permission.EQUALITY_RECORD
PAGE, MOST_EXPORTED = 25, 5000
NEWEST = "-looked_on"


def found_by(request: ScopedRequest) -> tuple[EqualityFilterForm, Any]:
    form = EqualityFilterForm(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    return form, queries.list_entries(scope=request.scope, sort=request.GET.get("sort", NEWEST), **chosen)


@require_GET
@requires(VIEW)
def listed(request: ScopedRequest) -> HttpResponse:
    """The log, what was looked at last first."""
    form, found = found_by(request)
    page, on = paged(found.select_related("later"), request, PAGE), timezone.localdate()
    context = {
        "form": form,
        "params": request.GET,
        "sort": request.GET.get("sort", NEWEST),
        "page": page,
        "rows": [present.row(each, on=on) for each in page["rows"]],
        "may_record": request.scope.allows(RECORD),
        "exports": downloads.export_links(request, "sharing-equality-export", permission=VIEW),
    }
    return render(request, "sharing/equality.html", context)


@require_GET
@requires(VIEW)
def export(request: ScopedRequest, kind: str) -> HttpResponse:
    """The log as a file, as it is narrowed to now. Nobody is in it."""
    _form, found = found_by(request)
    entries = found.select_related("version__scheme", "outcomes")[:MOST_EXPORTED]
    return downloads.download(
        request=request,
        name="equality evidence",
        kind=kind,
        headings=present.export_headings(),
        rows=[present.export_row(each) for each in entries],
        permission=VIEW,
    )


@require_GET
@requires(VIEW)
def entry(request: ScopedRequest, equality_id: int) -> HttpResponse:
    """One entry with its figures, and what may follow it."""
    found = queries.get_entry(equality_id=equality_id, scope=request.scope)
    is_current = rules.can_follow(is_followed=hasattr(found, "later"))
    context = {
        "entry": found,
        "rows": present.summary_rows(found, names=partnerships.user_names(user_ids={found.recorded_by})),
        "figures": present.figures(found),
        "neighbours": present.neighbours(found),
        "is_current": is_current,
        "may_open": request.scope.allows(Permission.OUTCOMES_VIEW),
        "may_follow": is_current and request.scope.allows(RECORD),
    }
    return render(request, "sharing/equality_entry.html", context)


@require_http_methods(["GET", "POST"])
@requires(RECORD)
def new(request: ScopedRequest) -> HttpResponse:
    """Adds an entry."""
    form = EqualityForm(request.POST or None, figures=figures(request))
    return add(request, form, operations.record, heading=_("Add equality evidence"), back=reverse("sharing-equality"))


@require_http_methods(["GET", "POST"])
@requires(RECORD)
def again(request: ScopedRequest, equality_id: int) -> HttpResponse:
    """Says what was found when the same thing was looked at again."""
    found = followed(request, equality_id)
    form = EqualityForm(request.POST or None, figures=figures(request), initial=EqualityForm.initial_again(found))
    write = partial(operations.look_again, equality_id=equality_id)
    back = reverse("sharing-equality-entry", args=[equality_id])
    return add(request, form, write, heading=_("Look at it again"), back=back)


@require_http_methods(["GET", "POST"])
@requires(RECORD)
def correct(request: ScopedRequest, equality_id: int) -> HttpResponse:
    """Puts a new entry in the place of one that was wrong."""
    initial = EqualityCorrectionForm.initial_of(followed(request, equality_id))
    form = EqualityCorrectionForm(
        request.POST or None, figures=figures(request, initial["figures_key"]), initial=initial
    )
    write = partial(operations.correct, equality_id=equality_id)
    back = reverse("sharing-equality-entry", args=[equality_id])
    return add(request, form, write, heading=_("Correct this entry"), back=back)


def followed(request: ScopedRequest, equality_id: int) -> EqualityEntry:
    """The entry that another is to follow; raises `WrongState` where one does already."""
    found = queries.get_entry(equality_id=equality_id, scope=request.scope)
    rules.check_can_follow(is_followed=hasattr(found, "later"))
    return found


def add(
    request: ScopedRequest, form: EqualityForm, write: Callable[..., EqualityEntry], *, heading: str, back: str
) -> HttpResponse:
    """The form of an entry, which `write` puts into the log; then to the entry."""
    if request.method == "POST" and form.is_valid():
        try:
            made = write(**form.written(), by=request.scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The entry is in the log. It can be corrected by another, and not changed."))
            return redirect("sharing-equality-entry", made.pk)
    return render(request, "sharing/equality_form.html", {"form": form, "heading": heading, "back": back})


def figures(request: ScopedRequest, key: str = "") -> list[tuple[str, str]]:
    """The figures on record that may be chosen, those of the entry that is corrected among them."""
    found = queries.list_figures(scope=request.scope)
    if key and key not in {each.key for each in found}:
        found.append(queries.get_figures(key=key, scope=request.scope))
    return present.figures_choices(found)
