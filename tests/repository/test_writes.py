"""Writes are operations, and operations say who acts and leave an audit event."""

import ast
import re

import pytest

from tests.repository.code import APPS, DOMAIN_APPS, ROOT, kind, modules

WRITES = {"save", "create", "bulk_create", "bulk_update", "update_or_create", "get_or_create", "delete"}
# Where a write is not an operation's: the reason beside each.
ALLOWED = {
    ("audit", "operations"): "the one way an event is written",
    ("partnerships", "models"): "Django's own manager method for users",
    ("config", "demo"): "none is done here",
    ("outcomes", "adapters"): "a Word file is saved into memory",
}


def orm_writes(tree: ast.Module) -> list[str]:
    """Calls that write through the ORM: `.save()`, `objects.create()`, a queryset's `.update()` and `.delete()`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            source = ast.unparse(node.func)
            on_queryset = ".objects." in source or ".filter(" in source or ".exclude(" in source
            if (node.func.attr in WRITES and (on_queryset or node.func.attr == "save")) or (
                node.func.attr == "update" and on_queryset
            ):
                found.append(f"line {node.lineno}: {source}")
    return found


@pytest.mark.parametrize("app", APPS)
def test_nothing_but_operations_writes(app: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): orm_writes(tree)
        for path, tree in modules(app)
        if kind(path) != "operations" and (app, kind(path)) not in ALLOWED and orm_writes(tree)
    }
    assert wrong == {}


def public_operations() -> list[tuple[str, ast.FunctionDef]]:
    """What an underscore marks is a part of an operation: whoever calls it says who acts, and records it."""
    found = []
    for app in DOMAIN_APPS:
        for path, tree in modules(app):
            if kind(path) == "operations":
                found += [
                    (f"{path.relative_to(ROOT)}:{node.name}", node)
                    for node in tree.body
                    if isinstance(node, ast.FunctionDef)
                    and not node.name.startswith("_")
                    and any(argument.arg == "by" for argument in node.args.kwonlyargs)
                ]
    return found


def test_there_are_operations() -> None:
    assert len(public_operations()) >= 5


def test_operations_take_everything_by_name() -> None:
    wrong = [name for name, node in public_operations() if node.args.args or node.args.posonlyargs]
    assert wrong == []


def test_every_operations_module_records_what_it_does() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for app in DOMAIN_APPS
        for path, tree in modules(app)
        if kind(path) == "operations"
        and not re.match("_[^_]", path.name)
        and orm_writes(tree)
        and not re.search(r"audit\.record|^    record\(", path.read_text(encoding="utf-8"), re.M)
    ]
    assert silent == []


# `at.date()` is the day at Greenwich; after midnight in summer it is yesterday in London.
BY_HAND = re.compile(r"(?<!astimezone\(LONDON\))\.date\(\)")


def test_a_day_is_told_from_a_moment_in_london() -> None:
    found = {
        str(path.relative_to(ROOT))
        for app in APPS
        for path, _tree in modules(app)
        if BY_HAND.search(path.read_text(encoding="utf-8"))
    }
    assert found == set()
