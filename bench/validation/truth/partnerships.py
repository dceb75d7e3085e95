"""Made-up partnerships of which the effect is known, each from one seed.

A person offends at a rate of their own that stays the same, and the rates are spread by a gamma distribution (mean 0.5
proven offences a year at liberty, shape 0.7: three in ten are proven to have reoffended within a year, as the
Ministry's adult rates of 2000 to 2007 say). Everything that is known of somebody is a sign of that rate and comes by
chance: earlier sanctions, offences of the last 12 months, signs of the last three (failed drug tests, intelligence,
missed appointments), and the score made from the sanctions. So what somebody would do without any effect, given all
that is known, has a closed form, whoever is picked.

Confounding by indication: a monthly panel takes the 25 people who are first in a sum of points (score, offences of the
last year, signs) and chance. Regression to the mean: the last year's offences are among the points, and they are high
by chance as well as by rate. Staggered entry: panels sit in 12 months, people come up month by month, and each comes
before three panels unless taken, so that who is not taken may be taken later. Custody: spells of three months, more
often for those with more sanctions, take time at liberty from the year before and from the year after; who is in
custody is before no panel. The effect: from the month of joining a person's rate is multiplied by one factor, so large
that the probabilities of a proven reoffence of those who joined fall by exactly the stated points on average.

Sizes: 10,000 people come up in about a year, as many as are convicted, cautioned or released in a police force's area;
300 join, the upper end of the usual 100 to 300. A study has about 22,000 rows, one per person and panel.

What this keeps and breaks of each estimator's assumptions:

- doubly robust, inverse weights, pairs: nothing that the panel saw is hidden (kept); the panel's choice is nearly but
  not quite logistic in the covariates, because places are limited (nearly kept); the outcome is not linear in them (the
  outcome model is wrong); some of the comparison join later and then have the effect too (broken a little, which draws
  estimates towards 0); a person can be there three times (errors are those of people).
- before and after: rates are gamma and constant, and time at liberty is known (kept); who offends more is in custody
  more, while the estimator takes rates and exposures to have nothing to do with each other (broken a little, in favour
  of the scheme); the panel goes by the count alone, and sees everybody once, only with the panel `COUNT` and one
  chance, which is what the estimator is meant for. `EVERYTHING`, and three chances, break it: stresses.
- observed against expected: the score given knows all that the panel saw and is right but for one constant of the log
  odds, which local people tell (kept); of custody to come it knows the average alone (broken a little). A score made of
  sanctions alone is run as a stress.
- hidden signs: with `hidden` the panel sees signs that nobody recorded, which breaks every comparison: a stress.
"""

from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import expit, logit

from iom_analytics.evaluation.arrays import Flags, Numbers, Places

SHAPE, MEAN = 0.7, 0.5
PANELS, YEAR = 12, 12
MONTHS = YEAR + PANELS - 1 + YEAR
SPELL = 3
SIGNS_A_YEAR = 1.5  # for each proven offence
SIGN_MONTHS = 3
NATIONAL = -0.3  # by how much the log odds of the predictor are wrong here


class Panel(Enum):
    """What a panel goes by: points for each per cent of the score, each offence of the last year and each sign."""

    EVERYTHING = (0.03, 0.3, 0.5)
    COUNT = (0.0, 0.8, 0.0)


@dataclass(frozen=True)
class World:
    """The settings of a partnership; `effect` in shares, so that -0.05 is five points fewer.

    `places` are those of a month's panel, `chances` before how many panels somebody comes, and with `hidden` the panel
    sees the signs and nobody records them.
    """

    effect: float
    people: int = 10_000
    places: int = 25
    panel: Panel = Panel.EVERYTHING
    chances: int = 3
    hidden: bool = False


@dataclass(frozen=True)
class Partnership:
    """One row for each person and panel they came before at liberty.

    `reoffended` within 12 months of the panel; `before` and `after` are offences in the 12 months to either side,
    `liberty_before` and `liberty_after` years at liberty in them. `score` is the predictor that knows all that was
    recorded and `static` the one that knows sanctions alone, both national. `first` marks each person's first row.
    `effect` and `ratio` are the truth: in points of those who joined, and of rates.
    """

    person: Places
    month: Places
    treated: Flags
    first: Flags
    covariates: dict[str, Numbers]
    reoffended: Numbers
    before: Numbers
    after: Numbers
    liberty_before: Numbers
    liberty_after: Numbers
    score: Numbers
    static: Numbers
    effect: float
    ratio: float


