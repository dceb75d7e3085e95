"""Recurrent events against R 4.2.2 with survival 3.5.3 and MASS 7.3.58.2: numbers are R's, each with its call.

The people are the 128 of the trial of gamma interferon in chronic granulomatous disease, `survival::cgd` (Fleming and
Harrington 1991, "Counting Processes and Survival Analysis", appendix D.2): 0 to 7 infections a person. data/cgd.csv is

    with(cgd, data.frame(id, treated = +(treat == "rIFN-g"), age, start = tstart, stop = tstop, event = status))
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from iom_analytics.evaluation import recurrent
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.recurrent import gap_times, mean_cumulative, rate_ratio
from iom_analytics.evaluation.survival import CoxModel

NAMES = ("treated", "age")


@pytest.fixture(scope="module")
def infections() -> pd.DataFrame:
    return pd.read_csv(Path(__file__).parent / "data" / "cgd.csv")


@pytest.fixture(scope="module")
def interrupted(infections: pd.DataFrame) -> pd.DataFrame:
    """Every fifth person enters on day 20, and every fourth is away from day 100 to 160 where nothing happened then."""
    rows = []
    for row in infections.itertuples(index=False):
        if row.id % 5 == 0 and row.stop <= 20:
            continue
        start = max(row.start, 20) if row.id % 5 == 0 else row.start
        if row.id % 4 == 1 and start < 100 and row.stop > 160:
            rows += [row._replace(start=start, stop=100, event=0), row._replace(start=160)]
        else:
            rows.append(row._replace(start=start))
    return pd.DataFrame(rows)


def of_gaps(rows: pd.DataFrame) -> CoxModel:
    return gap_times(rows.id, rows.start, rows.stop, rows.event, rows[list(NAMES)], names=NAMES, grade=Grade.DESIGNED)


def test_the_mean_cumulative_function(infections: pd.DataFrame) -> None:
    # summary(survfit(Surv(start, stop, event) ~ 1, id = id), times = ...)[c("n.risk", "cumhaz", "std.chaz")]
    found = mean_cumulative(
        infections.id, infections.start, infections.stop, infections.event, at=[30, 90, 180, 270, 365]
    )
    assert (found.people, found.events) == (128, 76)
    assert [each.at_risk for each in found.points] == [128, 128, 124, 91, 15]
    assert [each.mean for each in found.points] == pytest.approx(
        [0.078125, 0.125, 0.269071588582, 0.495303725329, 0.824411711759], abs=1e-11
    )
    assert [each.error for each in found.points] == pytest.approx(
        [0.0284043741645, 0.0349385621484, 0.0541943717364, 0.0882389998880, 0.1479747642373], abs=1e-11
    )
    last = found.points[-1]
    assert (last.low, last.high) == pytest.approx(
        (0.579910331135, 1.171999590274)
    )  # exp(log(m) + c(-1, 1) * qnorm(.975) * s / m)


def test_the_mean_cumulative_function_of_people_who_come_late_and_are_away(interrupted: pd.DataFrame) -> None:
    # As before, of the rows cut.
    assert (len(interrupted), interrupted.id.nunique(), interrupted.event.sum()) == (232, 128, 75)
    found = mean_cumulative(
        interrupted.id, interrupted.start, interrupted.stop, interrupted.event, at=[30, 90, 150, 270, 365]
    )
    assert [each.at_risk for each in found.points] == [128, 128, 95, 91, 15]
    assert [each.mean for each in found.points] == pytest.approx(
        [0.0816899271845, 0.1285649271845, 0.2390507772262, 0.5266581261980, 0.8557661126280], abs=1e-11
    )
    assert [each.error for each in found.points] == pytest.approx(
        [0.0314374605905, 0.0373908908659, 0.0512992984968, 0.0942663119262, 0.1535420182942], abs=1e-11
    )


def test_times_since_the_last_infection(infections: pd.DataFrame) -> None:
    # k <- pmin(enum, 3): 128, 44, 16, 8 ... people were at risk of a first, second, third, fourth ... infection.
    # coxph(Surv(stop - start, event) ~ treated + age + strata(k) + cluster(id), ties = "efron")
    found = of_gaps(infections)
    assert (found.rows, found.events, found.is_clustered) == (203, 76, True)
    assert [each.value for each in found.coefficients] == pytest.approx([-0.927464755928, -0.023994111368], abs=1e-6)
    # With ties the robust errors of statsmodels are not R's to the last digit (see test_survival_against_r).
    assert [each.error for each in found.coefficients] == pytest.approx([0.2802342072, 0.0110696883], rel=1e-3)
    assert found.log_likelihood_without == pytest.approx(-284.407825312, abs=1e-6)
    assert found.log_likelihood == pytest.approx(-276.854338732, abs=1e-6)


def test_times_since_the_last_infection_without_ties(infections: pd.DataFrame) -> None:
    # As before, with gap <- stop - start + id / 1000 + k / 1e5 for stop - start; rows end to end.
    k = (infections.groupby("id").cumcount() + 1).clip(upper=3)
    gap = infections.stop - infections.start + infections.id / 1000 + k / 1e5
    stop = gap.groupby(infections.id).cumsum()
    found = of_gaps(infections.assign(start=(stop - gap).round(8), stop=stop.round(8)))
    assert [each.value for each in found.coefficients] == pytest.approx([-0.924974158214, -0.0239337742967], abs=1e-9)
    assert [each.error for each in found.coefficients] == pytest.approx([0.279218292192, 0.0110920721783], abs=1e-9)
    # By t with 62 degrees of freedom, one less than the 63 treated: exp(b - qt(.975, 62) * s).
    assert found.coefficients[0].low == pytest.approx(0.226927755, abs=1e-7)


def test_times_since_the_last_infection_of_people_who_come_late_and_are_away(interrupted: pd.DataFrame) -> None:
    # coxph(Surv(since, until, event) ~ treated + age + strata(pmin(k, 3)) + cluster(id), ties = "efron"), with since,
    # until (days at risk since the last infection) and k worked out row by row in a loop of R.
    found = of_gaps(interrupted)
    assert [each.value for each in found.coefficients] == pytest.approx([-0.8614519191148, -0.0222114116873], abs=1e-6)
    assert [each.error for each in found.coefficients] == pytest.approx([0.265548942246, 0.010774220325], rel=1e-3)
    assert found.log_likelihood_without == pytest.approx(-280.740595108, abs=1e-6)
    assert found.log_likelihood == pytest.approx(-274.024971455, abs=1e-6)
    assert of_gaps(interrupted.sample(frac=1, random_state=1)).log_likelihood == pytest.approx(found.log_likelihood)


def test_times_since_the_last_infection_in_parts_of_days(infections: pd.DataFrame) -> None:
    # A tenth of a day has no last binary digit; ties must stay ties.
    tenths = infections.assign(start=infections.start / 10, stop=infections.stop / 10)
    assert of_gaps(tenths).log_likelihood == pytest.approx(of_gaps(infections).log_likelihood, abs=1e-9)


def test_a_ratio_of_rates(infections: pd.DataFrame) -> None:
    # p <- aggregate(cbind(event, t = stop - start) ~ id + treated + age, sum)
    # g <- glm.nb(event ~ treated + offset(log(t)), p); 1 / g$theta; logLik(g). Errors are of the inverse of optimHess()
    # of the log-likelihood in all parameters; those of glm.nb take theta for known: 0.313681824, 0.310472716.
    people = (
        infections.assign(time=infections.stop - infections.start)
        .groupby("id")
        .agg(event=("event", "sum"), time=("time", "sum"), treated=("treated", "first"), age=("age", "first"))
    )
    found = rate_ratio(people.event, people.time, people.treated, grade=Grade.DESIGNED)
    assert (found.treated, found.others, found.events_treated, found.events_others) == (63, 65, 20, 56)
    assert (found.rate_treated, found.rate_others) == pytest.approx((20 / 18953, 56 / 18524))
    assert np.log(found.ratio) == pytest.approx(-1.03110300517, abs=1e-5)
    assert error_of(found) == pytest.approx(0.312146359959, abs=1e-5)
    assert found.dispersion == pytest.approx(0.913219124891, abs=1e-4)
    assert found.log_likelihood == pytest.approx(-125.497455851422, abs=1e-7)

    found = rate_ratio(people.event, people.time, people.treated, people[["age"]], grade=Grade.DESIGNED)
    assert np.log(found.ratio) == pytest.approx(-1.0429697590741, abs=1e-5)
    assert error_of(found) == pytest.approx(0.3092584694862, abs=1e-5)
    assert found.dispersion == pytest.approx(0.811917818627, abs=1e-4)
    assert found.log_likelihood == pytest.approx(-123.769888442147, abs=1e-7)


def error_of(found: recurrent.RateRatio) -> float:
    return float(np.log(found.high / found.low) / 2 / 1.959963984540054)
