"""Checking a million rows of a partner's CSV file, typed rows out as Parquet, beside DuckDB reading and casting."""

import tempfile
from pathlib import Path

import duckdb

from bench.figures import Figure, process

ROWS = 1_000_000
IDENTITIES = """
    select 'N' || i as source_id, 'JOHN PAUL' as given_names, 'SMITH' || i % 50000 as family_name,
        strftime(date '1955-01-01' + (i * 37 % 18000)::int, '%d/%m/%Y') as date_of_birth,
        case when i % 997 = 0 then 'both' when i % 8 = 0 then 'Female' else 'M' end as sex,
        'AB' || i % 20 || ' ' || i % 9 || 'CD' as postcode,
        (1980 + i % 40) || '/' || lpad((i % 9999999)::varchar, 7, '0') || 'A' as pnc_id,
        chr(65 + (i % 26)::int) || lpad((i % 999999)::varchar, 6, '0') as crn
    from range({rows}) t(i)
"""
SANCTIONS = """
    select 'N' || i // 5 as source_id,
        case when i % 991 = 0 then '29/02/2023' else strftime(day, '%d/%m/%Y') end as sanction_date,
        case when i % 4 = 0 then 'caution' else 'Conviction' end as sanction_type,
        case when i % 983 = 0 then '99999' else ['02801', '10501', '04600', '00801', '12511'][i % 5 + 1] end
            as offence_code,
        strftime(day - (i % 200)::int, '%d/%m/%Y') as offence_date,
        ['custody', 'fine', 'community order'][i % 3 + 1] as disposal,
        case when i % 3 = 0 then (i % 700)::varchar else '' end as custody_days
    from (select i, date '2005-01-01' + (i * 31 % 7000)::int as day from range({rows}) t(i))
"""
FILES = {"identities": IDENTITIES, "sanctions": SANCTIONS}

CHECK = """
import sys, time
from datetime import date
from pathlib import Path
import pyarrow.parquet as pq
from iom_analytics import tables
from iom_analytics.engine import open_engine
from iom_analytics.tables.identities import IDENTITIES
path, out = Path(sys.argv[1]), Path(sys.argv[2])
contract = IDENTITIES if path.stem == "identities" else tables.by_source(tables.SANCTIONS)
def check():
    start, writer = time.perf_counter(), None
    with open_engine("duckdb", threads=2, memory_gb=0.5) as engine, tables.open_extract(path) as extract:
        columns = tables.column_map(tables.suggest_mapping(extract.columns, contract))
        layout = tables.Layout(contract.name, columns, {"source": "police"})
        found = tables.check_file(extract, contract, layout, engine=engine, received_on=date(2026, 4, 1))
        for batch in found.batches():
            writer = writer or pq.ParquetWriter(out, batch.accepted.schema)
            writer.write_table(batch.accepted)
        writer.close()
    return time.perf_counter() - start, found.report
runs = [check() for _ in range(int(sys.argv[3]))]
print(sorted(taken for taken, _ in runs)[len(runs) // 2], runs[0][1].accepted, runs[0][1].held)
"""

CAST = """
import sys, time
import duckdb
path, out = sys.argv[1:3]
dates = [name for name in ("date_of_birth", "sanction_date", "offence_date")]
def cast():
    start = time.perf_counter()
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute("set enable_progress_bar = false")
        rows = connection.read_csv(path, all_varchar=True)
        columns = ", ".join(
            f"try_strptime({name}, '%d/%m/%Y')::date as {name}" if name in dates
            else f"try_cast({name} as bigint) as {name}" if name == "custody_days" else name
            for name in rows.columns
        )
        connection.sql(f"copy (select {columns} from rows) to '{out}' (format parquet)")
    return time.perf_counter() - start
taken = sorted(cast() for _ in range(int(sys.argv[3])))
print(taken[len(taken) // 2])
"""


def write_file(path: Path, rows: int) -> None:
    duckdb.sql(f"copy ({FILES[path.stem].format(rows=rows)}) to '{path}' (format csv, header)")


def figures() -> list[Figure]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        out = str(Path(folder) / "out.parquet")
        for name in FILES:
            path = Path(folder) / f"{name}.csv"
            write_file(path, ROWS)
            ours, peer = process(CHECK, str(path), out, "5"), process(CAST, str(path), out, "5")
            taken, accepted, held = ours.output.split()
            ratio = float(taken) / float(peer.output)
            size = path.stat().st_size / 1e6
            found.append(
                Figure(
                    f"Check {ROWS:,} rows of {name} ({size:.0f} MB of CSV), accepted rows to Parquet",
                    "median seconds",
                    f"{float(taken):.2f} s",
                    "at most 5 s",
                    float(taken) <= 5,
                    f"{int(accepted):,} accepted, {int(held):,} held; {ratio:.1f}x DuckDB's "
                    f"read_csv with casts and no rules ({float(peer.output):.2f} s)",
                )
            )
        small = process(CHECK, str(path), out, "1")
        write_file(path, 10 * ROWS)
        large = process(CHECK, str(path), out, "1")
        found.append(
            Figure(
                f"Check {10 * ROWS:,} rows of sanctions ({path.stat().st_size / 1e6:,.0f} MB of CSV)",
                "most memory held",
                f"{large.peak_gb:.2f} GB",
                "under 1 GB, whatever the size",
                large.peak_gb < 1,
                f"{small.peak_gb:.2f} GB for {ROWS:,} rows; {float(large.output.split()[0]):.1f} s",
            )
        )
    return found
