"""Writes what happens in the area's places: three files in plain CSV, each with its layout, none damaged."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import yaml

from iom_analytics.synthetic.area import Area, Part
from iom_analytics.synthetic.places import Places
from iom_analytics.tables import Layout


@dataclass(frozen=True)
class PlaceFile:
    """One file about places: where it lies, who sends it as which system, and its own names of the columns."""

    table: str
    file: str
    source: str
    columns: dict[str, str]

    def layout(self) -> Layout:
        columns = {name: (sent,) for name, sent in self.columns.items()}
        return Layout(self.table, columns, constants={"source": self.source}, encoding="utf-8", delimiter=",")


PLACE_FILES = (
    PlaceFile(
        "recorded_crimes",
        "police/recorded_crime.csv",
        "police",
        {"crime_ref": "CRIME_REF", "offence_code": "HO_OFFENCE_CODE", "area": "CSP", "from_time": "FROM",
         "to_time": "TO", "victim_pseudonym": "VICTIM_NO"},
    ),
    PlaceFile(
        "victims",
        "police/victims.csv",
        "police",
        {"area": "CSP", "month": "MONTH", "crime_type": "CRIME_TYPE", "victims": "VICTIMS",
         "repeat_victims": "REPEAT_VICTIMS"},
    ),
    PlaceFile(
        "confidence",
        "council/survey.csv",
        "council",
        {"wave": "Wave", "wave_start": "Fieldwork from", "wave_end": "Fieldwork to", "area": "District",
         "question": "Question", "percent": "Weighted per cent", "effective_sample": "Effective base",
         "sample": "Base", "design_effect": "Design effect"},
    ),
)  # fmt: skip


class PlaceFiles:
    """The three files, open part after part; `finish` writes what is counted over all of them."""

    def __init__(self, area: Area, extracts: Path, layouts: Path) -> None:
        self.places = Places(area)
        self.extracts, self.layouts = extracts, layouts

    def write(self, part: Part) -> pa.Table:
        """Writes the part's recorded crimes; returns them, for the truth."""
        crimes = self.places.crimes(part)
        self.put(PLACE_FILES[0], crimes)
        return crimes

    def finish(self) -> None:
        self.put(PLACE_FILES[1], self.places.victims())
        self.put(PLACE_FILES[2], self.places.confidence())
        for file in PLACE_FILES:
            text = yaml.safe_dump(file.layout().as_dict(), sort_keys=False, allow_unicode=True, width=1000)
            (self.layouts / f"{file.source}_{file.table}.yaml").write_text(
                f"# Reads extracts/{file.file}\n{text}", encoding="utf-8"
            )

    def put(self, file: PlaceFile, table: pa.Table) -> None:
        path = self.extracts / file.file
        path.parent.mkdir(parents=True, exist_ok=True)
        first = not path.exists()
        sent = pa.table({name: as_text(table[column]) for column, name in file.columns.items()})
        with path.open("ab") as stream:
            pa_csv.write_csv(sent, stream, pa_csv.WriteOptions(include_header=first, quoting_style="needed"))


def as_text(values: Any) -> Any:
    if pa.types.is_timestamp(values.type):
        return pc.strftime(values.cast(pa.timestamp("s")), format="%Y-%m-%d %H:%M:%S")
    return values.cast(pa.string())
