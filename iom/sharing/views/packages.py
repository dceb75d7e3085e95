"""Sharing outside the partnership."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, paged, requires
from iom.audit import operations as audit
from iom.common.errors import InvalidInput
from iom.partnerships import queries as partnerships
from iom.people.queries import people
from iom.sharing.adapters import packages as files
from iom.sharing.forms.packages import FillForm, OutsideForm
from iom.sharing.forms.requests import TextForm
from iom.sharing.models import Package
from iom.sharing.operations import packages as operations
from iom.sharing.operations.packages import Outside
from iom.sharing.presenters import requests as present
from iom.sharing.queries import packages as queries
from iom.sharing.views.requests import note_list

PAGE = 50
MAKE, APPROVE = Permission.PACKAGE_MAKE, Permission.PACKAGE_APPROVE


@require_GET
@requires(MAKE)
def listed(request: ScopedRequest) -> HttpResponse:
    """The agency's packages."""
    page = paged(queries.list_packages(scope=request.scope), request, PAGE)
    note_list(request, [each.person_id for each in page["rows"]], "view.packages")
    return render(request, "sharing/packages.html", {"rows": page["rows"], "page": page, "params": request.GET})


@require_http_methods(["GET", "POST"])
@requires(MAKE)
def begin(request: ScopedRequest, public_id: UUID) -> HttpResponse:
    """Who receives it, what for and under what."""
    scope = request.scope
    person = people.get_person(public_id=public_id, scope=scope)
    audit.viewed(by=scope, at=timezone.now(), person_id=person.pk, page="package-new")
    form = OutsideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = operations.begin(person=person, outside=Outside(**form.cleaned_data), by=scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            return redirect("sharing-package-fill", made.pk)
    return render(request, "sharing/packages_begin.html", {"form": form, "person": person})


def opened(request: ScopedRequest, package_id: int, page: str) -> Package:
    found = queries.get_package(package_id=package_id, scope=request.scope)
    audit.viewed(by=request.scope, at=timezone.now(), person_id=found.person_id, page=page)
    return found


@require_GET
@requires(MAKE)
def one(request: ScopedRequest, package_id: int) -> HttpResponse:
    """One package: who it is for, what is in it, and what can be done next."""
    found = opened(request, package_id, "package")
    names = partnerships.user_names(user_ids={found.made_by, found.filled_by or 0, found.approved_by or 0})
    context = {
        "found": found,
        "rows": present.package_summary(found, names=names),
        "may_approve": found.state == "check"
        and request.scope.user_id not in (found.made_by, found.filled_by)
        and request.scope.allows(APPROVE),
        "may_fill": found.state == "draft",
        "may_take": found.state == "ready",
        "may_drop": found.state in ("draft", "check", "ready"),
    }
    return render(request, "sharing/package.html", context)


@require_http_methods(["GET", "POST"])
@requires(MAKE)
def fill(request: ScopedRequest, package_id: int) -> HttpResponse:
    """Ticks what goes in, and hands it to a second person."""
    found = opened(request, package_id, "package-fill")
    held = queries.held(package=found, scope=request.scope)
    form = FillForm(request.POST or None, held=held, giver=found.owner_agency)
    if request.method == "POST" and form.is_valid():
        try:
            operations.fill(package=found, by=request.scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("Handed to a second person. Nothing has left yet."))
            return redirect("sharing-package", found.pk)
    return render(request, "sharing/packages_fill.html", {"form": form, "found": found})


@require_http_methods(["GET", "POST"])
@requires(APPROVE)
def approve(request: ScopedRequest, package_id: int) -> HttpResponse:
    """First says what will leave, to whom and under what; then it is sealed."""
    scope, at = request.scope, timezone.now()
    found = opened(request, package_id, "package-approve")
    who = present.who_of_own(found.person, scope)
    if request.method == "POST":
        seen = request.POST.get("seen", "")
        operations.approve(package=found, who=who, seen=seen, by=scope, at=at)
        messages.success(request, _("Approved and sealed. It can be fetched until its time is over."))
        return redirect("sharing-packages" if scope.allows(MAKE) else "admin")
    context = {
        "found": found,
        "gateway": present.gateway(found.gateway),
        "basis": present.gateway(found.basis),
        "who": who,
        "seen": operations.as_shown(found, who=who),
        "is_own": scope.user_id in (found.made_by, found.filled_by),
    }
    return render(request, "sharing/packages_approve.html", context)


@require_http_methods(["GET", "POST"])
@requires(APPROVE)
def send_back(request: ScopedRequest, package_id: int) -> HttpResponse:
    return ended(request, package_id, _("Send it back"), operations.send_back, _("What is to be changed"))


@require_http_methods(["GET", "POST"])
@requires(MAKE)
def drop(request: ScopedRequest, package_id: int) -> HttpResponse:
    return ended(request, package_id, _("Drop the package"), operations.drop, _("Why"))


def ended(request: ScopedRequest, package_id: int, heading: str, write: object, label: str) -> HttpResponse:
    """A small form with a reason."""
    found = opened(request, package_id, "package-end")
    form = TextForm(request.POST or None, name="reason", label=label)
    if request.method == "POST" and form.is_valid():
        assert callable(write)
        write(package=found, by=request.scope, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("Done."))
        return redirect("sharing-packages" if request.scope.allows(MAKE) else "admin")
    return render(request, "sharing/packages_end.html", {"form": form, "heading": heading, "found": found})


@require_GET
@requires(MAKE)
def take(request: ScopedRequest, package_id: int) -> HttpResponse:
    """The file, to be sent."""
    found = queries.get_package(package_id=package_id, scope=request.scope)
    body = operations.taken(package=found, by=request.scope, at=timezone.now())
    response = HttpResponse(body, content_type="application/pkcs7-mime")
    response["Content-Disposition"] = f'attachment; filename="package-{found.pk}.p7m"'
    return response


@require_GET
@requires(MAKE)
def certificate(request: ScopedRequest) -> HttpResponse:
    """The partnership's certificate, by which a recipient checks that a package is ours."""
    body = files.own_certificate(request.scope.partnership_id, at=timezone.now())
    response = HttpResponse(body, content_type="application/x-pem-file")
    response["Content-Disposition"] = 'attachment; filename="partnership.pem"'
    return response
