"""Reads many rows at once: through COPY into Arrow, by way of a file on disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile

import pyarrow as pa
import pyarrow.csv as pa_csv
from django.db import connection

Columns = dict[str, pa.DataType]


@contextmanager
def batches(query: str, columns: Columns) -> Iterator[Iterator[pa.RecordBatch]]:
    """The query's rows in batches with these columns; memory does not grow with their number.

    By COPY on the request's own connection, so that row-level security and the transaction are the caller's. An empty
    text is a missing value.
    """
    schema = pa.schema(columns.items())
    options = pa_csv.ConvertOptions(
        column_types=columns, true_values=["t"], false_values=["f"], strings_can_be_null=True, null_values=[""]
    )
    with TemporaryFile() as file:
        with connection.cursor() as cursor, cursor.copy(f"copy ({query}) to stdout (format csv, header)") as copy:
            for part in copy:
                file.write(part)
        file.seek(0)
        with pa_csv.open_csv(file, convert_options=options) as rows:
            yield (
                pa.RecordBatch.from_pydict({name: batch[name] for name in columns}, schema=schema)
                for batch in rows
                if batch.num_rows
            )


def table(query: str, columns: Columns) -> pa.Table:
    """The query's rows as one Arrow table."""
    with batches(query, columns) as found:
        return pa.Table.from_batches(found, schema=pa.schema(columns.items()))
