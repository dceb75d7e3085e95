"""Harm of the reoffences that followed each start, by weights of offences in days: a count of what was worse.

Two indices, which rank people and places differently: report both, beside the plain count (Ashby 2017, "Comparing
Methods for Measuring Crime Harm/Severity", Policing 12(4), https://doi.org/10.1093/police/pax049). The Cambridge Crime
Harm Index is days in prison at the sentencing guidelines' starting point; the Crime Severity Score of the Office for
National Statistics is days by sentences passed, and leaves fraud out. Crimes that police find by looking for them are
left out where the events say so: they count what police do. Official workbooks are supplied by who has them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from ibis.expr.types import Table as IbisTable

from iom_analytics import reference
from iom_analytics.disclosure import SMALL
from iom_analytics.engine import Engine
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.measures.contracts import HARM
from iom_analytics.measures.definition import Definition, load_definition
from iom_analytics.measures.reoffending import NUMBER, reoffences, start_rows
from iom_analytics.tables.reading import open_extract

CCHI_SHEET = "CCHI 2021 values sheet"
CODE_COLUMNS = ("home_office_classification", "home_office_offence_code", "offence_code")
CCHI_COLUMNS = ("cchi_score",)
CSS_COLUMNS = ("weight", "severity_weight")
REPLICATES = 2_000
LEVEL = 0.95


@dataclass(frozen=True)
class Weights:
    """Harm in days by offence code of five digits. `left_out` are rows of the workbook without such a code or a number.

    `is_confirmed` is false where the weights are not the index's own value of each offence.
    """

    index: str
    edition: str
    source: str
    is_confirmed: bool
    days: Mapping[str, float]
    left_out: int = 0


@dataclass(frozen=True)
class MeanHarm:
    """Mean harm of a start in days, with the interval of the bootstrap. A description: it says nothing of a cause."""

    starts: int
    people: int
    mean: float
    lower: float
    upper: float
    median: float
    share_of_top_tenth: float | None
    method: str


def shipped_weights() -> Weights:
    """The weights that come with the library: the median of each offence's sub-group in the Cambridge index of 2026.

    As ranking has them (`reference.offences`). They are no values of single offences, so they are not confirmed.
    """
    rows = reference.offences().to_pylist()
    return Weights(
        "Cambridge Crime Harm Index, medians of sub-groups",
        "2026",
        "Cambridge Crime Harm Index workbook of February 2026, as summarised by sub-group in public",
        is_confirmed=False,
        days={row["offence_code"]: float(row["harm_days"]) for row in rows if row["harm_days"] is not None},
    )


def read_cchi(path: Path, *, sheet: str = CCHI_SHEET, edition: str = "2021") -> Weights:
    """The Cambridge index from its official workbook: sheet, and columns 'Home Office Classification', 'CCHI score'.

    Source of the layout: mpjashby/harmspots, `code/01_wrangle_data.R` (2022), which reads the workbook of 2021. Raises
    InputError where a column is missing, no code can be read, or one code has two scores.
    """
    return read_weights(path, "Cambridge Crime Harm Index", edition, CCHI_COLUMNS, sheet=sheet)


def read_css(path: Path, *, sheet: str | None = None, header_line: int = 1, edition: str = "") -> Weights:
    """The Crime Severity Score from a sheet of the ONS data tool with an offence code and a 'Weight' in each row.

    The tool's layout could not be seen when this was written: say which sheet has the rows, and which of its lines is
    the header, counted from the first that is not empty. Raises InputError as `read_cchi`.
    """
    return read_weights(path, "ONS Crime Severity Score", edition, CSS_COLUMNS, sheet=sheet, header_line=header_line)


def read_weights(
    path: Path, index: str, edition: str, columns: tuple[str, ...], *, sheet: str | None, header_line: int = 1
) -> Weights:
    if not path.exists():
        raise InputError(f"There is no file {path}.")
    found: dict[str, float] = {}
    left_out = 0
    # A CSV file has no sheets: who saved the one sheet as CSV is read too.
    is_book = path.suffix.lower() in (".xlsx", ".ods")
    with open_extract(path, sheet=sheet if is_book else None, header_line=header_line) as extract:
        names = [re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") for name in extract.columns]
        places = [next((names.index(name) for name in some if name in names), None) for some in (CODE_COLUMNS, columns)]
        for place, some in zip(places, (CODE_COLUMNS, columns), strict=True):
            if place is None:
                raise InputError(
                    f"{path.name} has no column {some[0].replace('_', ' ')}. It has {', '.join(extract.columns)}."
                )
        for batch in extract.batches():
            codes, scores = (batch.rows.column(place).to_pylist() for place in places)
            for said, score in zip(codes, scores, strict=True):
                code, days = code_of(said), days_of(score)
                if code is None or days is None:
                    left_out += 1
                elif found.setdefault(code, days) != days:
                    raise InputError(f"{path.name} gives the offence {said} two weights, {found[code]:g} and {days:g}.")
    if not found:
        raise InputError(f"{path.name} has no row with a Home Office code like 028/03 and a weight.")
    return Weights(index, edition, path.name, is_confirmed=True, days=found, left_out=left_out)


def code_of(said: str | None) -> str | None:
    """Five digits from a classification such as 28/3, 028/03 or 02803; None of one with letters, which police use."""
    parts = re.fullmatch(r"\s*(\d{1,3})\s*/\s*(\d{1,2})\s*", said or "")
    if parts:
        return f"{int(parts[1]):03d}{int(parts[2]):02d}"
    return said.strip() if said and re.fullmatch(r"\s*\d{5}\s*", said) else None


def days_of(said: str | None) -> float | None:
    """A weight; None where there is none, or it is no number from 0 up."""
    try:
        days = float((said or "").replace(",", ""))
    except ValueError:
        return None
    return days if np.isfinite(days) and days >= 0 else None


def harm(
    engine: Engine,
    *,
    index: IbisTable,
    events: IbisTable,
    weights: Weights | None = None,
    known_to: date | None = None,
    definition: Definition | None = None,
) -> IbisTable:
    """One row per row of the index with the harm of its proven reoffences: the columns of `HARM` after the index's own.

    The reoffences are those of `proven_reoffending`, less those that the events call `proactive`. Harm is a sum of
    days, nought where nothing followed; a reoffence that the index does not weigh adds nothing and is counted in
    `unweighed_reoffences`. Raises InputError as `proven_reoffending`.
    """
    rules = definition or load_definition()
    rows = start_rows(engine, index, rules, known_to, columns=HARM.column_names)
    days = (weights or shipped_weights()).days
    table = pa.table({"code": pa.array(list(days), pa.string()), "days": pa.array(list(days.values()), pa.float64())})
    weighed = engine.from_arrow(table, "harm_days")
    found = reoffences(engine, rows, events, rules)
    found = found.left_join(weighed, found.offence_code == weighed.code)
    counted = found.is_proactive.fill_null(0) == 0
    sums = found.group_by(NUMBER).aggregate(
        harm_days=found.days.sum(where=counted),
        unweighed_reoffences=found.count(where=counted & found.days.isnull()),
        proactive_reoffences=found.count(where=~counted),
    )
    rows = rows.left_join(sums, [NUMBER], rname="found_{name}")
    given = rows.is_mature.fill_null(True)
    types = HARM.ibis_schema()
    values = {name: rows[name].fill_null(0).cast(types[name]) for name in HARM.column_names if name != "is_mature"}
    return rows.select(
        *index.columns,
        is_mature=rows.is_mature,
        **{name: given.ifelse(value, ibis.null(types[name])) for name, value in values.items()},
    )


def mean_harm(
    harm_days: npt.ArrayLike, person: npt.ArrayLike | None = None, *, seed: int, replicates: int = REPLICATES
) -> MeanHarm:
    """The mean harm of a start in days, with the interval between the percentiles of a bootstrap of people.

    Harm is heavily skewed: a few offences are nearly all of it, and the normal interval would reach under nought.
    People are drawn with all their starts. With few people the interval is too narrow above, because what they did not
    do is not in it. `share_of_top_tenth` is how much of all harm the tenth of starts with the most have. Raises
    EstimateError with fewer than 10 people, InputError where a start has no harm (it is not mature).
    """
    days = np.asarray(harm_days, np.float64)
    if days.ndim != 1 or not np.isfinite(days).all():
        raise InputError("Harm must be one list of numbers: leave out the starts that are not mature, and say so.")
    place = np.arange(len(days)) if person is None else np.unique(np.asarray(person), return_inverse=True)[1]
    people = int(place.max()) + 1 if len(place) else 0
    if people < SMALL:
        raise EstimateError(f"{people} people: a mean of fewer than {SMALL} says nothing, and could be recognised.")
    sums, starts = np.bincount(place, weights=days), np.bincount(place)
    chance = np.random.default_rng(seed)
    means = np.empty(replicates)
    for draw in range(replicates):
        drawn = chance.integers(0, people, people)
        means[draw] = sums[drawn].sum() / starts[drawn].sum()
    lower, upper = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    most = np.sort(days)[::-1][: max(1, round(len(days) / 10))]
    return MeanHarm(
        starts=len(days),
        people=people,
        mean=float(days.mean()),
        lower=float(lower),
        upper=float(upper),
        median=float(np.median(days)),
        share_of_top_tenth=float(most.sum() / days.sum()) if days.sum() > 0 else None,
        method=f"percentile bootstrap of people, {replicates:,} draws, 95 per cent",
    )
