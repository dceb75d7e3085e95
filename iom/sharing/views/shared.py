"""What the pages of both kinds of request about data have in common: one small form, and the clock."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.views import ScopedRequest, add_errors
from iom.common.errors import InvalidInput
from iom.sharing.forms.clock import ExtendForm, PauseForm
from iom.sharing.models import RightsRequest, SubjectAccessRequest
from iom.sharing.operations import clock
from iom.sharing.queries.clock import AnyRequest

PAGES: dict[type[AnyRequest], str] = {
    RightsRequest: "sharing-right",
    SubjectAccessRequest: "sharing-subject-access-request",
}


def ask(
    request: ScopedRequest, found: AnyRequest, form: Form, heading: str, write: Callable[..., Any], done: str
) -> HttpResponse:
    """One small form about a request, which `write` takes; then back to the request."""
    page = PAGES[type(found)]
    if request.method == "POST" and form.is_valid():
        try:
            write(request=found, by=request.scope, at=timezone.now(), **form.cleaned_data)
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, done)
            return redirect(page, found.pk)
    cancel = {"href": reverse(page, args=[found.pk]), "text": _("Cancel")}
    context = {"form": form, "heading": heading, "cancel": cancel, "person": found.person}
    return render(request, "sharing/person_form.html", context)


def pause(request: ScopedRequest, found: AnyRequest) -> HttpResponse:
    form = PauseForm(request.POST or None, is_access=isinstance(found, SubjectAccessRequest))
    return ask(request, found, form, _("Wait for the person"), clock.pause, _("Recorded: the person is awaited."))


def resume(request: ScopedRequest, found: AnyRequest) -> HttpResponse:
    clock.resume(request=found, by=request.scope, at=timezone.now())
    messages.success(request, _("Recorded: what was awaited came today."))
    return redirect(PAGES[type(found)], found.pk)


def extend(request: ScopedRequest, found: AnyRequest) -> HttpResponse:
    form = ExtendForm(request.POST or None)
    return ask(request, found, form, _("Take two more months"), clock.extend, _("Two more months are taken."))


def pdf(body: bytes, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
