"""What a view must say before it may be reached: its permission, or that it is open."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.common.errors import NotAllowed

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class ScopedRequest(HttpRequest):
    """A request that `ScopeMiddleware` has seen."""

    scope: Scope


def query_of(request: HttpRequest) -> str:
    """What the page was asked with, for links that keep it: "?" and the query string, or nothing."""
    return f"?{request.GET.urlencode()}" if request.GET else ""


def requires(permission: Permission) -> Callable[[View], View]:
    """Lets in who holds `permission`; sends who is not signed in to sign in; refuses the rest."""

    def decorate(view: View) -> View:
        @wraps(view)
        def checked(request: ScopedRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.scope.allows(permission):
                raise NotAllowed("Your role does not include this page.")
            return view(request, *args, **kwargs)

        checked.permission = permission  # type: ignore[attr-defined]
        return cast(View, checked)

    return decorate


def open_to_all(view: View) -> View:
    """Marks a view that anybody may reach. A test lists them."""
    view.permission = None  # type: ignore[attr-defined]
    return view
