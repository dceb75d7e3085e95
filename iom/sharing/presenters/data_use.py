"""How this system uses data, from what the code declares: one source for a page of the product and for the documents.

Each record is words and tables. `iom.config.pages` writes them as the reference documents, the page "How this system
uses data" shows them to everybody who is signed in. A text may point at another record: `[[retention|schedule]]`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from iom.access import roles
from iom.access.scope import Scope
from iom.agreements import rules as agreements
from iom.agreements.choices import Answers
from iom.agreements.queries.impact_assessments import list_assessments
from iom.agreements.queries.sharing_agreements import list_in_force
from iom.cohorts import scoring
from iom.common.privacy import Kind
from iom.common.registries import privacy_declarations
from iom.govuk.filters import date as day
from iom.sharing.choices.data_use import Point
from iom.sharing.queries import data_use as queries
from iom.sharing.rules import retention

WIDEST = 4  # columns of a table that a telephone shows; more are shown one under another
POINTER = re.compile(r"\[\[([a-z-]+)\|([^\]]+)\]\]")
Row = tuple[str, ...]
Say = Callable[[Point], str]  # what the partnership says of a point


@dataclass(frozen=True)
class Table:
    """Rows under a heading, or under the record's own where it is empty. Of two columns the first is a name."""

    heading: str
    columns: Row
    rows: Sequence[Row]


@dataclass(frozen=True)
class Record:
    """`name` is the document's, and what others point at. `is_grouped`: its tables are groups of one long table."""

    name: str
    title: str
    words: str
    tables: list[Table]
    is_grouped: bool = False


def pointed(text: str, point: Callable[[str, str], Any]) -> list[Any]:
    """The pieces of a text: as they stand, and where it points at a record what `point(name, words)` makes of it."""
    # Split by a pattern with two groups: text, name, words, text, name, words, text.
    pieces = POINTER.split(text)
    found: list[Any] = [pieces[0]]
    for start in range(1, len(pieces), 3):
        name, words, after = pieces[start : start + 3]
        found += [point(name, words), after]
    return [each for each in found if each != ""]


def left_open(point: Point) -> str:
    """What stands in the documents, and where the partnership has not said anything yet."""
    return _("For the partnership to fill in.")


