"""The table linkage compares: one row per record, numbered, each column cleaned and in its one form.

Columns (null where nothing usable was given): `record` (number, by source and source_id), `source`, `source_id`,
`given` (first given name), `given_root`, `given_forms`, `given_known`, `given_sound`, `family`, `family_sound`,
`names` (every name and alias, in spaces), `dob` (YYYY-MM-DD as written: 31 February stays, as evidence of a slip),
`sex`, `postcode`, `pnc_id`, `cro`, `crn`, `prison_number` (valid ones only) and each further column.

Names, dates and places repeat, so each different value is cleaned once and joined back.
"""

from collections.abc import Callable, Iterable, Mapping

import ibis
import pyarrow as pa
from ibis.expr.types import StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.linkage import cleaning, names
from iom_analytics.linkage.records import CONTRACT, Kind
from iom_analytics.linkage.steps import Step, clean_column

STEPS: dict[Kind, tuple[Step, ...]] = {"text": cleaning.TEXT, "email": cleaning.EMAIL, "number": cleaning.NUMBER}

KNOWN_SHARE = 1 / 5_000
KNOWN_TIMES = 30
"""A given name this frequent is a name and not a slip of the pen, even where `nicknames.csv` does not list it."""

OfNames = Callable[[list[str], list[int], int], dict[str, pa.Array]]
"""From different names, how often each is there, and how many there are in all, to a column or more about each."""


def prepare(engine: Engine, records: IbisTable, also_compare: Mapping[str, Kind], *, this_year: int) -> IbisTable:
    """The records of `read_records` (or of a caller with the contract's columns), numbered and cleaned.

    Raises InputError where there is no record, one has no number, or two have the same.
    """
    given = [name for name in (*CONTRACT, *also_compare) if name in records.columns]
    table = numbered(engine, records, given)
    lookups: dict[str, Callable[[IbisTable], IbisTable]] = {
        "given_names": lambda values: with_forms(engine, values),
        "family_name": lambda values: with_sound(engine, values),
        "aliases": lambda values: values.mutate(alias_words=clean_column(cleaning.OTHER_NAMES, values.value)),
        "date_of_birth": lambda values: values.mutate(dob=cleaning.iso_date(values.value, this_year=this_year)),
        "postcode": lambda values: values.mutate(postcode=clean_column(cleaning.POSTCODE, values.value)),
        **{name: _further(name, kind) for name, kind in also_compare.items()},
    }
    for column, look_up in lookups.items():
        if column in given:
            table = each_value_once(engine, table, raw(column), look_up)
    unique: dict[str, Callable[[StringValue], StringValue]] = {
        "sex": cleaning.sex,
        "pnc_id": lambda text: cleaning.pnc_id(text, this_year=this_year),
        "cro": cleaning.cro,
        "crn": cleaning.crn,
        "prison_number": cleaning.prison_number,
    }
    table = table.mutate(**{column: make(table[raw(column)]) for column, make in unique.items() if column in given})
    words = [name for name in ("given_words", "family_words", "family", "alias_words") if name in table.columns]
    if words:
        table = table.mutate(names=in_spaces(table, words)).drop(*(name for name in words if name != "family"))
    return engine.cache(table.drop(*(name for name in table.columns if name.startswith(RAW))), "cleaned")


RAW = "raw_"


def raw(column: str) -> str:
    return RAW + column


