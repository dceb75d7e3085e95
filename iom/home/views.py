"""Today, and the small pages every visitor may need."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from iom.access import roles
from iom.access.permissions import EXTENT_MEANINGS, EXTENTS, Permission
from iom.access.views import ScopedRequest, open_to_all, requires
from iom.audit import operations as audit
from iom.home import drafts, operations, presenters, queries
from iom.home.middleware import keep_typed
from iom.partnerships import operations as membership_operations
from iom.partnerships import queries as partnerships
from iom.partnerships.models import User


@require_GET
@requires(Permission.TODAY_VIEW)
def today(request: ScopedRequest) -> HttpResponse:
    """What needs this user's attention, from every app that has something to say."""
    context = presenters.today(scope=request.scope, on=timezone.localdate())
    if people := presenters.shown_people(context):
        audit.viewed_list(by=request.scope, at=timezone.now(), person_ids=people, action="view.today")
    return render(request, "home/today.html", context)


@require_GET
@requires(Permission.ADMIN_VIEW)
def admin(request: ScopedRequest) -> HttpResponse:
    """The pages of the section Admin that this user's role includes."""
    return render(request, "home/admin.html", {"pages": presenters.admin_pages(request.scope)})


@require_GET
@requires(Permission.USERS_VIEW)
def permissions(request: ScopedRequest) -> HttpResponse:
    """The permission table: role x permission x scope, in plain English."""
    context = {
        "roles": presenters.permission_table(),
        "extents": [(gettext(EXTENTS[extent]), gettext(meaning)) for extent, meaning in EXTENT_MEANINGS.items()],
    }
    return render(request, "home/permissions.html", context)


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
def home_postcode(request: ScopedRequest) -> HttpResponse:
    """Keeps a mark of the user's home postcode, so that looks at people who live there are noticed."""
    postcode = request.POST.get("postcode", "")[:16]
    membership_operations.set_home_postcode(postcode=postcode, by=request.scope, at=timezone.now())
    messages.success(request, _("Kept.") if postcode.strip() else _("Forgotten."))
    return redirect("account")


@require_POST
@requires(Permission.TODAY_VIEW)
def keep_alive(request: ScopedRequest) -> HttpResponse:
    """Keeps the session going: the page in front of somebody who is still working."""
    return HttpResponse(status=204)


@require_POST
@requires(Permission.TODAY_VIEW)
def choose_membership(request: ScopedRequest) -> HttpResponse:
    """Acts from now on for another of the user's own agencies."""
    chosen = request.POST.get("membership", "")
    request.session["membership_id"] = int(chosen) if chosen.isascii() and chosen.isdecimal() else 0
    to = request.POST.get("next", "")
    # No host is allowed, not even ours: an address that begins at our root, and no other.
    is_ours = to.startswith("/") and url_has_allowed_host_and_scheme(to, allowed_hosts=None)
    return redirect(to if is_ours else "today")


@open_to_all
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Ends the session and keeps what was typed: its time is over, or somebody has to go. They sign in to come back."""
    to = keep_typed(request)
    logout(request)
    return redirect_to_login(to or reverse("today"))


@require_GET
@requires(Permission.TODAY_VIEW)
def draft(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    """What was typed and not saved; from here it goes back into its form, or away."""
    assert isinstance(request.user, User)
    found = queries.get_draft(scope=request.scope, draft_id=draft_id)
    operations.opened(draft=found, by=request.scope, at=timezone.now())
    memberships = partnerships.list_memberships(user=request.user)
    return render(request, "home/draft.html", presenters.draft(found, scope=request.scope, memberships=memberships))


@require_POST
@requires(Permission.TODAY_VIEW)
def discard_draft(request: ScopedRequest, draft_id: UUID) -> HttpResponse:
    queries.get_draft(scope=request.scope, draft_id=draft_id)
    operations.discard(draft_id=draft_id, by=request.scope, at=timezone.now())
    messages.success(request, _("Discarded."))
    return redirect("today")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The page was open too long, or the form did not come from here.

    Who signs in again in another window gets new tokens, and the pages left open hold the old. Where the form's mark
    says that its page was made for who is signed in, it is their own: nothing is done, and what was typed is kept.
    Reasons that speak of a token or cookie begin with CSRF; where the form came from another site they do not.
    """
    made_for = drafts.made_for(request) if request.method == "POST" and reason.startswith("CSRF ") else None
    if made_for is not None and made_for.user_id == request.user.pk:
        return redirect(keep_typed(request) or "today")
    return render(request, "403_csrf.html", status=403)
