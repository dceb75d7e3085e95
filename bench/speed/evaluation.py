"""Propensity, nearest-neighbour matching and balance for 20,000 treated and 1,000,000 others, beside R's MatchIt."""

import json
import shutil
import subprocess
import tempfile
from pathlib import Path

from bench.figures import Figure, median_process

TREATED, OTHERS, COVARIATES = 20_000, 1_000_000, 12
BAR_SECONDS, BAR_GB = 5.0, 4.0

OURS = f"""
import json, time
import numpy as np
import pyarrow as pa
from iom_analytics import evaluation
chance = np.random.default_rng(1)
treated = np.arange({TREATED + OTHERS}) < {TREATED}
columns = {{f"x{{place}}": chance.normal(size=len(treated)) + 0.15 * treated for place in range({COVARIATES})}}
table = pa.table({{"t": treated, **columns}})
start = time.perf_counter()
study = evaluation.read_study(table, treatment="t", covariates=list(columns))
fitted = evaluation.propensity(study)
matched = evaluation.nearest(study, fitted.probability)
evaluation.balance(study, matched.weights, distance=fitted.probability)
print(json.dumps(time.perf_counter() - start))
"""
THEIRS = f"""
suppressMessages(library(MatchIt))
set.seed(1)
t <- rep(1:0, c({TREATED}, {OTHERS}))
d <- data.frame(t = t, sapply(1:{COVARIATES}, function(i) rnorm(length(t)) + 0.15 * t))
start <- proc.time()[["elapsed"]]
m <- matchit(reformulate(setdiff(names(d), "t"), "t"), d, method = "nearest")
s <- summary(m, pair.dist = FALSE)
cat(proc.time()[["elapsed"]] - start, as.character(packageVersion("MatchIt")))
"""


def figures() -> list[Figure]:
    work = f"propensity, matching and balance: {TREATED:,} treated, {OTHERS:,} others, {COVARIATES} covariates"
    run = median_process(OURS, runs=3)
    taken = float(json.loads(run.output))
    found = [
        Figure(work, "seconds after load, of the middle of 3 processes", f"{taken:.2f} s", f"{BAR_SECONDS:.0f} s",
               taken <= BAR_SECONDS),
        Figure(work, "most memory of the process, the data included", f"{run.peak_gb:.2f} GB", f"{BAR_GB:.0f} GB",
               run.peak_gb <= BAR_GB),
    ]  # fmt: skip
    return [*found, *peer(work, taken)]


def peer(work: str, taken: float) -> list[Figure]:
    """The same in R on numbers drawn alike; nothing where R with MatchIt is not installed."""
    if shutil.which("Rscript") is None:
        return [Figure(work, "against R MatchIt", "not measured", "", None, "Rscript is not installed")]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "peer.R"
        script.write_text(THEIRS, encoding="utf-8")
        done = subprocess.run(["Rscript", str(script)], capture_output=True, text=True, check=False)
    if done.returncode:
        return [Figure(work, "against R MatchIt", "not measured", "", None, "MatchIt is not installed in R")]
    theirs, version = done.stdout.split()
    note = f"MatchIt {version}: {float(theirs):.1f} s, once, without pair distances"
    return [Figure(work, "against R MatchIt", f"{taken / float(theirs):.2f}x", "", None, note)]
