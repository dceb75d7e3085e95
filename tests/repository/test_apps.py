"""The ladder and the closed list of file names, where import contracts cannot look."""

import re

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from iom.access.permissions import DESCRIPTIONS, REACHES, Permission
from iom.access.roles import ALL
from iom.common.registries import privacy_declarations
from tests.repository.code import APPS, ROOT, modules

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


# Where a connection may be made: to addresses of the settings, or to this machine.
CALLS_OUT = {"config/demo.py": "the demonstration waits for its own server", "audit/sinks.py": "the system's log"}
WAYS_OUT = re.compile(
    r"^\s*(?:import|from) (?:requests|urllib\.request|urllib3|http\.client|httpx|socket|smtplib|ftplib)\b", re.M
)


def test_nothing_calls_an_address_that_is_not_a_setting() -> None:
    found = {
        str(path.relative_to(ROOT / "iom"))
        for app in APPS
        for path, _tree in modules(app)
        if WAYS_OUT.search(path.read_text(encoding="utf-8"))
    }
    assert found <= set(CALLS_OUT)


# They keep numbers alone in the server's cache: how often a token was refused lately.
COUNTS_IN_THE_CACHE = {"api/authentication.py"}


def test_no_page_or_record_is_kept_in_a_cache_of_the_server() -> None:
    """It holds what guesses and calls are counted by; whose record was shown to whom must not lie anywhere else."""
    found = {
        str(path.relative_to(ROOT / "iom"))
        for app in APPS
        for path, _tree in modules(app)
        if "django.core.cache" in path.read_text(encoding="utf-8").replace("django.core.cache.backends", "")
        or "cache_page" in path.read_text(encoding="utf-8")
    }
    assert found == COUNTS_IN_THE_CACHE


# The demonstration's people are made up, and catalogues are of no people.
TEMPORARY = {
    "common/scratch.py",
    "config/demonstration/earlier_cohort.py",
    "config/management/commands/make_catalogues.py",
}


def test_what_is_read_of_the_record_lies_in_the_store() -> None:
    """In the system's own place for temporary files nobody would find what a killed worker left there. A file without a
    name goes with its process."""
    found = {
        str(path.relative_to(ROOT / "iom"))
        for app in APPS
        for path, _tree in modules(app)
        if re.search(r"TemporaryDirectory|NamedTemporaryFile|mkdtemp|mkstemp", path.read_text(encoding="utf-8"))
    }
    assert found == TEMPORARY


def test_the_script_keeps_nothing_in_the_browser_and_writes_text_as_text() -> None:
    script = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "assets").glob("*.js"))
    for word in (
        "localStorage", "sessionStorage", "indexedDB", "document.cookie", "caches.", "innerHTML", "outerHTML",
        "insertAdjacentHTML", "document.write", "eval(", "new Function", "__proto__",
    ):  # fmt: skip
        assert word not in script
