"""A matched comparison of a cohort from end to end: the design, which reads no outcome, and then what was found.

One measure is primary and settled beforehand; the others are adjusted for how many there are. Each part of what was
found says how much its method can show, and a part that cannot be worked out says why instead.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import cached_property
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iom_analytics import disclosure
from iom_analytics.engine import Engine
from iom_analytics.errors import AnalyticsError, InputError
from iom_analytics.evaluation import before_after, data_lab, effect, expected, moderators, power, sensitivity, timing
from iom_analytics.evaluation.arrays import Flags, Numbers, Places
from iom_analytics.evaluation.balance import balance, c_statistic, effective_size, without_small_groups
from iom_analytics.evaluation.cohort_study import COVARIATES, EXIT, outcomes
from iom_analytics.evaluation.data_lab import Measure, Row
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.matched import Matched
from iom_analytics.evaluation.nearest import nearest
from iom_analytics.evaluation.propensity import Propensity, propensity
from iom_analytics.evaluation.radius import radius
from iom_analytics.evaluation.study import Study, read_study
from iom_analytics.evaluation.verdict import Word, of_row
from iom_analytics.evaluation.weighting import entropy, overlap
from iom_analytics.history import Records
from iom_analytics.measures import load_definition

Method = Literal["radius", "nearest", "entropy", "overlap"]
METHODS: tuple[Method, ...] = ("radius", "nearest", "entropy", "overlap")
CALIPER = 0.2
# Above this c-statistic there is hardly anybody alike on the other side, and an outcome model is extrapolated.
TOLD_APART = 0.95
# What is left of a covariate, in its own variance, once the others have said what they say of it.
REPEATED = 1e-9
# How far the steady rates of the model may miss those who did not join, and still be believed of who did.
STEADY = (0.85, 1.15)
# Counted in the year before the last one before joining: the scheme can have done nothing to it.
CONTROL_YEARS, MARGIN = 2, 0.05

# By name: the Data Lab's own, and the time in custody, which schemes that recall people raise.
MEASURES: dict[str, Measure] = {
    **{each.column: each for each in data_lab.MEASURES},
    "days_in_custody": Measure("the number of days in custody within the year", "days_in_custody", "frequency"),
}


@dataclass(frozen=True)
class Design:
    """Who is compared with whom. `rows` are the population's with `weight`, `propensity` and, of pairs, `pair`.

    `balance` is that of `balance.without_small_groups`; `left_out` says what was taken out of the pool, in words.
    """

    rows: pa.Table
    balance: pa.Table
    summary: dict[str, Any]
    left_out: list[str]


def design(rows: pa.Table, *, method: Method = "radius", ratio: int = 1, seed: int = 0) -> Design:
    """Matches or weights each month's comparison to those who joined.

    `radius` compares each with everybody within 0.2 standard deviations of the propensity's logit, as the Justice Data
    Lab does; `nearest` with the nearest, within the same, without replacement. Raises InputError where a comparison
    cannot be made, in words that say why.
    """
    rows, left_out = comparable(rows)
    for side, who in ((rows["treated"], "of those who joined"), (pc.invert(rows["treated"]), "others")):
        if (pc.sum(side).as_py() or 0) < disclosure.SMALL:
            raise InputError(
                f"Fewer than {disclosure.SMALL} {who} can be compared: so few say nothing, and could be recognised. "
                "Ask of more months, or of every scheme."
            )
    study = told_apart_by(rows)
    # Penalised: panels pick by what the covariates say, so that in a small cohort some of them tell all.
    fitted = propensity(study, model="penalised")
    matched = matched_by(method, study, fitted, ratio=ratio, seed=seed)
    raise_for_few_compared(study, matched)
    table = balance(study, matched.weights, distance=fitted.probability)
    table = without_small_groups(table, study, matched.weights)
    used = matched.weights > 0
    lights = table["light"].to_pylist()[1:]
    summary = {
        "method": method,
        "treated": int(study.treated.sum()),
        "treated_compared": int((used & study.treated).sum()),
        "pool": int((~study.treated).sum()),
        "comparison": int((used & ~study.treated).sum()),
        "comparison_people": len(set(rows["person_key"].filter(pa.array(used & ~study.treated)).to_pylist())),
        "comparison_effective": round(effective_size(matched.weights[~study.treated]), 1),
        "c_statistic": round(c_statistic(fitted.probability, study.treated), 3),
        "lights": {light: lights.count(light) for light in ("green", "amber", "red")},
    }
    kept = rows.append_column("weight", pa.array(matched.weights))
    kept = kept.append_column("propensity", pa.array(fitted.probability))
    if matched.group is not None:
        kept = kept.append_column("pair", pa.array(matched.group, mask=matched.group == 0))
    return Design(kept, table, summary, left_out)


def raise_for_few_compared(study: Study, matched: Matched) -> None:
    """An InputError where the averages of those compared would be of people who could be recognised."""
    used = matched.weights > 0
    for side in (study.treated, ~study.treated):
        if (used & side).sum() < disclosure.SMALL or effective_size(matched.weights[side]) < disclosure.SMALL:
            raise InputError(
                f"Fewer than {disclosure.SMALL} people of a side are alike enough to be compared. Ask of more months, "
                "or compare with everybody by weights."
            )


def comparable(rows: pa.Table) -> tuple[pa.Table, list[str]]:
    """The rows of people of a sex that somebody who joined has too; who is of another can be compared with nobody."""
    joined = pc.unique(rows.filter(rows["treated"])["sex"])
    has = pc.is_in(rows["sex"], value_set=joined)
    gone = rows.num_rows > (pc.sum(has).as_py() or 0)
    words = "people of a sex that nobody who joined has, who can be compared with nobody"
    return rows.filter(has), [words] if gone else []


def told_apart_by(rows: pa.Table) -> Study:
    """The study of the rows, without the covariates that are the same for everybody or that others say already."""
    names = [name for name in COVARIATES if pc.count_distinct(rows[name]).as_py() > 1]
    # Pairs and neighbours are of one month: across months somebody could be compared with themselves.
    study = read_study(rows, treatment="treated", covariates=names, exact=("month",), unit="unit")
    modelled = study.modelled
    alike = np.corrcoef([each.values for each in modelled]).reshape(len(modelled), -1)
    kept: list[int] = []
    for place in range(len(modelled)):
        own = alike[kept, place]
        left = 1 - own @ np.linalg.solve(alike[np.ix_(kept, kept)], own)  # of its variance, once the others are known
        if left > REPEATED:
            kept.append(place)
    names = [modelled[place].name for place in kept]
    return replace(
        study, covariates=tuple(each for each in study.covariates if not each.in_model or each.name in names)
    )


def matched_by(method: Method, study: Study, fitted: Propensity, *, ratio: int, seed: int) -> Matched:
    if method == "radius":
        return radius(study, fitted.logit, caliper=CALIPER)
    if method == "nearest":
        return nearest(study, fitted.logit, ratio=ratio, caliper=CALIPER, seed=seed)
    if method == "entropy":
        return entropy(replace(study, stratum=None))
    if method == "overlap":
        return overlap(replace(study, stratum=None), fitted)
    raise InputError(f"The method is one of {', '.join(METHODS)}, not '{method}'.")


def detectable(treated: int, comparison: int, *, base: float) -> dict[str, Any] | str:
    """How small a change from a base rate so many people would show, or why that cannot be said."""
    return told(lambda: power.detectable_effect(base, treated=treated, comparison=comparison))


def findings(
    engine: Engine,
    records: Records,
    rows: pa.Table,
    everybody: pa.Table,
    *,
    known_to: date,
    primary: str = "reoffended",
    secondary: tuple[str, ...] = (),
    seed: int = 0,
) -> dict[str, Any]:
    """What came of those compared, as plain values ready for JSON; `rows` are those of a `Design`, and
    `everybody` that of its `Population`.

    Raises InputError where not everybody's year and the six months of proof after it are over by `known_to`: no figure
    of such a cohort is final.
    """
    for name in (primary, *secondary):
        if name not in MEASURES:
            raise InputError(f"There is no measure '{name}'. Choose from {', '.join(MEASURES)}.")
    after, before, control = followed(engine, records, rows, everybody, known_to=known_to)
    compared = Compared(rows, after)
    if rows.num_rows > (pc.sum(compared.after["is_mature"]).as_py() or 0):
        raise InputError(
            "Not every start is mature: the year of some, and the six months for proof after it, end after "
            f"{known_to.isoformat()}. Ask of people who joined earlier, or wait."
        )
    names = [primary, *(name for name in secondary if name != primary)]
    found = {name: compared.row(name) for name in names}
    verdicts = {name: compared.verdict(name, row) for name, row in found.items()}
    for name, row in found.items():
        if row.treat_number is not None and verdicts[name]["word"] == Word.REFUSED.value:
            found[name] = data_lab.refused(row, verdicts[name]["reason"])
    tested = {name: row.difference_p for name, row in found.items() if name != primary and row.difference_p is not None}
    return {
        "primary": primary,
        "rows": [row.to_dict() for row in found.values()],
        "adjusted": told(lambda: sensitivity.adjust(tested)) if tested else None,
        "doubly_robust": compared.doubly_robust(primary, found[primary]),
        "e_value": compared.e_value(found[primary]) if MEASURES[primary].kind == "share" else None,
        "rosenbaum": compared.rosenbaum(primary, found[primary]) if MEASURES[primary].kind == "share" else None,
        "negative_control": compared.negative_control(control),
        "before_after": fall(everybody, before, after, seed=seed),
        "fall_of_both": compared.fall_of_both(before),
        "expected": compared.expected(found.get("reoffended"), seed=seed),
        "timing": compared.timing(found[primary]),
        "moderators": compared.moderators(primary, found[primary]),
        "verdict": verdicts[primary],
        "exits": compared.exits(),
        "grade": grade(Grade.COMPARISON),
        "definition": load_definition().label,
    }


def followed(
    engine: Engine, records: Records, rows: pa.Table, everybody: pa.Table, *, known_to: date
) -> list[pa.Table]:
    """What `outcomes` says of the rows and of everybody: from their start, a year before it, and `CONTROL_YEARS`."""
    names = ["unit", "person_key", "start_date", *(name for name in EXIT if name in rows.column_names)]
    own, pool = rows.select(names), everybody.select(names)
    both = pa.concat_tables([own, pool.filter(pc.invert(pc.is_in(pool["unit"], value_set=own["unit"])))])
    return outcomes(engine, records, both, known_to=known_to, years_before=(0, 1, CONTROL_YEARS))


class Compared:
    """The rows of a design beside what followed, in the same order."""

    def __init__(self, rows: pa.Table, after: pa.Table) -> None:
        self.rows = rows
        self.after = in_order_of(rows, after)
        self.treated: Flags = np.asarray(rows["treated"].to_numpy(zero_copy_only=False), bool)
        self.weights: Numbers = rows["weight"].to_numpy()
        self.person: Places = np.unique(np.array(rows["person_key"].to_pylist()), return_inverse=True)[1]
        self.cluster = self.person
        if "pair" in rows.column_names:
            self.cluster = effect.of_people_and_pairs(self.person, pc.fill_null(rows["pair"], 0).to_numpy())

    @cached_property
    def study(self) -> Study:
        return told_apart_by(self.rows)

    @cached_property
    def balance(self) -> pa.Table:
        return in_words(balance(self.study, self.weights))

    def values(self, measure: str) -> Numbers:
        """A measure as numbers; not a number where it is not known."""
        return numbers(self.after, measure)

    def row(self, name: str) -> Row:
        """The Data Lab's result row. Errors are those of people (who can be in several months) and pairs."""
        measure, values = MEASURES[name], self.values(name)
        reoffended = self.values("reoffended") > 0
        needed = (self.weights > 0) & (reoffended if measure.kind == "days" else True)
        if not np.isfinite(values[needed]).all():
            return data_lab.nothing(measure.name, "the record does not say it of everybody.")
        return data_lab.measured(
            measure,
            np.where(needed, values, 0.0),
            reoffended=reoffended,
            treated=self.treated,
            weights=self.weights,
            cluster=self.cluster,
            person=self.person,
        )

    def verdict(self, name: str, row: Row) -> dict[str, Any]:
        """The answer in one word, by the rules of `verdict`; the balance is that of the weights as they are."""
        is_days = MEASURES[name].kind == "days"
        people = data_lab.counted(
            self.values("reoffended" if is_days else name) > 0,
            self.treated,
            self.weights,
            is_share=MEASURES[name].kind == "share",
            person=self.person,
        )
        found = of_row(row, people, balance=self.balance, lower_is_better=not is_days)
        return {"word": found.word.value, "reason": found.reason}

    def exits(self) -> dict[str, int]:
        """How many people of either side died or left the country in their year, as far as the record says so."""
        gone = np.asarray(self.after["exited_in_follow_up"].to_numpy(zero_copy_only=False), bool) & (self.weights > 0)
        sides = {"treated": self.treated, "comparison": ~self.treated}
        return {side: len(set(self.person[gone & of].tolist())) for side, of in sides.items()}

    def doubly_robust(self, measure: str, row: Row) -> dict[str, Any] | str | None:
        """Of everybody in the study; none for the time to something that many have not done."""
        if MEASURES[measure].kind == "days":
            return None
        if row.treat_number is None:
            return row.reason
        if not np.isfinite(self.values(measure)).all():
            return "the record does not say it of everybody."
        chance: Numbers = self.rows["propensity"].to_numpy()
        if c_statistic(chance, self.treated) > TOLD_APART:
            return "who joined can be told from who did not, so there is hardly anybody to work it out from."
        return told(lambda: effect.doubly_robust(self.values(measure), self.study, chance, cluster=self.person))

    def e_value(self, row: Row) -> dict[str, Any] | str:
        """Of the ratio of the two rates; its interval is that of the difference over the comparison's rate."""
        if row.treat_mean is None or row.comparison_mean is None or row.difference_lower is None:
            return row.reason
        base, own = row.comparison_mean, row.treat_mean
        assert row.difference_upper is not None
        if base == 0:
            return "nobody in the comparison had the outcome."
        low, high = (base + row.difference_lower) / base, (base + row.difference_upper) / base
        return told(lambda: sensitivity.e_value(own / base, low=low, high=high))

    def rosenbaum(self, measure: str, row: Row) -> dict[str, Any] | str | None:
        """Of pairs of one and one; None where the method makes none."""
        if "pair" not in self.rows.column_names:
            return None
        if row.treat_number is None:
            return row.reason
        values, pairs = self.values(measure), self.rows["pair"].to_pylist()
        sides: dict[int, list[tuple[bool, float]]] = {}
        for pair, treated, value in zip(pairs, self.treated, values, strict=True):
            if pair is not None:
                sides.setdefault(pair, []).append((bool(treated), float(value)))
        if any(len(side) != 2 for side in sides.values()):
            return "the bounds are for pairs of one and one."
        own = {pair: dict(side) for pair, side in sides.items()}
        only_comparison = sum(side[False] > side[True] for side in own.values())
        only_treated = sum(side[True] > side[False] for side in own.values())
        return told(lambda: sensitivity.rosenbaum_bounds(only_comparison=only_comparison, only_treated=only_treated))

    def negative_control(self, control: pa.Table) -> dict[str, Any] | str:
        """Proven offending in the year before last, to which the scheme can have done nothing."""
        values = numbers(in_order_of(self.rows, control), "reoffended")

        def looked() -> sensitivity.NegativeControl:
            found = effect.difference(values, self.treated, self.weights, cluster=self.cluster)
            if found.lower is None or found.upper is None:
                raise InputError("nobody's offending varied in the year before last.")
            return sensitivity.negative_control(found.estimate, found.lower, found.upper, margin=MARGIN)

        return told(looked)

    def fall_of_both(self, before: pa.Table) -> dict[str, Any] | None:
        """Proven offences per year at liberty, before and after, of either side of the comparison.

        Who did not join was as active before, and their fall had nothing to do with the scheme. None where fewer than
        ten people of a side offended in either year.
        """
        before = in_order_of(self.rows, before)
        used = self.weights > 0
        for who in (used & self.treated, used & ~self.treated):
            if min((numbers(table, "reoffences")[who] > 0).sum() for table in (before, self.after)) < disclosure.SMALL:
                return None
        found = {}
        for side, of in (("treated", self.treated), ("comparison", ~self.treated)):
            rates = [yearly(table, self.weights * of) for table in (before, self.after)]
            found[side] = dict(zip(("before", "after"), rates, strict=True))
        return found

    def timing(self, row: Row) -> list[dict[str, Any]] | str:
        """How soon people of either side reoffended (`timing`), month by month."""
        if row.treat_number is None:
            return row.reason
        days = self.values("days_to_first_reoffence")
        try:
            points = timing.still_without(days, self.treated, self.weights, cluster=self.cluster)
        except AnalyticsError as error:
            return str(error)
        return [plain(point) for point in points]

    def moderators(self, measure: str, row: Row) -> dict[str, Any] | str:
        """For whom it worked (`moderators`), of the primary measure alone."""
        if row.treat_number is None:
            return row.reason
        values = self.values(measure)
        if MEASURES[measure].kind == "days" or not np.isfinite(values).all():
            return "this measure is not known of everybody, so groups cannot be compared by it."

        def looked() -> moderators.Moderated:
            return moderators.by_group(values, self.rows, study_of=told_apart_by, cluster=self.person)

        return told(looked)

    def expected(self, row: Row | None, *, seed: int) -> dict[str, Any] | str | None:
        """Observed against OGRS4/G for those who joined, once the score fits the others here."""
        if row is None:
            return None
        if row.treat_number is None:
            return row.reason
        reoffended = self.values("reoffended")
        score = np.clip(self.rows["expected_percent"].to_numpy() / 100, 0.001, 0.999)
        pool = pool_once(self.rows)
        if pool.sum() < expected.MINIMUM_REFERENCE:
            return "too few people did not join for the score to be fitted to people here."

        def looked() -> expected.Recalibrated:
            local = expected.recalibrate(reoffended[pool], score[pool], seed=seed)
            return expected.observed_expected_locally(
                reoffended[self.treated], score[self.treated], local=local, seed=seed
            )

        return told(looked)


