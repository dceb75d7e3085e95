"""What happens in the area's places: the crimes that its people's proven offences are part of, who suffers them, and
what the public says.

Every proven offence of the last years is a recorded crime, mostly where its offender lives; beside each stand crimes
for which nobody was found. Counts of victims are counted from those crimes, so that the tables agree. Drawn from
streams of their own: the people and their careers are the same with and without.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from iom_analytics import reference
from iom_analytics.synthetic.addresses import partnerships
from iom_analytics.synthetic.area import Area, Part
from iom_analytics.synthetic.chance import Ints, happens
from iom_analytics.synthetic.offences import day_of
from iom_analytics.synthetic.settings import data_file, settings
from iom_analytics.tables import CONFIDENCE, RECORDED_CRIMES, VICTIMS

STREAM = 7_919  # keeps these draws apart from those of people
DAY = 24 * 60


@cache
def numbers() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(data_file("places.yaml"))
    return found


@dataclass
class Places:
    """The tables of an area's places, made part by part: `crimes` gives a part's, the others the whole area's after."""

    area: Area
    parts: int = 0
    counts: Counter[tuple[str, int, str, bool]] = field(default_factory=Counter)

    def crimes(self, part: Part) -> pa.Table:
        """The recorded crimes of one part's people, after the contract, in order of time."""
        rng = np.random.default_rng([self.area.seed, self.parts, STREAM])
        self.parts += 1
        found = draw_crimes(rng, part, self.area.as_of, first=self.parts * 10_000_000)
        self.counts.update(suffered(found))
        return found

    def victims(self) -> pa.Table:
        """How many people suffered each type of crime, by area and month: counted from the crimes so far."""
        cells = sorted({cell[:3] for cell in self.counts})
        rows = [
            {
                "area": area,
                "month": np.datetime64(month, "M").astype("datetime64[D]").astype(date),
                "crime_type": crime_type,
                "victims": self.counts[area, month, crime_type, True] + self.counts[area, month, crime_type, False],
                "repeat_victims": self.counts[area, month, crime_type, True],
            }
            for area, month, crime_type in cells
        ]
        schema = [("area", pa.string()), ("month", pa.date32()), ("crime_type", pa.string()),
                  ("victims", pa.int64()), ("repeat_victims", pa.int64())]  # fmt: skip
        return pa.Table.from_pylist(rows, schema=pa.schema(schema)).select(VICTIMS.column_names)

    def confidence(self) -> pa.Table:
        """The survey's waves, of each partnership and of the whole area."""
        rng = np.random.default_rng([self.area.seed, STREAM])
        return pa.Table.from_pylist(list(draw_waves(rng, self.area.as_of)), schema=WAVES)


def draw_crimes(rng: np.random.Generator, part: Part, as_of: date, *, first: int) -> pa.Table:
    end = day_of(as_of.isoformat())
    start = end - 365 * numbers()["years"]
    proven = part.truth["sanctions"].select(["person_key", "offence_code", "offence_date"])
    proven = proven.filter(pc.is_valid(proven["offence_date"]))
    day = proven["offence_date"].cast(pa.int32()).to_numpy().astype(np.int64)
    kept = np.flatnonzero((day >= start) & (day <= end))
    day, code = day[kept], np.array(proven["offence_code"].to_pylist(), dtype=object)[kept]
    persons = part.truth["persons"]
    home = dict(zip(persons["person_key"].to_pylist(), persons["area"].to_pylist(), strict=True))
    place = {name: number for number, name in enumerate(partnerships())}
    where = np.array(
        [place[home[key]] for key in proven["person_key"].take(pa.array(kept)).to_pylist()], dtype=np.int64
    )
    group = np.array([group_of().get(each, "other") for each in code], dtype=object)

    more = rng.poisson(np.array([numbers()["undetected"].get(each, 0.0) for each in group], dtype=float))
    of = np.concatenate([np.arange(len(code)), np.repeat(np.arange(len(code)), more)])
    undetected = np.arange(len(of)) >= len(code)
    # Crime falls: a day is the likelier the longer ago it is.
    share = rng.random(len(of))
    fall = numbers()["fall_per_year"] * numbers()["years"]
    earlier = (share * (1 + fall * (1 - share))) * (end - start)
    happened = np.where(undetected, start + np.minimum(earlier.astype(np.int64), end - start), day[of])
    away = happens(rng, numbers()["away"], len(of))
    shares = np.array(list(settings()["area"]["partnerships"].values()))
    elsewhere = rng.choice(len(shares), len(of), p=shares / shares.sum())
    area = np.where(away, elsewhere, where[of])
    minute = happened * DAY + rng.integers(0, DAY, len(of))
    unseen = undetected & np.isin(group[of].astype(str), ["burglary_domestic", "burglary_other", "vehicle_crime"])
    span = np.where(unseen, 1 + rng.exponential(60 * numbers()["hours_between"], len(of)), 0).astype(np.int64)
    latest = end * DAY + DAY - 1
    minute = np.minimum(minute, latest)
    order = np.argsort(minute, kind="stable")
    of, area, minute, span = of[order], area[order], minute[order], span[order]
    columns = {
        "crime_ref": pa.array([f"WM/{number:08d}" for number in range(first, first + len(of))], pa.string()),
        "offence_code": pa.array(code[of], pa.string()),
        "area": pa.array(np.array(partnerships(), dtype=object)[area], pa.string()),
        "from_time": moments(minute),
        "to_time": moments(np.minimum(minute + span, latest)),
        "victim_pseudonym": pa.array(sufferers(rng, group[of], area, first), pa.string()),
    }
    rows = {
        column.name: columns.get(column.name, pa.nulls(len(of), pa.string() if column.type == "text" else pa.float64()))
        for column in RECORDED_CRIMES.columns
    }
    return pa.table(rows)


