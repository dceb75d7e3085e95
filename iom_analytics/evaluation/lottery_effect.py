"""What came of a lottery: those drawn against those not drawn, whatever became of their place.

Everybody stays on the side on which the draw put them (intention to treat): who turned a place down, or came in
otherwise, was not put there by chance. Sources: Neyman 1923, translated in Stat. Sci. 5 (1990), 465-472 (the errors of
a difference under chance alone); Satterthwaite 1946, Biometrics Bull. 2, 110-114 (their degrees of freedom); Fisher
1935, "The Design of Experiments", chapter 2 (the test); Imbens and Angrist 1994, Econometrica 62, 467-475, and Imbens
and Rubin 1997, Ann. Stat. 25, 305-327 (those who comply).
"""

from dataclasses import dataclass
from math import comb, prod

import numpy as np
import numpy.typing as npt

from iom_analytics.disclosure import SMALL
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Flags, Numbers, Places
from iom_analytics.evaluation.effect import Difference, tested
from iom_analytics.evaluation.grade import Grade

EXACT = 20_000  # so many ways to draw are all looked at
WEAKEST = 10.0  # the least F by which the draw must move take-up (Staiger and Stock 1997, Econometrica 65, 557-586)


@dataclass(frozen=True)
class Drawn:
    """Those drawn less those not drawn. Means are of strata weighed by their size, so that both sides hold as many.

    `randomisation_p` is how often a draw alike would have set the sides so far apart if entry had done nothing to
    anybody: worked out from all the ways there are (`is_exact`), or from so many of them by chance.
    """

    drawn: int
    others: int
    mean: float
    mean_of_others: float
    difference: Difference
    randomisation_p: float
    is_exact: bool
    grade: Grade = Grade.DESIGNED


@dataclass(frozen=True)
class Complier:
    """The effect on those who take part where they are drawn, and would not otherwise.

    It is the difference by draw over the difference in take-up, `share` of people. Nothing is said of who takes part,
    or stays out, whatever the draw.
    """

    share: float
    effect: Difference
    grade: Grade = Grade.DESIGNED

    @property
    def assumes(self) -> str:
        return (
            "That being drawn did nothing to those whose take-up it did not change, and that nobody stayed out because "
            "they were drawn. Neither can be seen in the figures."
        )


def by_draw(
    outcome: npt.ArrayLike,
    drawn: npt.ArrayLike,
    *,
    seed: int,
    stratum: npt.ArrayLike | None = None,
    draws: int = 9_999,
) -> Drawn:
    """The difference between those drawn and those not, of a yes or no (a difference in proportions) or of a count.

    `stratum` are the strata of the draw, if it had any. Raises InputError where the lists are not of one length or an
    outcome is missing, which is not no; EstimateError where a side has fewer than 10 people, or a stratum fewer than 2
    on a side.
    """
    y, chosen, groups = read(outcome, drawn, stratum)
    if draws < 999:
        raise InputError("A p-value needs 999 draws or more.")
    estimate, error, degrees = difference_by_stratum(y, chosen, groups)
    p, exact = randomisation_p(y, chosen, groups, np.random.default_rng(seed), draws)
    found = Difference(estimate, None, None, None, None, None) if error == 0 else tested(estimate, error, degrees)
    return Drawn(
        drawn=int(chosen.sum()),
        others=int((~chosen).sum()),
        mean=side_mean(y, chosen, groups),
        mean_of_others=side_mean(y, ~chosen, groups),
        difference=found,
        randomisation_p=p,
        is_exact=exact,
    )


def of_compliers(
    outcome: npt.ArrayLike, drawn: npt.ArrayLike, took_part: npt.ArrayLike, *, stratum: npt.ArrayLike | None = None
) -> Complier:
    """The effect on compliers (Wald's ratio), with the error of a ratio of two differences of the same people.

    Raises EstimateError where being drawn hardly changed who took part (F under 10): the ratio is then anything at all.
    """
    y, chosen, groups = read(outcome, drawn, stratum)
    took = arrays.happened(took_part, "Took part")
    arrays.alike(outcome=y, took_part=took)
    share, spread, _ = difference_by_stratum(took, chosen, groups)
    if share <= 0 or (spread > 0 and (share / spread) ** 2 < WEAKEST):
        raise EstimateError(
            "Being drawn hardly changed who took part, so nothing can be said of those whom it did change. The "
            "difference by draw still stands."
        )
    # Under the ratio found, what is left of the outcome does not differ by draw: its error is that of the numerator.
    ratio = difference_by_stratum(y, chosen, groups)[0] / share
    _, error, degrees = difference_by_stratum(y - ratio * took, chosen, groups)
    error /= share
    found = Difference(ratio, None, None, None, None, None) if error == 0 else tested(ratio, error, degrees)
    return Complier(share, found)


