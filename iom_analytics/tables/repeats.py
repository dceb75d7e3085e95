"""Which rows of a stream repeat an earlier one: in their key where the contract has one, else in every column.

Only rows that are good otherwise count: a held row takes no key. What was seen lives in a growing table of the engine,
which goes to disk where it must, so that memory does not grow with the file. It holds 128-bit digests of keys.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from iom_analytics.tables.contract import Table
from iom_analytics.tables.engines import Engine

SEEN = pa.schema({"high": pa.int64(), "low": pa.int64(), "row": pa.int64(), "line": pa.int64()})


@dataclass(frozen=True)
class Again:
    """Rows that repeat an earlier one: their place in the batch, the line they repeat, if the whole row does."""

    places: np.ndarray
    first_lines: np.ndarray
    same: np.ndarray


class Seen:
    """The rows of the batches so far."""

    def __init__(self, engine: Engine, contract: Table) -> None:
        self.has_key = bool(contract.key)
        seen, self.remember = engine.growing(SEEN, "seen")
        self.find = engine.prepared(
            SEEN,
            lambda batch: batch.inner_join(seen, ["high", "low"]).select(
                batch.line, first_line=seen.line, first_row=seen.row
            ),
        )

    def again(self, judged: pa.Table, good: np.ndarray) -> Again:
        """The good rows of a batch that repeat one of it or of an earlier batch; remembers those that do not."""
        places = np.flatnonzero(good)
        judged = judged if len(places) == judged.num_rows else judged.filter(pa.array(good))
        line = judged["line"].to_numpy()
        high, low = halves(judged["key_digest"])
        row = judged["row_digest"].to_numpy() if self.has_key else low
        order = np.lexsort((low, high))  # stable: of equals the one with the lowest line comes first
        starts = np.ones(len(order), bool)
        starts[1:] = (np.diff(high[order]) != 0) | (np.diff(low[order]) != 0)
        group = np.cumsum(starts) - 1
        leaders = order[starts]
        batch = pa.table([high[leaders], low[leaders], row[leaders], line[leaders]], schema=SEEN)
        before = self.find(batch)
        first_line, first_row = line[leaders], row[leaders]
        fresh = np.ones(len(leaders), bool)
        if before.num_rows:
            by_line = np.argsort(first_line)
            known = by_line[np.searchsorted(first_line[by_line], before["line"].to_numpy())]
            fresh[known] = False
            first_line, first_row = first_line.copy(), first_row.copy()
            first_line[known] = before["first_line"].to_numpy()
            first_row[known] = before["first_row"].to_numpy()
        self.remember(batch if fresh.all() else batch.filter(pa.array(fresh)))
        repeats = line[order] != first_line[group]
        at, led = order[repeats], group[repeats]
        by_line = np.argsort(line[at])
        at, led = at[by_line], led[by_line]
        return Again(places[at], first_line[led], row[at] == first_row[led])


def halves(digests: pa.ChunkedArray) -> tuple[np.ndarray, np.ndarray]:
    """The two halves of digests of 32 hexadecimal digits, as whole numbers."""
    text = digests.combine_chunks()
    if len(text) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    start, length = 32 * text.offset, 32 * len(text)
    raw = bytes.fromhex(text.buffers()[2][start : start + length].to_pybytes().decode())
    pairs = np.frombuffer(raw, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]
