"""History, all components of a scheme and the order for a million people and ten million events, after load."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from string import Template

from bench.figures import Figure, seconds
from iom_analytics import cohorts, reference
from iom_analytics.engine import Engine, open_engine
from iom_analytics.history import Records, career_history
from iom_analytics.history.occasions import offence_table

PEOPLE = 1_000_000
ON = date(2026, 4, 1)
SCHEME = "neighbourhood-crime"
EVENTS = {
    "sanctions": 5_000_000,
    "arrests": 3_000_000,
    "intelligence_counts": 700_000,
    "custody_spells": 600_000,
    "drug_tests": 500_000,
    "registers": 100_000,
    "assessments": 100_000,
}
# What made-up people are sanctioned and arrested for.
GROUPS = (
    "shoplifting",
    "robbery",
    "burglary_domestic",
    "vehicle_crime",
    "theft_from_person",
    "violence_with_injury",
    "violence_without_injury",
    "drug_possession",
    "public_order",
    "criminal_damage",
    "other_theft",
    "breach",
)
BAR = 8.0


def even(salt: int) -> str:
    """A number in [0, 1) for row i, the same in every run."""
    return f"((hash(i * 64 + {salt}) % 1000000007) / 1000000007.0)"


def person(salt: int) -> str:
    """A person, with few people having much: the key of a pseudonym's length."""
    return f"md5(floor({PEOPLE} * pow({even(salt)}, 3))::bigint::varchar)[1:20]"


def day(salt: int) -> str:
    """A day of the last 14 years, more of them late."""
    return f"(date '2026-03-31' - (5000 * pow({even(salt)}, 1.5))::int)"


def one_of(values: tuple[str, ...], salt: int) -> str:
    return f"[{', '.join(repr(value) for value in values)}][1 + floor({len(values)} * {even(salt)})::int]"


def load(engine: Engine) -> Records:
    """Makes the tables inside the engine."""
    offences = [row for row in reference.offences().to_pylist() if row["offence_group"] in GROUPS]
    codes = tuple(row["offence_code"] for row in offences)
    sql = {
        "sanctions": f"""{day(2)} as sanction_date, if({even(3)} < 0.8, 'conviction', 'caution') as sanction_type,
            {one_of(codes, 4)} as offence_code, {day(2)} - 30 as offence_date,
            {one_of(("custody", "suspended sentence", "community order", "fine", "discharge"), 5)} as disposal,
            floor(400 * {even(6)})::bigint as custody_days, null::date as release_date, null::varchar as court""",
        "arrests": f"""{day(12)} as arrest_date, {one_of(codes, 13)} as offence_code,
            {even(14)} < 0.15 as domestic_abuse, floor(1e6 * {even(15)})::varchar as victim_ref""",
        "custody_spells": f"""{day(22)} as start_date,
            if({even(23)} < 0.03, null, {day(22)} + floor(300 * {even(24)})::int) as end_date,
            'LEI' as prison, 'sentence' as kind""",
        "drug_tests": f"""{day(32)} as test_date, 'arrest' as occasion,
            if({even(33)} < 0.4, 'positive', 'negative') as result, {even(33)} < 0.2 as opiates,
            {even(33)} < 0.3 as cocaine, {even(33)} < 0.4 as required_assessment,
            {even(34)} < 0.6 as assessment_attended""",
        "intelligence_counts": f"""date_trunc('month', {day(42)})::date as month,
            1 + floor(4 * {even(43)})::bigint as reports, 'drugs' as crime_type""",
        "registers": f"""'IIOM' as register, {day(52)} as start_date, null::date as end_date, null::varchar as level""",
        "assessments": f"""{day(62)} as assessment_date, 'OASys' as instrument, '4' as version, 'drugs' as item,
            floor(9 * {even(63)}) as score, null::varchar as band, null::varchar as kind""",
    }
    run = engine.connection.con.execute
    run(f"""create table persons as select md5(i::varchar)[1:20] as person_key, if({even(0)} < 0.2, 'F', 'M') as sex,
        date '2008-01-01' - floor(15000 * {even(1)})::int as date_of_birth,
        {one_of(("White", "Black", "Asian", "Mixed", "Other"), 7)} as ethnicity, 'Area ' || i % 40 as area
        from range({PEOPLE}) numbers(i)""")
    for salt, (name, columns) in enumerate(sql.items()):
        run(f"create table {name} as select {person(100 + salt)} as person_key, {columns} "
            f"from range({EVENTS[name]}) numbers(i)")  # fmt: skip
    run(f"""create table scores as select person_key, 'arp' as predictor, round(100 * pow({even(71)}, 2), 2) as percent,
        'low' as band, false as provisional from (select row_number() over () as i, person_key from persons)""")
    return Records(**{name: engine.connection.table(name) for name in ("persons", "scores", *EVENTS)})


