"""What row-level security costs a page: the same requests with the policies on and off, turn by turn.

The filter of `visible_to` and telling the database who acts stay on in both: what is measured is the second wall.
"""

import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bench.figures import Figure
from bench.speed.web_search import fill, people, searches, timed
from bench.web import partnership

PEOPLE = int(os.environ.get("BENCH_WALLS", "200000"))
ROUNDS, SEARCHES, LISTS = 8, 40, 20
MOST = 1.15


@contextmanager
def without_walls() -> Iterator[None]:
    """No table has its policies for the time being."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute("select relname from pg_class where relrowsecurity order by relname")
        tables = [name for (name,) in cursor.fetchall()]

        def turn(word: str) -> None:
            for name in tables:
                cursor.execute(f"alter table {name} {word} row level security")

        turn("disable")
        try:
            yield
        finally:
            turn("enable")


def figures() -> list[Figure]:
    with partnership() as (place, _):
        from django.test import Client

        from iom.access.scope import act_in
        from iom.people.models import Person
        from tests.factories.cohorts import make_run, make_scheme
        from tests.factories.partnerships import make_worker

        everybody = people(PEOPLE)
        fill(place, everybody)
        with act_in(place.system()):
            run = make_run(make_scheme(place), [])
        rank(run.pk)
        alice = make_worker(place, "alice", agency="Police", roles=["coordinator"])
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(alice.user)
        with act_in(alice.scope):
            some = [Person.objects.order_by("pk")[number * (PEOPLE // LISTS)].public_id for number in range(LISTS)]
        asked: dict[str, list[tuple[str, dict[str, str]]]] = {
            "search": [("/people/", {"q": typed}) for _kind, typed in searches(everybody, SEARCHES)],
            "the list by name": [("/people/", {"after": str(public_id)}) for public_id in some],
            "a person's page": [(f"/people/{public_id}", {}) for public_id in some],
            "candidates": [("/cohort/candidates/", {"page": str(number + 1)}) for number in range(LISTS)],
        }
        taken = measure(client, asked)
    return [
        Figure(
            f"{work}, with row-level security and without, {PEOPLE:,} people",
            "ratio",
            f"{(ratio := taken[work, True] / taken[work, False]):.2f}",
            f"at most {MOST}",
            ratio <= MOST,
            f"{taken[work, True]:.1f} ms with, {taken[work, False]:.1f} without",
        )
        for work in asked
    ]


def measure(client: Any, asked: dict[str, list[tuple[str, dict[str, str]]]]) -> dict[tuple[str, bool], float]:
    """Work and whether the walls stand -> milliseconds: the sum over its requests of the least each took, on average.

    The least of several turns: what else the machine does only ever adds.
    """
    least: dict[tuple[str, bool, int], float] = {}

    def ask(*, walled: bool) -> None:
        for work, requests in asked.items():
            timed(client, *requests[0])  # what a changed table makes the database read again
            for number, request in enumerate(requests):
                key = (work, walled, number)
                least[key] = min(timed(client, *request), least.get(key, float("inf")))

    for _ in range(ROUNDS):
        ask(walled=True)
        with without_walls():
            ask(walled=False)
    return {
        (work, walled): statistics.mean(least[work, walled, number] for number in range(len(requests)))
        for work, requests in asked.items()
        for walled in (True, False)
    }


def rank(run_id: int) -> None:
    """Everybody in the run, as eligible."""
    from django.db import connections

    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "insert into cohorts_candidate (partnership_id, owner_agency_id, regime, marking, descriptor, audience,"
            " audience_agencies, run_id, person_id, standing, rank, points, strand, within_capacity, threshold,"
            " not_known, provisional, area_id, sex, age_band, in_custody, reasons)"
            " select partnership_id, owner_agency_id, regime, marking, descriptor, audience, audience_agencies, %s, id,"
            " 'eligible', row_number() over (order by id), 100, 'flex', id <= 60, '', 0, false, area_id, sex, '25-34',"
            " false, '' from people_person order by id",
            [run_id],
        )
        cursor.execute("vacuum analyze cohorts_candidate")
    connections["owner"].close()
