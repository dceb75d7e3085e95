"""Slow, obvious versions of the library's queries: one person at a time, in plain Python."""

import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from iom_analytics import reference
from iom_analytics.tables import DISPOSALS

Row = dict[str, Any]
OFFENCES = {row["offence_code"]: row for row in reference.offences().to_pylist()}
NO_OFFENCE = {"offence_group": "other", "violent": False, "harm_days": None}


def year_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def age_on(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def months_from(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)


def career_of(person: Row, sanctions: Iterable[Row], spells: Iterable[Row], on: date) -> Row:
    """The career history of one person on one date, by walking through what is known day by day."""
    key, born = person["person_key"], person["date_of_birth"]
    rows = [row for row in sanctions if row["person_key"] == key and row["sanction_date"] <= on]
    facts = [(row, OFFENCES.get(row["offence_code"], NO_OFFENCE)) for row in rows]
    days = sorted({row["sanction_date"] for row in rows})
    violent_days = {row["sanction_date"] for row, fact in facts if fact["violent"]}
    conviction_days = sorted({row["sanction_date"] for row in rows if row["sanction_type"] == "conviction"})
    since = year_before(on, 1)
    recent = [(row, fact) for row, fact in facts if row["sanction_date"] > since]
    found: Row = {
        "person_key": key,
        "on": on,
        "age": age_on(born, on) if born else None,
        "age_months": months_from(born, on) if born else None,
        "sanctions": len(days),
        "violent_sanctions": len(violent_days),
        "convictions": len(conviction_days),
        "offences": len(rows),
        "first_sanction_date": days[0] if days else None,
        "age_at_first_sanction": age_on(born, days[0]) if born and days else None,
        "last_sanction_date": days[-1] if days else None,
        "months_since_last_sanction": months_from(days[-1], on) if days else None,
        "date_of_conviction": conviction_days[-1] if conviction_days else None,
        **principal(rows, conviction_days),
        "sanctions_12m": len([day for day in days if day > since]),
        "violent_sanctions_12m": len([day for day in violent_days if day > since]),
        "harm": sum(fact["harm_days"] or 0 for _, fact in facts),
        "harm_12m": sum(fact["harm_days"] or 0 for _, fact in recent),
        "unweighed_12m": len([row for row, fact in recent if fact["harm_days"] is None]),
    }
    for group in reference.offence_groups()["offence_group"].to_pylist():
        found[f"offences_12m_{group}"] = len([row for row, fact in recent if fact["offence_group"] == group])
    found |= career_length(born, days)
    found |= custody_of(key, spells, on, found)
    found["prolific"] = is_prolific(born, days, on)
    return found


def principal(rows: list[Row], conviction_days: list[date]) -> Row:
    """The principal offence of the last conviction: heaviest disposal, longest custody, most harm, lowest code."""
    if not conviction_days:
        return {"offence_code": None, "offence_group": None}
    last = [row for row in rows if row["sanction_date"] == conviction_days[-1] and row["sanction_type"] == "conviction"]

    def weight(row: Row) -> tuple[int, int, float, int]:
        heaviest = DISPOSALS.index(row["disposal"]) if row["disposal"] else len(DISPOSALS) - 1
        harm = OFFENCES.get(row["offence_code"], NO_OFFENCE)["harm_days"]
        return (heaviest, -min(row["custody_days"] or 0, 32767), -(harm or 0), int(row["offence_code"]))

    code = min(last, key=weight)["offence_code"]
    return {"offence_code": code, "offence_group": OFFENCES.get(code, {}).get("offence_group")}


def career_length(born: date | None, days: list[date]) -> Row:
    if not born or not days:
        return {"career_years": None, "copas_rate": None}
    years = age_on(born, days[-1]) - age_on(born, days[0])
    return {"career_years": years, "copas_rate": math.log(len(days) / (10 + years))}


def custody_of(key: str, spells: Iterable[Row], on: date, found: Row) -> Row:
    """Where the person was on each single day: the sum of days is what the spans must give."""
    own = [row for row in spells if row["person_key"] == key and row["start_date"] <= on]

    def is_inside(day: date) -> bool:
        return any(row["start_date"] <= day and (row["end_date"] is None or day < row["end_date"]) for row in own)

    def days_free(years: int) -> int:
        first = year_before(on, years)
        return sum(not is_inside(first + timedelta(days=number)) for number in range((on - first).days))

    releases = [row["end_date"] for row in own if row["end_date"] is not None and row["end_date"] <= on]
    released, inside = max(releases, default=None), is_inside(on)
    convicted, last = found["date_of_conviction"], found["last_sanction_date"]
    return {
        "in_custody": inside,
        "last_release_date": released,
        "days_at_liberty_12m": days_free(1),
        "days_at_liberty_24m": days_free(2),
        "follow_up_start": None if convicted is None else on if inside else max(convicted, released or convicted),
        "offence_free_months": None if last is None else 0 if inside else months_from(max(last, released or last), on),
    }


def is_prolific(born: date | None, days: list[date], on: date) -> bool | None:
    if born is None:
        return None
    if age_on(born, on) < 18:
        return len(days) >= 4
    if age_on(born, on) < 21:
        return len(days) >= 8
    return len(days) >= 16 and len([day for day in days if age_on(born, day) >= 21]) >= 8


def months_after(day: date, months: int) -> date:
    """The same day so many months later; the day before the next month's first where there is no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(number, day.day))
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")


def proven_reoffending_of(start: Row, events: Iterable[Row]) -> Row:
    """What followed one start, by looking at each event of the person in turn."""
    begin, end, proof = (
        start["start_date"],
        months_after(start["start_date"], 12),
        months_after(start["start_date"], 18),
    )
    offences: dict[Any, Row] = {}
    for event in events:
        if event["person_id"] != start["person_id"] or event["offence_date"] is None:
            continue
        if event["sanction_type"] not in ("conviction", "caution", "reprimand", "warning"):
            continue
        if event["offence_code"] in ("00001", "19560", "19566", "99700", "99800"):
            continue
        committed, proven = event["offence_date"], event["sanction_date"]
        if begin <= committed < end and begin < proven <= proof and committed <= proven:
            same = (committed, proven, event["sanction_type"], event["offence_code"])
            offences[event["offence_ref"] or same] = event
    first = min((event["offence_date"] for event in offences.values()), default=None)
    return {
        "follow_up_end": end,
        "proof_end": proof,
        "reoffended": bool(offences),
        "reoffences": len(offences),
        "first_reoffence_date": first,
        "days_to_first_reoffence": None if first is None else (first - begin).days,
    }


def days_at_liberty_of(start: Row, spells: Iterable[Row]) -> int:
    """The days of follow-up on which the person was not inside, one by one."""
    own = [spell for spell in spells if spell["person_id"] == start["person_id"]]
    length = (months_after(start["start_date"], 12) - start["start_date"]).days
    days = [start["start_date"] + timedelta(days=number) for number in range(length)]
    return sum(
        not any(one["start_date"] <= day and (one["end_date"] is None or day < one["end_date"]) for one in own)
        for day in days
    )


def nearest_pairs(
    treated: list[bool],
    distance: list[float],
    strata: list[int],
    *,
    ratio: int,
    reach: float,
    replace: bool,
    order: str,
) -> list[tuple[int, int]]:
    """Nearest-neighbour matching by looking at everybody for each treated unit in turn."""
    place = {unit: rank for rank, unit in enumerate(sorted(range(len(distance)), key=lambda unit: distance[unit]))}
    turns = [unit for unit, is_treated in enumerate(treated) if is_treated]
    if not replace:
        turns.sort(key=lambda unit: distance[unit], reverse=order == "largest")
    taken: set[int] = set()
    mine: dict[int, list[int]] = {unit: [] for unit in turns}

    def steps(unit: int, other: int) -> tuple[int, bool]:
        """How many steps out from oneself and one's matches, and whether upwards."""
        held = [place[unit], *(place[each] for each in mine[unit] if not replace)]
        above = place[other] > place[unit]
        return (place[other] - max(held), True) if above else (min(held) - place[other], False)

    for turn in range(ratio):
        for unit in turns:
            near = [
                other
                for other, is_treated in enumerate(treated)
                if not is_treated
                and strata[other] == strata[unit]
                and abs(distance[other] - distance[unit]) <= reach
                and other not in (mine[unit] if replace else taken)
            ]
            if near and len(mine[unit]) == turn:
                best = min(near, key=lambda other: (abs(distance[other] - distance[unit]), *steps(unit, other)))
                mine[unit].append(best)
                taken.add(best)
    return [(unit, other) for unit in sorted(turns) for other in mine[unit]]
