"""Reading the product's own source, for the rules that import contracts cannot see."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
APPS = (
    "partnerships",
    "agreements",
    "people",
    "imports",
    "cohorts",
    "outcomes",
    "sharing",
    "api",
    "home",
    "govuk",
    "access",
    "audit",
    "common",
    "config",
)
DOMAIN_APPS = ("partnerships", "people", "imports", "cohorts", "outcomes", "sharing", "home")


def modules(app: str) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of an app but its migrations, parsed."""
    for path in sorted((ROOT / "iom" / app).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def kind(path: Path) -> str:
    """The closed list's name for a module: `operations/batches.py` is an operations module."""
    inside = path.relative_to(ROOT / "iom").parts[1:]
    return inside[0].removesuffix(".py")
