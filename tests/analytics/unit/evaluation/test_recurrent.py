"""Recurrent events against slower ways to the same number, bootstraps of people, and what is refused in words."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.recurrent import gap_times, mean_cumulative, rate_ratio, since_the_last

GRADE = Grade.COMPARISON


def stretches_of(people: int, *, seed: int, effect: float = -0.3, days: float = 3.0) -> pd.DataFrame:
    """Rates differ between people as an exponential does, and one person in three is away between 1 and 1.5."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        treated, frailty = person % 2, rng.gamma(1, 1)
        at_liberty = [(0.0, 1.0), (1.5, days)] if person % 3 == 0 else [(0.0, days)]
        for now, until in at_liberty:
            while now < until:
                then = min(now + rng.exponential(1 / (frailty * np.exp(effect * treated) + 1e-9)), until)
                rows.append((person, now, then, int(then < until), treated))
                now = then
    return pd.DataFrame(rows, columns=["person", "start", "stop", "event", "treated"])


def drawn_anew(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """As many people drawn with repetition, each draw a person of its own."""
    each = [group for _, group in rows.groupby("person")]
    return pd.concat([each[n].assign(person=k) for k, n in enumerate(rng.integers(0, len(each), len(each)))])


def test_times_since_the_last_event_stand_still_in_custody() -> None:
    who = np.array([1, 0, 0, 0, 0, 1])
    start, stop = np.array([0.0, 0, 4, 9, 12, 3]), np.array([3.0, 4, 6, 12, 20, 8])
    event = np.array([0.0, 1, 0, 1, 0, 1])
    since, until, number = since_the_last(who, start, stop, event)
    assert since.tolist() == [0, 0, 0, 2, 0, 3]
    assert until.tolist() == [3, 4, 2, 5, 8, 8]
    assert number.tolist() == [1, 1, 2, 2, 3, 1]


@given(st.data())
@settings(deadline=None, max_examples=40)
def test_a_mean_and_its_error_are_those_of_going_through_time_by_time(data: st.DataObject) -> None:
    rows = []
    for person in range(data.draw(st.integers(10, 15))):
        cuts = [*sorted(data.draw(st.sets(st.integers(1, 12), min_size=1, max_size=4))), 12]
        for start, stop in zip([0, *cuts], cuts, strict=False):
            if start < stop and (person == 0 or data.draw(st.booleans())):  # the first is always at risk
                rows.append((person, start, stop, data.draw(st.integers(0, 2))))
    person, start, stop, event = (np.array(column) for column in zip(*rows, strict=True))
    if len(np.unique(person)) < 10 or event.sum() == 0:
        return
    found = mean_cumulative(person, start, stop, event, at=range(1, 13))
    mean, own = 0.0, dict.fromkeys(person.tolist(), 0.0)
    for point in found.points:
        inside = (start < point.time) & (point.time <= stop)
        rate = event[stop == point.time].sum() / inside.sum()
        mean += rate
        for who in own:
            of = inside & (person == who)
            own[who] += (event[of & (stop == point.time)].sum() - of.sum() * rate) / inside.sum()
        assert point.at_risk == inside.sum()
        assert point.mean == pytest.approx(mean, abs=1e-12)
        assert point.error == pytest.approx(np.sqrt(sum(each**2 for each in own.values())), abs=1e-7)


def test_no_interval_before_anything_happened_and_nothing_before_the_start() -> None:
    rows = stretches_of(30, seed=1)
    first = rows.stop[rows.event == 1].min()
    start, before = mean_cumulative(rows.person, rows.start, rows.stop, rows.event, at=[0, first / 2]).points
    assert (start.mean, start.at_risk, before.mean, before.low, before.high) == (0, 30, 0, None, None)
    with pytest.raises(EstimateError, match="before 0"):
        mean_cumulative(rows.person, rows.start, rows.stop, rows.event, at=[-1])
    with pytest.raises(EstimateError, match="after 3 nobody"):
        mean_cumulative(rows.person, rows.start, rows.stop, rows.event, at=[3.1])
    with pytest.raises(EstimateError, match="after 5 nobody"):  # everybody away from 5 to 7
        mean_cumulative(np.tile(range(10), 2), [0] * 10 + [7] * 10, [5] * 10 + [9] * 10, [1] * 20, at=[8])


@pytest.mark.slow
def test_errors_agree_with_a_bootstrap_of_people() -> None:
    rows, rng = stretches_of(120, seed=7), np.random.default_rng(1)

    def mean(of: pd.DataFrame) -> float:
        return mean_cumulative(of.person, of.start, of.stop, of.event, at=[2.9]).points[0].mean

    def ratio(of: pd.DataFrame) -> float:
        return gaps(of).coefficients[0].value

    def gaps(of: pd.DataFrame):  # type: ignore[no-untyped-def]
        return gap_times(of.person, of.start, of.stop, of.event, of[["treated"]], names=("treated",), grade=GRADE)

    draws = [drawn_anew(rows, rng) for _ in range(60)]
    point = mean_cumulative(rows.person, rows.start, rows.stop, rows.event, at=[2.9]).points[0]
    assert point.error == pytest.approx(float(np.std([mean(each) for each in draws])), rel=0.25)
    assert gaps(rows).coefficients[0].error == pytest.approx(float(np.std([ratio(each) for each in draws])), rel=0.25)


@pytest.mark.slow
def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    held = np.zeros(2)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        treated = np.arange(120) % 2
        liberty = rng.uniform(0.3, 1, 120)
        counts = rng.poisson(rng.gamma(0.8, 3 / 0.8, 120) * np.exp(-0.4 * treated) * liberty)
        found = rate_ratio(counts, liberty, treated, grade=GRADE)
        rows = stretches_of(60, seed=seed, effect=0)
        # A rate of 1 a person, exponential between people: away or not, 2 are expected by then.
        point = mean_cumulative(rows.person, rows.start, rows.stop, rows.event, at=[2]).points[0]
        held += [found.low < np.exp(-0.4) < found.high, (point.low or 9) < 2 < (point.high or 0)]
    assert (held / 200 > 0.90).all()
    assert (held / 200 < 0.99).all()


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"person": [1] * 10 + [2] * 10}, "2 people"),
        ({"event": [0] * 20}, "Nobody had"),
    ],
)
def test_means_of_too_few_or_of_nothing(columns: dict[str, list[int]], why: str) -> None:
    rows = {"person": list(range(20)), "start": [0] * 20, "stop": [5] * 20, "event": [1] * 20, **columns}
    if why == "2 people":
        rows |= {"start": list(range(20)), "stop": list(range(1, 21))}
    with pytest.raises(EstimateError, match=why):
        mean_cumulative(rows["person"], rows["start"], rows["stop"], rows["event"], at=[4])


