"""What reading and checking need of an engine; `iom_analytics.engine` has two that do it."""

from collections.abc import Callable
from typing import Protocol

import pyarrow as pa
from ibis.expr.types import Table as IbisTable


class Engine(Protocol):
    """The part of `iom_analytics.engine.Engine` that is used here, where its module may not be imported."""

    def from_arrow(self, table: pa.Table, name: str) -> IbisTable: ...

    def cache(self, table: IbisTable, name: str) -> IbisTable: ...

    def prepared(
        self, schema: pa.Schema, query: Callable[[IbisTable], IbisTable]
    ) -> Callable[[pa.Table], pa.Table]: ...

    def growing(self, schema: pa.Schema, name: str) -> tuple[IbisTable, Callable[[pa.Table], None]]: ...
