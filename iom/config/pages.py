"""The generated reference pages: each is made from the code it describes, so it cannot go stale."""

from collections.abc import Callable
from pathlib import Path

from iom.access.permissions import DESCRIPTIONS, EXTENT_MEANINGS, EXTENTS, REACHES, Permission
from iom.access.roles import ALL
from iom.agreements import rules as agreements
from iom.agreements.choices import Answers, Category
from iom.cohorts import rules as cohorts
from iom.common import privacy
from iom.common.registries import privacy_declarations
from iom.common.states import state_diagram
from iom.imports import adapters
from iom.partnerships.choices import AgencyKind, Regime
from iom.sharing.rules import packages, requests, retention, rights, subject_access
from iom_analytics import cohorts as library
from iom_analytics.scoring import PREDICTORS
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


def retention_page() -> str:
    """The retention schedule: for each kind of record and owner, when it is looked at, and who says so."""
    schedule = retention.load()
    lines = [
        "# Retention",
        "",
        MADE,
        "",
        "When each record of a person is looked at. Owned by information governance; a rule holds from its date until",
        "a later one of its name. A rule without a source is the partnership's to set.",
        "",
        "| rule | record | owners | from | first review | then | source |",
        "|---|---|---|---|---|---|---|",
    ]
    for rule in schedule.rules:
        owners = ", ".join(sorted(rule.owners)) or "any"
        first = f"after {rule.clear_years} clear years" if rule.clear_years else ""
        if rule.to_age:
            first = f"every {rule.every_years or rule.again_years} years, and at age {rule.to_age}"
        if rule.child_years:
            first += f"; of a child after {rule.child_years}"
        lines.append(
            f"| {rule.name} | {rule.record} | {owners} | {rule.starts_on} | {first} | every {rule.again_years} years"
            f" | {rule.source or 'local placeholder'}{'. ' + rule.note if rule.note else ''} |"
        )
    lines += [
        "",
        "## Who falls under a police review group",
        "",
        "| group | register | offence group |",
        "|---|---|---|",
    ]
    for name, meaning in schedule.signs.items():
        offences = "any conviction" if meaning.convicted else ", ".join(sorted(meaning.offence_groups))
        lines.append(f"| {name} | {', '.join(sorted(meaning.registers))} | {offences} |")
    return "\n".join(lines) + "\n"


def data_dictionary_page() -> str:
    """Every field that is kept, with what it holds, what the person gets of it, and what becomes of it at the end."""
    lines = [
        "# Data dictionary",
        "",
        MADE,
        "",
        "Every table and field, from the privacy declaration of its app: what it holds, what a subject access request",
        "does with it, and what becomes of it when the record reaches its end. The columns of extracts are in",
        "[tables](tables.md).",
    ]
    for declared in privacy_declarations:
        lines += ["", f"## {declared.name}", "", "| field | holds | subject access | at the end |", "|---|---|---|---|"]
        lines += [
            f"| {name} | {said.kind.value} | {said.subject_access.value} | {said.retention.value} |"
            for name, said in sorted(declared.fields.items())
        ]
    return "\n".join(lines) + "\n"


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
    """Every state machine of what people decide on: the cohort's, and that of sharing agreements."""
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


LOCAL = "For the partnership to fill in."


def transparency_page() -> str:
    """The algorithmic transparency record of the schemes and scores, in the order of the standard's two tiers.

    Source: Algorithmic Transparency Recording Standard, version 3.0, Department for Science, Innovation and Technology.
    """
    schemes = [library.load_scheme(name) for name in library.shipped_schemes()]
    sources = [part.provenance for each in schemes for part in each.criteria]
    sources += [part.provenance for each in schemes for part in each.components]
    placeholders = sum(not each.source for each in sources)
    decides = "A person. The list only orders whom a panel is shown; its chair records a decision with reasons."
    fields: dict[str, dict[str, str]] = {
        "Tier 1": {
            "Name": "OpenIOM: ranking of candidates for Integrated Offender Management",
            "Description": "Orders people known to partner agencies by published rules, so that a panel can decide "
            "whom to offer intensive management. It shows each factor and the rows behind it.",
            "Website": LOCAL,
            "Contact email": LOCAL,
        },
        "Tier 2, owner and responsibility": {
            "Organisation and team": LOCAL,
            "Senior responsible owner": LOCAL,
            "Third party involvement": LOCAL,
        },
        "Tier 2, description and rationale": {
            "Detailed description": "Criteria say who can be chosen; weighted components give points; a capacity says "
            "how many places the list is drawn against. Schemes are listed below.",
            "Benefits": LOCAL,
            "Previous process": LOCAL,
            "Alternatives considered": "Another version of a scheme is compared with the one in force before it is.",
        },
        "Tier 2, decision-making process": {
            "Integration into the process": "Ranked list, nomination, each agency's return, the panel's decision.",
            "Human decisions and review": decides,
            "Frequency and scale of usage": LOCAL,
            "Required training": LOCAL,
            "Appeals and review": LOCAL,
        },
        "Tier 2, tool specification": {
            "Method": "Rules with weights, and published logistic models. Nothing learns from the partnership's data.",
            "Inputs": "The columns in [tables](tables.md); every field kept is in the "
            "[data dictionary](data-dictionary.md).",
            "Output": "A rank, points, and for each score a percentage and a band with its working.",
            "Data access and storage": "By role, see [permissions](permissions.md); for how long, see "
            "[retention](retention.md).",
        },
        "Tier 2, risks and mitigations": {
            "Impact assessments": LOCAL,
            "Unfair selection": "Selection by sex, age and ethnicity is compared before a version goes live.",
            "Numbers without evidence": f"{placeholders} of the shipped criteria and components have no public "
            "source; each is marked and is for the partnership to set.",
            "Over-reliance on a score": "A score that a missing answer could change is marked provisional, "
            "and names it.",
        },
    }
    lines = ["# Algorithmic transparency record", "", MADE, ""]
    lines += [
        "In the order of the Algorithmic Transparency Recording Standard, version 3.0. What only the partnership knows",
        "is left for it to fill in before it publishes.",
    ]
    for tier, answers in fields.items():
        lines += ["", f"## {tier}", "", "| field | answer |", "|---|---|"]
        lines += [f"| {name} | {answer} |" for name, answer in answers.items()]
    lines += ["", "## Schemes", "", "| scheme | version | criteria | components |", "|---|---|---|---|"]
    lines += [f"| {each.name} | {each.version} | {len(each.criteria)} | {len(each.components)} |" for each in schemes]
    lines += ["", "## Scores", "", "| score | version | months looked ahead |", "|---|---|---|"]
    for each in PREDICTORS.values():
        lines.append(f"| {each.title} | {each.version} | {', '.join(str(months) for months in each.horizons)} |")
    return "\n".join(lines) + "\n"


