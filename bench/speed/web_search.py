"""Finding a person among a million, through the whole of a request: session, scope, row-level security, page, audit.

The index is filled as the product fills it: source records, then what a run of linkage found is applied.
"""

import os
import random
import statistics
import time
from datetime import date, timedelta
from typing import Any

from bench.figures import Figure
from bench.web import partnership

PEOPLE = int(os.environ.get("BENCH_PEOPLE", "1000000"))
SEARCHES = 400
PAGES = 60
COLUMNS = (
    "source", "source_id", "given_names", "family_name", "aliases", "date_of_birth", "sex", "ethnicity", "area_name",
    "postcode", "pnc_id", "cro", "crn", "prison_number", "batch_id", "received_at",
)  # fmt: skip


def people(count: int, seed: int = 7) -> list[tuple[str, str, date]]:
    """Made-up people with names as common as names are: given names, family name, date of birth."""
    import numpy as np

    from iom_analytics.synthetic.names import draw_family_names, draw_given_names

    rng = np.random.default_rng(seed)
    tradition = np.full(count, "British", dtype=object)
    female = rng.random(count) < 0.2
    born = rng.integers(1950, 2008, count)
    given = draw_given_names(rng, tradition=tradition, female=female, birth_year=born)
    middle = draw_given_names(rng, tradition=tradition, female=female, birth_year=born)
    family = draw_family_names(rng, tradition)
    days = rng.integers(0, 365, count)
    return [
        (f"{one} {two}", last, date(int(year), 1, 1) + timedelta(days=int(day)))
        for one, two, last, year, day in zip(given, middle, family, born, days, strict=True)
    ]


def fill(place: Any, everybody: list[tuple[str, str, date]]) -> tuple[float, float]:
    """Writes the records and applies one cluster for each; returns the seconds that applying took, and again."""
    import pyarrow as pa
    from django.db import connections
    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.people.linkage import Linked
    from iom.people.operations import linking
    from iom.people.queries.decisions import mark_of

    police, at = place.agencies["Police"], timezone.now()
    fixed = (place.partnership.pk, police.pk, police.regime, "official-sensitive", "", "partners", "{}")
    marking = "partnership_id, owner_agency_id, regime, marking, descriptor, audience, audience_agencies"
    with connections["owner"].cursor() as cursor:
        with cursor.copy(f"copy people_sourcerecord ({marking}, {', '.join(COLUMNS)}) from stdin") as copy:
            for number, (given, family, born) in enumerate(everybody):
                area = ("North", "South")[number % 2]
                pnc = f"{1990 + number % 35}/{number:07d}A"
                row = ("custody", f"{number:07d}", given, family, "", born, "M", "", area)
                ids = (f"ZW{number % 90} {number % 10}AB", pnc, "", f"X{number:06d}"[:7], "", 1, at)
                copy.write_row((*fixed, *row, *ids))
        cursor.execute("analyze people_sourcerecord")
        cursor.execute("select id from people_sourcerecord order by id")
        ids_of_records = [record_id for (record_id,) in cursor.fetchall()]
    connections["owner"].close()
    clusters = pa.table({"record_id": ids_of_records, "person_key": [f"k{each}" for each in ids_of_records]})
    scope, taken = place.system(), []
    for _ in range(2):
        with act_in(scope):
            run = linking.begin_linking(by=scope, at=at)
        start = time.perf_counter()
        with act_in(scope):
            mark = mark_of(scope.partnership_id)
            linking.apply_links(run=run, linked=Linked(clusters), decisions_mark=mark, by=scope, at=at)
        taken.append(time.perf_counter() - start)
    with connections["owner"].cursor() as cursor:
        cursor.execute("vacuum analyze")
    connections["owner"].close()
    return taken[0], taken[1]


