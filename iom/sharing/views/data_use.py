"""How this system uses data: what the code declares of it, for everybody who works with it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, requires
from iom.sharing.presenters import data_use as present


@require_GET
@requires(Permission.TODAY_VIEW)
def data_use(request: ScopedRequest) -> HttpResponse:
    """The record of processing, the transparency record, the roles, retention and the data dictionary."""
    return render(request, "sharing/data_use.html", {"records": present.page()})