def in_order_of(rows: pa.Table, after: pa.Table) -> pa.Table:
    """What followed, one row for each of the rows and in their order."""
    return after.take(pc.index_in(rows["unit"], value_set=after["unit"]))


def numbers(table: pa.Table, name: str) -> Numbers:
    """A column as numbers, yes as 1; not a number where it is empty."""
    column = table[name]
    if pa.types.is_boolean(column.type):
        column = pc.cast(column, pa.int8())
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def yearly(table: pa.Table, weights: Numbers) -> float | None:
    """Proven offences per year at liberty; None where nobody was."""
    years = float((weights * numbers(table, "days_at_liberty")).sum()) / 365.25
    return float((weights * numbers(table, "reoffences")).sum()) / years if years > 0 else None


def fall(everybody: pa.Table, before: pa.Table, after: pa.Table, *, seed: int) -> dict[str, Any] | str:
    """The fall of those who joined, beside the fall that picking the most active would bring by itself.

    Both years are counted by the same rule, per year at liberty. The model takes everybody to offend at a steady rate
    of their own: where people go through bursts, more of a fall comes by itself than it says.
    """
    joined = np.asarray(everybody["treated"].to_numpy(zero_copy_only=False), bool)
    before, after = (in_order_of(everybody, table) for table in (before, after))
    free = (numbers(before, "days_at_liberty") > 0) & (numbers(after, "days_at_liberty") > 0)
    if (joined & free).sum() < disclosure.SMALL:
        return "fewer than 10 of those who joined were at liberty both in the year before and the year after."
    inside = joined[free]
    counts, later = (numbers(table, "reoffences")[free] for table in (before, after))
    if free.sum() < before_after.MINIMUM_POOL:
        return "too few people were at liberty in both years."
    if min((counts[inside] > 0).sum(), (later[inside] > 0).sum()) < disclosure.SMALL:
        return "fewer than 10 of those who joined offended in one of the two years."
    years, years_later = (numbers(table, "days_at_liberty")[free] / 365.25 for table in (before, after))

    def looked() -> before_after.BeforeAfter:
        found = before_after.before_after(
            pool_counts=counts,
            pool_exposure=years,
            selected=inside.astype(float),
            after=later[inside],
            exposure_after=years_later[inside],
            seed=seed,
        )
        without = before_after.expected_after(counts, years, years_later, rates=found.rates)
        ratio = as_active(counts, inside, later, without)
        if ratio is None:
            raise InputError(
                "Nobody who did not join had been as active, so it cannot be seen how much of the fall comes by itself."
            )
        if not STEADY[0] <= ratio <= STEADY[1]:
            raise InputError(
                "People here do not offend at a steady rate of their own: those who did not join, and had been as "
                f"active, committed {ratio:.0%} of the offences that it expects of them. "
                "So how much of the fall would have come anyway cannot be worked out; look at theirs."
            )
        return found

    return told(looked)


