"""Recorded crime as counted: what each crime is, how much harm it stands for, where and in which month.

What is known of a crime is read upwards from the finest that was sent: a code has one group of offences, a group one
category of police.uk. Harm is in days of the Cambridge Crime Harm Index, between two bounds: of a code or a group that
the index weighs as one sub-group, its median; of a category alone, the lowest and the highest force's average. A crime
that spans months counts in the first it can have happened in.
"""

from functools import cache

import ibis
import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics import reference
from iom_analytics.engine import Engine
from iom_analytics.history.dates import month_of
from iom_analytics.history.records import complete
from iom_analytics.tables import RECORDED_CRIMES

NOT_KNOWN = "Not known"


def recorded_crimes(engine: Engine, crimes: IbisTable) -> IbisTable:
    """One row per crime: `crime_ref`, `area`, `month` (its first day), `offence_group`, `crime_type`, `harm_low`,
    `harm_high` (days) and `victim_pseudonym`.

    `crimes` keeps the contract RECORDED_CRIMES. An area or type that nobody said is 'Not known'. Both bounds of harm
    are empty where the index does not weigh such a crime. Raises InputError where a required column is missing.
    """
    rows = complete(crimes, RECORDED_CRIMES)
    kinds = engine.from_arrow(by_code(), "recorded_by_code")
    rows = rows.left_join(kinds, rows.offence_code == kinds.code, rname="code_{name}")
    rows = rows.mutate(offence_group=rows.code_group.fill_null(rows.offence_group))
    groups = engine.from_arrow(by_group(), "recorded_by_group")
    rows = rows.left_join(groups, rows.offence_group == groups.group_name)
    rows = rows.mutate(crime_type=rows.group_type.fill_null(rows.crime_type).fill_null(NOT_KNOWN))
    types = engine.from_arrow(by_type(), "recorded_by_type")
    rows = rows.left_join(types, rows.crime_type == types.type_name)
    has_code = rows.code.notnull()

    def harm(bound: str) -> ibis.Value:
        coarse = rows[f"group_{bound}"].fill_null(rows[f"type_{bound}"])
        return ibis.ifelse(has_code, rows.code_days, coarse)

    return rows.select(
        "crime_ref",
        area=rows.area.fill_null(NOT_KNOWN),
        month=month_of(rows.from_time.cast("date")),
        offence_group=rows.offence_group,
        crime_type=rows.crime_type,
        harm_low=harm("low"),
        harm_high=harm("high"),
        victim_pseudonym=rows.victim_pseudonym,
    )


def monthly_counts(engine: Engine, crimes: IbisTable) -> IbisTable:
    """`area`, `month`, `crime_type`, `crimes`: how many there are of each, what an area profile takes."""
    rows = recorded_crimes(engine, crimes)
    return rows.group_by("area", "month", "crime_type").aggregate(crimes=rows.count())


@cache
def by_code() -> pa.Table:
    """`code`, its `code_group` and its `code_days` of harm, empty where the index does not weigh it."""
    table = reference.offences().select(["offence_code", "offence_group", "harm_days"])
    return table.rename_columns(["code", "code_group", "code_days"])


@cache
def by_group() -> pa.Table:
    """`group_name`, its `group_type`, and its harm where all its offences are of one sub-group of the index."""
    found: dict[str, set[float | None]] = {}
    for row in reference.offences().to_pylist():
        found.setdefault(row["offence_group"], set()).add(row["harm_days"])
    rows = []
    for row in reference.offence_groups().to_pylist():
        days = found.get(row["offence_group"], set())
        one = next(iter(days)) if len(days) == 1 else None
        rows.append((row["offence_group"], row["police_uk_category"], one, one))
    columns = [list(column) for column in zip(*rows, strict=True)]
    types = (pa.string(), pa.string(), pa.float64(), pa.float64())
    arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
    return pa.table(arrays, names=["group_name", "group_type", "group_low", "group_high"])


@cache
def by_type() -> pa.Table:
    """`type_name`, and the days of an average crime of it in the lowest and the highest force."""
    table = reference.cchi_police_uk_categories().select(["police_uk_category", "days_low", "days_high"])
    return pa.table(
        {
            "type_name": table["police_uk_category"],
            "type_low": table["days_low"].cast(pa.float64()),
            "type_high": table["days_high"].cast(pa.float64()),
        }
    )
