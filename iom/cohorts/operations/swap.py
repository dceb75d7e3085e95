"""The rows of a finished ranking, put in place of those of the run before. Called by `store_ranking` alone.

`COPY` cannot write to a table under row-level security, so rows go to a temporary table first and on from there with
`INSERT ... SELECT`, each taking its marking from the person. The audit event is the caller's `audit.record`.
"""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from django.db import connection

from iom.cohorts.models import RankRun
from iom.cohorts.scoring import Ranked

ROWS_AT_ONCE = 50_000
COLUMN_TYPES: Mapping[pa.DataType, str] = {
    pa.string(): "text",
    pa.int64(): "bigint",
    pa.float64(): "double precision",
    pa.bool_(): "boolean",
    pa.date32(): "date",
}
DELETE_WORKING = """
delete from cohorts_candidateworking where candidate_id in (
    select c.id from cohorts_candidate c join cohorts_rankrun r on r.id = c.run_id where r.scheme_id = %s)
"""
DELETE_CANDIDATES = """
delete from cohorts_candidate where run_id in (select id from cohorts_rankrun where scheme_id = %s)
"""
INSERT_CANDIDATES = """
insert into cohorts_candidate (
    partnership_id, owner_agency_id, regime, marking, descriptor, audience, audience_agencies,
    run_id, person_id, standing, rank,
    points, strand, place_in_strand, within_capacity, threshold,
    not_known, provisional, area_id, sex, age_band, in_custody, reasons)
select
    p.partnership_id, p.owner_agency_id, p.regime, p.marking, p.descriptor, p.audience, p.audience_agencies,
    %(run)s, p.id, i.standing, i.place,
    i.points, coalesce(i.strand, ''), i.place_in_strand, i.within_capacity, coalesce(i.threshold, ''),
    i.not_known, i.provisional, p.area_id, p.sex, i.age_band, i.in_custody, coalesce(i.reasons, '')
from incoming_candidate i
join people_person p on p.person_key = i.person_key and p.partnership_id = %(partnership)s
where p.merged_into_id is null and p.erased_at is null and p.id <> all(%(out_of_use)s)
order by i.standing, i.place
"""
INSERT_WORKING = """
insert into cohorts_candidateworking (
    partnership_id, owner_agency_id, regime, marking, descriptor, audience, audience_agencies, candidate_id,
    factors, criteria)
select
    c.partnership_id, c.owner_agency_id, c.regime, c.marking, c.descriptor, c.audience, c.audience_agencies, c.id,
    coalesce(jsonb_agg(w.told order by w.factor) filter (where w.part = 'component'), '[]'),
    coalesce(jsonb_agg(w.told order by w.factor) filter (where w.part = 'criterion'), '[]')
from (
    select person_key, part, factor, jsonb_strip_nulls(jsonb_build_object(
        'id', factor, 'name', name, 'value', value, 'text', text, 'points', points, 'met', met,
        'near_miss', near_miss, 'off_by', off_by, 'reason', reason,
        'rows', to_jsonb(string_to_array(source_rows, ' ')))) as told
    from incoming_working) w
join people_person p on p.person_key = w.person_key and p.partnership_id = %(partnership)s
join cohorts_candidate c on c.run_id = %(run)s and c.person_id = p.id
group by c.id
"""
# Scores of an earlier run stay where they tell how a nominated person's risk has changed.
DELETE_SCORES = """
delete from cohorts_score where run_id in (select id from cohorts_rankrun where scheme_id = %s)
    and not exists (select 1 from cohorts_nomination n where n.person_id = cohorts_score.person_id)
"""
# What an agency sent stays marked as that agency marked it.
INSERT_SCORES = """
insert into cohorts_score (
    partnership_id, owner_agency_id, regime, marking, descriptor, audience, audience_agencies, run_id, person_id,
    predictor, version, kind, horizon_months, percent, band, provisional,
    missing, problems, working, scored_on, assessed_on, counts)
select
    p.partnership_id, coalesce(a.owner_agency_id, p.owner_agency_id), coalesce(a.regime, p.regime),
    coalesce(a.marking, p.marking), coalesce(a.descriptor, p.descriptor), coalesce(a.audience, p.audience),
    coalesce(a.audience_agencies, p.audience_agencies), %(run)s, p.id,
    i.predictor, coalesce(a.version, i.version), i.kind, i.horizon_months, i.percent, i.band, i.provisional,
    string_to_array(i.missing, ';'), string_to_array(i.problems, chr(10)), i.working::jsonb, %(on)s,
    a.assessment_date, i.counts
from incoming_score i
join people_person p on p.person_key = i.person_key and p.partnership_id = %(partnership)s
left join people_assessment a on a.id = i.sent_row and a.partnership_id = p.partnership_id
where p.merged_into_id is null and p.erased_at is null and p.id <> all(%(out_of_use)s)
    and (i.sent_row is null or a.source_id <> '')
"""
COUNT = """
select count(*), count(*) filter (where standing = 'eligible'), count(*) filter (where standing = 'near-miss'),
    count(*) filter (where standing <> 'not-eligible' and provisional)
from cohorts_candidate where run_id = %s
"""


def candidates(*, run: RankRun, ranked: Ranked, out_of_use: list[int]) -> tuple[int, int, int, int]:
    """Swaps the candidates of the scheme; how many people, eligible, near misses and provisional there are now.

    Whoever was merged or erased since the run read the record is left out, and so are the people `out_of_use`.
    """
    into: dict[str, Any] = {
        "run": run.pk, "partnership": run.partnership_id, "on": run.on, "out_of_use": out_of_use,
    }  # fmt: skip
    with connection.cursor() as cursor:
        bring(cursor, "incoming_candidate", ranked.candidates)
        bring(cursor, "incoming_working", ranked.working)
        bring(cursor, "incoming_score", ranked.scores)
        cursor.execute(DELETE_WORKING, [run.scheme_id])
        cursor.execute(DELETE_CANDIDATES, [run.scheme_id])
        cursor.execute(INSERT_CANDIDATES, into)
        # Counted at once: until then the planner would not know that a run of this number holds a million rows.
        cursor.execute("select cohorts_analyze()")
        cursor.execute(INSERT_WORKING, into)
        cursor.execute(DELETE_SCORES, [run.scheme_id])
        cursor.execute(INSERT_SCORES, into)
        cursor.execute(COUNT, [run.pk])
        people, eligible, near_misses, provisional = cursor.fetchone()
        cursor.execute("drop table incoming_candidate, incoming_working, incoming_score")
    return people, eligible, near_misses, provisional


def bring(cursor: Any, name: str, path: Path) -> None:
    """The rows of a Parquet file in a temporary table of their own, a part at a time."""
    rows = pq.ParquetFile(path)
    columns = ", ".join(f"{field.name} {COLUMN_TYPES[field.type]}" for field in rows.schema_arrow)
    cursor.execute(f"create temporary table {name} ({columns}) on commit drop")
    with cursor.copy(f"copy {name} from stdin (format csv)") as copy:
        for batch in rows.iter_batches(ROWS_AT_ONCE):
            buffer = BytesIO()
            pa_csv.write_csv(batch, buffer, pa_csv.WriteOptions(include_header=False))
            copy.write(buffer.getbuffer())
    cursor.execute(f"analyze {name}")