def as_active(counts: Numbers, joined: Flags, later: Numbers, expected_later: Numbers) -> float | None:
    """What those who did not join did after, over what was expected of them, each count as often as among who joined.

    None where nobody was as active as those who joined.
    """
    top = int(counts.max()) + 1
    place = counts.astype(np.int64)
    own, others = (np.bincount(place[side], minlength=top).astype(np.float64) for side in (joined, ~joined))
    weights = np.divide(own, others, out=np.zeros(top), where=others > 0)[place] * ~joined
    total = float(weights @ expected_later)
    return float(weights @ later) / total if total > 0 else None


def pool_once(rows: pa.Table) -> Flags:
    """Which rows are the first month of somebody who never joined in the study."""
    joined = set(rows.filter(rows["treated"])["person_key"].to_pylist())
    seen: set[str] = set()
    flags = []
    for key in rows["person_key"].to_pylist():
        flags.append(key not in joined and key not in seen)
        seen.add(key)
    return np.array(flags, bool)


def in_words(table: pa.Table) -> pa.Table:
    """A balance with its covariates as they are called on a page."""
    names = []
    for name in table["covariate"].to_pylist():
        base, _sign, level = name.partition("=")
        title = COVARIATES[base].lower()
        names.append(f"{title} ({level})" if level else title)
    return table.set_column(0, "covariate", pa.array(names))


def grade(of: Grade) -> dict[str, str]:
    return {"label": of.label, "levels": of.levels, "sentence": of.sentence}


def told(work: Callable[[], Any]) -> dict[str, Any] | str:
    """A result as plain values with its grade in words, or the reason why there is none."""
    try:
        found = work()
    except AnalyticsError as error:
        return str(error)
    return plain(found)


def plain(found: Any) -> dict[str, Any]:
    assert is_dataclass(found)
    assert not isinstance(found, type)
    return {name: valued(value) for name, value in asdict(found).items()}


def valued(value: Any) -> Any:
    """A value as JSON has it: a grade as its words, a mapping with text keys."""
    if isinstance(value, Grade):
        return grade(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {str(key): valued(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [valued(each) for each in value]
    return value.item() if isinstance(value, np.generic) else value