def moments(minute: Ints) -> Any:
    return pa.array(minute * 60_000_000, pa.int64()).cast(pa.timestamp("us"))


def sufferers(rng: np.random.Generator, group: Any, area: Ints, first: int) -> list[str | None]:
    """A number for who suffered each crime, none where no person did; some of the crimes hit who was hit before."""
    none = set(numbers()["no_person"])
    again = happens(rng, numbers()["again"], len(group))
    draw = rng.random(len(group))
    known: dict[tuple[int, str], list[str]] = {}
    found: list[str | None] = []
    for row, (kind, where) in enumerate(zip(group, area.tolist(), strict=True)):
        if kind in none:
            found.append(None)
            continue
        before = known.setdefault((where, kind), [])
        if again[row] and before:
            found.append(before[int(draw[row] * len(before))])
            continue
        before.append(f"V{first + row:08d}")
        found.append(before[-1])
    return found


def suffered(crimes: pa.Table) -> Counter[tuple[str, int, str, bool]]:
    """How many people suffered, by area, month (since 1970), type, and whether they had within the 12 months before."""
    table = crimes.filter(pc.is_valid(crimes["victim_pseudonym"]))
    minutes = table["from_time"].cast(pa.int64()).to_numpy() // 60_000_000
    months = (minutes // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64).tolist()
    days = (minutes // DAY).tolist()
    last: dict[tuple[str, str, str], int] = {}
    people: dict[tuple[str, int, str, str], bool] = {}
    rows = zip(
        table["area"].to_pylist(), months, days, table["offence_code"].to_pylist(),
        table["victim_pseudonym"].to_pylist(), strict=True,
    )  # fmt: skip
    for area, month, day, code, who in rows:
        crime_type = type_of()[group_of().get(code, "other")]
        before = last.get((area, crime_type, who))
        is_again = before is not None and day - before <= 365
        key = (area, month, crime_type, who)
        people[key] = people.get(key, False) or is_again
        last[area, crime_type, who] = day
    return Counter((area, month, crime_type, again) for (area, month, crime_type, _), again in people.items())


WAVES = pa.schema(
    [
        ("wave", pa.string()),
        ("wave_start", pa.date32()),
        ("wave_end", pa.date32()),
        ("area", pa.string()),
        ("question", pa.string()),
        ("percent", pa.float64()),
        ("effective_sample", pa.float64()),
        ("sample", pa.int64()),
        ("design_effect", pa.float64()),
    ]
)
assert tuple(WAVES.names) == CONFIDENCE.column_names


def draw_waves(rng: np.random.Generator, as_of: date) -> Iterator[dict[str, Any]]:
    """One row per wave, area and question; the whole area is asked by itself, four times as many people."""
    survey = numbers()["survey"]
    quarter = np.datetime64(as_of, "M").astype(np.int64) // 3
    places = [(name, 1) for name in partnerships()] + [(None, 4)]
    for question, share in survey["questions"].items():
        truth = {name: share + rng.normal(0, survey["areas_differ"]) * (name is not None) for name, _ in places}
        for wave in range(quarter - survey["waves"], quarter):
            first = np.datetime64(wave * 3, "M").astype("datetime64[D]")
            last = np.datetime64(wave * 3 + 3, "M").astype("datetime64[D]") - 1
            for name, times in places:
                truth[name] = float(np.clip(truth[name] + rng.normal(0, survey["drift"]), 0.1, 0.9))
                asked = int(rng.poisson(survey["interviews"] * times))
                effective = asked / survey["design_effect"]
                yield {
                    "wave": f"{1970 + wave // 4} Q{wave % 4 + 1}",
                    "wave_start": first.astype(date),
                    "wave_end": last.astype(date),
                    "area": name,
                    "question": question,
                    "percent": round(100 * rng.binomial(round(effective), truth[name]) / round(effective), 1),
                    "effective_sample": round(effective, 1),
                    "sample": asked,
                    "design_effect": survey["design_effect"],
                }


@cache
def group_of() -> dict[str, str]:
    """Home Office offence code -> its group of offences."""
    table = reference.offences()
    return dict(zip(table["offence_code"].to_pylist(), table["offence_group"].to_pylist(), strict=True))


@cache
def type_of() -> dict[str, str]:
    """Group of offences -> category of police.uk."""
    table = reference.offence_groups()
    return dict(zip(table["offence_group"].to_pylist(), table["police_uk_category"].to_pylist(), strict=True))
