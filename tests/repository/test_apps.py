"""The ladder and the closed list of file names, where import contracts cannot look."""

import re

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from iom.access.permissions import DESCRIPTIONS, REACHES, Permission
from iom.access.roles import ALL
from iom.common.registries import privacy_declarations
from tests.repository.code import ROOT

LADDER = """
    common govuk audit access partnerships agreements evidence people imports cohorts cases conferences outcomes finance
    workforce sharing reporting api home config
""".split()
CLOSED_LIST = set(
    """
    __init__ apps urls views tasks management forms presenters operations linkage scoring adapters extract privacy
    queries models rules choices migrations definitions jinja2 static
    """.split()
)


def rung(app: str) -> int:
    return LADDER.index(app)


def own_models() -> list[type]:
    return [model for model in apps.get_models() if model.__module__.startswith("iom.")]


@pytest.mark.parametrize("app", ["partnerships", "agreements", "people", "imports", "cohorts", "sharing"])
def test_every_domain_app_keeps_the_closed_list_of_file_names(app: str) -> None:
    names = {path.stem if path.is_file() else path.name for path in (ROOT / "iom" / app).iterdir()} - {"__pycache__"}
    assert names <= CLOSED_LIST


def test_no_foreign_key_points_up_the_ladder() -> None:
    wrong = [
        f"{model.__name__}.{field.name}"
        for model in own_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model.__module__.startswith("iom.")
        and rung(field.related_model._meta.app_label) > rung(model._meta.app_label)
    ]  # fmt: skip
    assert wrong == []


def test_every_field_is_classified() -> None:
    declared = {declaration.name: set(declaration.fields) for declaration in privacy_declarations}
    wrong = {}
    for model in own_models():
        fields = {field.name for field in model._meta.concrete_fields}
        difference = fields ^ declared.get(model._meta.label, set())
        if difference:
            wrong[model._meta.label] = sorted(difference)
    assert wrong == {}


def patterns(found: list[URLPattern | URLResolver], prefix: str = "") -> list[tuple[str, URLPattern]]:
    flat = []
    for pattern in found:
        path = prefix + str(pattern.pattern)
        flat += patterns(pattern.url_patterns, path) if isinstance(pattern, URLResolver) else [(path, pattern)]
    return flat


OPEN = {
    "hidden": "shows nothing",
    "health": "says only that the process answers",
    "leave": "ends a session, and keeps what was typed for whom its page was made for",
}
# For other systems: a token lets in, and no session does (tests/web/access/test_systems.py).
SYSTEMS = re.compile(r"^(api/|subject-access-request)")
# Pages of libraries: signing in, and choosing a language. They show no record.
LIBRARIES = re.compile(r"^(accounts/|language/)")


def test_every_url_has_a_permission() -> None:
    own = [(path, pattern) for path, pattern in patterns(get_resolver().url_patterns) if not LIBRARIES.match(path)]
    assert len(own) > 5
    without = [path for path, pattern in own if not hasattr(pattern.callback, "permission")]
    open_to_all = {path for path, pattern in own if getattr(pattern.callback, "permission", "") is None}
    assert without == []
    assert open_to_all == set(OPEN)


def test_every_permission_is_described_and_given_to_some_role() -> None:
    assert set(DESCRIPTIONS) == set(Permission)
    assert set(REACHES) == set(Permission), "each permission says how far it reaches"
    given = {permission for role in ALL for permission in role.permissions}
    assert given == set(Permission)


def test_templates_hold_no_script_or_style_of_their_own() -> None:
    """The content security policy would refuse them."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style\b|\son[a-z]+=[\"']|\bstyle=[\"']|javascript:")
    wrong = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "iom").rglob("*.html")
        if inline.search(path.read_text(encoding="utf-8"))
    ]
    assert wrong == []