def make(world: World, seed: int) -> Partnership:
    """A partnership; the same seed makes the same people, whatever the effect."""
    rng = np.random.default_rng(seed)
    n = world.people
    rate = rng.gamma(SHAPE, MEAN / SHAPE, n)
    age = 18 + np.floor(rng.gamma(2.0, 7.0, n))
    career = 1 + np.minimum(age - 18, 30) / 20  # how many years' worth of sanctions at the present rate are on record
    sanctions = rng.poisson(rate * career).astype(np.float64)
    spells = 0.03 + 0.03 * (sanctions >= 3)  # a month
    free = at_liberty(spells, rng)
    offences = rng.poisson(rate[:, None] / YEAR * free)
    signs = rng.poisson(rate[:, None] * SIGNS_A_YEAR / YEAR, (n, SIGN_MONTHS + PANELS - 1))
    comes_up = rng.integers(1 - world.chances, PANELS, n)

    usual = (1 - spells) ** SPELL
    static = reoffends(SHAPE + sanctions, SHAPE / MEAN + career, usual)
    year_before, liberty_before = rolling(offences[:, : YEAR + PANELS - 1], YEAR), rolling(free, YEAR) / YEAR
    recent = rolling(signs, SIGN_MONTHS)
    score_points, count_points, sign_points = world.panel.value
    joined = np.full(n, PANELS)  # the panel that took each
    for panel in range(PANELS):
        up = (comes_up <= panel) & (panel < comes_up + world.chances) & (joined == PANELS) & free[:, YEAR + panel - 1]
        points = score_points * 100 * static + count_points * year_before[:, panel] + sign_points * recent[:, panel]
        points = np.where(up, points + rng.gumbel(size=n), -np.inf)
        joined[np.argpartition(-points, world.places)[: world.places]] = panel

    ratio = multiplier(world.effect, rate, free, joined)
    offences = thinned(offences, joined, ratio, rng)
    months = np.arange(PANELS)
    up = (comes_up[:, None] <= months) & (months < comes_up[:, None] + world.chances) & (months <= joined[:, None])
    places = np.argwhere(up & free[:, YEAR - 1 : YEAR + PANELS - 1]).astype(np.int64)
    person, month = places[:, 0], places[:, 1]
    after = rolling(offences[:, YEAR:], YEAR)[person, month]
    known = {
        "age": age[person],
        "sanctions": sanctions[person],
        "score": 100 * static[person],
        "offences_12m": year_before[person, month],
        "liberty_12m": liberty_before[person, month],
        "signs_3m": recent[person, month],
    }
    shape = SHAPE + known["sanctions"] + known["offences_12m"] + known["signs_3m"]
    seen = SHAPE / MEAN + career[person] + known["liberty_12m"] + SIGNS_A_YEAR * SIGN_MONTHS / YEAR
    if world.hidden:
        del known["signs_3m"]
    return Partnership(
        person=person,
        month=month,
        treated=joined[person] == month,
        first=np.append(True, person[1:] != person[:-1]),
        covariates=known,
        reoffended=(after > 0).astype(np.float64),
        before=year_before[person, month],
        after=after,
        liberty_before=liberty_before[person, month],
        liberty_after=(rolling(free[:, YEAR:], YEAR) / YEAR)[person, month],
        score=expit(logit(reoffends(shape, seen, usual[person])) + NATIONAL),
        static=expit(logit(static[person]) + NATIONAL),
        effect=world.effect,
        ratio=ratio,
    )


def at_liberty(spells: Numbers, rng: np.random.Generator) -> Flags:
    """Who is at liberty in which month: nobody for three months from the start of a spell."""
    starts = rng.random((len(spells), MONTHS + SPELL - 1)) < spells[:, None]
    inside = starts[:, SPELL - 1 :].copy()
    for back in range(1, SPELL):
        inside |= starts[:, SPELL - 1 - back : -back]
    return ~inside


def rolling(monthly: npt.NDArray[np.generic], width: int) -> Numbers:
    """The sums of so many months on end, by the month in which they begin."""
    summed = np.zeros((len(monthly), monthly.shape[1] + 1))
    np.cumsum(monthly, axis=1, out=summed[:, 1:])
    return summed[:, width:] - summed[:, :-width]


def reoffends(shape: Numbers, seen: Numbers, years: Numbers) -> Numbers:
    """The chance of an offence in so many years at liberty, of a rate with a gamma distribution."""
    return 1 - (seen / (seen + years)) ** shape


def multiplier(effect: float, rate: Numbers, free: Flags, joined: Places) -> float:
    """What the rates of those who joined are multiplied by, so that their mean probability changes by the effect."""
    who = np.flatnonzero(joined < PANELS)
    expected = rate[who] * rolling(free[who, YEAR:], YEAR)[np.arange(len(who)), joined[who]] / YEAR
    without = np.exp(-expected).mean()

    def missed(ratio: float) -> float:
        return float(without - np.exp(-expected * ratio).mean() - effect)

    return 1.0 if effect == 0 else float(brentq(missed, 0, 1))


def thinned(
    offences: npt.NDArray[np.int64], joined: Places, ratio: float, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """The offences that still happen: after joining each one does with the chance `ratio`."""
    who = np.flatnonzero(joined < PANELS)
    later = np.arange(MONTHS) >= YEAR + joined[who, None]
    kept = offences.copy()
    kept[who] = np.where(later, rng.binomial(offences[who], ratio), offences[who])
    return kept
