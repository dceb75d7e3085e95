"""Scoring a whole force with OGRS3 and ARP (static) from dates and codes, beside hand-written SQL of the same."""

import json
import tempfile
from itertools import pairwise
from pathlib import Path

import duckdb

from bench.figures import Figure, process
from iom_analytics import reference
from iom_analytics.scoring.coefficients import load

TITLE = "Scoring"
PEOPLE = 10_000_000
RUNS = 5

OURS = """
import statistics, sys, time
from pathlib import Path
from iom_analytics.engine import open_engine
from iom_analytics.scoring import score_force
taken = []
for _ in range(int(sys.argv[3]) + 1):
    start = time.perf_counter()
    with open_engine("duckdb", threads=2) as engine:
        people = engine.read(Path(sys.argv[1]))
        engine.write(score_force(people, ["ogrs3", "arp"], engine=engine, static_only=True), Path(sys.argv[2]))
    taken.append(time.perf_counter() - start)
print(statistics.median(taken[1:]))
"""

BY_HAND = """
import statistics, sys, time
import duckdb
query = open(sys.argv[2]).read()
taken = []
for _ in range(int(sys.argv[3]) + 1):
    start = time.perf_counter()
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute(query)
    taken.append(time.perf_counter() - start)
print(statistics.median(taken[1:]))
"""

AGES = (10, 12, 14, 16, 18, 21, 25, 30, 35, 40, 50)


def write_people(path: Path, people: int) -> None:
    """Made-up people, one row each; every fiftieth lacks something."""
    duckdb.register("codes", reference.offence_codes().select(["offence_code"]))
    duckdb.sql(
        f"""
        copy (
            with codes as (select list(offence_code order by offence_code) as codes from codes),
            drawn as (select i, hash(i) as h, hash(i * 7 + 1) as g from range({people}) t(i)),
            dated as (
                select *, date '1950-01-01' + (h % 20000)::int as date_of_birth,
                    date '2024-01-01' + (g % 700)::int as date_of_conviction from drawn
            )
            select
                'P' || lpad(i::varchar, 8, '0') as person_id,
                case when h % 10 < 8 then 'M' else 'F' end as sex,
                date_of_birth,
                date_of_conviction,
                date_of_conviction + (h // 1000 % 300)::int as follow_up_start,
                date '2026-06-01' as assessment_date,
                10 + (g // 1000 % 15)::int as age_at_first_sanction,
                case when i % 50 = 0 then null else 1 + (h // 1000000 % 40)::int end as sanctions,
                codes[1 + (g // 1000000 % len(codes))::int] as offence_code,
            from dated, codes
        ) to '{path}' (format parquet)
        """
    )


def by_hand(people: Path, codes: Path, out: Path) -> str:
    """The formulas as an analyst would write them: one row per person, empty where the inputs allow no score."""
    o, a = load("ogrs3"), load("arp-static")

    def ogrs3_age(sex: str) -> str:
        branches = [f"when age < {end} then {o[f'age_{sex}_{first}']}" for first, end in pairwise(AGES)]
        return f"case {' '.join(branches)} else {o[f'age_{sex}_{AGES[-1]}']} end"

    def powers(prefix: str, x: str) -> str:
        return " + ".join(f"{value} * {x}**{n}" for n, value in enumerate(a.polynomial(prefix), start=1))

    def packed(day: str) -> str:
        return f"((year({day}) * 12 + month({day})) * 32 + day({day}))"

    def years(start: str, end: str) -> str:
        return f"(({packed(end)} - {packed(start)}) // 384)"

    return f"""
        copy (
            with facts as (
                select p.*, {years("date_of_birth", "follow_up_start")} as age,
                    {years("date_of_birth", "date_of_conviction")} - age_at_first_sanction as career,
                    least(36, ({packed("assessment_date")} - {packed("follow_up_start")}) // 32) as free,
                    sex = 'M' as male, c.ogrs3, c.arp
                from '{people}' p left join '{codes}' c using (offence_code)
            ),
            sound as (
                select *, sanctions between 1 and 999 and career >= 0 and age >= 10 and ogrs3 is not null as has_ogrs3,
                    sanctions between 1 and 999 and career >= 0 and age < 110 and arp is not null as has_arp
                from facts
            ),
            totals as (
                select *,
                    case when has_ogrs3 then case when male then {ogrs3_age("M")} else {ogrs3_age("F")} end
                        + case when sanctions = 1 then {o["first_sanction"]} else {o["repeat_sanction"]} end
                        + {o["copas"]} * ln(sanctions / (career + {o["career_boost"]})) + ogrs3 end as t,
                    case when has_arp then case when male then {powers("age_M", "age")}
                            else {powers("age_F", "age")} + {a["female"]} end
                        + arp + {a["sanctions"]} * sanctions
                        + case when sanctions = 1 then {a["first_sanction"]}
                            when sanctions = 2 then {a["second_sanction"]} + career
                                * case when male then {a["years_to_second_M"]} else {a["years_to_second_F"]} end
                            else case when male then {a["copas_M"]} else {a["copas_F"]} end
                                    * ln(sanctions / (career + {a["career_boost"]}))
                                + case when male then {a["copas_squared_M"]} else {a["copas_squared_F"]} end
                                    * ln(sanctions / (career + {a["career_boost"]}))**2
                            end
                        + {powers("offence_free", "greatest(free, 0)")} end as u
                from sound
            ),
            chances as (
                select person_id, has_ogrs3, has_arp,
                    1 / (1 + exp(-({o["intercept_12"]} + t))) as ogrs3_probability_12,
                    1 / (1 + exp(-({o["intercept_24"]} + t))) as ogrs3_probability_24,
                    1 / (1 + exp(-({a["intercept_24"]} + u))) as arp_probability_24
                from totals
            ),
            percentages as (
                select *,
                    round(100 * ogrs3_probability_12) as ogrs3_percent_12,
                    round(100 * ogrs3_probability_24) as ogrs3_percent_24,
                    round(100 * arp_probability_24, 2) as arp_percent_24
                from chances
            )
            select * exclude (has_ogrs3, has_arp),
                {band("ogrs3_percent_24")} as ogrs3_band, {band("arp_percent_24")} as arp_band,
                case when has_ogrs3 then 'static' end as ogrs3_kind, case when has_arp then 'static' end as arp_kind,
                case when has_ogrs3 then '' else 'no score' end as ogrs3_errors,
                case when has_arp then '' else 'no score' end as arp_errors
            from percentages
        ) to '{out}' (format parquet)
    """


