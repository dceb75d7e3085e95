"""Today, and the small pages every visitor may need."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from iom.access import roles
from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, open_to_all, requires
from iom.home import presenters
from iom.partnerships import queries as partnerships
from iom.partnerships.models import User


@require_GET
@requires(Permission.TODAY_VIEW)
def today(request: ScopedRequest) -> HttpResponse:
    """What needs this user's attention, from every app that has something to say."""
    return render(request, "home/today.html", presenters.today(scope=request.scope, on=timezone.localdate()))


@open_to_all
@require_GET
def hidden(request: HttpRequest) -> HttpResponse:
    """A page that shows nothing, for when somebody is looking over the shoulder."""
    return render(request, "govuk/hidden.html")


@open_to_all
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """Whether the process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("select 1")
    return JsonResponse({"status": "UP"})


@require_GET
@requires(Permission.TODAY_VIEW)
def account(request: ScopedRequest) -> HttpResponse:
    """Who the user is here, and where they can act."""
    assert isinstance(request.user, User)
    context = {
        "memberships": partnerships.list_memberships(user=request.user),
        "roles": [roles.BY_SLUG[slug] for slug in request.scope.roles],
    }
    return render(request, "home/account.html", context)


@require_POST
@requires(Permission.TODAY_VIEW)
def keep_alive(request: ScopedRequest) -> HttpResponse:
    """Keeps the session going: the page in front of somebody who is still working."""
    return HttpResponse(status=204)


@require_POST
@requires(Permission.TODAY_VIEW)
def choose_membership(request: ScopedRequest) -> HttpResponse:
    """Acts from now on for another of the user's own agencies."""
    request.session["membership_id"] = int(request.POST.get("membership", "0") or 0)
    return redirect("today")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or the form did not come from here."""
    return render(request, "403_csrf.html", status=403)