def transparency(say: Say = left_open, *, assessments: str = "", sharing: str = "") -> Record:
    """The algorithmic transparency record of the schemes and scores, in the order of the standard's two tiers.

    `say` gives what the partnership itself says of a point; `assessments` and `sharing` name what is approved and in
    force in its registers. Source: Algorithmic Transparency Recording Standard,
    version 3.0, Department for Science, Innovation and Technology.
    """
    schemes, scores = scoring.shipped_values(), scoring.predictors()
    parts = [part for scheme in schemes for part in (*scheme["criteria"], *scheme["components"])]
    placeholders = sum(not part["source"] for part in parts)
    sensitive = ", ".join(declared_names({Kind.SENSITIVE}))
    models = ", ".join(f"{each.title} ({each.version})" for each in scores)
    answers: list[tuple[str, list[Row]]] = [
        (
            _("Tier 1"),
            [
                (_("Name"), _("OpenIOM: ranking of candidates for Integrated Offender Management")),
                (
                    _("Description"),
                    _(
                        "Orders people known to partner agencies by published rules, so that a panel can decide whom"
                        " to offer intensive management. It shows each factor and the rows behind it."
                    ),
                ),
                *(said(say, Point.WEBSITE, Point.EMAIL)),
            ],
        ),
        (
            _("Tier 2, owner and responsibility"),
            said(
                say,
                Point.ORGANISATION,
                Point.TEAM,
                Point.OWNER,
                Point.THIRD_PARTY,
                Point.COMPANY,
                Point.THIRD_ROLE,
                Point.PROCUREMENT,
                Point.THIRD_ACCESS,
            ),
        ),
        (
            _("Tier 2, description and rationale"),
            [
                (
                    _("Detailed description"),
                    _(
                        "Criteria say who can be chosen; weighted components give points; a capacity says how many"
                        " places the list is drawn against. Schemes are listed below."
                    ),
                ),
                (
                    _("Scope"),
                    _("It orders a list for people to decide from. It selects nobody, and sets nobody's supervision."),
                ),
                *said(say, Point.BENEFITS, Point.PREVIOUS),
                (
                    _("Alternatives considered"),
                    _("Another version of a scheme is compared with the one in force before it is."),
                ),
            ],
        ),
        (
            _("Tier 2, decision-making process"),
            [
                (
                    _("Integration into the process"),
                    _("Ranked list, nomination, each agency's return, the panel's decision."),
                ),
                (
                    _("Information provided"),
                    _(
                        "The rank and points of a person, every factor with its source rows, scores with their working,"
                        " and what is not known; of a version of a scheme, how it falls on groups of people."
                    ),
                ),
                (
                    _("Human decisions and review"),
                    _(
                        "A person. The list only orders whom a panel is shown; its chair records a decision with"
                        " reasons."
                    ),
                ),
                *said(say, Point.USAGE, Point.TRAINING),
                (
                    _("Appeals and review"),
                    _(
                        "A person can ask one agency to look at a decision again, to put data right, or not to use it;"
                        " a second person decides the answer."
                    ),
                ),
                *said(say, Point.APPEALS),
            ],
        ),
        (
            _("Tier 2, tool specification"),
            [
                (
                    _("System architecture"),
                    _(
                        "A web application and a database on the partnership's own machines. Ranking reads a snapshot"
                        " without names, and writes back ranks, points and their working."
                    ),
                ),
                *said(say, Point.PHASE),
                (_("Models, with versions"), models),
                (
                    _("Model task"),
                    _("To order candidates by need and harm, and to estimate how likely proven reoffending is."),
                ),
                (
                    _("Model architecture"),
                    _("Rules with weights, and published logistic models. Nothing learns from the partnership's data."),
                ),
                (
                    _("Model performance"),
                    _(
                        "Of each score as its makers published it. How it does on the partnership's own people is to"
                        " be measured before it is relied on."
                    ),
                ),
                (
                    _("Datasets and their purposes"),
                    _(
                        "Extracts of the agencies' own systems, each under an agreement that names what it gives and"
                        " what for. No data was used to develop the tool but what the makers of the scores published."
                    ),
                ),
                (_("Data modality"), _("Tables.")),
                (
                    _("Completeness and representativeness"),
                    _(
                        "Every extract is checked row by row, and what fails is held and told to its sender. Records"
                        " show what agencies looked for: arrests and intelligence follow where the police work."
                    ),
                ),
                (
                    _("Data collection and cleaning"),
                    _(
                        "As each agency collects it for its own work. Nothing is guessed: what is missing stays missing"
                        " and is named, and records of one person are linked by rules that a person can overrule."
                    ),
                ),
                (
                    _("Inputs"),
                    _(
                        "The columns in [[tables|tables]]; every field kept is in the"
                        " [[data-dictionary|data dictionary]]."
                    ),
                ),
                (_("Output"), _("A rank, points, and for each score a percentage and a band with its working.")),
                (
                    _("Maintenance"),
                    _(
                        "A scheme is changed by a new version, which a second person puts in force. Scores carry their"
                        " version, and change only with the product."
                    ),
                ),
                (
                    _("Sensitive attributes"),
                    _(
                        "Sex and age are terms of published scores and criteria of some schemes. Ethnicity is no factor"
                        " of any; it is read only to compare groups. Tables that hold special categories or criminal"
                        " offence data: %(tables)s."
                    )
                    % {"tables": sensitive},
                ),
                (_("Data sharing agreements"), sharing or left_open(Point.HOSTING)),
                (
                    _("Data access and storage"),
                    _("By role, see [[permissions|permissions]]; for how long, see [[retention|retention]]."),
                ),
            ],
        ),
        (
            _("Tier 2, risks and mitigations"),
            [
                (_("Impact assessments"), assessments or left_open(Point.HUMAN_RIGHTS)),
                *said(say, Point.HUMAN_RIGHTS),
                (
                    _("Unfair selection"),
                    _(
                        "Selection by sex, age and ethnicity is compared before a version goes live, and at every"
                        " ranking. What was decided on it is in the log of equality evidence."
                    ),
                ),
                (
                    _("Numbers without evidence"),
                    _(
                        "%(count)s of the shipped criteria and components have no public source; each is marked and is"
                        " for the partnership to set."
                    )
                    % {"count": placeholders},
                ),
                (
                    _("Over-reliance on a score"),
                    _("A score that a missing answer could change is marked provisional, and names it."),
                ),
            ],
        ),
    ]
    named = (_("Field"), _("Answer"))
    return Record(
        "algorithmic-transparency",
        _("Algorithmic transparency record"),
        _(
            "In the order of the Algorithmic Transparency Recording Standard, version 3.0. What only the partnership"
            " knows is left for it to fill in before it publishes."
        ),
        [
            *(Table(heading, named, rows) for heading, rows in answers),
            Table(
                _("Schemes"),
                (_("Scheme"), _("Version"), _("Criteria"), _("Components")),
                [
                    (each["name"], each["version"], str(len(each["criteria"])), str(len(each["components"])))
                    for each in schemes
                ],
            ),
            Table(
                _("Scores"),
                (_("Score"), _("Version"), _("Months looked ahead")),
                [(each.title, each.version, ", ".join(str(months) for months in each.horizons)) for each in scores],
            ),
        ],
    )


