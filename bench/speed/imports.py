"""A million rows from a CSV file into the record, with every check, as a whole process."""

import csv
import os
import tempfile
from pathlib import Path

from bench.figures import Figure, process

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


def figures() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "custody.csv"
        write_file(path, ROWS)
        done = process(TAKE_IN, str(path))
        new, check, take_in = (float(part) for part in done.output.split())
        assert new == ROWS
        copy = float(process(COPY_ONLY, str(path)).output)
        megabytes = os.path.getsize(path) / 1e6
    taken = check + take_in
    return [
        Figure(
            "import 1 million rows into PostgreSQL, checked",
            "seconds",
            f"{taken:.1f} (check {check:.1f}, take in {take_in:.1f})",
            "at most 30 s",
            taken <= 30,
            f"{megabytes:.0f} MB; a bare COPY into an unprotected table: {copy:.1f} s, ratio {taken / copy:.1f}",
        ),
        Figure("the same", "peak memory of the process", f"{done.peak_gb:.2f} GB", "under 1 GB", done.peak_gb < 1),
    ]