def misspelt(rng: random.Random, name: str) -> str:
    """The name with two letters changed over, or one left out or doubled."""
    place = rng.randrange(1, max(2, len(name) - 1))
    return rng.choice(
        (
            name[:place] + name[place + 1 : place + 2] + name[place : place + 1] + name[place + 2 :],
            name[:place] + name[place + 1 :],
            name[:place] + name[place] + name[place:],
        )
    )


def searches(everybody: list[tuple[str, str, date]], count: int, seed: int = 11) -> list[tuple[str, str]]:
    """What people type, by kind: names common and rare, misspelt, partial, with a date, a date alone, an identifier."""
    rng = random.Random(seed)
    kinds = []
    for _ in range(count):
        number = rng.randrange(len(everybody))
        given, family, born = everybody[number]
        first = given.split()[0]
        kind, typed = rng.choice(
            (
                ("full name", f"{first} {family}"),
                ("full name, turned", f"{family} {first}"),
                ("family name", family),
                ("given name", first),
                ("misspelt", f"{first} {misspelt(rng, family)}"),
                ("beginning", f"{family[:4]} {first[:3]}"),
                ("name and birth", f"{family} {born.day}/{born.month}/{born.year}"),
                ("birth", born.isoformat()),
                ("identifier", f"{1990 + number % 35}/{number}A"),
                ("postcode and name", f"ZW{number % 90} {number % 10}AB {family}"),
            )
        )
        kinds.append((kind, typed))
    return kinds


def timed(client: Any, address: str, parameters: dict[str, str]) -> float:
    start = time.perf_counter()
    answer = client.get(address, parameters)
    taken = time.perf_counter() - start
    assert answer.status_code == 200, answer.status_code
    return taken * 1000


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def figures() -> list[Figure]:
    with partnership() as (place, _):
        from django.db import connection
        from django.test import Client
        from django.test.utils import CaptureQueriesContext

        from iom.access.scope import act_in
        from iom.people.models import Person
        from tests.factories.partnerships import make_worker

        everybody = people(PEOPLE)
        applied, again = fill(place, everybody)
        alice = make_worker(place, "alice", agency="Police", roles=["coordinator"])
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(alice.user)
        asked = searches(everybody, SEARCHES)
        for _, typed in asked[:20]:
            timed(client, "/people/", {"q": typed})
        by_kind: dict[str, list[float]] = {}
        for kind, typed in asked:
            by_kind.setdefault(kind, []).append(timed(client, "/people/", {"q": typed}))
        every = [taken for taken_by_kind in by_kind.values() for taken in taken_by_kind]
        with CaptureQueriesContext(connection) as queries:
            client.get("/people/", {"q": "smith john"})
        counted = len(queries)
        with act_in(alice.scope):
            some = [Person.objects.order_by("pk")[place_in * (PEOPLE // PAGES)] for place_in in range(PAGES)]
        listing = [timed(client, "/people/", {"after": str(person.public_id)}) for person in some]
        opening = [timed(client, f"/people/{person.public_id}", {}) for person in some]
    slowest = ", ".join(f"{kind} {statistics.median(taken):.0f}" for kind, taken in sorted(by_kind.items()))
    bar = "median under 80 ms, 95th percentile under 200 ms"

    def figure(work: str, taken: list[float], note: str) -> Figure:
        median, high = statistics.median(taken), p95(taken)
        value = f"median {median:.0f} ms, 95th percentile {high:.0f} ms"
        return Figure(f"{work} among {PEOPLE:,} people", "one request", value, bar, median < 80 and high < 200, note)

    return [
        figure("search", every, f"{counted} queries; medians by kind in ms: {slowest}"),
        figure("the list by name", listing, "from anywhere in the list"),
        figure("open a person", opening, ""),
        Figure(
            f"apply what linkage found for {PEOPLE:,} records",
            "seconds",
            f"{applied:.0f}, again with nothing changed {again:.0f}",
            "",
            None,
            "people, history, search terms, in one transaction",
        ),
    ]
