"""Offence codes, crime-harm weights and area lists: data files with source, edition and date, and their loader.

Each data file starts with comment lines (`#`) that give its source, edition and date.
"""

import re
from functools import cache
from importlib import resources
from io import BytesIO

import pyarrow as pa
import pyarrow.csv as pa_csv

__all__ = [
    "cchi_police_uk_categories",
    "cchi_subgroup_days",
    "css_points",
    "css_police_uk_categories",
    "edition",
    "gdp_deflator",
    "load",
    "offence_codes",
    "offence_groups",
    "offence_tiers",
    "offences",
    "other_studies",
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


@cache
def edition(name: str) -> str:
    """The edition of `data/<name>.csv`, as its head says: "December 2025"; empty where it says none."""
    raw = (resources.files(__name__) / "data" / f"{name}.csv").read_text(encoding="utf-8")
    head = " ".join(line.lstrip("# ") for line in raw.splitlines() if line.startswith("#"))
    found = re.search(r"Edition: ([^.]+)\.", head)
    return found[1] if found else ""


def offence_codes() -> pa.Table:
    """One row per Home Office offence code (3,039).

    `offence_code` (five digits), `category`, `parent_group`, `description`, `actuarial_category` (OGRS4 family),
    `violent` (counts as a violent sanction), `ogrs3_category` and `ogrs3_error` (a code that needs the exact offence).
    """
    return load("offence_codes", text=("offence_code", "category"))


def offence_groups() -> pa.Table:
    """One row per offence group: `offence_group`, its `name` and the `police_uk_category` it falls under."""
    return load("offence_groups")


# The groups of the offence list that are tried by magistrates alone. Of the others it does not say which are indictable
# only and which triable either way.
SUMMARY_GROUPS = ("Other summary offences", "Summary motoring offences")


@cache
def offence_tiers() -> pa.Table:
    """One row per offence code of which a tier is known: `offence_code`, `severity_tier`, `confirmed`.

    Tier 1 is indictable only, 2 triable either way, 3 summary: by the code's own row in the table of tiers, or summary
    where the offence list puts it in a summary group. `confirmed` is false where only memory of the Act says so. Most
    codes that are not summary have none: who has a list of their own says tiers in the events.
    """
    found = {
        row["offence_code"]: {"severity_tier": 3, "confirmed": True}
        for row in offence_codes().to_pylist()
        if row["parent_group"] in SUMMARY_GROUPS
    }
    for row in load("offence_tiers", text=("offence_code",)).to_pylist():
        found[row["offence_code"]] = {"severity_tier": row["severity_tier"], "confirmed": row["confirmed"]}
    return pa.Table.from_pylist([{"offence_code": code, **row} for code, row in sorted(found.items())])


def cchi_subgroup_days() -> pa.Table:
    """One row per sub-group of recorded crime: harm in days (`min_days`, `median_days`, `mean_days`, `max_days`).

    Statistics over the offences of the sub-group, from the Cambridge Crime Harm Index of 2026.
    """
    return load("cchi_subgroup_days")


def cchi_police_uk_categories() -> pa.Table:
    """One row per police.uk category: harm in days of an average crime, between `days_low` and `days_high`."""
    return load("cchi_police_uk_categories")


def css_points() -> pa.Table:
    """One row per offence whose weight in the Crime Severity Score is known: `weight`, `edition`, `confirmed`.

    Too few to score anybody by: for checking the official workbook that `measures.read_css` reads.
    """
    return load("ons_css_points")


def css_police_uk_categories() -> pa.Table:
    """One row per police.uk category: the least, median and greatest weight of its `offences` in the Severity Score.

    Weights of kinds of offences, not of an average crime: how many there are of each is not in it.
    """
    return load("ons_css_police_uk_categories")


def unit_costs() -> pa.Table:
    """One row per crime: `kind` (individual, business, component, total), `crime`, `cost`, `confirmed`.

    Pounds at 2015/16 prices (the total in billions). `confirmed` is yes, partly or no: show it beside whatever is
    worked out from the cost.
    """
    return load("unit_costs")


def gdp_deflator() -> pa.Table:
    """One row per calendar year: `deflator`, 2024 = 100."""
    return load("gdp_deflator")


def other_studies() -> pa.Table:
    """One row per comparison of such a scheme elsewhere: `study`, `year`, `people`, `difference`, `low`, `high`.

    Percentage points of who reoffended, with the 95% interval; empty where no figure was found: `found` says in words
    what its report concluded. `maryland` is the grade of its design, `source` where it was read. They are of different
    people and are not pooled; the living review takes the place of this table.
    """
    return load("other_studies")


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
