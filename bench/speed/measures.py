"""Proven reoffending for a million starts and ten million offences, after load."""

from bench.figures import Figure, seconds
from bench.speed.cohorts import clean, even
from iom_analytics import measures
from iom_analytics.engine import Engine, open_engine

PEOPLE = 600_000
STARTS = 1_000_000
OFFENCES = 10_000_000
BAR = 5.0
PEER = """
select count(*), sum(reoffences) from (
  select i.person_id, i.start_date, count(e.person_id) as reoffences from index_rows i left join (
    select distinct person_id, offence_date, sanction_date, sanction_type, offence_code from events
    where offence_code not in ('00001', '19560', '19566', '99700', '99800')) e
    on e.person_id = i.person_id and e.offence_date >= i.start_date
    and e.offence_date < i.start_date + interval 12 months and e.sanction_date > i.start_date
    and e.sanction_date <= i.start_date + interval 18 months
  group by all)
"""


def load(engine: Engine) -> None:
    """Makes the tables inside the engine: 20-letter pseudonyms, ten years of offences, proven within a year."""

    def person(salt: int) -> str:
        return f"md5(floor({PEOPLE} * {even(salt)})::bigint::varchar)[1:20]"

    run = engine.connection.con.execute
    run(f"""create table index_rows as select distinct person_id, start_date, 'custody' as start_type from (
        select {person(1)} as person_id, date '2015-01-01' + floor(2500 * {even(2)})::int as start_date
        from range({STARTS} * 5 // 4) numbers(i)) limit {STARTS}""").fetchall()
    run(f"""create table events as select {person(3)} as person_id,
        date '2014-01-01' + floor(3650 * {even(4)})::int as offence_date,
        date '2014-01-01' + floor(3650 * {even(4)})::int + floor(365 * {even(5)})::int as sanction_date,
        if({even(6)} < 0.8, 'conviction', 'caution') as sanction_type,
        ['03401', '04600', '02803', '80301', '10501'][1 + floor(5 * {even(7)})::int] as offence_code,
        ['custody', 'fine', 'community order'][1 + floor(3 * {even(8)})::int] as disposal
        from range({OFFENCES}) numbers(i)""").fetchall()


def ours(engine: Engine) -> tuple[int, int]:
    """The library: every measure of every start, kept in the engine; how many rows, and reoffences in all."""
    index, events = engine.connection.table("index_rows"), engine.connection.table("events")
    found = engine.cache(measures.proven_reoffending(engine, index=index, events=events), "reoffending")
    row = found.aggregate(rows=found.count(), reoffences=found.reoffences.sum()).to_pyarrow().to_pylist()[0]
    return int(row["rows"]), int(row["reoffences"])


def figures() -> list[Figure]:
    work = f"proven reoffending: {STARTS:,} starts, {OFFENCES:,} offences"
    with open_engine("duckdb", threads=2) as engine:
        load(engine)
        counted = ours(engine)
        peer = engine.connection.con.execute(PEER).fetchall()[0]
        assert counted == (STARTS, int(peer[1])), f"the peer counts otherwise: {peer}, ours {counted}"
        taken = seconds(lambda: clean(engine, lambda: ours(engine)))
        by_hand = seconds(lambda: engine.connection.con.execute(PEER).fetchall())
    return [
        Figure(work, "seconds after load, median of 5", f"{taken:.2f} s", f"{BAR:.0f} s", taken <= BAR,
               f"every measure of every start; {counted[1]:,} reoffences"),
        Figure(work, "against hand-written DuckDB SQL that only counts reoffences", f"{taken / by_hand:.2f}x", "", None,
               f"the SQL: {by_hand:.2f} s; the same counts"),
    ]  # fmt: skip
