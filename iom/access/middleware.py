"""Sets the scope of each request, and turns a `UserError` into its page."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from iom.access.scope import NOBODY, Scope, act_in
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import KeptFromReader, NotAllowed, NotVisible, TooFast, UserError

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class ScopeMiddleware:
    """One transaction per request, in which row-level security knows who acts.

    Who a user acts for is looked up by `settings.SCOPE_BUILDER`, which a higher app provides. A view that raises
    leaves nothing behind: the transaction is rolled back, whatever page is shown instead.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.scope_of = import_string(settings.SCOPE_BUILDER)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with transaction.atomic():
            scope = self.scope_of(request) if request.user.is_authenticated else NOBODY
            request.scope = scope  # type: ignore[attr-defined]
            with act_in(scope):
                fast = opened_this_minute(request) - settings.PAGES_A_MINUTE if scope.user_id else 0
                if fast > 0:
                    request.user_error = TooFast()  # type: ignore[attr-defined]
                    response: HttpResponseBase = HttpResponse(status=TooFast.status)
                else:
                    response = self.get_response(request)
        error: UserError | None = getattr(request, "user_error", None)
        if error is None:
            return response
        with act_in(scope):
            if (isinstance(error, NotAllowed) and scope.user_id) or fast == 1:
                refused(request, scope, "access.too_fast" if fast == 1 else "access.refused")
            return error_page(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Undoes what the view had written. A `UserError` gets its page once that is done; the rest is a bug."""
        transaction.set_rollback(True)
        error = as_user_error(exception)
        if error is None:
            return None
        request.user_error = error  # type: ignore[attr-defined]
        return HttpResponse(status=error.status)


def opened_this_minute(request: HttpRequest) -> int:
    """How many pages this session has opened in the minute that is going on, this one too.

    Counted in the session, which is kept at every request anyway; signing in is counted too.
    """
    minute = int(timezone.now().timestamp()) // 60
    then, count = request.session.get("opened", (minute, 0))
    count = count + 1 if then == minute else 1
    request.session["opened"] = (minute, count)
    return int(count)


def refused(request: HttpRequest, scope: Scope, action: str) -> None:
    """Records that somebody tried what they may not: which page, and how; no more of the address."""
    match = request.resolver_match or named(request)
    audit.record(
        by=scope,
        at=timezone.now(),
        kind=Kind.ACCESS,
        action=action,
        subject_type="access.Page",
        subject_id=match.view_name if match else "",
        detail={"method": request.method},
    )


def named(request: HttpRequest) -> ResolverMatch | None:
    """What the address leads to, where nothing has asked yet."""
    try:
        return resolve(request.path_info)
    except Resolver404:
        return None


def as_user_error(exception: Exception) -> UserError | None:
    """The exception as a `UserError`; Django and its libraries raise their own in place of two of them.

    Django would draw their pages inside the transaction that is being undone, where the frame can ask nothing.
    """
    match exception:
        case UserError():
            return exception
        case Http404():
            return NotVisible()
        case PermissionDenied():
            return NotAllowed("")
    return None


def error_page(request: HttpRequest, error: UserError) -> HttpResponse:
    template = {403: "403.html", 404: "404.html", 409: "409.html", 429: "429.html"}.get(error.status, "400.html")
    if isinstance(error, KeptFromReader):
        template = "404_kept.html"
    return render(request, template, {"message": error.message, "error": error}, status=error.status)


class SecondFactorMiddleware:
    """Sends a user without a second factor to set one up before anything else; ends what went on too long."""

    OPEN = ("/accounts/", "/static/", "/hidden")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated and self.is_over(request):
            logout(request)  # what they send now is kept, as when a session ends for want of a click
        if (
            settings.SECOND_FACTOR_REQUIRED
            and request.user.is_authenticated
            and not request.path.startswith(self.OPEN)
            and not self.has_second_factor(request)
        ):
            return redirect(reverse("mfa_activate_totp"))
        return self.get_response(request)

    @staticmethod
    def is_over(request: HttpRequest) -> bool:
        """Whether the session has gone on for as long as any may, however much it was used."""
        from allauth.account.authentication import get_authentication_records

        began = [record["at"] for record in get_authentication_records(request, request.user) if "at" in record]
        return bool(began) and timezone.now().timestamp() - min(began) > settings.SESSION_LONGEST_SECONDS

    @staticmethod
    def has_second_factor(request: HttpRequest) -> bool:
        """Single sign-on brings its own: where this very user came by it, for the session may have seen others try."""
        from allauth.account.authentication import get_authentication_records
        from allauth.mfa.utils import is_mfa_enabled

        came_by = {record["method"] for record in get_authentication_records(request, request.user)}
        return "socialaccount" in came_by or bool(is_mfa_enabled(request.user))


# What no page of ours uses, a script that got in shall not have either.
PERMISSIONS_POLICY = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


class PrivatePagesMiddleware:
    """Keeps pages about people out of every cache, the browser's back button included, and the machine's senses off."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        if request.method == "POST" and request.path in (reverse("account_logout"), reverse("leave")):
            # Nothing is put there; what a script that got in had put there goes with the session.
            response.headers["Clear-Site-Data"] = '"storage"'
        return response