def processing_page() -> str:
    """The record of processing activities: the platform's part, from what the code declares.

    Source: Data Protection Act 2018 section 61(2), in the order of its points; UK GDPR Article 30(1) asks for the same
    of those who are under it.
    """
    personal = [
        declared.name
        for declared in privacy_declarations
        if any(said.kind in (privacy.Kind.PERSONAL, privacy.Kind.SENSITIVE) for said in declared.fields.values())
    ]
    sensitive = [
        declared.name
        for declared in privacy_declarations
        if any(said.kind is privacy.Kind.SENSITIVE for said in declared.fields.values())
    ]
    register = agreements.gateways().values()
    bases = ", ".join(each.citation for each in register if each.answers == Answers.BASIS)
    powers = ", ".join(each.citation for each in register if each.answers == Answers.POWER)
    scores = ", ".join(f"{each.title} ({each.version})" for each in PREDICTORS.values())
    points = {
        "(a) Controllers, joint controllers, data protection officers": "Each agency of the partnership for the "
        "records it owns; the partnership's agencies together for nominations, decisions and the cohort. "
        f"Contacts: {LOCAL}",
        "(b) Purposes": "To choose, manage and support together the people who cause most crime and harm in a "
        "locality, and to measure whether it works. Each agreement and each disclosure names its own.",
        "(c) Recipients": "The agencies that a record's audience names; who is given an answer, a package or a "
        "subject access answer, as the log of disclosures says.",
        "(d) People and data": "People known to the partners, and staff who use the system. Tables that hold personal "
        f"data: {', '.join(personal)}. Of these, with special categories or criminal offence data: "
        f"{', '.join(sensitive)}. Field by field: [data dictionary](data-dictionary.md).",
        "(e) Profiling": f"{scores}, and the points of the [schemes](schemes.md). They rank; a person decides "
        "([transparency record](algorithmic-transparency.md)).",
        "(f) Transfers to third countries": "None by the platform: it makes no connection outside the partnership's "
        f"own machines. Of hosting: {LOCAL}",
        "(g) Legal basis, and powers to share": f"Bases: {bases}. Powers: {powers}. Which holds for what is in each "
        "agreement; the register is [gateways](gateways.md).",
        "(h) Time limits": "Reviewed and destroyed by the [retention schedule](retention.md), each owner's own.",
        "(i) Security": "Roles and their reach ([permissions](permissions.md)); row-level security behind every query; "
        "a second factor; a sealed audit record; the checks of [ASVS](asvs.md).",
    }
    lines = ["# Record of processing activities", "", MADE, ""]
    lines += [
        "For section 61 of the Data Protection Act 2018 and Article 30 of the UK GDPR. What only the partnership knows",
        "is left for it to fill in.",
        "",
        "| point | record |",
        "|---|---|",
    ]
    lines += [f"| {name} | {answer} |" for name, answer in points.items()]
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "tables.md": contracts_page,
    "feeds.md": feeds_page,
    "schemes.md": schemes_page,
    "permissions.md": permissions_page,
    "states.md": states_page,
    "gateways.md": gateways_page,
    "retention.md": retention_page,
    "data-dictionary.md": data_dictionary_page,
    "algorithmic-transparency.md": transparency_page,
    "record-of-processing.md": processing_page,
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
