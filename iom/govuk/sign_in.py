"""What the sign-in pages need that allauth keeps in tags of Django's own template language."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from markupsafe import Markup


@dataclass(frozen=True)
class Provider:
    """An organisation's own sign-in: its name on the button, and where the button sends to."""

    name: str
    href: str


def sign_in_providers(request: HttpRequest) -> list[Provider]:
    """The single sign-on providers that are set up, by name; where to go afterwards is kept."""
    # Imported when asked: the error pages must be drawn even where allauth cannot be loaded.
    from allauth.socialaccount.adapter import get_adapter

    wanted: dict[str, Any] = {"process": "login"}
    if request.GET.get("next"):
        wanted["next"] = request.GET["next"]
    found = [
        Provider(name=provider.name, href=provider.get_login_url(request, **wanted))
        for provider in get_adapter().list_providers(request)
        if not provider.uses_apps or not provider.app.settings.get("hidden")
    ]
    return sorted(found, key=lambda provider: provider.name)


def svg_only(document: str) -> Markup:
    """The `<svg>` element of an SVG document we made ourselves, to stand in a page: no prologue, and no image address,
    which a strict content policy would refuse."""
    start, end = document.index("<svg"), document.rindex("</svg>") + len("</svg>")
    return Markup(document[start:end])  # noqa: S704  # nosec B704