def band(percent: str) -> str:
    return (
        f"case when {percent} < 50 then 'LOW' when {percent} < 75 then 'MEDIUM' when {percent} < 90 then 'HIGH' "
        f"when {percent} >= 90 then 'VERY_HIGH' end"
    )


def write_codes(path: Path) -> None:
    """Each offence code with its weight in both models."""
    o, a = load("ogrs3"), load("arp-static")
    rows = [
        {
            "offence_code": row["offence_code"],
            "ogrs3": o.get(f"offence:{row['ogrs3_category']}"),
            "arp": a.get(f"offence:{row['actuarial_category']}"),
        }
        for row in reference.offence_codes().to_pylist()
    ]
    listed = path.with_suffix(".json")
    listed.write_text(json.dumps(rows))
    duckdb.sql(f"copy (from read_json('{listed}')) to '{path}' (format parquet)")


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        people, codes, query = Path(folder) / "people.parquet", Path(folder) / "codes.parquet", Path(folder) / "sql"
        ours_out, peer_out = Path(folder) / "ours.parquet", Path(folder) / "peer.parquet"
        write_people(people, PEOPLE)
        write_codes(codes)
        query.write_text(by_hand(people, codes, peer_out))
        ours = float(process(OURS, str(people), str(ours_out), str(RUNS)).output)
        peer = float(process(BY_HAND, str(people), str(query), str(RUNS)).output)
        apart, scored = compared(ours_out, peer_out)
    work = f"score {PEOPLE:,} people with OGRS3 and ARP (static), Parquet in and out"
    return [
        Figure(work, "median seconds", f"{ours:.2f} s", "at most 5 s", ours <= 5, "one row per person"),
        Figure(
            work,
            "beside hand-written SQL without the typed errors",
            f"{ours / peer:.2f}x",
            "at most 1.5x",
            ours <= 1.5 * peer,
            f"{peer:.2f} s",
        ),
        Figure(work, "largest difference of a probability from it", f"{apart:.1e}", "none", apart < 1e-9, scored),
    ]


def compared(ours: Path, peer: Path) -> tuple[float, str]:
    """How far the two differ at most where both have a score, and how many have one in each."""
    names = ("ogrs3_probability_12", "ogrs3_probability_24", "arp_probability_24")
    apart = ", ".join(f"max(abs(o.{name} - p.{name}))" for name in names)
    counts = ", ".join(f"count({side}.{name}_probability_24)" for side in "op" for name in ("ogrs3", "arp"))
    *differences, ogrs3, arp, peer_ogrs3, peer_arp = duckdb.sql(
        f"select {apart}, {counts} from '{ours}' o join '{peer}' p using (person_id)"
    ).fetchall()[0]
    return max(differences), f"{ogrs3:,} and {arp:,} scores here, {peer_ogrs3:,} and {peer_arp:,} there"
