"""The macros we rely on, against the fixtures that govuk-frontend publishes for just this purpose.

The macros come from one package (for govuk-frontend 6.3), the styles and scripts from another (6.6): this holds them
together. What 6.6 added is checked to be still unknown to the macros, so that a newer package of them tells us.
"""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from iom.govuk.environment import Environment
from tests.conftest import cannot_run

COMPONENTS = Path(__file__).parents[4] / "assets/node_modules/govuk-frontend/dist/govuk/components"
# Component and the name of its macro: those that our templates use.
USED = {
    "back-link": "govukBackLink",
    "breadcrumbs": "govukBreadcrumbs",
    "button": "govukButton",
    "character-count": "govukCharacterCount",
    "checkboxes": "govukCheckboxes",
    "date-input": "govukDateInput",
    "error-message": "govukErrorMessage",
    "error-summary": "govukErrorSummary",
    "fieldset": "govukFieldset",
    "file-upload": "govukFileUpload",
    "hint": "govukHint",
    "input": "govukInput",
    "label": "govukLabel",
    "pagination": "govukPagination",
    "password-input": "govukPasswordInput",
    "radios": "govukRadios",
    "select": "govukSelect",
    "service-navigation": "govukServiceNavigation",
    "skip-link": "govukSkipLink",
    "summary-list": "govukSummaryList",
    "textarea": "govukTextarea",
}
VOID = {"input", "br", "hr", "img", "path", "meta", "link"}


class Tree(HTMLParser):
    """HTML as comparable events: tags with sorted attributes, text with its white space collapsed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.events: list[tuple[str, ...]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = sorted((name, " ".join(sorted((value or "").split()))) for name, value in attrs)
        self.events.append((tag, *(f"{name}={value}" for name, value in found)))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self.events.append((f"/{tag}",))

    def handle_data(self, data: str) -> None:
        text = re.sub(r"\s+", " ", data).strip()
        if text:
            self.events.append(("text", text))


def is_newer_than_the_macros(component: str, options: dict[str, Any]) -> bool:
    """Whether a fixture uses what came after 6.3; our own templates give those things out in full instead."""
    match component:
        case "button":
            return bool(options.get("isStartButton")) and "html" in options
        case "character-count":
            return "countType" in options or "maxwords" in options
        case "date-input":
            items = options.get("items", [])
            classes = [item.get("classes", "") for item in items]
            return (
                not {"day", "month", "year", "values"}.isdisjoint(options)
                or any("error" in item for item in items)
                or any("govuk-input--width" not in each for each in classes)
                or ("errorMessage" in options and not any("govuk-input--error" in each for each in classes))
            )
        case "service-navigation":
            return isinstance(options.get("slots", {}).get("end"), dict)
    return False


def fixtures() -> Iterator[tuple[str, dict[str, Any]]]:
    for component in USED:
        file = COMPONENTS / component / "fixtures.json"
        if file.exists():
            for fixture in json.loads(file.read_text())["fixtures"]:
                yield component, fixture


KNOWN = [
    pytest.param(component, fixture, id=f"{component}: {fixture['name']}")
    for component, fixture in fixtures()
    if not is_newer_than_the_macros(component, fixture["options"])
]


def render(env: Environment, component: str, options: dict[str, Any]) -> str:
    macro = USED[component]
    wanted = f"govuk_frontend_jinja/components/{component}/macro.html"
    source = f'{{% from "{wanted}" import {macro} %}}{{{{ {macro}(options) }}}}'
    return env.from_string(source).render(options=options)


def test_the_fixtures_are_here() -> None:
    if not COMPONENTS.exists():
        cannot_run("the front-end packages (assets/node_modules) are not installed: make setup")
    assert all((COMPONENTS / component / "fixtures.json").exists() for component in USED)


@pytest.mark.parametrize(("component", "fixture"), KNOWN)
def test_a_macro_gives_what_govuk_frontend_gives(env: Environment, component: str, fixture: dict[str, Any]) -> None:
    assert Tree(render(env, component, fixture["options"])).events == Tree(fixture["html"]).events


def test_what_came_after_the_macros_is_still_unknown_to_them(env: Environment) -> None:
    newer = [each for each in fixtures() if is_newer_than_the_macros(each[0], each[1]["options"])]
    assert [
        f"{component}: {fixture['name']}"
        for component, fixture in newer
        if Tree(render(env, component, fixture["options"])).events == Tree(fixture["html"]).events
    ] == []
