"""Who gets from the list to the cohort and out of it, and what became of those picked, by group.

Every figure has gone through disclosure control. What cannot be worked out says why instead.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from iom_analytics import measures
from iom_analytics.engine import Engine, open_engine
from iom_analytics.errors import AnalyticsError
from iom_analytics.evaluation import equality as by_group
from iom_analytics.provenance import manifest

MONTHS = 12
PROOF_MONTHS, FOLLOWED_MONTHS = 18, 60
THRESHOLD = 0.5
SELECTED, DECLINED = "selected", "declined"
Row = dict[str, Any]


@dataclass(frozen=True)
class Equality:
    """Each part as rows of plain values, or the sentence that says why there are none; and the run's manifest."""

    figures: dict[str, Any]
    manifest: dict[str, Any]


def equality(*, files: dict[str, Path], on: date, at: datetime) -> Equality:
    """The figures as known `on` a day; `files` hold people, convictions, who is eligible, and nominations.

    Of nominations and decisions in the 12 whole months before it, and of whoever first joined in the five years that
    ended 18 months before those did: two times that have nobody's joining in common, so that no table of the one tells
    on the other.
    """
    until = on.replace(day=1)
    since, followed_to = months_before(until, MONTHS), months_before(until, PROOF_MONTHS)
    followed_from = months_before(followed_to, FOLLOWED_MONTHS)
    with open_engine("duckdb") as engine:
        tables = {name: engine.read(path) for name, path in files.items()}
        nominations = tables["nominations"].to_pyarrow().to_pylist()
        known_to = last_day(tables["sanctions"])
        eligible = set(tables["eligible"].to_pyarrow()["person_key"].to_pylist())
        joined = first_joined(nominations, first=followed_from, until=followed_to)
        wanted = eligible | {row["person_key"] for row in nominations}
        persons = persons_of(engine, tables["persons"], wanted)

        def funnel() -> list[Row]:
            pool = pool_of(eligible, nominations, persons, since=since, until=until)
            if not pool:
                raise NothingToSay(
                    "No ranking on record has anybody on its list as eligible, so there is nobody with whom those who "
                    "were nominated could be compared."
                )
            return list(by_group.funnel(pa.Table.from_pylist(pool)).to_pylist())

        def follow_up() -> Row:
            found = followed(engine, tables["sanctions"], joined, persons, known_to=known_to, until=until)
            return by_group.follow_up(found, threshold=THRESHOLD)

        figures = {
            "since": since.isoformat(),
            "until": until.isoformat(),
            "followed_from": followed_from.isoformat(),
            "followed_to": followed_to.isoformat(),
            "known_to": known_to.isoformat() if known_to else None,
            "threshold": THRESHOLD,
            "funnel": told(funnel),
            "follow_up": told(follow_up),
        }
    run = manifest(
        task="outcomes equality",
        at=at,
        parameters={
            "on": on.isoformat(), "months": MONTHS, "followed_months": FOLLOWED_MONTHS, "threshold": THRESHOLD,
        },
        inputs=list(files.values()),
    )  # fmt: skip
    return Equality(figures, asdict(run))


class NothingToSay(AnalyticsError):
    """The record does not hold what a figure needs; the message is shown in its place."""