def said(say: Say, *points: Point) -> list[Row]:
    """A row for each point, with what the partnership says of it."""
    return [(str(point.label), say(point)) for point in points]


def processing(say: Say = left_open) -> Record:
    """The record of processing activities: the platform's part, from what the code declares.

    Source: Data Protection Act 2018 section 61(2), in the order of its points; UK GDPR Article 30(1) asks for the same
    of those who are under it.
    """
    register = agreements.gateways().values()
    says = {
        "contacts": say(Point.CONTACTS),
        "hosting": say(Point.HOSTING),
        "personal": ", ".join(declared_names({Kind.PERSONAL, Kind.SENSITIVE})),
        "sensitive": ", ".join(declared_names({Kind.SENSITIVE})),
        "bases": ", ".join(each.citation for each in register if each.answers == Answers.BASIS),
        "powers": ", ".join(each.citation for each in register if each.answers == Answers.POWER),
        "scores": ", ".join(f"{each.title} ({each.version})" for each in scoring.predictors()),
    }
    points = [
        (
            _("(a) Controllers, joint controllers, data protection officers"),
            _(
                "Each agency of the partnership for the records it owns; the partnership's agencies together for"
                " nominations, decisions and the cohort. Contacts: %(contacts)s"
            ),
        ),
        (
            _("(b) Purposes"),
            _(
                "To choose, manage and support together the people who cause most crime and harm in a locality, and to"
                " measure whether it works. Each agreement and each disclosure names its own."
            ),
        ),
        (
            _("(c) Recipients"),
            _(
                "The agencies that a record's audience names; who is given an answer, a package or a subject access"
                " answer, as the log of disclosures says."
            ),
        ),
        (
            _("(d) People and data"),
            _(
                "People known to the partners, and staff who use the system. Tables that hold personal data:"
                " %(personal)s. Of these, with special categories or criminal offence data: %(sensitive)s. Field by"
                " field: [[data-dictionary|data dictionary]]."
            ),
        ),
        (
            _("(e) Profiling"),
            _(
                "%(scores)s, and the points of the [[schemes|schemes]]. They rank; a person decides"
                " ([[algorithmic-transparency|transparency record]])."
            ),
        ),
        (
            _("(f) Transfers to third countries"),
            _(
                "None by the platform: it makes no connection outside the partnership's own machines. Of hosting:"
                " %(hosting)s"
            ),
        ),
        (
            _("(g) Legal basis, and powers to share"),
            _(
                "Bases: %(bases)s. Powers: %(powers)s. Which holds for what is in each agreement; the register is"
                " [[gateways|gateways]]."
            ),
        ),
        (
            _("(h) Time limits"),
            _("Reviewed and destroyed by the [[retention|retention schedule]], each owner's own."),
        ),
        (
            _("(i) Security"),
            _(
                "Roles and their reach ([[permissions|permissions]]); row-level security behind every query; a second"
                " factor; a sealed audit record; the checks of [[asvs|ASVS]]."
            ),
        ),
    ]
    return Record(
        "record-of-processing",
        _("Record of processing activities"),
        _(
            "For section 61 of the Data Protection Act 2018 and Article 30 of the UK GDPR. What only the partnership"
            " knows is left for it to fill in."
        ),
        [Table("", (_("Point"), _("Record")), [(name, text % says) for name, text in points])],
    )


def declared_names(kinds: set[Kind]) -> Iterable[str]:
    """The tables with a field of one of these kinds."""
    return (
        declared.name
        for declared in privacy_declarations
        if any(said.kind in kinds for said in declared.fields.values())
    )


def who_may() -> Record:
    """The roles, for a page. Role by role and permission by permission is on pages of their own (`iom.access`)."""
    return Record(
        "permissions",
        _("Who works with it"),
        _(
            "What each role is for. A role opens records of the own agency, and of other agencies what the audience of"
            " each record lets them see; none opens another partnership. Your own roles are on the page of your"
            " account."
        ),
        [Table("", (_("Role"), _("Purpose")), [(_(role.display_name), _(role.description)) for role in roles.ALL])],
    )


