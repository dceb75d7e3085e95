"""What a view must say before it may be reached, and what the views of every app need: pages of a list, errors."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponseBase

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.common.errors import InvalidInput, NotAllowed

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class ScopedRequest(HttpRequest):
    """A request that `ScopeMiddleware` has seen."""

    scope: Scope


def query_of(request: HttpRequest) -> str:
    """What the page was asked with, for links that keep it: "?" and the query string, or nothing."""
    return f"?{request.GET.urlencode()}" if request.GET else ""


def page_number(request: HttpRequest) -> int:
    given = request.GET.get("page", "1")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else 1


def paged(found: Any, request: HttpRequest, size: int) -> dict[str, Any]:
    """One page of a query, with what the pagination shows."""
    page = Paginator(found, size).get_page(page_number(request))
    return {
        "rows": list(page.object_list),
        "current": page.number,
        "total": page.paginator.num_pages,
        "first": page.start_index(),
        "last": page.end_index(),
        "count": page.paginator.count,
    }


def add_errors(form: Form, error: InvalidInput) -> None:
    """Puts what a rule found wrong beside the fields it names; the rest stands above the form."""
    if not error.fields:
        form.add_error(None, error.message)
    for name, message in error.fields.items():
        form.add_error(name if name in form.fields else None, message)


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
