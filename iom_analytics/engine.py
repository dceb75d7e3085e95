"""Opens DuckDB (the default) or Spark through Ibis; the only module that knows which.

An `Engine` reads CSV or Parquet into Ibis tables, takes Arrow tables in, and writes results out. Every function of the
library takes Ibis tables of one engine and returns an Ibis table of the same; nothing else differs between the two.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Protocol
from uuid import uuid4

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.operations import Cast
from ibis.expr.types import Table as IbisTable

from iom_analytics.errors import EngineError, InputError
from iom_analytics.provenance import whole_file

Name = Literal["duckdb", "spark"]


class Engine(Protocol):
    """What both engines can do."""

    name: Name
    connection: Any  # the Ibis backend
    keeps_row_order: bool  # the rows of a file have the file's order, so they can be numbered by it
    filters_while_computing: (
        bool  # a condition on a long expression costs little; elsewhere keep the result, then filter
    )

    def read(self, path: Path, *, as_text: bool = False) -> IbisTable:
        """The rows of one CSV or Parquet file (or a folder of Parquet parts); every column text where `as_text`."""

    def from_arrow(self, table: pa.Table, name: str) -> IbisTable:
        """An Arrow table as a table of this engine, under a name of its own that starts with `name`."""

    def cache(self, table: IbisTable, name: str) -> IbisTable:
        """The result of the expression, computed once and kept in the engine until it closes."""

    def prepared(self, schema: pa.Schema, query: Callable[[IbisTable], IbisTable]) -> Callable[[pa.Table], pa.Table]:
        """The query over a table of `schema`, made ready once and run on one Arrow table after another."""

    def growing(self, schema: pa.Schema, name: str) -> tuple[IbisTable, Callable[[pa.Table], None]]:
        """An empty table and the way to add rows to it. It may outgrow memory: what does not fit goes to disk."""

    def write(self, table: IbisTable, path: Path) -> None:
        """The result as Parquet or CSV by suffix. The file appears whole or not at all."""

    def splink(self) -> Any:
        """Splink's own door to the tables of this engine."""


