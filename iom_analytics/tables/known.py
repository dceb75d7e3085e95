"""Files that many send in one form: their layouts, ready, and how such a file is told by its first line.

`electronic-monitoring`: the crime file that forces send to the Ministry of Justice's crime matching service. It has 13
columns and no line of names; the names here are ours. Its free text, which may name people, its batch number and its
datum are not taken. Its seven crime types are groups of offences, but for aggravated burglary, which does not say of
what building: that keeps the category alone. Source: the public repository
`ministryofjustice/hmpps-electronic-monitoring-crime-matching-api`, `CrimeType` and `CsvConfig`.

`police-uk`: a monthly street-level file of data.police.uk. Source: data.police.uk/about, "Column descriptions". A
category, no code; a month, no day; a place near by. Where a small area begins with its district's name, that is the
area. What it calls anti-social behaviour are incidents without a reference, which could not be told from one another
when a file comes again: those rows are held.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from iom_analytics.errors import InputError
from iom_analytics.tables.layouts import Layout
from iom_analytics.tables.reading import Extract, open_extract

ELECTRONIC_MONITORING_TYPES = {
    "RB": ("robbery", "Robbery"),
    "BIAD": ("burglary_domestic", "Burglary"),
    "AB": (None, "Burglary"),
    "BOTD": ("burglary_other", "Burglary"),
    "TOMV": ("vehicle_crime", "Vehicle crime"),
    "TFP": ("theft_from_person", "Theft from the person"),
    "TFMV": ("vehicle_crime", "Vehicle crime"),
}
_HEADER = (
    "Police force", "Crime type", "Crime type description", "Batch", "Crime reference", "From", "To", "Easting",
    "Northing", "Latitude", "Longitude", "Datum", "Text",
)  # fmt: skip
ELECTRONIC_MONITORING = Layout(
    "recorded_crimes",
    {
        "crime_ref": ("Crime reference",),
        "offence_group": ("Crime type",),
        "crime_type": ("Crime type",),
        "from_time": ("From",),
        "to_time": ("To",),
        "force": ("Police force",),
        "easting": ("Easting",),
        "northing": ("Northing",),
        "latitude": ("Latitude",),
        "longitude": ("Longitude",),
    },
    synonyms={
        "offence_group": {code.lower(): group for code, (group, _) in ELECTRONIC_MONITORING_TYPES.items()},
        "crime_type": {code.lower(): category for code, (_, category) in ELECTRONIC_MONITORING_TYPES.items()},
    },
    header=_HEADER,
)

_STREET = (
    "Crime ID", "Month", "Reported by", "Falls within", "Longitude", "Latitude", "Location", "LSOA code", "LSOA name",
    "Crime type", "Last outcome category", "Context",
)  # fmt: skip
POLICE_UK = Layout(
    "recorded_crimes",
    {
        "crime_ref": ("Crime ID",),
        "crime_type": ("Crime type",),
        "area": ("LSOA name",),
        "from_time": ("Month",),
        "to_time": ("Month",),
        "force": ("Reported by",),
        "latitude": ("Latitude",),
        "longitude": ("Longitude",),
    },
)

KNOWN_LAYOUTS = {"electronic-monitoring": ELECTRONIC_MONITORING, "police-uk": POLICE_UK}


def recognised(first_line: Sequence[str], *, table: str) -> Layout | None:
    """The known layout of a file for `table` that begins with these cells; None where it is none of them."""
    cells = tuple(" ".join(cell.split()) for cell in first_line)
    if table != "recorded_crimes":
        return None
    if cells == _STREET:
        return POLICE_UK
    if len(cells) == len(_HEADER) and (cells == _HEADER or cells[1].upper() in ELECTRONIC_MONITORING_TYPES):
        return ELECTRONIC_MONITORING
    return None


def recognised_file(path: Path, *, table: str) -> Layout | None:
    """The known layout that a file for `table` is in; None where it is in none, or cannot be read."""
    for layout in KNOWN_LAYOUTS.values():
        if layout.table != table:
            continue
        with suppress(InputError), open_extract(path, columns=layout.header) as extract:
            first = extract.columns if layout.header is None else first_row(extract)
            if recognised(first, table=table) is layout:
                return layout
    return None


def first_row(extract: Extract) -> tuple[str, ...]:
    """The cells of the file's first row that could be cut, none without one."""
    batch = next(iter(extract.batches()))
    return tuple(column[0].as_py() or "" for column in batch.rows.columns) if batch.rows.num_rows else ()


def narrowed(layout: Layout, columns: Sequence[str]) -> Layout:
    """The layout for a contract that has these columns alone."""
    return replace(
        layout,
        columns={name: sent for name, sent in layout.columns.items() if name in columns},
        synonyms={name: codes for name, codes in layout.synonyms.items() if name in columns},
    )
