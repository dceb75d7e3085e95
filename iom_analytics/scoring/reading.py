"""A table of people with the facts that the checks and formulas read: the twin of `inputs.read` and `facts.facts_of`.

Written values (a CSV file, every column text) and typed ones (Parquet) are read alike. A value that is filled but
cannot be read becomes empty, and a column `<name>__unreadable` says so.
"""

from collections.abc import Iterable, Sequence

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue, Column, FloatingValue, StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.scoring import ages
from iom_analytics.scoring.coefficients import Coefficients
from iom_analytics.scoring.facts import offences
from iom_analytics.scoring.inputs import (
    COUNT,
    DATE,
    INPUTS,
    LARGEST_COUNT,
    NO_PREVIOUS_CONVICTIONS,
    PREVIOUS_CONVICTIONS,
    SEXES,
    Input,
    Kind,
)
from iom_analytics.scoring.ogrs4 import MOST_OFFENCE_FREE_MONTHS

PERSON = "person_id"
DATES = {
    "date_of_birth": "born",
    "date_of_conviction": "convicted",
    "assessment_date": "assessed",
    "follow_up_start": "followed_up_given",
}


def unreadable(name: str) -> str:
    """The column that says whether an input is filled with something that cannot be read."""
    return f"{name}__unreadable"


def weight(model: str) -> str:
    """The column that holds a model's offence weight."""
    return f"weight__{model}"


def typed(people: IbisTable, static: Iterable[str], dynamic: Iterable[str]) -> IbisTable:
    """The person's identifier and the named inputs, each of its own type; answers that have no column are left out."""
    lacking = [name for name in (PERSON, *static) if name not in people.columns]
    if lacking:
        raise InputError(f"The table of people lacks these columns: {', '.join(lacking)}")
    columns: dict[str, Column] = {PERSON: people[PERSON].cast("string")}
    for name in (*static, *(name for name in dynamic if name in people.columns)):
        raw = people[name]
        raw = raw.strip().nullif("") if raw.type().is_string() else raw
        value = reader_of(INPUTS[name], raw)
        columns[name] = value
        if value is not raw:
            columns[unreadable(name)] = raw.notnull() & value.isnull()
    return people.select(**columns)


def reader_of(each: Input, raw: Column) -> Column:
    """The readable values of a raw column; the very column where all its values are."""
    kind, dtype = each.kind, raw.type()
    if kind == "date" and (dtype.is_date() or dtype.is_timestamp()):
        return raw if dtype.is_date() else raw.date()
    if kind == "date" and dtype.is_string():
        # Engines differ in what else they take for a date.
        written = raw.re_search(f"^{DATE.pattern}$") & ~raw.startswith("0000")
        return written.ifelse(raw.left(10), ibis.null(str)).try_cast("date")
    if kind == "count" and dtype.is_string():
        return raw.re_search(f"^{COUNT.pattern}$").ifelse(raw, ibis.null(str)).try_cast("int64")
    if kind == "count" and (dtype.is_numeric() and not dtype.is_boolean()):
        is_whole = raw.between(-LARGEST_COUNT, LARGEST_COUNT)
        is_whole = is_whole if dtype.is_integer() else is_whole & (raw.floor() == raw)
        return is_whole.ifelse(raw, ibis.null(dtype)).cast("int64")
    if kind == "code" and dtype.is_string():
        return raw
    if kind == "sex" and dtype.is_string():
        return one_of(raw.upper(), SEXES)
    if kind == "answer":
        return word_column(raw).cases(*each.words.items())
    if kind == "convictions" and (dtype.is_string() or dtype.is_array()):
        return convictions_column(raw)
    raise InputError(f"The column {each.name} must hold {HOLDS[kind]}; it holds {dtype}.")


HOLDS: dict[Kind, str] = {
    "date": "dates",
    "count": "whole numbers",
    "code": "text, so that zeros in front are kept",
    "sex": "M or F",
    "convictions": "kinds of conviction with ; between",
}


def one_of(word: StringValue, words: Iterable[str]) -> StringValue:
    return word.isin(tuple(words)).ifelse(word, ibis.null(str))


