"""Areas side by side without a ranking: whose rate lies outside what chance, or areas' usual spread, would bring.

The limits at 95 and 99.8% around a target are those of Spiegelhalter 2005, Stat. Med. 24, 1185-1202: exact, of a
binomial or Poisson count (interpolated between whole counts), and with the spread that areas have beyond chance. That
spread comes from z scores on the scale that makes their variance constant (arc sine of the root for a share, root for a
rate), the outermost tenth at either end drawn in (winsorised): phi is their mean square, and where it is more than
chance brings, the areas' own variance (DerSimonian and Laird 1986) is added to each one's (random effects). Drawing in
makes phi 0.68, not 1, where areas differ by chance alone, so a small spread goes unseen rather than one invented.

A place outside is a reason to look, not a verdict, and says nothing of why. Areas keep the order they were given in:
the place of an area in a list sorted by rate is mostly chance (Goldstein and Spiegelhalter 1996, J. R. Stat. Soc. A
159, 385-443), so none is made here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import binom, norm, poisson

from iom_analytics.disclosure import SMALL
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.arrays import Numbers
from iom_analytics.evaluation.grade import Grade

Kind = Literal["share", "rate"]
Verdict = Literal["inside", "above 95%", "below 95%", "above 99.8%", "below 99.8%"]
Limits = tuple[float, float]

WARNING, ALARM = 0.95, 0.998
WINSORISED = 0.1
MINIMUM_AREAS = 5


@dataclass(frozen=True)
class Area:
    """An area's rate, the limits at its size, and where it lies among them, by chance alone and beside other areas.

    `size` is the people of a share or the exposure of a rate. `limits_95` and `limits_998` are exact; `random_95` and
    `random_998` allow for the spread of areas beyond chance. `verdict` goes by the latter, `by_chance` by the exact.
    """

    name: str
    events: int
    size: float
    rate: float
    limits_95: Limits
    limits_998: Limits
    random_95: Limits
    random_998: Limits
    by_chance: Verdict
    verdict: Verdict


@dataclass(frozen=True)
class Funnel:
    """The areas shown, in the order given, and the names of those with under 10 people, which are not.

    `phi` over 1 says that areas differ by more than chance; `between` is their own standard deviation on the scale on
    which it was found, 0 where chance explains all.
    """

    kind: Kind
    target: float
    areas: tuple[Area, ...]
    not_shown: tuple[str, ...]
    phi: float
    between: float
    grade: Grade = Grade.DESCRIPTIVE

    @property
    def outside(self) -> tuple[str, ...]:
        """Who lies outside the 95% limits that allow for the usual spread, in the order given."""
        return tuple(area.name for area in self.areas if area.verdict != "inside")


def funnel(
    names: Sequence[str],
    events: npt.ArrayLike,
    size: npt.ArrayLike,
    *,
    kind: Kind = "share",
    people: npt.ArrayLike | None = None,
    target: float | None = None,
) -> Funnel:
    """How many of each area did (`share`: of `size` people) or how much was done (`rate`: per unit of exposure `size`).

    `people` is how many an area's rate is of, needed for a rate, where the exposure does not say. Areas with fewer than
    10 are left out of everything, the target included, which is the rate of all shown unless given. Raises InputError
    where a name is there twice or more did than there are, EstimateError where under 5 areas are left, or nobody or
    everybody did.
    """
    y, n = arrays.counts(events, "Events"), arrays.positive(size, "Sizes")
    if kind == "rate" and people is None:
        raise InputError("A rate needs the number of people as well: the exposure does not say who is too few to show.")
    many = n if people is None else arrays.counts(people, "People")
    arrays.alike(events=y, sizes=n, people=many)
    if len(names) != len(y) or len(set(names)) != len(names):
        raise InputError("Give each area one name of its own.")
    if kind == "share":
        arrays.counts(n, "Sizes")
        if (y > n).any():
            raise InputError(f"In {names[arrays.first(y > n) - 1]} more people did than there are.")
    shown = many >= SMALL
    left = tuple(name for name, is_shown in zip(names, shown, strict=True) if not is_shown)
    if shown.sum() < MINIMUM_AREAS:
        raise EstimateError(f"{shown.sum()} areas have {SMALL} people or more; a funnel needs {MINIMUM_AREAS}.")
    y, n = y[shown], n[shown]
    aim = float(y.sum() / n.sum()) if target is None else target
    if not (aim > 0 and (kind == "rate" or aim < 1)):
        raise EstimateError(f"The rate to compare with is {aim:g}: with nobody or everybody there are no limits.")
    phi, between = overdispersion(y, n, aim, kind)
    rows = [
        area(name, int(own), float(of), aim, between, kind)
        for name, own, of in zip([name for name in names if name not in left], y, n, strict=True)
    ]
    return Funnel(kind, aim, tuple(rows), left, phi, between)


def overdispersion(events: Numbers, size: Numbers, target: float, kind: Kind) -> tuple[float, float]:
    """How much more areas vary than by chance (phi, winsorised), and the standard deviation of the areas themselves."""
    error = 1 / (2 * np.sqrt(size))
    z = (steady(events / size, kind) - steady(target, kind)) / error
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    phi, many = float((np.clip(z, low, high) ** 2).mean()), len(z)
    weight = 1 / error**2
    between = max(0.0, (many * phi - (many - 1)) / float(weight.sum() - (weight**2).sum() / weight.sum()))
    return phi, float(np.sqrt(between))


def steady(rate: npt.ArrayLike, kind: Kind) -> Numbers:
    """The scale on which the variance of a rate is 1 / (4 size), whatever the rate."""
    root = np.sqrt(np.asarray(rate, np.float64))
    return np.asarray(np.arcsin(root) if kind == "share" else root)


def exact_limits(target: float, size: float, *, level: float, kind: Kind) -> Limits:
    """The rates between which an area of this size lies by chance, interpolated between the whole counts around."""

    def limit(p: float) -> float:
        count = binom(round(size), target) if kind == "share" else poisson(target * size)
        most = float(count.ppf(p))
        chance = float(count.cdf(most))
        over = (chance - p) / float(count.pmf(most))
        return max(0.0, (most - over) / size)

    return limit((1 - level) / 2), limit((1 + level) / 2)


def random_limits(target: float, size: float, between: float, *, level: float, kind: Kind) -> Limits:
    """The rates between which an area of this size lies where areas differ by `between` beyond chance.

    Never narrower than the exact limits.
    """
    exact = exact_limits(target, size, level=level, kind=kind)
    if between == 0:
        return exact
    wide = float(norm.isf((1 - level) / 2)) * float(np.hypot(1 / (2 * np.sqrt(size)), between))
    middle = float(steady(target, kind))
    low, high = max(0.0, middle - wide), middle + wide
    if kind == "share":
        low, high = float(np.sin(low)), float(np.sin(min(high, np.pi / 2)))
    return min(low**2, exact[0]), max(high**2, exact[1])


def area(name: str, events: int, size: float, target: float, between: float, kind: Kind) -> Area:
    rate = events / size
    inner = exact_limits(target, size, level=WARNING, kind=kind)
    outer = exact_limits(target, size, level=ALARM, kind=kind)
    wide_inner = random_limits(target, size, between, level=WARNING, kind=kind)
    wide_outer = random_limits(target, size, between, level=ALARM, kind=kind)
    by_chance, verdict = placed(rate, inner, outer), placed(rate, wide_inner, wide_outer)
    return Area(name, events, size, rate, inner, outer, wide_inner, wide_outer, by_chance, verdict)


def placed(rate: float, inner: Limits, outer: Limits) -> Verdict:
    if rate > outer[1]:
        return "above 99.8%"
    if rate < outer[0]:
        return "below 99.8%"
    if rate > inner[1]:
        return "above 95%"
    return "below 95%" if rate < inner[0] else "inside"
