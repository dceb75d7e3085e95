"""Many partnerships, each given to the estimators meant for it, on two processes."""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import TypeVar

from bench.validation.truth.estimators import Result, attempted
from iom_analytics.evaluation.grade import Grade

Made = TypeVar("Made")
Estimators = dict[str, tuple[Callable[[Made, int], Result], Grade]]
Results = dict[str, list[Result]]

PROCESSES = 2
# One thread for each process: two that wait for each other's threads are slower than one.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@contextmanager
def processes() -> Iterator[Executor]:
    """Two processes with one thread each; they are started anew, so that they read that setting."""
    with one_thread_each(), ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as both:
        yield both


def run(both: Executor, make: Callable[[int], Made], seeds: range, which: Estimators[Made]) -> Results:
    """What each estimator found in the making of each seed, in the order of the seeds."""
    found: Results = {name: [] for name in which}
    for results in both.map(partial(once, make, which), seeds, chunksize=10):
        for name, result in results.items():
            found[name].append(result)
    return found


def once(make: Callable[[int], Made], which: Estimators[Made], seed: int) -> dict[str, Result]:
    made = make(seed)
    return {name: attempted(partial(estimator, made, seed), grade) for name, (estimator, grade) in which.items()}


@contextmanager
def one_thread_each() -> Iterator[None]:
    """The processes started meanwhile use one thread each."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
