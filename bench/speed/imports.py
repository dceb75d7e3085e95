"""A million rows from a CSV file into the record, with every check, as a whole process."""

import csv
import os
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.figures import MEASURED_RUNS, Figure, process

ROWS = 1_000_000

TAKE_IN = """
import sys, time
from pathlib import Path
from bench.web import partnership
with partnership() as (place, by):
    from django.utils import timezone
    from iom.access.scope import act_in
    from iom.imports.adapters import OnDisk
    from iom.imports import operations as imports
    from iom.imports.models import Batch
    at = timezone.now()
    layout = {
        "table": "records",
        "columns": {name: name for name in (
            "source_id", "given_names", "family_name", "date_of_birth", "sex", "postcode", "pnc_id", "cro")},
        "constants": {"source": "police"},
    }
    start = time.perf_counter()
    with act_in(by):
        police = place.agencies["Police"]
        feed = imports.add_feed(agency=police, name="Custody", source="police", table="records", by=by, at=at)
        feed = imports.save_layout(feed=feed, layout=layout, by=by, at=at)
        batch = imports.upload(feed=feed, upload=OnDisk(Path(sys.argv[1])), by=by, at=at)
    imports.check(batch_id=batch.pk, by=by, at=at)
    checked = time.perf_counter()
    with act_in(by):
        imports.accept(batch_id=batch.pk, by=by, at=at)
        imports.finish_accepting(batch_id=batch.pk, by=by, at=at)
        batch = Batch.objects.get(pk=batch.pk)
    print(batch.new_rows, checked - start, time.perf_counter() - checked)
"""

COPY_ONLY = """
import sys, time
from bench.web import partnership
with partnership() as (place, by):
    from django.db import connection
    with connection.cursor() as cursor:
        cursor.execute("create temporary table plain (source_id text, given_names text, family_name text,"
                       " date_of_birth date, sex text, postcode text, pnc_id text, cro text)")
        start = time.perf_counter()
        with cursor.copy("copy plain from stdin (format csv, header)") as copy, open(sys.argv[1], "rb") as stream:
            while block := stream.read(1 << 20):
                copy.write(block)
        print(time.perf_counter() - start)
"""


def write_file(path: Path, rows: int) -> None:
    """A plain extract: every row good."""
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow("source_id given_names family_name date_of_birth sex postcode pnc_id cro".split())
        for row in range(rows):
            writer.writerow(
                (
                    f"{row:07d}",
                    f"Given{row % 997} Middle{row % 31}",
                    f"Family{row % 7919}",
                    f"{1950 + row % 55}-{1 + row % 12:02d}-{1 + row % 28:02d}",
                    "MF"[row % 2],
                    f"ZW{row % 90} {row % 10}AB",
                    "",
                    "",
                )
            )


@dataclass(frozen=True)
class Import:
    """One import as a whole process: the seconds its check and its taking in took, and the most memory it held."""

    check: float
    take_in: float
    peak_gb: float

    @property
    def seconds(self) -> float:
        return self.check + self.take_in


def import_of(path: Path, rows: int) -> Import:
    done = process(TAKE_IN, str(path))
    new, check, take_in = (float(part) for part in done.output.split())
    assert new == rows
    return Import(check, take_in, done.peak_gb)


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path, part = Path(folder) / "custody.csv", Path(folder) / "part.csv"
        write_file(path, ROWS)
        write_file(part, ROWS // 4)
        runs = sorted((import_of(path, ROWS) for _ in range(MEASURED_RUNS)), key=lambda run: run.seconds)
        small = import_of(part, ROWS // 4)
        copy = statistics.median(float(process(COPY_ONLY, str(path)).output) for _ in range(MEASURED_RUNS))
        megabytes = os.path.getsize(path) / 1e6
    middle = runs[MEASURED_RUNS // 2]
    peak = max(run.peak_gb for run in runs)
    return [
        Figure(
            "import 1 million rows into PostgreSQL, checked",
            "seconds",
            f"{middle.seconds:.1f} (check {middle.check:.1f}, take in {middle.take_in:.1f})",
            "at most 30 s",
            middle.seconds <= 30,
            f"{megabytes:.0f} MB; a bare COPY, no checks, no policy: {copy:.1f} s, ratio {middle.seconds / copy:.1f}",
        ),
        Figure("the same", "peak memory of the process", f"{peak:.2f} GB", "under 1 GB", peak < 1),
        Figure(
            "the same, against a quarter of the rows",
            "peak memory, as a ratio",
            f"{peak / small.peak_gb:.2f}",
            "at most 1.5",
            peak / small.peak_gb <= 1.5,
            f"{small.peak_gb:.2f} GB for a quarter; what is read at once is bounded, whatever the file's size",
        ),
    ]
