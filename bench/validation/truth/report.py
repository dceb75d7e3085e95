"""What the estimators found, counted and held against the bars, each figure with its Monte Carlo error.

A false "works" and the intervals are counted over the partnerships that were given a verdict; the refused are counted
beside them, with their reasons, so that refusing is no way to pass. A fall from before to after is refused every
verdict by rule: of that estimator the interval's own word is counted.
"""

from collections import Counter
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from bench.figures import Figure
from bench.validation.truth import areas, estimators, partnerships, power
from bench.validation.truth.areas import Areas, AreaWorld
from bench.validation.truth.estimators import Result
from bench.validation.truth.partnerships import Panel, Partnership, World
from bench.validation.truth.run import Estimators, Results, processes, run
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.verdict import Word

PARTNERSHIPS, STRESSED = 1_000, 200
EFFECTS = (0.0, -0.05, -0.10)
FALSE_WORKS, COVERED, BIAS, FOUND = 0.035, (0.93, 0.97), 0.5, 0.78

Partnerships = Estimators[Partnership]
COMPARISON: Partnerships = {
    "doubly robust": (estimators.doubly_robust, Grade.COMPARISON),
    "matched, three to one": (estimators.matched, Grade.COMPARISON),
    "observed against expected": (estimators.expected, Grade.EXPECTED),
}
BEFORE_AFTER: Partnerships = {"before and after": (estimators.fallen, Grade.BEFORE_AFTER)}
AREAS: Estimators[Areas] = {"difference in differences": (areas.difference_in_differences, Grade.AREA)}
BOTH: Partnerships = {name: COMPARISON[name] for name in ("doubly robust", "matched, three to one")}
ROBUST: Partnerships = {"doubly robust": COMPARISON["doubly robust"]}
ACROSS: Partnerships = {
    "matched across months": (partial(estimators.matched, tried=((1, 0.2),), within_months=False), Grade.COMPARISON)
}
STATIC: Partnerships = {"observed against expected": (partial(estimators.expected, static=True), Grade.EXPECTED)}


@dataclass(frozen=True)
class Tally:
    """The results of one estimator on many partnerships alike. Shares are of those that were given a verdict."""

    made: int
    judged: int
    works: float
    worse: float
    covered: float
    bias: float
    bias_error: float
    reasons: Counter[str]


def figures(shared: Path, *, made: int = PARTNERSHIPS, stressed: int = STRESSED) -> list[Figure]:
    """Every estimator at every effect, then power, then what happens where an assumption does not hold."""
    del shared  # everything is made up
    with processes() as both:
        found = [*of_effects(both, made), *of_power(both, made)]
        every = Figure("every estimator", "partnerships for each effect", f"{made:,}", "1,000", made >= PARTNERSHIPS)
        return [every, *sorted(found, key=lambda figure: order(figure.work)), *stresses(both, stressed)]


def of_effects(both: Executor, made: int) -> list[Figure]:
    found: list[Figure] = []
    for place, effect in enumerate(EFFECTS):
        seeds = range(place * made, (place + 1) * made)
        by_count = World(effect, panel=Panel.COUNT, chances=1)
        results: Results = run(both, partial(partnerships.make, World(effect)), seeds, COMPARISON)
        results |= run(both, partial(partnerships.make, by_count), seeds, BEFORE_AFTER)
        results |= run(both, partial(areas.make, AreaWorld(effect)), seeds, AREAS)
        for name, each in results.items():
            found += of_effect(name, effect, tally(each))
    return found


def order(work: str) -> int:
    """Figures of one estimator stand together."""
    names = (*COMPARISON, *BEFORE_AFTER, *AREAS)
    return next((place for place, name in enumerate(names) if work.startswith(f"{name},")), len(names))


def tally(results: list[Result]) -> Tally:
    by_rule = all(not result.verdict.grade.is_effect for result in results)
    words = [result.by_interval if by_rule else result.verdict for result in results]
    judged = [(result, word.word) for result, word in zip(results, words, strict=True) if word.word is not Word.REFUSED]
    reasons = Counter(word.reason.split(" in ")[0] for word in words if word.word is Word.REFUSED)
    off, covered = [], []
    for result, _ in judged:
        assert result.estimate is not None
        assert result.lower is not None
        assert result.upper is not None
        off.append(result.estimate - result.truth)
        covered.append(result.lower <= result.truth <= result.upper)
    said = Counter(word for _, word in judged)
    number = max(len(judged), 1)
    return Tally(
        made=len(results),
        judged=len(judged),
        works=said[Word.WORKS] / number,
        worse=said[Word.WORSE] / number,
        covered=float(np.mean(covered)) if judged else 0.0,
        bias=float(np.mean(off)) if judged else 0.0,
        bias_error=float(np.std(off, ddof=1) / np.sqrt(number)) if number > 1 else 0.0,
        reasons=reasons,
    )


