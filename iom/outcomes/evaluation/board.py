"""What the board looks at of the partnership's aims: victims, crime, confidence, and whose the proven offences are; and
areas beside each other.

Every figure has gone through disclosure control. What cannot be worked out says why instead.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table as IbisTable

from iom_analytics import measures
from iom_analytics.engine import Engine, open_engine
from iom_analytics.errors import AnalyticsError, EstimateError
from iom_analytics.evaluation import areas, managed
from iom_analytics.history import Records, month_of, recorded_crimes
from iom_analytics.measures.area import months_back
from iom_analytics.provenance import manifest

MONTHS = 36
LAG = 3  # months by which extracts may come late, and the figures be of the months before
AREA_YEARS = 5  # in which outcomes became final


@dataclass(frozen=True)
class Board:
    """Each part as rows of plain values, or the sentence that says why there are none; and the run's manifest."""

    figures: dict[str, Any]
    manifest: dict[str, Any]


def board(*, files: dict[str, Path], on: date, at: datetime) -> Board:
    """The figures as known `on` a day, of the whole months before it that the record reaches; `files` hold people,
    events, places, entries."""
    with open_engine("duckdb") as engine:
        tables = {name: engine.read(path) for name, path in files.items()}
        until = reached(engine, tables, on=on)
        # As the month began, so that somebody who leaves in it cannot be told from the difference of two days.
        entries = tables["entries"].filter(tables["entries"].started_on < until)
        members = entries.filter(entries.ended_on.isnull() | (entries.ended_on >= until))
        crimes = tables["recorded_crimes"]
        figures = {
            "until": until.isoformat(),
            "victims": rows_of(lambda: measures.victims(tables["victims"], until=until)),
            "crime": rows_of(lambda: measures.crime_trend(engine, crimes, until=until)),
            "crime_by_month": rows_of(lambda: measures.crime_by_month(engine, crimes, until=until, months=MONTHS)),
            "harm": rows_of(lambda: measures.crime_profile(engine, crimes, until=until)),
            "confidence": rows_of(lambda: measures.confidence(tables["confidence"])),
            "share": rows_of(
                lambda: measures.share_in_scope(engine, tables["sanctions"], tables["persons"], members, on=until)
            ),
            "areas": rows_of(lambda: between_areas(engine, tables, until=until)),
        }
    run = manifest(
        task="outcomes board",
        at=at,
        parameters={"on": on.isoformat(), "months": MONTHS, "area_years": AREA_YEARS},
        inputs=list(files.values()),
    )
    return Board(figures, asdict(run))


def reached(engine: Engine, tables: dict[str, IbisTable], *, on: date) -> date:
    """The first of the month of a day; earlier, by three months at most, where crimes or victims are not held so far.

    A year that ends before its last extract has come in would be told as a fall.
    """
    this = on.replace(day=1)
    held = [
        last
        for months in (recorded_crimes(engine, tables["recorded_crimes"]).month, month_of(tables["victims"].month))
        if (last := months.max().to_pyarrow().as_py()) is not None
    ]
    return max(months_back(this, LAG), min([this, *(months_back(last, -1) for last in held)]))


def between_areas(engine: Engine, tables: dict[str, IbisTable], *, until: date) -> pa.Table:
    """Areas beside each other, of those whose outcome became final in the years to the last half-year.

    By whole half-years: from one night or month to the next few outcomes become final, and the difference of two days'
    figures would be theirs alone. In between, figures move only as the record is put right and people move.
    """
    sanctions = tables["sanctions"]
    last: date | None = sanctions.filter(sanctions.sanction_date < until).sanction_date.max().execute()
    if last is None:
        raise EstimateError("No record of convictions has come in yet.")
    records = Records(**{name: tables[name] for name in ("persons", "sanctions", "custody_spells")})
    known_to = half_year(last)
    cases = managed.managed(engine, records, tables["entries"], known_to=known_to)
    return areas.between_areas(cases.filter(pc.field("final_on") > known_to.replace(year=known_to.year - AREA_YEARS)))


def half_year(day: date) -> date:
    """The last 1 January or 1 July, that day included."""
    return date(day.year, 7 if day.month >= 7 else 1, 1)


def rows_of(work: Callable[[], pa.Table]) -> list[dict[str, Any]] | str:
    try:
        found = work()
    except AnalyticsError as error:
        return str(error)
    return [{name: as_text(value) for name, value in row.items()} for row in found.to_pylist()]


def as_text(value: Any) -> Any:
    """A day as JSON has it."""
    return value.isoformat() if isinstance(value, date) else value
