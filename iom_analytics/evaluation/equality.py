"""The way from the list to the cohort and out of it, and what became of those picked, by sex, age and ethnicity.

What a partnership looks at for the public sector equality duty (Equality Act 2010 s149) once a scheme is in use. The
figures are those of `selection` and `score_fairness`; here they are worked out of the same people by several
characteristics, so that all is suppressed as one table (`by_group`), and made to be shown: counts are to the nearest
five, and the rates of who was chosen are worked out from those, so that beside a list that not everybody sees whole no
count tells whom it keeps back.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from iom_analytics.cohorts.fairness import AGE_BANDS, CHARACTERISTICS, IN_ORDER, NOT_KNOWN, OLDEST
from iom_analytics.disclosure import TOTAL, rounded
from iom_analytics.errors import InputError
from iom_analytics.evaluation import arrays, score_fairness, selection
from iom_analytics.evaluation.arrays import Flags, Numbers
from iom_analytics.evaluation.by_group import NO, YES, Answers, Path, Safe, Split, came, safe_counts, yes_no

STEPS = ("nominated", "decided", "selected", "highest_rating", "deselected", "below_line", "above_line")
NOMINATED: Path = {"nominated": YES}
DECIDED: Path = {**NOMINATED, "decided": YES}
SELECTED: Path = {**DECIDED, "selected": YES}
DECLINED: Path = {**DECIDED, "selected": NO}
# Each step with the way to it, and the bases that its rate is of.
WAYS: Mapping[str, tuple[Path, tuple[str, ...]]] = {
    "nominated": ({}, ("eligible",)),
    "decided": (NOMINATED, ("nominated",)),
    "selected": (DECIDED, ("eligible", "decided")),
    "highest_rating": (SELECTED, ("selected",)),
    "deselected": (SELECTED, ("selected",)),
    "below_line": (SELECTED, ("selected",)),
    "above_line": (DECLINED, ("declined",)),
}
BASES: Mapping[str, Path] = {
    "eligible": {}, "nominated": NOMINATED, "decided": DECIDED, "selected": SELECTED, "declined": DECLINED,
}  # fmt: skip
FUNNEL = pa.schema([pa.field("characteristic", pa.string()), *selection.SCHEMA])
SIDE, DID, KEPT = "score", "reoffended", "kept"
HELD: Path = {DID: NO}
SCORED_SHARE = 0.5


def age_band(born: date | None, on: date) -> str:
    """The age band of somebody on a day, as the fairness of a ranking has it."""
    if born is None:
        return NOT_KNOWN
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return next((name for upper, name in AGE_BANDS if age < upper), OLDEST)


def funnel(people: pa.Table, *, reference: Mapping[str, str] | None = None) -> pa.Table:
    """One row per step, base, characteristic and group: how many of how many, beside the reference group.

    `people` has a row for each person of the eligible pool: `sex`, `age_band`, `ethnicity` as words, and yes or no for
    each of `STEPS`: `nominated`; `decided` (selected or declined) of those; `selected` of those; of the selected
    `highest_rating`, `deselected`, and `below_line` (though the ranking had them below the line of places); of the
    declined `above_line`. Columns as `selection`, and `characteristic`; the reference is the largest group unless
    named. Counts are to the nearest five, rates are made from those. Raises InputError where there is nobody, or where
    somebody took a step without the one before.
    """
    groups, standards = grouped(people, reference)
    answers = {name: yes_no(people[name].to_numpy(zero_copy_only=False), f"The step '{name}'") for name in STEPS}
    for name, (way, _bases) in WAYS.items():
        out = (answers[name] == YES) & ~came(answers, way)
        if out.any():
            raise InputError(f"Row {arrays.first(out)} took the step '{name}' without the one before.")
    safe = safe_counts(groups, answers, [Split(name, way) for name, (way, _bases) in WAYS.items()])
    rows = [
        {"characteristic": each, "step": name, "of": base, **row}
        for name, (way, bases) in WAYS.items()
        for base in bases
        for each in groups
        for row in compared(safe, each, groups[each], BASES[base], {**way, name: YES}, standards[each])
    ]
    return pa.Table.from_pylist(rows, FUNNEL)


def follow_up(
    people: pa.Table, *, threshold: float, reference: Mapping[str, str] | None = None
) -> dict[str, list[dict[str, Any]] | bool | None]:
    """What became of those who joined long enough ago: `hit_rates`, `kept`, `time`, `score`, and `is_of_scored`.

    `people` has a row for each: `sex`, `age_band`, `ethnicity`; `days` on the cohort, `reoffended` within the year, and
    `probability` of that as the score had it when they were picked, empty where there was none. `hit_rates` (the
    outcome test) and `kept` (over 12 months without an offence in them, of all) are as `funnel`; `time` has the median
    days; `score` has calibration and error rates at `threshold` as `score_fairness`, with the mean expected and found
    in per cent. Where fewer than half had a score it is None; else everything is of those with one, since two tables of
    nearly the same people would tell how many lack it.
    """
    p = people["probability"].to_numpy(zero_copy_only=False).astype(np.float64)
    is_scored = ~np.isnan(p)
    of_scored = bool(is_scored.any() and is_scored.mean() >= SCORED_SHARE)
    if of_scored:
        people, p = people.filter(pa.array(is_scored)), p[is_scored]
    groups, standards = grouped(people, reference)
    days = arrays.numbers(people["days"].to_numpy(zero_copy_only=False).astype(np.float64), "Days")
    did = yes_no(people[DID].to_numpy(zero_copy_only=False), "Reoffended")
    answers = {DID: did, KEPT: yes_no((days > selection.YEAR) & (did == NO), "Kept")}
    splits = [Split(DID), Split(KEPT, HELD)]
    if of_scored:
        answers[SIDE] = np.where(p >= arrays.share(threshold, "The threshold"), "above", "below").astype(object)
        sides = ("above", "below")
        splits += [Split(SIDE, {}, sides), *(Split(DID, {SIDE: side}) for side in sides)]
    safe = safe_counts(groups, answers, splits)

    def by_group(way: Path) -> list[dict[str, Any]]:
        return [
            {"characteristic": each, **row}
            for each in groups
            for row in compared(safe, each, groups[each], {}, way, standards[each])
        ]

    return {
        "hit_rates": by_group({DID: YES}),
        "kept": by_group({**HELD, KEPT: YES}),
        "time": [row for each in groups for row in medians(safe, each, groups[each], days)],
        "score": [row for each in groups for row in score_rows(safe, each, groups[each], p, did == YES)]
        if of_scored
        else None,
        "is_of_scored": of_scored,
    }


def grouped(people: pa.Table, reference: Mapping[str, str] | None) -> tuple[dict[str, Answers], dict[str, str]]:
    """The groups that people are of, and of each characteristic the one that others are compared with."""
    if not people.num_rows:
        raise InputError("There is nobody to look at.")
    wanted = reference or {}
    groups = {each: selection.read_groups(people[each].to_pylist()) for each in CHARACTERISTICS}
    return groups, {each: selection.standard_of(groups[each], wanted.get(each)) for each in CHARACTERISTICS}


def levels_of(where: Answers) -> list[str]:
    """The groups in the order that tables have: ages by age, 'Not known' and the total last."""
    ages = {name: place for place, name in enumerate(IN_ORDER)}
    known = sorted({*where.tolist()}, key=lambda level: (level == NOT_KNOWN, ages.get(level, 0), level))
    return [*known, TOTAL]


def shown(count: int | None) -> int | None:
    return None if count is None else rounded(count)


def compared(
    safe: Safe, characteristic: str, where: Answers, base: Path, way: Path, standard: str
) -> list[dict[str, Any]]:
    """The rows of one characteristic: who came a way, of those on a base, with all rates made from what is shown."""
    counts = {
        level: (shown(safe.count(characteristic, level, base)), shown(safe.count(characteristic, level, way)))
        for level in levels_of(where)
    }
    empty = dict.fromkeys(selection.SCHEMA.names[selection.SCHEMA.get_field_index("rate") : -1])
    return [{**empty, **row} for row in selection.compared(counts, standard)]


def medians(safe: Safe, characteristic: str, where: Answers, days: Numbers) -> list[dict[str, Any]]:
    rows = []
    for level in levels_of(where):
        people = shown(safe.count(characteristic, level, {}))
        own = days if level == TOTAL else days[where == level]
        median = None if people is None else float(np.median(own))
        rows.append({"characteristic": characteristic, "group": level, "people": people, "median_days": median})
    return rows


def score_rows(safe: Safe, characteristic: str, where: Answers, p: Numbers, did: Flags) -> list[dict[str, Any]]:
    """How the score did in each group: shares and ratios, from which no exact count can be worked back."""
    rows = []
    for level in levels_of(where):
        own = np.ones(len(where), bool) if level == TOTAL else np.asarray(where == level)
        cells = {
            (level, side, outcome): safe.count(characteristic, level, on(side, outcome))
            for side in ("above", "below", TOTAL)
            for outcome in (YES, NO, TOTAL)
        }
        found = score_fairness.row(level, p[own], did[own], cells)
        people, expected = found["people"], found.pop("expected", None)
        is_told = people is not None and expected is not None
        rows.append(
            {
                "characteristic": characteristic,
                **dict.fromkeys(name for name in score_fairness.SCHEMA.names if name != "expected"),
                **{name: to_places(value) for name, value in found.items()},
                "people": shown(people),
                "reoffended": shown(found["reoffended"]),
                "expected_percent": round(100 * expected / people) if is_told else None,
                "found_percent": round(100 * found["reoffended"] / people) if is_told else None,
            }
        )
    return rows


def on(side: str, outcome: str) -> Path:
    return {name: value for name, value in ((SIDE, side), (DID, outcome)) if value != TOTAL}


def to_places(value: Any) -> Any:
    """A ratio or an area under a curve to two places."""
    return round(value, 2) if isinstance(value, float) else value


def words(characteristic: str, value: Any) -> str:
    """What is on record of somebody as a group of the tables."""
    if characteristic == "sex":
        return {"F": "Female", "M": "Male"}.get(value, NOT_KNOWN)
    return NOT_KNOWN if value in (None, "", "Not stated") else str(value)
