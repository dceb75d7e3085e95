"""The generated reference pages: each is made from the code it describes, so it cannot go stale."""

import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

from django.utils import translation

from iom.access.permissions import DESCRIPTIONS, EXTENT_MEANINGS, EXTENTS, REACHES, Permission
from iom.access.roles import ALL
from iom.agreements import rules as agreements
from iom.agreements.choices import Answers, Category
from iom.cohorts import rules as cohorts
from iom.common.states import state_diagram
from iom.imports import adapters
from iom.outcomes import rules as outcomes
from iom.partnerships.choices import AgencyKind, Regime
from iom.sharing.presenters import data_use
from iom.sharing.presenters.data_use import Record
from iom.sharing.rules import packages, requests, rights, subject_access
from iom_analytics import cohorts as library
from iom_analytics.tables import EVENTS, PERSONS, PLACES
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
    return str(tables_page([adapters.RECORDS, PERSONS, *EVENTS, *PLACES]))


def gateways_page() -> str:
    """The register of lawful gateways: what each allows whom, under which law, within which limits."""
    lines = [
        "# Gateways",
        "",
        MADE,
        "",
        "What sharing can rest on in law, as information governance keeps it in `iom/agreements/definitions`. A giver",
        "needs a power to share, a lawful basis, and a condition for each special category of data. An agreement in",
        "force names them. It is no legal advice.",
    ]
    titles = {Answers.POWER: "Powers to share", Answers.BASIS: "Lawful bases", Answers.SPECIAL: "Conditions"}
    for answers, title in titles.items():
        lines += ["", f"## {title}"]
        for each in (each for each in agreements.gateways().values() if each.answers == answers):
            lines += ["", f"### {each.name}", "", f"`{each.slug}`. {each.citation}. {each.allows}", ""]
            if answers == Answers.POWER:
                lines += [f"- From {kinds_of(givers)} to {kinds_of(receivers)}." for givers, receivers in each.ways]
            else:
                lines.append(f"- Relied on by {kinds_of(each.givers)}.")
            lines.append(f"- Under {' and '.join(str(Regime(regime).label) for regime in sorted(each.regimes))}.")
            if each.covers:
                covered = [str(category.label) for category in Category if category in each.covers]
                lines.append(f"- Covers {'; '.join(covered)}.")
            lines += [f"- {limit}" for limit in each.limits]
            lines.append(f"- Source: {each.source}. Written {each.as_at}.")
    return "\n".join(lines) + "\n"


def kinds_of(kinds: frozenset[str]) -> str:
    """Kinds of agency in words."""
    return (
        "any agency" if kinds == set(AgencyKind) else ", ".join(str(kind.label) for kind in AgencyKind if kind in kinds)
    )


def states_page() -> str:
    """Every state machine of what people decide on: the cohort's, and those of what is shared and found out."""
    machines = (
        (
            "Sharing agreement",
            "Made from `iom/agreements/rules`. Its end is told by its date: no job need run for it to end.",
            agreements.TRANSITIONS,
        ),
        ("Request for information", "Made from `iom/sharing/rules/requests.py`.", requests.TRANSITIONS),
        ("Package for somebody outside", "Made from `iom/sharing/rules/packages.py`.", packages.TRANSITIONS),
        (
            "Request about rights",
            "To put right, erase, restrict, object or contest. Made from `iom/sharing/rules/rights.py`.",
            rights.TRANSITIONS,
        ),
        (
            "Subject access request",
            "Made from `iom/sharing/rules/subject_access.py`.",
            subject_access.TRANSITIONS,
        ),
        (
            "Question of outcomes",
            "Made from `iom/outcomes/rules.py`. No outcome is read before its comparison was accepted.",
            outcomes.STUDY,
        ),
        ("Release of a report", "Made from `iom/outcomes/rules.py`.", outcomes.RELEASE),
    )
    parts = [cohorts.states_page().rstrip()]
    for title, words, machine in machines:
        rows = [f"| {state} | {m.name} | {m.to} | {m.who} |" for state, moves in machine.items() for m in moves]
        parts += [
            f"## {title}",
            words,
            f"```mermaid\n{state_diagram(machine, next(iter(machine)))}\n```",
            "\n".join(["| from | move | to | who |", "|---|---|---|---|", *rows]),
        ]
    return "\n\n".join(parts) + "\n"


def written(record: Record) -> str:
    """A record of how data is used (`iom.sharing.presenters.data_use`) as a document."""
    lines = [f"# {record.title}", "", MADE, "", *textwrap.wrap(linked(record.words), 118, break_on_hyphens=False)]
    for table in record.tables:
        lines += ["", f"## {table.heading}"] if table.heading else []
        lines += ["", of_table(table.columns), f"|{'---|' * len(table.columns)}"]
        lines += [of_table(linked(cell) for cell in row) for row in table.rows]
    return "\n".join(lines) + "\n"


def linked(text: str) -> str:
    """The text with links to the documents that it points at."""
    return "".join(data_use.pointed(text, lambda name, words: f"[{words}]({name}.md)"))


def of_table(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def document(make: Callable[[], Record]) -> Callable[[], str]:
    """The document of a record, in English whoever makes it."""

    def page() -> str:
        with translation.override("en"):
            return written(make())

    return page


PAGES: dict[str, Callable[[], str]] = {
    "tables.md": contracts_page,
    "feeds.md": feeds_page,
    "schemes.md": schemes_page,
    "permissions.md": permissions_page,
    "states.md": states_page,
    "gateways.md": gateways_page,
    "retention.md": document(data_use.retention_schedule),
    "data-dictionary.md": document(data_use.data_dictionary),
    "algorithmic-transparency.md": document(data_use.transparency),
    "record-of-processing.md": document(data_use.processing),
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
