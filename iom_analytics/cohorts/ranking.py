"""Who is eligible under a scheme, with how many points, and in which order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import ibis
from ibis.expr.types import BooleanValue, NumericValue, StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.cohorts.scheme import Component, Criterion, Scheme, Strand, Use
from iom_analytics.cohorts.values import Feeds, column_name, factor_values
from iom_analytics.engine import Engine
from iom_analytics.history import Records, career_history

RANKED = (
    "person_key",
    "rank",
    "points",
    "eligible",
    "near_miss",
    "strand",
    "place_in_strand",
    "threshold",
    "within_capacity",
    "not_known",
    "reasons",
)


@dataclass(frozen=True)
class Ranking:
    """A scheme applied to everyone on a date.

    `ranked` has one row per person: `person_key`, `rank` (1 is first; empty for who is not eligible), `points`,
    `eligible`, `near_miss`, `strand`, `place_in_strand`, `threshold` (the highest reached), `within_capacity`,
    `not_known` (how many factors are not known) and `reasons` (the criteria that are not met, in words).
    `values` has the same people with every factor's value; `working` reads it. `missing_feeds` are the feeds the scheme
    reads and the records do not have: their factors are not known for anyone.
    """

    scheme: Scheme
    on: date
    feeds: Feeds
    ranked: IbisTable
    values: IbisTable
    missing_feeds: tuple[str, ...]


def rank(engine: Engine, records: Records, *, scheme: Scheme, on: date, history: IbisTable | None = None) -> Ranking:
    """Everyone in `records.persons` under the scheme, as known `on` the date.

    Points are the sum over components of weight times the points of the band. Only eligible people have a rank: by
    points, highest first; equal points by more crime harm in the last 12 months, then the later last sanction, then
    `person_key`, so that the same records give the same order. Each strand fills the places of its share first; the
    places left, or all where strands have no shares, go to the next in order. A criterion that cannot be decided counts
    as not met, is said to be 'not known' and does not keep a person from being a near miss.

    `history` is the career history on the same date where the caller has it already (kept in the engine, since it is
    read more than once). Raises InputError where a table
    lacks a required column. Nothing here selects anybody: a person decides (Data Protection Act 2018, ss50A-50D).
    """
    if history is None:
        history = career_history(
            engine,
            persons=records.persons,
            sanctions=records.sanctions,
            custody_spells=records.custody_spells,
            on=on,
        )
        history = engine.cache(history, "history")
    feeds = Feeds(engine, records, history, on)
    have = {"history", *records.tables()}
    missing = tuple(sorted({use.factor.feed for use in scheme.uses} - have))
    values = factor_values(feeds, scheme.uses)
    judged = Judge(scheme, scheme.uses, missing).judge(values)
    values = engine.cache(judged, "judged")
    ranked = engine.cache(in_order(values, scheme), "ranked")
    return Ranking(scheme, on, feeds, ranked, values, missing)


@dataclass(frozen=True)
class Judge:
    """Turns factor values into points and decisions on criteria, as expressions."""

    scheme: Scheme
    uses: Sequence[Use]
    missing_feeds: Sequence[str]

    def judge(self, values: IbisTable) -> IbisTable:
        """The values with `points`, `eligible`, `near_miss`, `strand`, `threshold`, `not_known` and `reasons`."""
        scheme = self.scheme
        points: NumericValue = sum((self.points(values, part) for part in scheme.components), ibis.literal(0.0))
        common_met, common_near = self.all_met(values, scheme.criteria), self.all_near(values, scheme.criteria)
        in_strand = [(self.all_met(values, strand.criteria), strand.id) for strand in scheme.strands]
        strand = ibis.cases(*in_strand, else_=None) if in_strand else ibis.null("string")
        near_strand = ibis.or_(*(self.all_near(values, each.criteria) for each in scheme.strands))
        met = common_met & strand.notnull() if in_strand else common_met
        near = common_near & near_strand if in_strand else common_near
        unknown = [self.is_not_known(values, use).cast("int64") for use in self.uses]
        values = values.mutate(points=points.round(6), eligible=met, near_miss=near & ~met, strand=strand)
        return values.mutate(
            strand=ibis.ifelse(values.eligible, values.strand, ibis.null("string")),
            threshold=self.threshold(values.points),
            not_known=sum(unknown, ibis.literal(0, "int64")),
            reasons=self.reasons(values),
        )

    def value(self, values: IbisTable, use: Use) -> ibis.Value:
        return values[column_name(self.uses, use)]

    def is_not_known(self, values: IbisTable, use: Use) -> BooleanValue:
        """Empty because nobody knows, and not because it never happened."""
        if use.factor.absent == "not known" or use.factor.feed in self.missing_feeds:
            return self.value(values, use).isnull()
        return ibis.literal(False)

    def is_met(self, values: IbisTable, criterion: Criterion) -> BooleanValue:
        value = self.value(values, criterion.use)
        if criterion.at_least is not None:
            return (value >= criterion.at_least).fill_null(False)
        if criterion.at_most is not None:
            return (value <= criterion.at_most).fill_null(False)
        if criterion.below is not None:
            return (value < criterion.below).fill_null(False)
        return value.isin(criterion.is_one_of).fill_null(False)

    def off_by(self, values: IbisTable, criterion: Criterion) -> NumericValue:
        """How far a number is from meeting the criterion: 0 or less where it does."""
        value = self.value(values, criterion.use)
        if criterion.at_least is not None:
            return criterion.at_least - value
        bound = criterion.at_most if criterion.at_most is not None else criterion.below
        return ibis.null("float64") if bound is None else value - bound

    def is_near(self, values: IbisTable, criterion: Criterion) -> BooleanValue:
        """Met, missed by no more than `near`, or not known."""
        near = self.is_met(values, criterion) | self.is_not_known(values, criterion.use)
        if criterion.near is None:
            return near
        # A hair's breadth more, so that 74.9 is within 0.1 of 75 whatever the last binary digit.
        return near | (self.off_by(values, criterion) <= criterion.near + 1e-9).fill_null(False)

    def reason(self, values: IbisTable, criterion: Criterion) -> StringValue:
        """Why the criterion is met or not, in words."""
        wanted = criterion.wanted
        unmet = f"not {wanted}"
        return ibis.cases(
            (self.is_met(values, criterion), wanted),
            (self.is_not_known(values, criterion.use), "not known"),
            (self.is_near(values, criterion), f"{unmet}, but near"),
            else_=unmet,
        )

    def all_met(self, values: IbisTable, criteria: Sequence[Criterion]) -> BooleanValue:
        return ibis.and_(*(self.is_met(values, criterion) for criterion in criteria))

    def all_near(self, values: IbisTable, criteria: Sequence[Criterion]) -> BooleanValue:
        return ibis.and_(*(self.is_near(values, criterion) for criterion in criteria))

    def points(self, values: IbisTable, component: Component) -> NumericValue:
        """The points of the best band the value reaches, times the weight; 0 where it reaches none."""
        value = self.value(values, component.use)
        # Upper bounds are tried from the lowest, lower bounds from the highest: the first that holds is the band.
        bands = component.bands if component.bands[0].at_most is not None else component.bands[::-1]
        cases = []
        for band in bands:
            if band.at_least is not None:
                holds = value >= band.at_least
            elif band.at_most is not None:
                holds = value <= band.at_most
            else:
                holds = value.isin(band.is_one_of)
            cases.append((holds, band.points * component.weight))
        return ibis.cases(*cases, else_=0.0)

    def threshold(self, points: NumericValue) -> StringValue:
        reached = [(points >= threshold.at_least, threshold.id) for threshold in self.scheme.thresholds[::-1]]
        return ibis.cases(*reached, else_=None) if reached else ibis.null("string")

    def reasons(self, values: IbisTable) -> StringValue:
        """The criteria not met by who is not eligible, those of every strand too: 'Adult: not known; ...'."""
        parts = [self.unmet(values, criterion) for criterion in self.scheme.criteria]
        parts += [
            self.unmet(values, criterion, strand) for strand in self.scheme.strands for criterion in strand.criteria
        ]
        joined = sum(parts[1:], parts[0]) if parts else ibis.literal("")
        return ibis.ifelse(values.eligible, "", joined.re_replace("; $", ""))

    def unmet(self, values: IbisTable, criterion: Criterion, strand: Strand | None = None) -> StringValue:
        name = criterion.name if strand is None else f"{strand.name}: {criterion.name}"
        said = ibis.literal(f"{name}: ") + self.reason(values, criterion) + "; "
        return ibis.ifelse(self.is_met(values, criterion), "", said)


def in_order(values: IbisTable, scheme: Scheme) -> IbisTable:
    """The people with their rank, their place in their strand, and whether they are within capacity."""
    eligible = values.filter(values.eligible)
    by = [
        eligible.points.desc(),
        eligible.harm_12m.desc(),
        eligible.last_sanction_date.desc(nulls_first=False),
        eligible.person_key.asc(),
    ]
    # Only the eligible are put in order: they are few, and sorting everybody costs more than the rest of a ranking.
    eligible = eligible.mutate(
        rank=(ibis.row_number().over(ibis.window(order_by=by)) + 1).cast("int64"),
        place_in_strand=(ibis.row_number().over(ibis.window(group_by="strand", order_by=by)) + 1).cast("int64"),
    )
    eligible = eligible.mutate(within_capacity=is_within_capacity(eligible, scheme))
    if not scheme.strands:
        eligible = eligible.mutate(place_in_strand=ibis.null("int64"))
    others = values.filter(~values.eligible).mutate(
        rank=ibis.null("int64"), place_in_strand=ibis.null("int64"), within_capacity=ibis.literal(False)
    )
    return eligible.union(others).select(*RANKED)


def is_within_capacity(eligible: IbisTable, scheme: Scheme) -> BooleanValue:
    """The first in order as far as there is room; where strands have shares, each fills its own places first.

    Places that a strand leaves empty go to the next in order, whatever their strand.
    """
    room = places(scheme)
    if not room:
        return eligible["rank"] <= scheme.capacity.people
    in_share = eligible.place_in_strand <= eligible.strand.cases(*room.items(), else_=0)
    taken = in_share.cast("int64").sum().over(ibis.window())
    next_in_order = ibis.row_number().over(ibis.window(group_by=in_share, order_by=eligible["rank"]))
    return in_share | (next_in_order < scheme.capacity.people - taken)


def places(scheme: Scheme) -> dict[str, int]:
    """How many places each strand has by its share, rounded down; empty where strands have no shares."""
    # A hair's breadth more, so that 0.6 of 60 is 36 whatever the last binary digit.
    return {
        strand.id: int(scheme.capacity.people * strand.share + 1e-9)
        for strand in scheme.strands
        if strand.share is not None
    }