def numbered(engine: Engine, records: IbisTable, columns: list[str]) -> IbisTable:
    """The records by source and source_id, numbered from 0; every other column renamed `raw_...`."""
    in_order = ibis.window(order_by=[records.source.cast("string"), records.source_id.cast("string")])
    source, source_id = records.source.cast("string"), records.source_id.cast("string")
    table = engine.cache(
        records.select(
            record=ibis.row_number().over(in_order),
            again=((source == source.lag().over(in_order)) & (source_id == source_id.lag().over(in_order))).fill_null(
                False
            ),
            source=source,
            source_id=source_id,
            **{raw(name): records[name].cast("string") for name in columns if name not in ("source", "source_id")},
        ),
        "numbered",
    )
    found = table.aggregate(
        records=table.count(),
        without=(table.source.isnull() | table.source_id.isnull()).sum(),
        again=table.again.sum(),
        example=table.source_id.min(where=table.again),
    )
    counts = found.to_pyarrow().to_pylist()[0]
    if not counts["records"]:
        raise InputError("There are no records to link")
    if counts["without"]:
        raise InputError(f"{counts['without']} records have no source_id: every record needs its number in its system")
    if counts["again"]:
        raise InputError(
            f"{counts['again']} records share source and source_id with another (for instance {counts['example']}): "
            "a number may be used once in a source"
        )
    return table.drop("again")


def each_value_once(
    engine: Engine, table: IbisTable, column: str, look_up: Callable[[IbisTable], IbisTable]
) -> IbisTable:
    """The table with what `look_up` makes of the column's different values (`value`, and `times` it is there)."""
    values = (
        table.filter(table[column].notnull()).group_by(value=table[column]).aggregate(times=lambda row: row.count())
    )
    # Kept, because an engine that sees all lookups at once may clean a value for every row it could be joined to.
    lookup = engine.cache(look_up(values).drop("times"), f"different_{column}")
    return table.left_join(lookup, table[column] == lookup.value).drop("value")


def with_forms(engine: Engine, values: IbisTable) -> IbisTable:
    """Given names: the first one, how it sounds, the names it may stand for, and whether it is known as a name."""
    words = clean_column(cleaning.GIVEN_NAMES, values.value)
    cleaned = engine.cache(values.mutate(given_words=words, given=words.re_extract("^[^ ]+", 0)), "given_names")
    return with_each_name(engine, cleaned, "given", of_given)


def with_sound(engine: Engine, values: IbisTable) -> IbisTable:
    """Family names: their parts, the parts joined, and how that sounds."""
    words = clean_column(cleaning.FAMILY_NAME, values.value)
    cleaned = engine.cache(values.mutate(family_words=words, family=words.replace(" ", "")), "family_names")
    return with_each_name(engine, cleaned, "family", of_family)


def with_each_name(engine: Engine, cleaned: IbisTable, column: str, made: OfNames) -> IbisTable:
    """The cleaned values with what `made` makes of the different names in the column."""
    filled = cleaned.filter(cleaned[column].notnull())
    found = filled.group_by(column).aggregate(times=filled.times.sum()).to_pyarrow().to_pydict()
    total = sum(found["times"])
    lookup = pa.table({"name": pa.array(found[column], pa.string()), **made(found[column], found["times"], total)})
    each = engine.from_arrow(lookup, column)
    return cleaned.left_join(each, cleaned[column] == each.name).drop("name")


def _further(name: str, kind: Kind) -> Callable[[IbisTable], IbisTable]:
    return lambda values: values.mutate(**{name: clean_column(STEPS[kind], values.value)})


def in_spaces(table: IbisTable, columns: Iterable[str]) -> StringValue:
    """The words of the columns, a space before and after each."""
    text: StringValue = ibis.literal(" ")
    for column in columns:
        text = text + (table[column] + " ").fill_null("")
    return text


def of_given(each: list[str], times: list[int], total: int) -> dict[str, pa.Array]:
    often = max(KNOWN_TIMES, KNOWN_SHARE * total)
    known = [name in names.listed_names() or count >= often for name, count in zip(each, times, strict=True)]
    return {
        "given_sound": pa.array([names.sounds_like(name) for name in each], pa.string()),
        "given_root": pa.array([names.full_forms(name)[0] for name in each], pa.string()),
        "given_forms": pa.array([f" {' '.join(names.full_forms(name))} " for name in each], pa.string()),
        "given_known": pa.array(known, pa.bool_()),
    }


def of_family(each: list[str], times: list[int], total: int) -> dict[str, pa.Array]:
    return {"family_sound": pa.array([names.sounds_like(name) for name in each], pa.string())}
