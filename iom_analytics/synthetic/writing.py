"""Writes an area to a folder: each agency's files in its own layout, the layouts, and the truth."""

import io
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import yaml

from iom_analytics.errors import InputError
from iom_analytics.synthetic.area import Area, Part
from iom_analytics.synthetic.faults import damage
from iom_analytics.synthetic.feeds import Feed, feeds
from iom_analytics.synthetic.writing_places import PlaceFiles

EXTRACTS, LAYOUTS, TRUTH = "extracts", "layouts", "truth"


def write_area(area: Area, folder: Path, *, progress: Callable[[int], None] | None = None) -> None:
    """Writes the area into `folder`, which must be new or empty; it appears whole or not at all.

    `extracts/<agency>/` holds each agency's files, `layouts/` a layout per file and contract (YAML), `truth/` the truth
    (Parquet), and `area.json` what was asked for. `progress` is told how many people are done.
    """
    with whole_folder(folder) as part_folder:
        with ExitStack() as stack:
            files = [stack.enter_context(FeedFile(feed, part_folder / EXTRACTS / feed.file)) for feed in feeds()]
            places = PlaceFiles(area, part_folder / EXTRACTS, part_folder / LAYOUTS)
            truth: dict[str, Any] = {}
            done = 0
            for number, part in enumerate(area.parts()):
                faults = [
                    file.write(part, np.random.default_rng([area.seed, number, turn]))
                    for turn, file in enumerate(files, start=1)
                ]
                crimes = places.write(part)
                for name, table in {
                    **part.truth,
                    "recorded_crimes": crimes,
                    "faults": pa.concat_tables(faults),
                }.items():
                    if name not in truth:
                        truth[name] = stack.enter_context(parquet_file(part_folder / TRUTH / f"{name}.parquet", table))
                    truth[name].write_table(table)
                done += part.truth["persons"].num_rows
                if progress is not None:
                    progress(done)
        write_layouts(part_folder / LAYOUTS)
        places.finish()
        said = {"people": area.people, "seed": area.seed, "as_of": area.as_of.isoformat()}
        (part_folder / "area.json").write_text(json.dumps(said, indent=2) + "\n", encoding="utf-8")


@contextmanager
def whole_folder(folder: Path) -> Iterator[Path]:
    """A folder beside `folder` to fill; it takes the name only when the block ends well."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(f"{folder} is there already and is not empty. Give a folder that is new or empty.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = folder.with_name(f".{folder.name}.{uuid4().hex}")
    part.mkdir()
    try:
        yield part
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def parquet_file(path: Path, first: pa.Table) -> Iterator[pq.ParquetWriter]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        yield writer


def write_layouts(folder: Path) -> None:
    folder.mkdir(parents=True)
    for feed in feeds():
        for contract, layout in feed.layouts().items():
            name = feed.name if contract == feed.table else f"{feed.name}_{contract}"
            text = yaml.safe_dump(layout.as_dict(), sort_keys=False, allow_unicode=True, width=1000)
            (folder / f"{name}.yaml").write_text(f"# Reads extracts/{feed.file}\n{text}", encoding="utf-8")


class FeedFile:
    """One agency's file, open for writing part after part."""

    def __init__(self, feed: Feed, path: Path) -> None:
        self.feed = feed
        self.path = path
        self.rows = 0

    def __enter__(self) -> "FeedFile":
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.stream = self.path.open("wb")
        return self

    def __exit__(self, *_: object) -> None:
        self.stream.close()

    def write(self, part: Part, rng: np.random.Generator) -> pa.Table:
        """Writes the part's rows, a few of them damaged; returns which ones, for the truth."""
        table = part.sent[self.feed.table]
        table = table.filter(pc.equal(table["source"], self.feed.source))
        table = table.take(pc.sort_indices(table, sort_keys=[("source_id", "ascending")]))
        text, faults = damage(rng, self.feed, table, as_sent(self.feed, table), self.rows + 2)
        first = self.rows == 0
        buffer = io.BytesIO()
        options = pa_csv.WriteOptions(include_header=first, delimiter=self.feed.delimiter, quoting_style="needed")
        pa_csv.write_csv(pa.table(text), buffer, options)
        encoding = self.feed.encoding
        if encoding in ("utf-8", "utf-8-sig") and not (encoding == "utf-8-sig" and first):
            self.stream.write(buffer.getbuffer())
        else:
            # The mark that says which UTF-16 it is stands once, at the start of the file.
            encoding = "utf-16-le" if encoding == "utf-16" and not first else encoding
            self.stream.write(buffer.getvalue().decode().encode(encoding))
        self.rows += table.num_rows
        return faults


def as_sent(feed: Feed, table: pa.Table) -> dict[str, Any]:
    """The contract's rows as the text this agency writes: its columns in its order, dates and codes in its way."""
    found: dict[str, Any] = {}
    rows = table.num_rows
    for name, sent in feed.columns.items():
        values = table[name].combine_chunks()
        if isinstance(sent, list):
            first, others = split_once(values)
            found[sent[0]], found[sent[1]] = first, others
            continue
        if sent in found:
            continue
        if pa.types.is_date(values.type):
            values = written_dates(values, feed.dates)
        elif pa.types.is_boolean(values.type):
            values = pc.if_else(values, feed.yes_no[0], feed.yes_no[1])
        elif name in feed.codes:
            values = translated(values, feed.codes[name])
        found[sent] = values.cast(pa.string())
    if feed.capitals:
        kept = {sent for name, sent in feed.columns.items() if name in ("ethnicity", "area") and isinstance(sent, str)}
        found = {name: values if name in kept else pc.utf8_upper(values) for name, values in found.items()}
    for name, value in feed.more.items():
        found[name] = pa.repeat(pa.scalar(value), rows)
    return found


def written_dates(values: Any, form: str) -> Any:
    """The dates in this form; each day is written out once, however many rows it stands on."""
    days = values.dictionary_encode()
    return pc.strftime(days.dictionary, format=form).take(days.indices)


def split_once(given: Any) -> tuple[Any, Any]:
    """The first given name, and the others."""
    first = pc.replace_substring_regex(given, pattern=r" .*$", replacement="")
    others = pc.if_else(
        pc.match_substring(given, " "),
        pc.replace_substring_regex(given, pattern=r"^[^ ]* ", replacement=""),
        pa.scalar(None, pa.string()),
    )
    return first, others


def translated(values: Any, codes: Any) -> Any:
    """Each code as this agency writes it; empty stays empty."""
    known = pa.array(list(codes), pa.string())
    written = pa.array([str(each) for each in codes.values()], pa.string())
    return written.take(pc.index_in(values, known))
