"""The closed vocabulary of factors that schemes may use: what each is called, reads, takes and means.

A factor is a number, a name or a yes or no about a person on a date. Ethnicity is not in the vocabulary and cannot be:
it is what a selection is checked for (`fairness`), never what it is made from.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.history.features import OFFENCE_GROUPS
from iom_analytics.tables import DRUG_TESTS

Kind = Literal["number", "name", "yes_no"]
Feed = Literal[
    "history",
    "persons",
    "sanctions",
    "arrests",
    "drug_tests",
    "assessments",
    "registers",
    "intelligence_counts",
    "scores",
]
# What it means when a person has no row in a feed that there is: none (0, or no), never, or not known.
Absent = Literal["none", "never", "not known"]
Arguments = Mapping[str, Any]
Rows = Callable[[IbisTable, Arguments], BooleanValue]
Measure = Callable[[IbisTable, BooleanValue, Arguments], ibis.Value]

OCCASIONS = DRUG_TESTS.column("occasion").codes or ()


@dataclass(frozen=True)
class Parameter:
    """What a factor takes: a whole number, a yes or no, one of some words, or a list of words."""

    meaning: str
    type: Literal["months", "yes_no", "word", "words"]
    codes: tuple[str, ...] | None = None
    required: bool = False


@dataclass(frozen=True)
class Factor:
    """A word of the vocabulary.

    `rows` picks the rows of the feed that count towards it (besides its window of months); `measure` sums them up per
    person. A factor of the history or the person is one of its columns, and its rows are the person's sanctions.
    """

    name: str
    kind: Kind
    meaning: str
    feed: Feed
    measure: Measure
    unit: str | None = None
    rows: Rows | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    absent: Absent = "none"
    codes: tuple[str, ...] | None = None


MONTHS = Parameter("Only the last so many months, up to and including the date", "months")
MONTHS_REQUIRED = Parameter(MONTHS.meaning, "months", required=True)
GROUPS = Parameter("Only these offence groups", "words", OFFENCE_GROUPS)


def count(rows: IbisTable, where: BooleanValue, _: Arguments) -> ibis.Value:
    return rows.count(where=where)


def in_groups(rows: IbisTable, arguments: Arguments) -> BooleanValue:
    groups = arguments.get("groups")
    return rows.offence_group.isin(groups) if groups else ibis.literal(True)


def of_violence(rows: IbisTable, arguments: Arguments) -> BooleanValue:
    wanted = in_groups(rows, arguments)
    return wanted & rows.violent if arguments.get("violent") else wanted


def of_domestic_abuse(rows: IbisTable, _: Arguments) -> BooleanValue:
    return rows.domestic_abuse.fill_null(False)


def positive(rows: IbisTable, arguments: Arguments) -> BooleanValue:
    wanted = rows.result == "positive"
    if arguments.get("occasion"):
        wanted &= rows.occasion == arguments["occasion"]
    if arguments.get("drug"):
        wanted &= rows[arguments["drug"]]
    return wanted


def preferred(rows: IbisTable, arguments: Arguments, column: str) -> ibis.Value:
    """The value of the first predictor named that the person has."""
    return ibis.coalesce(*(rows[column].max(where=rows.predictor == name) for name in arguments["predictors"]))


def column_of(name: str) -> Measure:
    return lambda rows, _where, _arguments: rows[name]


WORDS = (
    Factor("age", "number", "Age on the date", "history", lambda h, *_: h.age_months / 12, "years", absent="not known"),
    Factor("sex", "name", "Sex as recorded", "persons", column_of("sex"), absent="not known", codes=("F", "M")),
    Factor("area", "name", "Area of residence", "persons", column_of("area"), absent="not known"),
    Factor("sanctions_total", "number", "Sanction occasions in all", "history", column_of("sanctions"), "occasions"),
    Factor(
        "violent_sanctions_total",
        "number",
        "Sanction occasions with a violent offence",
        "history",
        column_of("violent_sanctions"),
        "occasions",
    ),
    Factor(
        "age_at_first_sanction",
        "number",
        "Age at the first sanction",
        "history",
        column_of("age_at_first_sanction"),
        "years",
        absent="never",
    ),
    Factor(
        "index_offence_group",
        "name",
        "Offence group of the principal offence of the last conviction",
        "history",
        column_of("offence_group"),
        absent="never",
        codes=OFFENCE_GROUPS,
    ),
    Factor(
        "months_since_last_sanction",
        "number",
        "Since the last sanction",
        "history",
        column_of("months_since_last_sanction"),
        "months",
        absent="never",
    ),
    Factor(
        "offence_free_months",
        "number",
        "Since the later of the last sanction and the last release",
        "history",
        column_of("offence_free_months"),
        "months",
        absent="never",
    ),
    Factor("harm_total", "number", "Crime harm of all offences sanctioned", "history", column_of("harm"), "days"),
    Factor(
        "days_at_liberty_12m",
        "number",
        "Days of the last 12 months not in custody",
        "history",
        column_of("days_at_liberty_12m"),
        "days",
        absent="not known",
    ),
    Factor("in_custody", "yes_no", "In custody on the date", "history", column_of("in_custody"), absent="not known"),
    Factor(
        "prolific",
        "yes_no",
        "Prolific as the Ministry of Justice defines it",
        "history",
        column_of("prolific"),
        absent="not known",
    ),
    Factor(
        "sanctions",
        "number",
        "Sanction occasions",
        "sanctions",
        lambda rows, where, _: rows.sanction_date.nunique(where=where),
        "occasions",
        of_violence,
        {"months": MONTHS, "groups": GROUPS, "violent": Parameter("Only occasions with a violent offence", "yes_no")},
    ),
    Factor(
        "offences",
        "number",
        "Offences sanctioned",
        "sanctions",
        count,
        "offences",
        of_violence,
        {"months": MONTHS, "groups": GROUPS, "violent": Parameter("Only violent offences", "yes_no")},
    ),
    Factor(
        "harm",
        "number",
        "Crime harm of the offences sanctioned",
        "sanctions",
        lambda rows, where, _: rows.harm_days.sum(where=where),
        "days",
        of_violence,
        {"months": MONTHS, "groups": GROUPS, "violent": Parameter("Only violent offences", "yes_no")},
    ),
    Factor(
        "arrests", "number", "Arrests", "arrests", count, "arrests", in_groups, {"months": MONTHS, "groups": GROUPS}
    ),
    Factor(
        "domestic_abuse_recency",
        "number",
        "Since the last arrest flagged as domestic abuse",
        "arrests",
        lambda rows, where, _: rows.months_ago.min(where=where),
        "months",
        of_domestic_abuse,
        {},
        "never",
    ),
    Factor(
        "domestic_abuse_frequency",
        "number",
        "Arrests flagged as domestic abuse",
        "arrests",
        count,
        "arrests",
        of_domestic_abuse,
        {"months": MONTHS_REQUIRED},
    ),
    Factor(
        "domestic_abuse_gravity",
        "number",
        "Crime harm of the gravest arrest flagged as domestic abuse",
        "arrests",
        lambda rows, where, _: rows.harm_days.max(where=where),
        "days",
        of_domestic_abuse,
        {"months": MONTHS_REQUIRED},
    ),
    Factor(
        "domestic_abuse_victims",
        "number",
        "Different victims of arrests flagged as domestic abuse",
        "arrests",
        lambda rows, where, _: rows.victim_ref.nunique(where=where),
        "victims",
        of_domestic_abuse,
        {"months": MONTHS_REQUIRED},
    ),
    Factor(
        "positive_drug_tests",
        "number",
        "Positive drug tests",
        "drug_tests",
        count,
        "tests",
        positive,
        {
            "months": MONTHS_REQUIRED,
            "occasion": Parameter("Only tests on this occasion", "word", OCCASIONS),
            "drug": Parameter("Only tests positive for this", "word", ("opiates", "cocaine")),
        },
    ),
    Factor(
        "required_assessments",
        "number",
        "Required assessments imposed",
        "drug_tests",
        count,
        "assessments",
        lambda rows, _: rows.required_assessment,
        {"months": MONTHS_REQUIRED},
    ),
    Factor(
        "missed_assessments",
        "number",
        "Required assessments that the person did not attend, or did not stay for",
        "drug_tests",
        count,
        "assessments",
        lambda rows, _: rows.required_assessment & ~rows.assessment_attended,
        {"months": MONTHS_REQUIRED},
    ),
    Factor(
        "need",
        "number",
        "The latest score of a section of a needs assessment",
        "assessments",
        lambda rows, where, _: rows.score.max(where=where),
        "points",
        lambda rows, arguments: (rows.instrument == arguments["instrument"]) & (rows["item"] == arguments["section"]),
        {
            "instrument": Parameter("The instrument, for instance OASys", "word", required=True),
            "section": Parameter("The section, for instance drugs", "word", required=True),
        },
        "not known",
    ),
    Factor(
        "registered",
        "yes_no",
        "On one of these registers on the date",
        "registers",
        lambda rows, where, _: where.any(),
        None,
        lambda rows, arguments: rows.register.isin(arguments["registers"]),
        {"registers": Parameter("Register codes of the source", "words", required=True)},
    ),
    Factor(
        "intelligence_reports",
        "number",
        "Intelligence reports that name the person: counts only, none suspected false or shared with conditions only",
        "intelligence_counts",
        lambda rows, where, _: rows.reports.sum(where=where),
        "reports",
        lambda rows, arguments: (
            rows.crime_type.isin(arguments["crime_types"]) if arguments.get("crime_types") else ibis.literal(True)
        ),
        {"months": MONTHS_REQUIRED, "crime_types": Parameter("Only about these types of crime", "words")},
    ),
    Factor(
        "score",
        "number",
        "A risk score, of the first predictor named that the person has",
        "scores",
        lambda rows, _, arguments: preferred(rows, arguments, "percent"),
        "per cent",
        lambda rows, arguments: rows.predictor.isin(arguments["predictors"]),
        {"predictors": Parameter("Predictors in order of preference", "words", required=True)},
        "not known",
    ),
    Factor(
        "score_band",
        "name",
        "The band of a risk score, of the first predictor named that the person has",
        "scores",
        lambda rows, _, arguments: preferred(rows, arguments, "band"),
        None,
        lambda rows, arguments: rows.predictor.isin(arguments["predictors"]),
        {"predictors": Parameter("Predictors in order of preference", "words", required=True)},
        "not known",
        ("low", "medium", "high", "very high"),
    ),
)
FACTORS: Mapping[str, Factor] = {factor.name: factor for factor in WORDS}
