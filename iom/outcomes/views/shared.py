"""What several pages of outcomes need: the sub-navigation."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

SECTIONS = (
    ("outcomes", "Board"),
    ("outcomes-studies", "Questions"),
    ("outcomes-watches", "Watches"),
    ("outcomes-fairness", "Fairness"),
)


def sections(active: str) -> list[dict[str, Any]]:
    return [{"text": _(text), "href": reverse(name), "active": name == active} for name, text in SECTIONS]
