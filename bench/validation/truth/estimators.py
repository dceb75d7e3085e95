"""Each estimator on a partnership: what it found beside the truth, and the library's verdict on it.

Results are in points of a hundred people (before and after: in logarithms of the ratio of rates), and below 0 is
better. The design of a comparison is settled before its outcome is looked at, as in the product: propensity, weights,
balance, and only then the effect.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from bench.validation.truth.partnerships import Partnership
from iom_analytics.errors import AnalyticsError
from iom_analytics.evaluation import effect
from iom_analytics.evaluation.balance import balance, effective_size
from iom_analytics.evaluation.before_after import before_after
from iom_analytics.evaluation.effect import Difference
from iom_analytics.evaluation.expected import observed_expected_locally, recalibrate
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.matched import Matched
from iom_analytics.evaluation.nearest import nearest
from iom_analytics.evaluation.propensity import propensity
from iom_analytics.evaluation.study import Study, read_study
from iom_analytics.evaluation.verdict import Verdict, refused, verdict
from iom_analytics.evaluation.weighting import inverse

RATIO = 3
# Comparisons in the order in which they are tried, each a ratio and a caliper; the last stands if none is alike.
TRIED = ((RATIO, 0.2), (RATIO, 0.1), (2, 0.1), (1, 0.1), (1, 0.05))
REPLICATES = 200  # of a bootstrap


@dataclass(frozen=True)
class Result:
    """One estimator on one partnership. Figures are None where it refused to give any.

    `by_interval` is the verdict that the interval alone would give: what counts where the rules refuse every verdict.
    """

    truth: float
    estimate: float | None
    lower: float | None
    upper: float | None
    verdict: Verdict
    by_interval: Verdict


def doubly_robust(made: Partnership, seed: int) -> Result:
    """Inverse weights by the propensity, and the doubly robust effect on those who joined. Nothing is drawn."""
    study = people(made)
    fitted = propensity(study)

    def tested() -> Difference:
        return effect.doubly_robust(made.reoffended, study, fitted.probability, cluster=made.person)

    return compared(made, study, inverse(study, fitted), tested)


def matched(
    made: Partnership,
    seed: int,
    *,
    tried: Sequence[tuple[int, float]] = TRIED,
    within_months: bool = True,
) -> Result:
    """Each with the nearest (three) on the logit of the propensity, and the difference of their rates.

    Where the two sides are not alike another comparison is tried, as an analyst does who has read no outcome. Within
    months, so that nobody is paired with themselves in another. Errors are those of people and sets together. Nothing
    is drawn.
    """
    study = people(made)
    alike = Study(study.units, study.treated, study.covariates, made.month) if within_months else study
    chance = propensity(study).logit
    for ratio, caliper in tried:
        sets = nearest(alike, chance, ratio=ratio, caliper=caliper)
        if "red" not in balance(study, sets.weights)["light"].to_pylist():
            break
    assert sets.group is not None
    clusters = effect.of_people_and_pairs(made.person, sets.group)

    def tested() -> Difference:
        return effect.difference(made.reoffended, made.treated, sets.weights, cluster=clusters)

    return compared(made, study, sets, tested)


def people(made: Partnership) -> Study:
    table = pa.table({"treated": made.treated, **made.covariates})
    return read_study(table, treatment="treated", covariates=list(made.covariates))


def compared(made: Partnership, study: Study, chosen: Matched, tested: Callable[[], Difference]) -> Result:
    """The verdict on a comparison, refused where the two groups are not alike."""
    alike = balance(study, chosen.weights)
    found = tested()
    used = made.treated & (chosen.weights > 0)
    did = int(made.reoffended[used].sum())
    word = verdict(
        found.lower,
        found.upper,
        p=found.p,
        grade=Grade.COMPARISON,
        treated=int(used.sum()),
        comparison=effective_size(chosen.weights[~made.treated]),
        reoffenders=did,
        others=int(used.sum()) - did,
        balance=alike,
    )
    return result(made.effect, found.estimate, found.lower, found.upper, word, scale=100)


def fallen(made: Partnership, seed: int) -> Result:
    """The ratio of offences after to those that regression to the mean would leave.

    The pool has a row for everybody: that of joining, or else the first. Rows with no time at liberty say nothing of a
    rate.
    """
    joined = np.isin(made.person, made.person[made.treated])
    once = (made.treated | (made.first & ~joined)) & (made.liberty_before > 0)
    once &= ~made.treated | (made.liberty_after > 0)
    inside = once & made.treated
    found = before_after(
        pool_counts=made.before[once],
        pool_exposure=made.liberty_before[once],
        selected=made.treated[once].astype(float),
        after=made.after[inside],
        exposure_after=made.liberty_after[inside],
        seed=seed,
        replicates=REPLICATES,
    )
    low, high = float(np.log(found.ratio_low)), float(np.log(found.ratio_high))
    word = verdict(low, high, grade=found.grade, treated=found.people)
    return result(float(np.log(made.ratio)), float(np.log(found.ratio)), low, high, word)


def expected(made: Partnership, seed: int, *, static: bool = False) -> Result:
    """Reoffenders among those who joined, less those expected by the score once it fits local people."""
    score = made.static if static else made.score
    local = made.first & ~made.treated
    moved = recalibrate(made.reoffended[local], score[local], seed=seed, replicates=REPLICATES)
    found = observed_expected_locally(made.reoffended[made.treated], score[made.treated], local=moved, seed=seed)
    word = verdict(
        found.difference_low,
        found.difference_high,
        grade=found.grade,
        treated=found.people,
        reoffenders=found.observed,
        others=found.people - found.observed,
    )
    return result(100 * made.effect, found.difference, found.difference_low, found.difference_high, word)


def result(
    truth: float, estimate: float, lower: float | None, upper: float | None, word: Verdict, *, scale: float = 1
) -> Result:
    low, high = (None if value is None else scale * value for value in (lower, upper))
    return Result(scale * truth, scale * estimate, low, high, word, verdict(lower, upper, grade=Grade.COMPARISON))


def attempted(work: Callable[[], Result], grade: Grade) -> Result:
    """The result, or a refusal with the estimator's own reason."""
    try:
        return work()
    except AnalyticsError as error:
        word = refused(error, grade=grade)
        return Result(np.nan, None, None, None, word, word)