def retention_schedule() -> Record:
    """The retention schedule: for each kind of record and owner, when it is looked at, and who says so."""
    schedule = retention.load()
    rules = []
    for rule in schedule.rules:
        first = _("after %(count)s clear years") % {"count": rule.clear_years} if rule.clear_years else ""
        if rule.to_age:
            years = rule.every_years or rule.again_years
            first = _("every %(count)s years, and at age %(age)s") % {"count": years, "age": rule.to_age}
        if rule.child_years:
            first += _("; of a child after %(count)s") % {"count": rule.child_years}
        rules.append(
            (
                rule.name,
                rule.record,
                ", ".join(sorted(rule.owners)) or _("any"),
                day(rule.starts_on),
                first,
                _("every %(count)s years") % {"count": rule.again_years},
                (rule.source or _("local placeholder")) + (f". {rule.note}" if rule.note else ""),
            )
        )
    signs = [
        (
            name,
            ", ".join(sorted(meaning.registers)),
            _("any conviction") if meaning.convicted else ", ".join(sorted(meaning.offence_groups)),
        )
        for name, meaning in schedule.signs.items()
    ]
    return Record(
        "retention",
        _("Retention"),
        _(
            "When each record of a person is looked at. Owned by information governance; a rule holds from its date"
            " until a later one of its name. A rule without a source is the partnership's to set."
        ),
        [
            Table(
                "",
                (_("Rule"), _("Record"), _("Owners"), _("From"), _("First review"), _("Then"), _("Source")),
                rules,
            ),
            Table(_("Who falls under a police review group"), (_("Group"), _("Register"), _("Offence group")), signs),
        ],
    )


def data_dictionary() -> Record:
    """Every field that is kept, with what it holds, what the person gets of it, and what becomes of it at the end."""
    columns = (_("Field"), _("Holds"), _("Subject access"), _("At the end"))
    return Record(
        "data-dictionary",
        _("Data dictionary"),
        _(
            "Every table and field, from the privacy declaration of its app: what it holds (system: nothing about a"
            " person by itself; personal; sensitive: special categories and criminal offences; staff: about somebody"
            " who works here), what a subject access request does with it, and what becomes of it when the record"
            " reaches its end. The columns of extracts are in [[tables|tables]]."
        ),
        [
            Table(
                declared.name,
                columns,
                [
                    (name, said.kind.value, said.subject_access.value, said.retention.value)
                    for name, said in sorted(declared.fields.items())
                ],
            )
            for declared in privacy_declarations
        ],
        is_grouped=True,
    )


PAGE: tuple[Callable[[], Record], ...] = (processing, transparency, who_may, retention_schedule, data_dictionary)


def of_partnership(*, scope: Scope, on: date) -> list[Record]:
    """The records of the page, with what the partnership says and has in its registers; nobody is in them."""
    answered = queries.answers(scope=scope)
    approved = [each.title for each in list_assessments(scope=scope) if each.approved_at]
    agreed = [each.reference for each in list_in_force(scope=scope, on=on)]

    def say(point: Point) -> str:
        return (answered[point].text if point in answered else "") or left_open(point)

    return [
        processing(say),
        transparency(say, assessments="; ".join(approved), sharing="; ".join(agreed)),
        *(make() for make in PAGE[2:]),
    ]


def as_json(record: Record) -> dict[str, Any]:
    """A record as it is sent where records of this kind are collected; what it points at is named in words."""
    return {
        "title": record.title,
        "about": "".join(pointed(record.words, lambda _name, words: words)),
        "sections": [
            {
                "heading": table.heading,
                "columns": list(table.columns),
                "rows": [["".join(pointed(cell, lambda _name, words: words)) for cell in row] for row in table.rows],
            }
            for table in record.tables
        ],
    }


def together(rows: Iterable[Row]) -> list[Row]:
    """Rows that differ in their first cell alone, as one: a page of a thousand rows is read by nobody."""
    found: dict[Row, list[str]] = {}
    for first, *rest in rows:
        found.setdefault(tuple(rest), []).append(first)
    return [(", ".join(firsts), *rest) for rest, firsts in found.items()]


def page(records: Sequence[Record]) -> list[dict[str, Any]]:
    """The records as the page shows them: cells in pieces, each a text and where it leads, if that is on the page."""
    names = {record.name for record in records}

    def piece(name: str, words: str) -> dict[str, str]:
        return {"text": words, "href": f"#{name}" if name in names else ""}

    def pieces(text: str) -> list[dict[str, str]]:
        return [each if isinstance(each, dict) else {"text": each, "href": ""} for each in pointed(text, piece)]

    return [
        {
            "name": record.name,
            "title": record.title,
            "words": pieces(record.words),
            "is_grouped": record.is_grouped,
            "columns": record.tables[0].columns,
            "tables": [
                {
                    "heading": table.heading,
                    "columns": table.columns,
                    "is_list": len(table.columns) == 2,
                    "is_wide": len(table.columns) > WIDEST,
                    "rows": [
                        [pieces(cell) for cell in row]
                        for row in (together(table.rows) if record.is_grouped else table.rows)
                    ],
                }
                for table in record.tables
            ],
        }
        for record in records
    ]