def told(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except AnalyticsError as error:
        return str(error)


def months_before(day: date, months: int) -> date:
    """The first of the month so many months before that of the day."""
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def last_day(sanctions: Any) -> date | None:
    """The day of the last conviction or caution on record: nobody vouches for any day after it."""
    days = sanctions.aggregate(day=sanctions.sanction_date.max()).to_pyarrow()["day"].to_pylist()
    found: date | None = days[0]
    return found


def persons_of(engine: Engine, persons: Any, keys: Collection[str]) -> dict[str, Row]:
    """Sex, date of birth and ethnicity of people, by key."""
    wanted = engine.from_arrow(pa.table({"person_key": pa.array(sorted(keys), pa.string())}), "wanted")
    rows = persons.semi_join(wanted, "person_key").select("person_key", "sex", "date_of_birth", "ethnicity")
    return {row["person_key"]: row for row in rows.to_pyarrow().to_pylist()}


def groups_of(person: Row, on: date) -> Row:
    return {
        "sex": by_group.words("sex", person["sex"]),
        "age_band": by_group.age_band(person["date_of_birth"], on),
        "ethnicity": by_group.words("ethnicity", person["ethnicity"]),
    }


def pool_of(
    eligible: Collection[str], nominations: Iterable[Row], persons: dict[str, Row], *, since: date, until: date
) -> list[Row]:
    """One row per person who could have been picked, with how far they got in the window.

    The pool is who is eligible now and who was when they were nominated: a person who was selected, and does well,
    stops being eligible. Of several nominations of a person the one that was decided for them counts.
    """
    of: dict[str, list[Row]] = {}
    for row in nominations:
        if since <= row["nominated_on"] < until:
            of.setdefault(row["person_key"], []).append(row)
    pool = {*eligible, *(key for key, rows in of.items() if any(row["standing"] == "eligible" for row in rows))}
    return [
        {**groups_of(persons[key], until), **got(of.get(key, []), until=until)} for key in sorted(pool & persons.keys())
    ]


def got(nominations: list[Row], *, until: date) -> Row:
    """How far somebody got by the end of the window."""
    decided = [row for row in nominations if row["closed_on"] and row["closed_on"] < until]
    selected = [row for row in decided if row["state"] == SELECTED]
    declined = [row for row in decided if row["state"] == DECLINED]
    return {
        "nominated": bool(nominations),
        "decided": bool(selected or declined),
        "selected": bool(selected),
        "highest_rating": any(row["red_on"] and row["red_on"] < until for row in selected),
        "deselected": any(row["ended_on"] and row["ended_on"] < until for row in selected),
        "below_line": bool(selected) and all(row["within_capacity"] is False for row in selected),
        "above_line": not selected and any(row["within_capacity"] for row in declined),
    }


def first_joined(nominations: Iterable[Row], *, first: date, until: date) -> list[Row]:
    """Each person's first time in the cohort of those that began in the window."""
    found: dict[str, Row] = {}
    for row in nominations:
        if row["started_on"] and first <= row["started_on"] < until:
            earlier = found.get(row["person_key"])
            if earlier is None or row["started_on"] < earlier["started_on"]:
                found[row["person_key"]] = row
    return [found[key] for key in sorted(found)]


def followed(
    engine: Engine, sanctions: Any, joined: list[Row], persons: dict[str, Row], *, known_to: date | None, until: date
) -> pa.Table:
    """One row per person whose year, and the time for proof after it, are over: groups, days, what followed."""
    joined = [row for row in joined if row["person_key"] in persons]
    if not joined:
        raise NothingToSay(
            "Nobody joined long enough ago to be followed: a year, and six more months for convictions to be proven."
        )
    if known_to is None:
        raise NothingToSay("No record of convictions has come in, so what became of those who joined is not known.")
    index = pa.table(
        {
            "person_id": pa.array([row["person_key"] for row in joined], pa.string()),
            "start_date": pa.array([row["started_on"] for row in joined], pa.date32()),
            "start_type": pa.array(["cohort"] * len(joined), pa.string()),
        }
    )
    found = measures.proven_reoffending(
        engine,
        index=engine.from_arrow(index, "index"),
        events=sanctions.rename(person_id="person_key"),
        known_to=known_to,
    )
    mature = found.filter(found.is_mature).select("person_id", did=found.reoffended.cast(ibis.dtype("int64")))
    did = {row["person_id"]: row["did"] for row in mature.to_pyarrow().to_pylist()}
    rows = [
        {
            **groups_of(persons[row["person_key"]], row["started_on"]),
            "days": ((min(row["ended_on"], until) if row["ended_on"] else until) - row["started_on"]).days,
            "reoffended": did[row["person_key"]],
            "probability": row["chance"],
        }
        for row in joined
        if row["person_key"] in did
    ]
    if not rows:
        raise NothingToSay(
            f"The record of convictions ends on {known_to:%d/%m/%Y}, before what became of anybody is final: "
            "a year, and six more months for convictions to be proven."
        )
    names = ("sex", "age_band", "ethnicity")
    kinds = {**dict.fromkeys(names, pa.string()), "days": pa.int64(), "reoffended": pa.int64()}
    return pa.Table.from_pylist(rows, pa.schema({**kinds, "probability": pa.float64()}))