def difference_by_stratum(values: Numbers, chosen: Flags, groups: Places) -> tuple[float, float, float]:
    """The difference of means within strata, weighed by their size, its error, and the error's degrees of freedom.

    Each side of each stratum has a variance of its own, and the degrees are Satterthwaite's of their sum: with ten
    drawn among hundreds, hardly more than nine. They are nought where nothing varies.
    """
    estimate = variance = uncertain = 0.0
    for group in np.unique(groups):
        inside = groups == group
        weight = inside.mean()
        one, other = values[inside & chosen], values[inside & ~chosen]
        estimate += weight * (one.mean() - other.mean())
        for side in (one, other):
            part = weight**2 * side.var(ddof=1) / len(side)
            variance += part
            uncertain += part**2 / (len(side) - 1)
    return float(estimate), float(np.sqrt(variance)), float(variance**2 / uncertain) if uncertain else 0.0


def side_mean(values: Numbers, side: Flags, groups: Places) -> float:
    means = [(values[side & (groups == group)].mean(), (groups == group).mean()) for group in np.unique(groups)]
    return float(sum(mean * weight for mean, weight in means))


def randomisation_p(
    values: Numbers, chosen: Flags, groups: Places, rng: np.random.Generator, draws: int
) -> tuple[float, bool]:
    """How often a draw alike sets the sides as far apart, either way; and whether all draws were looked at.

    Only the sum of those drawn moves: of each stratum with its own weight, so that the weighed difference follows.
    """
    strata = [values[groups == group] for group in np.unique(groups)]
    sizes = [int(chosen[groups == group].sum()) for group in np.unique(groups)]
    # The difference is the sum over those drawn of weight * value * (1 / drawn + 1 / others), less what is fixed.
    scales = [
        len(each) / len(values) * (1 / size + 1 / (len(each) - size)) for each, size in zip(strata, sizes, strict=True)
    ]
    middle = [scale * size * each.mean() for each, size, scale in zip(strata, sizes, scales, strict=True)]
    actual = sum(
        scale * values[(groups == group) & chosen].sum() for scale, group in zip(scales, np.unique(groups), strict=True)
    )
    far = abs(actual - sum(middle)) - 1e-9 * max(1.0, float(np.abs(values).max()))
    exact = prod(comb(len(each), size) for each, size in zip(strata, sizes, strict=True)) <= EXACT
    sums = np.zeros(1 if exact else draws)
    for each, size, scale in zip(strata, sizes, scales, strict=True):
        if exact:
            sums = (sums[:, None] + scale * all_sums(each, size)).ravel()
        else:
            sums = sums + scale * np.array([each[rng.permutation(len(each))[:size]].sum() for _ in range(draws)])
    as_far = int((np.abs(sums - sum(middle)) >= far).sum())
    # A draw by chance may be the one that was made, so that one is counted with them.
    return (as_far / len(sums), True) if exact else ((as_far + 1) / (draws + 1), False)


def all_sums(values: Numbers, size: int) -> Numbers:
    """The sum of each set of `size` of the values."""
    from itertools import combinations

    return np.array([values[list(places)].sum() for places in combinations(range(len(values)), size)])


def read(outcome: npt.ArrayLike, drawn: npt.ArrayLike, stratum: npt.ArrayLike | None) -> tuple[Numbers, Flags, Places]:
    y, chosen = arrays.numbers(outcome, "Outcomes"), arrays.happened(drawn, "Drawn").astype(bool)
    groups = np.zeros(len(y), np.int64) if stratum is None else np.unique(np.asarray(stratum), return_inverse=True)[1]
    arrays.alike(outcome=y, drawn=chosen)
    if len(groups) != len(y):
        raise InputError("Strata and outcomes must be of one length.")
    for side, who in ((chosen, "drawn"), (~chosen, "not drawn")):
        if side.sum() < SMALL:
            raise EstimateError(f"{side.sum()} people were {who}; a comparison needs {SMALL} on either side.")
        fewest = min(int((side & (groups == group)).sum()) for group in np.unique(groups))
        if fewest < 2:
            raise EstimateError(f"A stratum has {fewest} people {who}; each needs 2. Join strata that are alike.")
    return y, chosen, groups.astype(np.int64)