def ours(engine: Engine, records: Records) -> cohorts.Ranking:
    """The library: the whole history kept, then every factor, the points, the decisions and the order."""
    history = career_history(
        engine, persons=records.persons, sanctions=records.sanctions, custody_spells=records.custody_spells, on=ON
    )
    history = engine.cache(history, "history")
    return cohorts.rank(engine, records, scheme=cohorts.load_scheme(SCHEME), on=ON, history=history)


def peer(engine: Engine) -> None:
    groups = ", ".join(
        f"count(*) filter (offence_group = '{group}') as offences_12m_{group}"
        for group in reference.offence_groups()["offence_group"].to_pylist()
    )
    engine.connection.con.execute(
        Template(Path(__file__).with_suffix(".sql").read_text()).substitute(group_columns=groups)
    )


def check_the_same(engine: Engine, ranking: cohorts.Ranking) -> None:
    """The peer must have found the same order and points, or the comparison would be of two different things."""
    table = engine.connection.table("peer_ranked", database=("temp", "main"))
    both = ranking.ranked.inner_join(table, "person_key", rname="peer_{name}")
    different = both.filter(
        (both.eligible != both.peer_eligible)
        | (both.points != both.peer_points)
        | (both["rank"].fill_null(0) != both.peer_rank.fill_null(0))
    )
    assert both.count().execute() == PEOPLE
    assert different.count().execute() == 0, "the peer ranks differently"


def figures() -> list[Figure]:
    work = f"history, all components of a scheme and the order: {PEOPLE:,} people, {sum(EVENTS.values()):,} events"
    with open_engine("duckdb", threads=2) as engine:
        records = load(engine)
        offences = engine.cache(offence_table(engine), "offences")
        engine.connection.con.execute(f"create table offences as select * from {offences.get_name()}")
        ranking = ours(engine, records)
        peer(engine)
        check_the_same(engine, ranking)
        counted = ranking.ranked.eligible.sum().execute()
        taken = seconds(lambda: clean(engine, lambda: ours(engine, records)))
        by_hand = seconds(lambda: clean(engine, lambda: peer(engine)))
    return [
        Figure(work, "seconds after load, median of 5", f"{taken:.2f} s", f"{BAR:.0f} s", taken <= BAR,
               f"scheme {SCHEME}; {counted:,} eligible"),
        Figure(work, "against hand-written DuckDB SQL that finds the same order and points",
               f"{taken / by_hand:.2f}x", "", None, f"the SQL: {by_hand:.2f} s, without reasons or near misses"),
    ]  # fmt: skip


def clean(engine: Engine, work: Callable[[], object]) -> None:
    """Runs the work, then frees what it kept, so that each run has the memory that the first had."""
    con = engine.connection.con
    before = {row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()}
    work()
    for (name,) in con.execute("select table_name from duckdb_tables() where temporary").fetchall():
        if name not in before:
            con.execute(f'drop table temp."{name}"')
