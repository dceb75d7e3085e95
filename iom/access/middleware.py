"""Sets the scope of each request, and turns a `UserError` into its page."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.module_loading import import_string

from iom.access.scope import NOBODY, act_in
from iom.common.errors import KeptFromReader, NotAllowed, NotVisible, UserError

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
                response = self.get_response(request)
        error: UserError | None = getattr(request, "user_error", None)
        if error is None:
            return response
        with act_in(scope):
            return error_page(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Undoes what the view had written. A `UserError` gets its page once that is done; the rest is a bug."""
        transaction.set_rollback(True)
        error = as_user_error(exception)
        if error is None:
            return None
        request.user_error = error  # type: ignore[attr-defined]
        return HttpResponse(status=error.status)


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
    template = {403: "403.html", 404: "404.html", 409: "409.html"}.get(error.status, "400.html")
    if isinstance(error, KeptFromReader):
        template = "404_kept.html"
    return render(request, template, {"message": error.message, "error": error}, status=error.status)


class SecondFactorMiddleware:
    """Sends a signed-in user without a second factor to set one up, before anything else."""

    OPEN = ("/accounts/", "/static/", "/hidden")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if (
            settings.SECOND_FACTOR_REQUIRED
            and request.user.is_authenticated
            and not request.path.startswith(self.OPEN)
            and not self.has_second_factor(request)
        ):
            return redirect(reverse("mfa_activate_totp"))
        return self.get_response(request)

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
        return response
