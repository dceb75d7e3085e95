"""What a figure is, how it is measured, and how a table of them is printed."""

import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

MEASURED_RUNS = 5


@dataclass(frozen=True)
class Figure:
    """One measured figure beside its bar. `met` is None where there is no bar."""

    work: str
    measure: str
    value: str
    bar: str
    met: bool | None
    note: str = ""


def seconds(work: Callable[[], object], *, runs: int = MEASURED_RUNS, warm_up: int = 1) -> float:
    """The median wall-clock seconds of `runs` runs, after `warm_up` runs that are not counted."""
    taken = []
    for run in range(warm_up + runs):
        start = time.perf_counter()
        work()
        if run >= warm_up:
            taken.append(time.perf_counter() - start)
    return statistics.median(taken)


@dataclass(frozen=True)
class Process:
    """What a whole process took: wall-clock seconds and the most memory it held, in GB."""

    seconds: float
    peak_gb: float
    output: str


def process(code: str, *arguments: str) -> Process:
    """Runs Python `code` in a process of its own, so that its peak memory is its own.

    As Linux says in VmHWM, which begins anew with a program: `ru_maxrss` begins with what its parent held.
    """
    with tempfile.TemporaryDirectory() as folder:
        status = Path(folder) / "status"
        report = f"\nopen({str(status)!r}, 'w').write(open('/proc/self/status').read())\n"
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", code + report, *arguments],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        )
        taken = time.perf_counter() - start
        peak = re.search(r"VmHWM:\s*(\d+) kB", status.read_text())
    assert peak is not None, "Linux says what a process held"
    return Process(taken, int(peak[1]) / 1024**2, done.stdout)


def median_process(code: str, *arguments: str, runs: int = MEASURED_RUNS) -> Process:
    """The middle one of so many runs of `process`, by the time they took."""
    return sorted((process(code, *arguments) for _ in range(runs)), key=lambda run: run.seconds)[runs // 2]


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    marks = {True: "met", False: "**not met**", None: ""}
    lines = ["| work | measure | value | bar | | note |", "|---|---|---|---|---|---|"]
    lines += [f"| {f.work} | {f.measure} | {f.value} | {f.bar} | {marks[f.met]} | {f.note} |" for f in figures]
    return "\n".join(lines)


def machine() -> str:
    """The machine in a line: what the figures were measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    bound = "" if limit == resource.RLIM_INFINITY else f", {limit / 1024**3:.0f} GB allowed"
    return f"{os.cpu_count()} cores, {memory:.0f} GB memory{bound}, Python {sys.version.split()[0]}"