@contextmanager
def open_engine(
    name: str = "duckdb", *, threads: int | None = None, memory_gb: float | None = None
) -> Iterator[Engine]:
    """An engine to work in, closed with all its scratch space at the end of the block.

    `memory_gb` bounds what DuckDB holds before it spills to disk; Spark takes its own configuration from
    `SPARK_CONF_DIR` where a cluster is used, and runs inside this process otherwise.
    """
    scratch = Path(tempfile.mkdtemp(prefix="iom-analytics-"))
    try:
        if name == "duckdb":
            duckdb = DuckDBEngine(scratch, threads=threads, memory_gb=memory_gb)
            try:
                yield duckdb
            finally:
                duckdb.connection.disconnect()
        elif name == "spark":
            yield SparkEngine(scratch, threads=threads)
        else:
            raise EngineError(f"There is no engine '{name}'. Choose duckdb or spark.")
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class Slot:
    """A place for one Arrow table after another: DuckDB asks for what is in it each time a prepared query runs."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


class DuckDBEngine:
    name: Name = "duckdb"
    keeps_row_order = True
    filters_while_computing = True

    def __init__(self, scratch: Path, *, threads: int | None, memory_gb: float | None) -> None:
        options: dict[str, Any] = {"temp_directory": str(scratch)}
        if threads is not None:
            options["threads"] = threads
        if memory_gb is not None:
            options["memory_limit"] = f"{memory_gb}GB"
        self.connection = ibis.duckdb.connect(**options)
        # A bar on standard output would stand between the lines a command prints.
        self.connection.con.execute("SET enable_progress_bar = false").fetchall()
        # DuckDB 2.0 writes our longer expressions out in full under an aggregate with this one: seconds become minutes.
        self.connection.con.execute("SET disabled_optimizers = 'partial_aggregate_pushdown'").fetchall()

    def read(self, path: Path, *, as_text: bool = False) -> IbisTable:
        suffix = known_suffix(path)
        if suffix == ".csv":
            options: dict[str, Any] = {"all_varchar": True} if as_text else {}
            return self.connection.read_csv(str(path), header=True, **options)
        source = str(path / "*.parquet") if path.is_dir() else str(path)
        table = self.connection.read_parquet(source)
        return table.cast(dict.fromkeys(table.columns, "string")) if as_text else table

    def from_arrow(self, table: pa.Table, name: str) -> IbisTable:
        # Registered as it lies in memory; Ibis's own way drops its scratch view with SQL that DuckDB 2 cannot parse.
        name = fresh(name)
        self.connection.con.register(name, table)
        return self.connection.table(name)

    def cache(self, table: IbisTable, name: str) -> IbisTable:
        return self.connection.create_table(fresh(name), table, temp=True)

    def prepared(self, schema: pa.Schema, query: Callable[[IbisTable], IbisTable]) -> Callable[[pa.Table], pa.Table]:
        name, duckdb = fresh("batch"), self.connection.con
        slot = Slot(schema.empty_table())
        duckdb.register(name, slot)
        plan = fresh("plan")
        duckdb.execute(f"PREPARE {plan} AS {self.connection.compile(query(self.connection.table(name)))}")

        def run(batch: pa.Table) -> pa.Table:
            slot.table = batch
            try:
                return duckdb.sql(f"EXECUTE {plan}").to_arrow_table()
            finally:
                slot.table = schema.empty_table()

        return run

    def growing(self, schema: pa.Schema, name: str) -> tuple[IbisTable, Callable[[pa.Table], None]]:
        name, batch, duckdb = fresh(name), fresh("batch"), self.connection.con
        table = self.connection.create_table(name, schema=ibis.Schema.from_pyarrow(schema), temp=True)

        def add(rows: pa.Table) -> None:
            duckdb.register(batch, rows)
            duckdb.execute(f"INSERT INTO {name} SELECT * FROM {batch}")  # noqa: S608 (our own names)
            duckdb.unregister(batch)

        return table, add

    def write(self, table: IbisTable, path: Path) -> None:
        with whole_file(path) as part:
            if known_suffix(path) == ".csv":
                self.connection.to_csv(table, str(part), header=True)
            else:
                self.connection.to_parquet(table, str(part))

    def splink(self) -> Any:
        from splink import DuckDBAPI

        return DuckDBAPI(self.connection.con)


class SparkEngine:
    name: Name = "spark"
    keeps_row_order = False
    # Spark writes a condition out in full wherever it can, until its compiler gives up.
    filters_while_computing = False

    def __init__(self, scratch: Path, *, threads: int | None) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as error:
            raise EngineError("Spark is not installed. Install the 'spark' extra, or use --engine duckdb.") from error
        session = (
            SparkSession.builder.master(os.environ.get("IOM_SPARK_MASTER", f"local[{threads or '*'}]"))
            .appName("iom-analytics")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.driver.host", os.environ.get("IOM_SPARK_DRIVER_HOST", "127.0.0.1"))
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", os.environ.get("IOM_SPARK_PARTITIONS", "4"))
            .config("spark.sql.execution.arrow.pyspark.enabled", "true")
            .config("spark.sql.warehouse.dir", str(scratch / "warehouse"))
            .getOrCreate()
        )
        session.sparkContext.setLogLevel("ERROR")
        self.session = session
        self.scratch = scratch
        self.connection = ibis.pyspark.connect(session)

    def read(self, path: Path, *, as_text: bool = False) -> IbisTable:
        if known_suffix(path) == ".csv":
            reader = self.session.read.option("header", "true").option("multiLine", "true").option("escape", '"')
            frame = reader.option("inferSchema", str(not as_text).lower()).csv(str(path))
        else:
            frame = self.session.read.parquet(str(path))
        name = fresh(path.stem)
        frame.createOrReplaceTempView(name)
        table = self.connection.table(name)
        return table.cast(dict.fromkeys(table.columns, "string")) if as_text else table

    def from_arrow(self, table: pa.Table, name: str) -> IbisTable:
        # Through a Parquet file, so that dates stay dates whatever Arrow or pandas versions are about.
        path = self.scratch / f"{fresh(name)}.parquet"
        pq.write_table(table, path)
        return self.read(path)

    def cache(self, table: IbisTable, name: str) -> IbisTable:
        path = self.scratch / f"{fresh(name)}.parquet"
        self.session.sql(ibis.to_sql(table, dialect="pyspark")).write.parquet(str(path))
        return self.read(path)

    def prepared(self, schema: pa.Schema, query: Callable[[IbisTable], IbisTable]) -> Callable[[pa.Table], pa.Table]:
        def run(batch: pa.Table) -> pa.Table:
            return query(self.from_arrow(batch, "batch")).to_pyarrow()

        return run

    def growing(self, schema: pa.Schema, name: str) -> tuple[IbisTable, Callable[[pa.Table], None]]:
        name = fresh(name)
        folder = self.scratch / name

        def add(rows: pa.Table) -> None:
            folder.mkdir(exist_ok=True)
            pq.write_table(rows.cast(schema), folder / f"{fresh('part')}.parquet")
            self.session.read.parquet(str(folder)).createOrReplaceTempView(name)

        add(schema.empty_table())
        return self.connection.table(name), add

    def write(self, table: IbisTable, path: Path) -> None:
        arrow = table.to_pyarrow()
        with whole_file(path) as part:
            if known_suffix(path) == ".csv":
                import pyarrow.csv as pa_csv

                pa_csv.write_csv(arrow, part)
            else:
                pq.write_table(arrow, part)

    def splink(self) -> Any:
        from splink import SparkAPI

        return SparkAPI(spark_session=self.session, break_lineage_method="persist", register_udfs_automatically=False)


def typed(value: ibis.Value, type_: Any) -> ibis.Value:
    """The value cast even where ibis takes it to have the type already, and its `cast` does nothing.

    DuckDB gives a moment for a date that is cut off, and a sum has more digits than what is summed: written out, a date
    would have a time and a count a decimal point.
    """
    return Cast(value, type_).to_expr()


def known_suffix(path: Path) -> str:
    """`.csv` or `.parquet`; a folder is a folder of Parquet parts."""
    if path.is_dir():
        return ".parquet"
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise InputError(f"{path.name}: a file must end in .csv or .parquet")
    return suffix


def fresh(name: str) -> str:
    """A table name nobody has used yet."""
    safe = "".join(letter if letter.isalnum() else "_" for letter in name)
    return f"{safe}_{uuid4().hex[:12]}"