def test_rows_that_are_none() -> None:
    people = np.arange(12)
    with pytest.raises(InputError, match="ends before"):
        mean_cumulative(people, np.ones(12), np.ones(12), np.ones(12), at=[1])
    with pytest.raises(InputError, match="overlap"):
        mean_cumulative(np.tile(people, 2), np.zeros(24), np.ones(24), np.ones(24), at=[1])
    with pytest.raises(InputError, match="whole numbers"):
        mean_cumulative(people, np.zeros(12), np.ones(12), np.full(12, 0.5), at=[1])
    with pytest.raises(InputError, match="one length"):
        mean_cumulative(people, np.zeros(12), np.ones(12), np.ones(11), at=[1])


def test_gap_times_that_cannot_be() -> None:
    rows = stretches_of(60, seed=3)

    def fit(x: object, names: tuple[str, ...] = ("x",), event: object = rows.event) -> None:
        gap_times(rows.person, rows.start, rows.stop, event, x, names=names, grade=GRADE)

    fit(rows[["treated"]])
    with pytest.raises(EstimateError, match="does not vary"):
        fit(np.full((len(rows), 1), 0.1))
    with pytest.raises(EstimateError, match="follows"):
        fit(np.column_stack([rows.treated, 1 - rows.treated]), ("x", "y"))
    number = rows.groupby("person").event.cumsum() - rows.event
    with pytest.raises(EstimateError, match="does not vary"):
        fit(np.minimum(number, 1).to_numpy()[:, None])  # within a stratum all are alike
    with pytest.raises(EstimateError, match="3 people are on one side of a covariate"):
        fit((rows.person < 3).to_numpy(float)[:, None])
    with pytest.raises(EstimateError, match="no hazard ratio"):
        fit(rows.event.groupby(rows.person).transform("max").to_numpy(float)[:, None])
    with pytest.raises(EstimateError, match="too few"):
        fit(rows[["treated"]], event=np.r_[1, np.zeros(len(rows) - 1)])
    with pytest.raises(InputError, match="one column for each name"):
        fit(rows[["treated"]], ("x", "y"))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"treated": np.zeros(60)}, "Nobody is treated"),
        ({"treated": np.ones(60)}, "Everybody is treated"),
        ({"treated": np.arange(60) < 9}, "among the treated: 9"),
        ({"treated": np.arange(60) >= 9}, "among the others: 9"),
        ({"exposure": np.arange(60)}, "Row 1 was never at liberty"),
        ({"events": np.arange(60) % 2}, "Nobody among the others"),
        ({"covariates": np.full((60, 1), 0.1)}, "does not vary"),
        ({"covariates": (np.arange(60) % 2)[:, None]}, "who is treated"),
        ({"covariates": (np.arange(60) < 30)[:, None], "events": np.where(np.arange(60) < 30, 0, 5)}, "parts people"),
    ],
)
def test_ratios_of_rates_that_cannot_be(change: dict[str, np.ndarray], why: str) -> None:
    rows = {"events": np.arange(60) % 7, "exposure": np.ones(60), "treated": np.arange(60) % 2, **change}
    with pytest.raises(EstimateError, match=why):
        rate_ratio(**rows, grade=GRADE)


