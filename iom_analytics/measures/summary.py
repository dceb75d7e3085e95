"""Proven reoffending by three-month cohort, and by year as the sum of its cohorts.

Counts are not suppressed here: this is for use inside the partnership. What leaves it goes through `disclosure` first.
"""

import ibis
from ibis.expr.types import DateValue, StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import typed
from iom_analytics.history import quarter_of
from iom_analytics.measures.contracts import SUMMARY
from iom_analytics.measures.liberty import DAYS_IN_A_YEAR
from iom_analytics.measures.reoffending import TIERS

ADDED = ("quarters", "starts", "mature_starts", "exits", "reoffenders", "reoffences", "days_to_first", "with_days",
         "reoffences_tier_1", "reoffences_tier_2", "reoffences_tier_3", "reoffences_without_tier", "with_custody",
         "custody_told", "custodial_reoffences", "custodial_told", "expected", "with_expected", "days_at_liberty",
         "at_liberty")  # fmt: skip
WITHHELD = ("reoffenders", "reoffences", "rate_percent", "reoffences_per_start", "reoffences_per_reoffender",
            "mean_days_to_first_reoffence", "reoffences_tier_1", "reoffences_tier_2", "reoffences_tier_3",
            "reoffences_without_tier", "custody_percent", "custodial_reoffences", "adjusted_percent",
            "days_at_liberty", "reoffences_per_year_at_liberty")  # fmt: skip


def summary(reoffending: IbisTable, *, base_percent: float | None = None, year_start_month: int = 4) -> IbisTable:
    """One row per quarter of start and one per year, in order of time: columns in `SUMMARY`.

    `reoffending` is what `proven_reoffending` or `time_at_liberty` gives, for the published series after `one_entry` by
    quarter. A year is the sum of its quarters, in which a person can be more than once: never a count of people, so
    `people` is empty there. A period with a start that is not mature has empty measures.

    adjusted = rate - (mean score - mean score of the base), in per cent. The base is `base_percent`, or where none is
    given the mean score of all starts in the table. A period has a mean score only where every start has a score.
    """
    quarters = by_quarter(reoffending)
    # As if the year began in January; the months are put back once the year is known.
    shift = ibis.interval(months=year_start_month - 1)
    january = ibis.date((quarters.period_start - shift).cast("date").year(), 1, 1)
    first = (january + shift).cast("date")
    years = quarters.mutate(period_start=first)
    years = years.group_by("period_start").aggregate(
        **{name: years[name].sum().cast(years[name].type()) for name in ADDED}
    )
    years = years.mutate(kind=ibis.literal("sum of quarters"), people=ibis.null("int64"),
                         period=year_name(years.period_start, year_start_month))  # fmt: skip
    number = quarters.period_start.quarter().cast("string")
    quarters = quarters.mutate(
        kind=ibis.literal("quarter"), period=quarters.period_start.year().cast("string").concat(" Q", number)
    )
    columns = ["kind", "period", "period_start", "people", *ADDED]
    both = quarters.select(*columns).union(years.select(*columns))
    said = reoffending.is_mature.count() > 0
    whole = reoffending.aggregate(
        is_said=said,
        base=ibis.literal(base_percent, "float64") if base_percent is not None else mean_score(reoffending),
    )
    return rates(both.cross_join(whole))


def year_name(start: DateValue, year_start_month: int) -> StringValue:
    """2019, or 2019/20 where the year does not begin in January."""
    year = start.year().cast("string")
    following = ((start.year() + 1) % 100).cast("string").lpad(2, "0")
    return year if year_start_month == 1 else year.concat("/", following)


def mean_score(rows: IbisTable) -> ibis.Value:
    return rows.expected_percent.mean() if "expected_percent" in rows.columns else ibis.null("float64")


def by_quarter(rows: IbisTable) -> IbisTable:
    """One row per quarter of start: `people`, and the numbers in `ADDED`, which add up over quarters."""
    rows = rows.mutate(period_start=quarter_of(rows.start_date))
    no_number = ibis.null("int64")
    tiers = ("reoffences_tier_1", "reoffences_tier_2", "reoffences_tier_3", "reoffences_without_tier",
             "custodial_reoffences")  # fmt: skip
    has_score, has_liberty = "expected_percent" in rows.columns, "days_at_liberty" in rows.columns
    score = rows.expected_percent.cast("float64") if has_score else ibis.null("float64")
    rows = rows.mutate(
        score=score, free=rows.days_at_liberty if has_liberty else no_number, is_given=rows.is_mature.fill_null(True)
    )
    return rows.group_by("period_start").aggregate(
        quarters=rows.period_start.nunique(),  # one: it is summed for the years
        people=rows.person_id.nunique(),
        starts=rows.count(),
        mature_starts=rows.count(where=rows.is_given),
        exits=rows.count(where=rows.exited_in_follow_up),
        reoffenders=rows.count(where=rows.reoffended),
        reoffences=rows.reoffences.sum().cast("int64"),
        days_to_first=rows.days_to_first_reoffence.sum().cast("int64"),
        with_days=rows.count(where=rows.days_to_first_reoffence.notnull()),
        with_custody=rows.custody_for_reoffence.cast("int64").sum().cast("int64"),
        custody_told=rows.custody_for_reoffence.count(),
        custodial_told=rows.custodial_reoffences.count(),
        **{name: rows[name].sum().cast("int64") for name in tiers},
        expected=rows.score.sum(),
        with_expected=rows.count(where=rows.score.notnull()),
        days_at_liberty=rows.free.sum().cast("int64"),
        at_liberty=rows.reoffences.sum(where=rows.free > 0).cast("int64"),
    )


def rates(counts: IbisTable) -> IbisTable:
    """The counts of periods with every rate, in the columns and order of `SUMMARY`; `base` is the base's mean score."""
    starts = counts.starts.cast("float64")
    rows = counts.mutate(
        mean_expected_percent=(counts.with_expected == counts.starts).ifelse(counts.expected / starts, None),
        rate_percent=100 * counts.reoffenders / starts,
        is_mature=counts.is_said.ifelse(counts.mature_starts == counts.starts, ibis.null("boolean")),
        reoffences_per_start=counts.reoffences / starts,
        reoffences_per_reoffender=counts.reoffences / counts.reoffenders.cast("float64").nullif(0),
        mean_days_to_first_reoffence=counts.days_to_first / counts.with_days.cast("float64").nullif(0),
        custody_percent=(counts.custody_told == counts.starts).ifelse(100 * counts.with_custody / starts, None),
        custodial_reoffences=(counts.custodial_told == counts.starts).ifelse(counts.custodial_reoffences, None),
        reoffences_per_year_at_liberty=counts.at_liberty
        * DAYS_IN_A_YEAR
        / counts.days_at_liberty.cast("float64").nullif(0),
    )
    rows = rows.mutate(adjusted_percent=rows.rate_percent - (rows.mean_expected_percent - rows.base))
    # A sum with reoffences of no known tier would be too low without saying so.
    told = rows.reoffences_without_tier == 0
    rows = rows.mutate(**{name: told.ifelse(rows[name], ibis.null("int64")) for name in TIERS})
    given = rows.mature_starts == rows.starts
    rows = rows.mutate(**{name: given.ifelse(rows[name], ibis.null(rows[name].type())) for name in WITHHELD})
    types = SUMMARY.ibis_schema()
    rows = rows.select(**{name: typed(rows[name], type_) for name, type_ in types.items()})
    return rows.order_by("period_start", "kind")
