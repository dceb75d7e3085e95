"""What every page shows round its content: navigation, search, who is signed in, and the banner of a demonstration."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from iom.access import roles
from iom.access.permissions import Permission
from iom.access.scope import NOBODY, Scope
from iom.common import registries
from iom.home import drafts
from iom.partnerships import queries as partnerships
from iom.partnerships.models import User


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of the page frame (see `govuk/layout.html`); only what the role may use is in it."""
    scope: Scope = getattr(request, "scope", NOBODY)
    context: dict[str, Any] = {
        "scope": scope,
        "privacy_url": reverse("hidden"),
        "languages": {
            "url": reverse("set_language"),
            "current": get_language(),
            "next": request.get_full_path(),
            "choices": [{"code": code, "name": name} for code, name in settings.LANGUAGES],
        },
    }
    if settings.DEMONSTRATION:
        context["demonstration"] = (
            _("Every person here is made up. The second factor is switched off.")
            if not settings.SECOND_FACTOR_REQUIRED
            else _("Every person here is made up.")
        )
        context["demo_sign_ins"] = settings.DEMO_SIGN_INS
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return context
    memberships = partnerships.list_memberships(user=user)
    current = next((m for m in memberships if m.agency_id == scope.agency_id), None)
    context["navigation"] = [
        {"text": _(item.text), "href": reverse(item.url_name), "active": is_active(request, item.url_name)}
        for item in registries.navigation
        if scope.allows(Permission(item.permission))
    ]
    context["partnership_name"] = current.agency.partnership.name if current else ""
    held = ", ".join(roles.BY_SLUG[slug].display_name for slug in scope.roles if slug in roles.BY_SLUG)
    context["user_menu"] = {
        "name": user.name,
        "role": f"{held}, {current.agency.name}" if current else _("No role"),
        "sign_out_url": reverse("account_logout"),
        "links": [{"text": _("Your account"), "href": reverse("account")}],
    }
    context["csrf_input"] = drafts.form_tokens_lazy(request, scope)
    context["session_timeout"] = {
        "seconds": settings.SESSION_COOKIE_AGE,
        "warning_seconds": 120,
        "keep_alive_url": reverse("keep-alive"),
        "leave_url": reverse("leave"),
        "reach_url": reverse("health"),
    }
    if scope.allows(Permission.TODAY_VIEW):
        context["footer_links"] = [{"text": _("How this system uses data"), "href": reverse("sharing-data-use")}]
    if scope.allows(Permission.PERSON_SEARCH):
        context["search"] = {"url": reverse("people-search"), "query": request.GET.get("q", "")}
    return context


def is_active(request: HttpRequest, url_name: str) -> bool:
    """Whether the page is in the section that `url_name` opens."""
    start = reverse(url_name)
    return request.path == start if start == "/" else request.path.startswith(start)
