"""The cohort that the demonstration had in the years before, so that there are outcomes to look at.

People are picked as panels pick them: from those with convictions in the two years before, the most active of late
first, with some chance in it. Joining does nothing to anybody: their convictions were made up without it, so an honest
answer to "did it work?" is that it cannot be told.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

MONTHS = 24  # of joining
ENDED_MONTHS_AGO = 19  # the last of them: a year to follow, half a year for proof, and one to spare
A_MONTH = 6
SHARE_OF_POOL = 0.03  # of the people who could join in a month, where an area is small


@dataclass(frozen=True)
class Joined:
    """One person's time in the earlier cohort."""

    person_key: str
    started_on: date
    ended_on: date


def picked(*, folder: Path, scope: Any, on: date, seed: int, but: set[str]) -> list[Joined]:
    """Who joined in which month, by what was known of everybody on the day before it; nobody of those in `but`."""
    import pyarrow as pa

    from iom.people import extract
    from iom_analytics.engine import open_engine
    from iom_analytics.history import career_history

    months = [month_before(on, ENDED_MONTHS_AGO + back) for back in reversed(range(MONTHS))]
    files = extract.snapshot(folder=folder, scope=scope)
    chance = random.Random(seed)  # noqa: S311 - made-up people
    taken = set(but)
    found: list[Joined] = []
    with open_engine("duckdb") as engine:
        persons, sanctions, spells = (engine.read(files[name]) for name in ("persons", "sanctions", "custody_spells"))
        days = pa.table({"on": pa.array([month - timedelta(days=1) for month in months], pa.date32())})
        on_days = persons.select("person_key").cross_join(engine.from_arrow(days, "days"))
        history = career_history(engine, persons=persons, sanctions=sanctions, custody_spells=spells, on=on_days)
        could = history.filter((history.age >= 18) & (history.months_since_last_sanction < 24) & ~history.in_custody)
        rows = could.select("on", "person_key", "sanctions_12m").order_by("on", "person_key").to_pyarrow().to_pylist()
    for month in months:
        pool = [row for row in rows if row["on"] == month - timedelta(days=1) and row["person_key"] not in taken]
        # Everybody's luck, divided by how active they were: the least come first (Efraimidis and Spirakis 2006).
        pool.sort(key=lambda row: chance.expovariate(1) / (1 + row["sanctions_12m"]) ** 2)
        for row in pool[: min(A_MONTH, round(SHARE_OF_POOL * len(pool)) or 1)]:
            taken.add(row["person_key"])
            start = month + timedelta(days=chance.randrange(27))
            found.append(Joined(row["person_key"], start, start + timedelta(days=chance.randrange(200, 460))))
    return found


def month_before(day: date, months: int) -> date:
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)


def join(workers: dict[str, Any], *, scheme: Any, at: datetime, seed: int) -> None:
    """Nominates, selects and de-selects them, by the operations that would have done it then."""
    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts
    from iom.cohorts import queries
    from iom.cohorts.choices import EndReason, Origin, Outcome, Rag
    from iom.cohorts.models import CohortMembership, Nomination
    from iom.cohorts.operations import Referral, Verdict
    from iom.people.models import Person

    by, chair = workers["coordinator"], workers["panel-chair"]
    with TemporaryDirectory(prefix="iom-demo-") as place, act_in(by):
        now = set(Nomination.objects.visible_to(by).values_list("person__person_key", flat=True))
        found = picked(folder=Path(place), scope=by, on=timezone.localdate(at), seed=seed, but=now)
    with act_in(chair):
        lead = queries.list_leads(scope=chair)[0]
        types = list(queries.cohort_types(scheme_id=scheme.pk))
        people = {
            person.person_key: person
            for person in Person.objects.visible_to(chair).filter(person_key__in=[each.person_key for each in found])
        }
    for number, each in enumerate(found):
        if each.person_key not in people:  # not open to those who decide
            continue
        then = at - timedelta(days=(timezone.localdate(at) - each.started_on).days)
        with act_in(by):
            nomination = cohorts.nominate(
                person=people[each.person_key],
                scheme=scheme,
                referral=Referral(reason="Convicted again; discussed at the monthly meeting."),
                origin=Origin.CANDIDATES,
                asked=[],
                by=by,
                at=then - timedelta(days=11),
            )
        with act_in(chair):
            verdict = Verdict(
                outcome=Outcome.SELECT,
                met_on=each.started_on,
                present=(by.agency_id, chair.agency_id),
                reasons="Among the most active in the area; both agencies support it.",
                cohort_type=types[number % len(types)],
                rag=Rag.AMBER,
                lead=lead,
                review_on=each.started_on + timedelta(days=28),
            )
            cohorts.decide(nomination=nomination, verdict=verdict, by=chair, at=then)
            cohorts.deselect(
                membership=CohortMembership.objects.visible_to(chair).get(nomination=nomination),
                end_reason=EndReason.choices[0][0],
                explanation="The plan has been carried through.",
                agreed_by="Police and probation",
                exit_plan="The housing worker stays in touch for three months.",
                told="At the last meeting, by the lead professional",
                by=chair,
                at=at - timedelta(days=(timezone.localdate(at) - each.ended_on).days),
            )
