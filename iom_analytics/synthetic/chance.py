"""Draws for many rows at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[np.object_]


def pick(rng: np.random.Generator, shares: Sequence[float] | Floats, rows: int) -> Ints:
    """One index into `shares` per row, each as likely as its share; the shares need not add up to one."""
    edges = np.cumsum(np.asarray(shares, dtype=np.float64))
    found: Ints = np.searchsorted(edges, rng.random(rows) * edges[-1], side="right").astype(np.int64)
    return np.minimum(found, len(edges) - 1)


def pick_by(rng: np.random.Generator, shares: Floats, kind: Ints) -> Ints:
    """One index per row, where row `i` draws from the shares of its kind: `shares[kind[i]]`."""
    found = np.zeros(len(kind), dtype=np.int64)
    for each in range(len(shares)):
        rows = np.flatnonzero(kind == each)
        found[rows] = pick(rng, shares[each], len(rows))
    return found


def happens(rng: np.random.Generator, chance: float | Floats, rows: int) -> Flags:
    """Whether it happens, row by row."""
    found: Flags = rng.random(rows) < chance
    return found


def gamma(rng: np.random.Generator, shape_and_mean: Sequence[float], rows: int) -> Floats:
    """Gamma draws by shape and mean."""
    shape, mean = shape_and_mean
    return rng.gamma(shape, mean / shape, rows)


def beta(rng: np.random.Generator, shapes: Sequence[float], rows: int) -> Floats:
    """Beta draws."""
    return rng.beta(shapes[0], shapes[1], rows)


def starts(counts: Ints) -> Ints:
    """Where each run begins when runs of these lengths lie end to end."""
    found: Ints = np.cumsum(counts) - counts
    return found


def place_in_run(counts: Ints) -> Ints:
    """0, 1, 2 ... within each of the runs that lie end to end."""
    return np.arange(counts.sum()) - np.repeat(starts(counts), counts)


def run_totals(values: Ints, counts: Ints) -> Ints:
    """The running total within each run, the row itself included."""
    total = np.cumsum(values)
    before = (total - values)[starts(counts)[counts > 0]]
    found: Ints = total - np.repeat(before, counts[counts > 0])
    return found
