"""What no two records of one person can have: births that lie years apart, and the names of twins.

A human decision overrules both, and so does an identifier that the two records share.
"""

from collections.abc import Sequence

import ibis
from ibis.expr.types import BooleanValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.linkage.comparisons import DOB, FAMILY, GIVEN, IDENTIFIERS, POSTCODE, Comparison

BORN_APART_YEARS = 15
"""Dates of birth further apart, and not alike in their digits, are not one date badly written: they are a parent's and
a child's who bear the same name."""

SHARED = {
    "pnc_id": ("same",),
    "cro": ("same",),
    "crn": ("same",),
    "prison_number": ("same",),
    "number": ("same", "slip", "near"),
    "email": ("same", "user"),
}
"""What one person alone has (by the name of the comparison's parameters), and at which levels two records share it."""


def conflicts(links: IbisTable, cleaned: IbisTable, comparisons: Sequence[Comparison]) -> IbisTable:
    """The links of `weigh` between two people, whatever their weight: `l`, `r`, `conflict` (births, twins)."""
    by_name = {comparison.name: comparison for comparison in comparisons}
    own = [comparison for comparison in comparisons if comparison.parameters in SHARED]
    official = [comparison for comparison in own if comparison in IDENTIFIERS]
    share = ibis.or_(ibis.literal(False), *(at(links, one, *SHARED[one.parameters]) for one in own))
    differ = ibis.or_(ibis.literal(False), *(at(links, one, "else") for one in official))
    strangers = links.mutate(differ=differ).filter(~share)
    found = []
    if {GIVEN.name, FAMILY.name, DOB.name} <= set(by_name):
        found.append(
            strangers.filter(twins(strangers, with_postcode=POSTCODE.name in by_name)).select(
                "l", "r", conflict=ibis.literal("twins")
            )
        )
    if DOB.name in by_name:
        # 1 January is what is written where only the year is known, or guessed.
        certain = cleaned.filter(cleaned.dob.substr(5) != "01-01")
        born = certain.select(record=certain.record, year=certain.dob.substr(0, 4).try_cast("int64"))
        both = (
            strangers.filter(at(strangers, DOB, "else"))
            .inner_join(born.rename(year_l="year", l="record"), "l")
            .inner_join(born.rename(year_r="year", r="record"), "r")
        )
        apart = both.filter((both.year_l - both.year_r).abs() > BORN_APART_YEARS)
        found.append(apart.select("l", "r", conflict=ibis.literal("births")))
    nothing = links.filter(ibis.literal(False)).select("l", "r", conflict=ibis.literal("none"))
    return ibis.union(nothing, *found) if found else nothing


def twins(links: IbisTable, *, with_postcode: bool) -> BooleanValue:
    """Born on one day into one family, and named apart.

    Named apart are two known names that are not forms of one another; two names that have nothing in common, in one
    household; and two names spelt alike where the records also have different identifiers.
    """
    one_birth = at(links, DOB, "same") & at(links, FAMILY, "same", "slip", "alike")
    named_apart = at(links, GIVEN, "two_names") | (at(links, GIVEN, "slip", "alike") & links.differ)
    if with_postcode:
        named_apart = named_apart | (at(links, GIVEN, "else") & at(links, POSTCODE, "same"))
    return one_birth & named_apart


def at(links: IbisTable, comparison: Comparison, *keys: str) -> BooleanValue:
    """Whether a link is at one of these levels of the comparison."""
    places = [place for place, level in enumerate(comparison.levels) if level.key in keys]
    assert places, f"{comparison.name} has none of {keys}"
    found: BooleanValue = links[f"level_{comparison.name}"].isin(places)
    return found