def word_column(raw: Column) -> StringValue:
    """Written or typed answers as words: true as TRUE, 1.0 as 1."""
    if raw.type().is_floating():
        raw = (raw.floor() == raw).ifelse(raw, ibis.null(float)).cast("int64")
    return raw.cast("string").upper()


def convictions_column(raw: Column) -> StringValue:
    """The kinds as upper-case text with ; before and after each, so that one can be found by `contains`."""
    listed = raw.join(";") if raw.type().is_array() else raw
    listed = (listed == "").ifelse(NO_PREVIOUS_CONVICTIONS, listed).upper().re_replace(r"\s*;\s*", ";")
    kind = f"({'|'.join((*PREVIOUS_CONVICTIONS, NO_PREVIOUS_CONVICTIONS))})"
    return listed.re_search(f"^{kind}(;{kind})*$").ifelse(";" + listed + ";", ibis.null(str))


def offence_weights(models: Sequence[Coefficients]) -> pa.Table:
    """One row per offence code that has a category: its weight in each model, and whether OGRS3 needs the exact one."""
    found = offences()
    columns: dict[str, list[object]] = {
        "code": list(found),
        "code_needs_exact_offence": [offence.needs_exact_offence for offence in found.values()],
    }
    for model in models:
        columns[weight(model.model)] = [
            model.get(f"offence:{offence.ogrs3_category if is_ogrs3(model) else offence.actuarial_category}")
            for offence in found.values()
        ]
    return pa.table(columns)


def is_ogrs3(model: Coefficients) -> bool:
    return model.model.startswith("ogrs3")


def with_facts(inputs: IbisTable, models: Sequence[Coefficients], engine: Engine) -> IbisTable:
    """The typed inputs with the facts of `facts.Facts` as columns, as far as the inputs go.

    Numbers that a formula multiplies are doubles: engines take written fractions for decimals, and would multiply
    whole numbers with them as such.
    """
    weights = engine.from_arrow(offence_weights(models), "offence_weights")
    joined = inputs.left_join(weights, inputs.offence_code == weights.code)
    packed = joined.mutate(
        **{fact: ages.packed_column(joined[name]) for name, fact in DATES.items() if name in inputs.columns},
        # Every listed code has five digits; only the others are looked at letter by letter.
        code_length=joined.code.notnull().ifelse(5, joined.offence_code.length()),
        malformed_code=joined.code.notnull().ifelse(False, ~joined.offence_code.re_search("^[0-9]{5}$")),
        needs_exact_offence=joined.code_needs_exact_offence.fill_null(False),
    )
    dated = packed.mutate(followed_up=ibis.coalesce(packed.followed_up_given, packed.convicted))
    aged = dated.mutate(
        age_at_conviction=ages.completed_years(dated.born, dated.convicted).cast("float64"),
        age_at_follow_up=ages.completed_years(dated.born, dated.followed_up).cast("float64"),
        lacks_follow_up=dated.followed_up.isnull(),
        **{name: dated[name].cast("float64") for name in COUNTS if name in inputs.columns},
        **unknown_codes(dated, models),
        **free_months(dated),
    )
    return aged.mutate(career_years=aged.age_at_conviction - aged.age_at_first_sanction)


COUNTS = ("age_at_first_sanction", "sanctions", "violent_sanctions")


def unknown_codes(people: IbisTable, models: Sequence[Coefficients]) -> dict[str, BooleanValue]:
    """Which codes have no weight; all models of the OGRS4 family have weights for the same codes."""
    found = {}
    for model in models:
        has_none = people.offence_code.notnull() & people[weight(model.model)].isnull()
        if is_ogrs3(model):
            found["unknown_to_ogrs3"] = has_none & ~people.needs_exact_offence
        else:
            found["unknown_category"] = has_none & ~people.malformed_code
    return found


def free_months(people: IbisTable) -> dict[str, FloatingValue]:
    """Whole months in the community before the assessment, at most 36; none where follow-up starts after it."""
    if "assessed" not in people.columns:
        return {}
    months = ages.whole_months(people.followed_up, people.assessed)
    return {"offence_free_months": months.cast("float64").clip(0, MOST_OFFENCE_FREE_MONTHS)}