def test_exposures_that_are_none() -> None:
    with pytest.raises(InputError, match="under 0"):
        rate_ratio(np.ones(60), np.full(60, -1), np.arange(60) % 2, grade=GRADE)
    with pytest.raises(InputError, match="Covariates"):
        rate_ratio(np.ones(60), np.ones(60), np.arange(60) % 2, np.ones(60), grade=GRADE)


def test_counts_that_vary_by_chance_alone_are_a_poisson_model() -> None:
    events, treated = np.tile([1, 2, 2, 1], 15), np.repeat([0, 1], 30)
    events[treated == 1] += 1
    found = rate_ratio(events, np.full(60, 2.0), treated, grade=GRADE)
    of, others = events[treated == 1].sum(), events[treated == 0].sum()
    assert found.dispersion == 0
    assert found.ratio == pytest.approx(of / others)
    # The variance of the log of a ratio of two Poisson counts.
    assert np.log(found.high / found.ratio) == pytest.approx(1.959964 * np.sqrt(1 / of + 1 / others), rel=1e-6)


def test_units_of_time_and_of_covariates_change_nothing() -> None:
    rng = np.random.default_rng(2)
    treated, age = np.arange(200) % 2, rng.uniform(18, 60, 200)
    counts, liberty = rng.poisson(rng.gamma(0.7, 2, 200)), rng.uniform(30, 365, 200)
    days = rate_ratio(counts, liberty, treated, np.column_stack([age, age**2]), grade=GRADE)
    years = rate_ratio(counts, liberty / 365.25, treated, np.column_stack([age / 10, age**2 * 50]), grade=GRADE)
    assert days.ratio == pytest.approx(years.ratio, rel=1e-5)
    assert days.low == pytest.approx(years.low, rel=1e-5)
    assert days.rate_treated * 365.25 == pytest.approx(years.rate_treated)