def of_effect(name: str, effect: float, found: Tally) -> list[Figure]:
    work = f"{name}, effect {points(effect)}"
    low, high = COVERED
    is_ratio = name in BEFORE_AFTER
    robust = name in ROBUST
    rows = [
        Figure(
            work,
            "95% intervals that hold the truth",
            share(found.covered, found.judged),
            f"{low:.0%} to {high:.0%}",
            low <= found.covered <= high,
        ),
        Figure(
            work,
            "bias, in logarithms of the ratio of rates" if is_ratio else "bias, points",
            f"{found.bias:+.3f} ± {found.bias_error:.3f}"
            if is_ratio
            else f"{found.bias:+.2f} ± {found.bias_error:.2f}",
            f"under {BIAS}" if robust else "",
            abs(found.bias) < BIAS if robust else None,
        ),
        Figure(
            work,
            "refused",
            share(1 - found.judged / found.made, found.made),
            "",
            None,
            "; ".join(f"{reason} ({times})" for reason, times in found.reasons.most_common(3)),
        ),
    ]
    if is_ratio:
        rows[-1] = Figure(
            work, "refused", f"{found.made:,} of {found.made:,}", "", None, "by rule; the rest is by the interval alone"
        )
    if effect == 0:
        bar, met = f"at most {FALSE_WORKS:.1%}", found.works <= FALSE_WORKS
        return [
            Figure(work, "false verdicts “works”", share(found.works, found.judged), bar, met),
            Figure(work, "false verdicts “made it worse”", share(found.worse, found.judged), "", None),
            *rows,
        ]
    return [Figure(work, "found (verdict “works”)", share(found.works, found.judged), "", None), *rows]


def of_power(both: Executor, made: int) -> list[Figure]:
    """How many are found by as many people as the power calculation asked for. A refusal is not found."""
    rows = []
    for place, (effect, people) in enumerate(((-0.10, 10_000), (-0.05, 20_000))):
        for ratio, which in (
            (None, ROBUST),
            (float(estimators.RATIO), {name: BOTH[name] for name in BOTH if name not in ROBUST}),
        ):
            plan = power.planned(effect, people=people, ratio=ratio)
            seeds = range(10_000_000 + place * made, 10_000_000 + (place + 1) * made)
            for name, results in run(both, partial(partnerships.make, plan.world), seeds, which).items():
                found = sum(result.verdict.word is Word.WORKS for result in results) / made
                rows.append(
                    Figure(
                        f"power, {name}, effect {points(effect)}",
                        "found where 80% were promised",
                        share(found, made),
                        f"at least {FOUND:.0%}",
                        found >= FOUND,
                        f"{plan.words}; {made:,} partnerships",
                    )
                )
    return rows


def stresses(both: Executor, made: int) -> list[Figure]:
    """What comes of it where an assumption does not hold: no bar, and no estimator is meant for it."""
    seeds = range(20_000_000, 20_000_000 + made)
    cases: list[tuple[str, World, Partnerships]] = [
        ("the panel sees signs that nobody recorded", World(0, hidden=True), BOTH),
        ("the score knows sanctions alone", World(0), STATIC),
        ("the panel goes by more than the count", World(0), BEFORE_AFTER),
        ("each comes before three panels", World(0, panel=Panel.COUNT), BEFORE_AFTER),
        ("pairs may be of two months, so of one person", World(-0.10), ACROSS),
    ]
    rows = []
    for case, world, which in cases:
        for name, results in run(both, partial(partnerships.make, world), seeds, which).items():
            rows.append(stress(case, name, world.effect, tally(results)))
    for name, results in run(both, partial(areas.make, AreaWorld(0, by_last_year=True)), seeds, AREAS).items():
        rows.append(stress("areas take it up after a year that was high by chance", name, 0, tally(results)))
    return rows


def stress(case: str, name: str, effect: float, found: Tally) -> Figure:
    said = f"“works” {share(found.works, found.judged)}, “made it worse” {share(found.worse, found.judged)}"
    holds = f"intervals that hold the truth {share(found.covered, found.judged)}"
    return Figure(
        f"assumption broken: {case}",
        f"{name}, effect {points(effect)}: bias",
        f"{found.bias:+.2f} ± {found.bias_error:.2f}",
        "",
        None,
        f"{said}; {holds}; refused {found.made - found.judged} of {found.made}",
    )


def share(value: float, out_of: int) -> str:
    """A percentage with its Monte Carlo error."""
    return f"{value:.1%} ± {100 * np.sqrt(value * (1 - value) / max(out_of, 1)):.1f}"


def points(effect: float) -> str:
    return f"{100 * effect:.0f} points" if effect else "none"
