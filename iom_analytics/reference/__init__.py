"""Offence codes, crime-harm weights and area lists: data files with source, edition and date, and their loader.

Each data file starts with comment lines (`#`) that give its source, edition and date.
"""

from functools import cache
from importlib import resources
from io import BytesIO

import pyarrow as pa
import pyarrow.csv as pa_csv

__all__ = [
    "cchi_police_uk_categories",
    "cchi_subgroup_days",
    "gdp_deflator",
    "load",
    "offence_codes",
    "offence_groups",
    "offences",
    "unit_costs",
]


@cache
def load(name: str, *, text: tuple[str, ...] = ()) -> pa.Table:
    """The reference table `data/<name>.csv`, comment lines left out; the columns named in `text` stay text."""
    raw = (resources.files(__name__) / "data" / f"{name}.csv").read_bytes()
    rows = b"".join(line for line in raw.splitlines(keepends=True) if not line.startswith(b"#"))
    types = {column: pa.string() for column in text}
    options = pa_csv.ConvertOptions(column_types=types, strings_can_be_null=True)
    return pa_csv.read_csv(BytesIO(rows), convert_options=options)


def offence_codes() -> pa.Table:
    """One row per Home Office offence code (3,039).

    `offence_code` (five digits), `category`, `parent_group`, `description`, `actuarial_category` (OGRS4 family),
    `violent` (counts as a violent sanction), `ogrs3_category` and `ogrs3_error` (a code that needs the exact offence).
    """
    return load("offence_codes", text=("offence_code", "category"))


def offence_groups() -> pa.Table:
    """One row per offence group: `offence_group`, its `name` and the `police_uk_category` it falls under."""
    return load("offence_groups")


def cchi_subgroup_days() -> pa.Table:
    """One row per sub-group of recorded crime: harm in days (`min_days`, `median_days`, `mean_days`, `max_days`).

    Statistics over the offences of the sub-group, from the Cambridge Crime Harm Index of 2026.
    """
    return load("cchi_subgroup_days")


def cchi_police_uk_categories() -> pa.Table:
    """One row per police.uk category: harm in days of an average crime, between `days_low` and `days_high`."""
    return load("cchi_police_uk_categories")


def unit_costs() -> pa.Table:
    """One row per crime: `kind` (individual, business, component, total), `crime`, `cost`, `confirmed`.

    Pounds at 2015/16 prices (the total in billions). `confirmed` is yes, partly or no: show it beside whatever is
    worked out from the cost.
    """
    return load("unit_costs")


def gdp_deflator() -> pa.Table:
    """One row per calendar year: `deflator`, 2024 = 100."""
    return load("gdp_deflator")


@cache
def offences() -> pa.Table:
    """One row per Home Office offence code: `offence_code`, `offence_group`, `violent`, `cchi_subgroup`, `harm_days`.

    `harm_days` is the median of the offence's sub-group in the Cambridge Crime Harm Index; it is empty where the index
    does not weigh the offence. The group and sub-group are those of the longest rule that starts the code.
    """
    rules = load("offence_group_rules", text=("code", "cchi_subgroup")).to_pylist()
    by_code = {rule["code"]: rule for rule in rules}
    days = {row["cchi_subgroup"]: row["median_days"] for row in cchi_subgroup_days().to_pylist()}
    rows = []
    for code in offence_codes().to_pylist():
        rule = by_code.get(code["offence_code"]) or by_code[code["category"]]
        rows.append(
            {
                "offence_code": code["offence_code"],
                "offence_group": rule["offence_group"],
                "violent": code["violent"],
                "cchi_subgroup": rule["cchi_subgroup"],
                "harm_days": days.get(rule["cchi_subgroup"]),
            }
        )
    return pa.Table.from_pylist(rows)
