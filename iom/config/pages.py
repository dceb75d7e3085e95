"""The generated reference pages: each is made from the code it describes, so it cannot go stale."""

from collections.abc import Callable
from pathlib import Path

from iom.access.permissions import DESCRIPTIONS, EXTENT_MEANINGS, EXTENTS, REACHES, Permission
from iom.access.roles import ALL
from iom.cohorts import rules as cohorts
from iom.imports import adapters
from iom_analytics import cohorts as library
from iom_analytics.tables import EVENTS, PERSONS, RECORDED_CRIMES
from iom_analytics.tables.pages import tables_page

MADE = "Made by `make docs`; do not edit."


def permissions_page() -> str:
    """Role x permission x scope, in plain English, from `iom.access`."""
    lines = [
        "# Roles and permissions",
        "",
        MADE,
        "",
        "What each role may do, and how far: which records it opens of their own agency, of the other agencies of the",
        "partnership, and of other partnerships. The page *Roles and permissions* of the section Admin shows the same,",
        "and `tests/web/access/test_table.py` asks every address for it.",
        "",
        *(f"- {EXTENTS[extent]}: {meaning}" for extent, meaning in EXTENT_MEANINGS.items()),
    ]
    for role in ALL:
        lines += ["", f"## {role.display_name}", "", role.description, ""]
        lines += ["| may | reach | own agency | other agencies | other partnerships |", "|---|---|---|---|---|"]
        for permission in Permission:
            if permission in role.permissions:
                reach = REACHES[permission]
                columns = [DESCRIPTIONS[permission], reach.words, *(EXTENTS[extent] for extent in reach.extents)]
                lines.append(f"| {' | '.join(columns)} |")
    return "\n".join(lines) + "\n"


def feeds_page() -> str:
    """What a partner may send: every contract a feed may keep, with the columns it must have."""
    lines = [
        "# Feeds",
        "",
        MADE,
        "",
        "What each row of an extract can be. The columns in full are in [tables](tables.md).",
        "",
    ]
    for name, meaning in adapters.tables():
        contract = adapters.contract(name)
        needed = ", ".join(f"`{column.name}`" for column in contract.columns if column.required)
        others = ", ".join(f"`{column.name}`" for column in contract.columns if not column.required)
        lines += [f"## {name}", "", meaning, "", f"Must have: {needed}. May have: {others}.", ""]
    return "\n".join(lines).rstrip() + "\n"


def schemes_page() -> str:
    """The schemes that come with the product: what each looks at, with which points, from which source."""
    lines = [
        "# Schemes",
        "",
        MADE,
        "",
        "A scheme ranks and explains; a person decides. Numbers without a public source are marked.",
    ]
    for name in library.shipped_schemes():
        scheme = library.load_scheme(name)
        lines += ["", f"## {scheme.name}", "", f"`{scheme.id}`, version {scheme.version}. {scheme.purpose.strip()}", ""]
        lines += ["| criterion | needs | source |", "|---|---|---|"]
        for criterion in scheme.criteria:
            lines.append(f"| {criterion.name} | {criterion.wanted} | {sourced(criterion.provenance)} |")
        lines += ["", "| component | weight | most points | source |", "|---|---|---|---|"]
        for component in scheme.components:
            numbers = f"{component.weight:g} | {component.most_points:g}"
            lines.append(f"| {component.name} | {numbers} | {sourced(component.provenance)} |")
    return "\n".join(lines) + "\n"


def sourced(provenance: library.Provenance) -> str:
    return provenance.source or "local placeholder"


def contracts_page() -> str:
    """Every table of the library: columns, types, units, meaning, codes and traps."""
    return str(tables_page([adapters.RECORDS, PERSONS, *EVENTS, RECORDED_CRIMES]))


PAGES: dict[str, Callable[[], str]] = {
    "tables.md": contracts_page,
    "feeds.md": feeds_page,
    "schemes.md": schemes_page,
    "permissions.md": permissions_page,
    "states.md": cohorts.states_page,
}


def stale(folder: Path) -> list[str]:
    """The pages whose file is not what the code says now."""
    return [
        name
        for name, page in PAGES.items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != page()
    ]


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")
