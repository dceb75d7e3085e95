"""The candidates page with a million people in the current run, through the whole application, filters included."""

import json
import os

from bench.figures import Figure, process

PEOPLE = int(os.environ.get("IOM_BENCH_CANDIDATES", "1000000"))
MEDIAN_MS, P95_MS, MOST_READS = 80, 200, 14

PAGES = """
import json, statistics, sys, time
from bench.web import partnership
with partnership() as (place, by):
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from iom.access.scope import act_in
    from iom.partnerships.models import Area
    from tests.factories.cohorts import make_run, make_scheme
    from tests.factories.partnerships import make_worker
    people = int(sys.argv[1])
    with act_in(by):
        run = make_run(make_scheme(place), [])
        area = Area.objects.filter(partnership=place.partnership).first()
        police = place.agencies["Police"]
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into people_person (partnership_id, owner_agency_id, regime, marking, descriptor, audience,"
                " audience_agencies, public_id, person_key, given_names, family_name, date_of_birth, sex, ethnicity,"
                " area_id, created_at) select %s, %s, %s, 'official-sensitive', '', 'partners', '{}',"
                " gen_random_uuid(), 'p' || n, 'Jordan', 'Ashdown' || n %% 9973, date '1960-01-01' + n %% 16000,"
                " case when n %% 6 = 0 then 'F' else 'M' end, '', case when n %% 20 = 0 then %s end, now()"
                " from generate_series(1, %s) n", [place.partnership.pk, police.pk, police.regime, area.pk, people])
            cursor.execute(
                "insert into cohorts_candidate (partnership_id, owner_agency_id, regime, marking, descriptor, audience,"
                " audience_agencies, run_id, person_id, standing, rank, points, strand, within_capacity, threshold,"
                " not_known, provisional, area_id, sex, age_band, in_custody, reasons)"
                " select partnership_id, owner_agency_id, regime, marking, descriptor, audience, audience_agencies, %s,"
                " id, 'eligible', row_number() over (order by id), 100,"
                " case when id %% 3 = 0 then 'fixed' else 'flex' end,"
                " id <= 60, '', 0, false, area_id, sex,"
                " (array['18-20','21-24','25-34','35-49','50-plus'])[1 + id %% 5],"
                " id %% 33 = 0, '' from people_person order by id", [run.pk])
            cursor.execute("select cohorts_analyze()")
    with connection.cursor() as cursor:
        cursor.execute("set role iom_owner")
        cursor.execute("analyze people_person")
        cursor.execute("set role iom_app")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(make_worker(place, "alice", agency="Police", roles=["coordinator"]).user)
    questions = ["", "?page=40", "?sex=F", "?age=50-plus&custody=yes", f"?area={area.pk}&sex=F&age=18-20&custody=yes",
                 "?strand=fixed&capacity=no", f"?area={area.pk}&custody=no", "?list=near-miss"]
    taken, reads = [], 0
    for turn in range(6):
        for question in questions:
            with CaptureQueriesContext(connection) as asked:
                start = time.perf_counter()
                answer = client.get("/cohort/candidates/" + question)
                ms = 1000 * (time.perf_counter() - start)
            assert answer.status_code == 200
            reads = max(reads, sum(q["sql"].startswith("SELECT") for q in asked))
            if turn:
                taken.append((ms, question))
    times = sorted(ms for ms, _ in taken)
    print(json.dumps({"median": statistics.median(times), "p95": times[int(0.95 * len(times))], "reads": reads,
                      "slowest": max(taken)[1]}))
"""


def figures() -> list[Figure]:
    found = json.loads(process(PAGES, str(PEOPLE)).output.splitlines()[-1])
    work = f"candidates page, {PEOPLE:,} people in the run, 8 filters x 5"
    note = f"slowest: {found['slowest'] or 'no filter'}; in-process server, templates included"
    median, p95, reads = found["median"], found["p95"], found["reads"]
    return [
        Figure(work, "median", f"{median:.0f} ms", f"{MEDIAN_MS} ms", median < MEDIAN_MS, note),
        Figure(work, "95th percentile", f"{p95:.0f} ms", f"{P95_MS} ms", p95 < P95_MS, note),
        Figure(work, "reads of the database", str(reads), f"at most {MOST_READS}", reads <= MOST_READS),
    ]
