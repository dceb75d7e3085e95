"""Cuts UTF-8 text into records and fields, as the CSV standard (RFC 4180) has it, without losing a line.

Two ways that must agree: `in_bulk` for text whose quotation marks all stand where they should, with Arrow's reader; and
`one_by_one` for the rest, with Python's. Where a quotation mark is opened and never closed, only its own line is set
aside: the lines after it are read as if it were not there.
"""

import csv
import re
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from iom_analytics.tables.reading.extract import Batch, BrokenRow, Limits

NEWLINE, RETURN, QUOTE = b'\n\r"'
LONGEST_FIELD = 131_072  # what Python's csv module takes
KEPT_OF_LONG = 4_096
DAMAGE = "[\\x00-\\x08\\x0b\\x0e-\\x1f\\x7f\ufffd]"


@dataclass(frozen=True)
class Cut:
    """What a stretch of text gave: rows, how much of it was used up, the lines in that, and rows left out as blank."""

    batch: Batch
    used: int
    lines: int
    blank: int


@dataclass(frozen=True)
class Cutter:
    """Cuts text into rows of `width` fields."""

    width: int
    delimiter: str
    limits: Limits
    clean: bool = False

    @property
    def names(self) -> list[str]:
        return [str(place) for place in range(self.width)]

    def cut(self, text: bytes, line: int, *, last: bool) -> Cut:
        """The rows of the whole records in `text`, which starts at line number `line`; of all of it if the `last`."""
        return self.in_bulk(text, line, last=last) or self.one_by_one(text, line, last=last)

    def in_bulk(self, text: bytes, line: int, *, last: bool) -> Cut | None:
        """The same as `one_by_one`, or None where the text is not regular enough to be sure of that."""
        if last and text and not text.endswith(b"\n"):
            text += b"\n"
        raw = np.frombuffer(text, np.uint8)
        ends = np.flatnonzero(raw == NEWLINE)
        quoted = b'"' in text
        if quoted:
            within = well_quoted(raw, ends, ord(self.delimiter))
            if within is None:
                return None
            records = np.flatnonzero(within % 2 == 0)
        else:
            records = np.arange(len(ends))
        if len(records) == 0 or (last and records[-1] != len(ends) - 1):
            return None
        used = int(ends[records[-1]]) + 1
        starts = np.concatenate(([0], ends[records[:-1]] + 1))
        lengths = ends[records] - starts
        most_lines = max(np.diff(records, prepend=-1).max(), len(ends) - 1 - records[-1])
        if max(lengths.max(), len(text) - used) > LONGEST_FIELD or most_lines >= self.limits.record_lines:
            return None
        if bare_returns(raw[:used], ends):
            return None
        empty = (lengths == 0) | ((lengths == 1) & (raw[starts] == RETURN))
        start_lines = line + np.concatenate(([0], records[:-1] + 1))
        try:
            rows = self.parsed(text[:used], quoted=quoted)
        except pa.ArrowInvalid:
            return None
        start_lines = start_lines[~empty]
        if rows.num_rows != len(start_lines):
            return None
        if not self.clean and damaged(rows).true_count:
            return None
        rows, lines, blank = without_blank(rows, pa.array(start_lines, pa.int64()))
        return Cut(Batch(rows, lines), used, int(records[-1]) + 1, blank + int(empty.sum()))

    def parsed(self, text: bytes, *, quoted: bool) -> pa.Table:
        return pa_csv.read_csv(
            pa.BufferReader(text),
            read_options=pa_csv.ReadOptions(column_names=self.names, block_size=len(text) + 1),
            parse_options=pa_csv.ParseOptions(
                delimiter=self.delimiter, quote_char='"' if quoted else False, newlines_in_values=quoted
            ),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(self.names, pa.string()), strings_can_be_null=False, check_utf8=False
            ),
        )

    def one_by_one(self, text: bytes, line: int, *, last: bool) -> Cut:
        pieces = text.split(b"\n")
        rest = pieces.pop()
        if last and rest:
            pieces.append(rest)
        lines = [piece.decode("utf-8", "replace") for piece in pieces]
        rows: list[list[str]] = []
        starts: list[int] = []
        broken: list[BrokenRow] = []
        blank = place = 0
        while place < len(lines):
            taken, fields, fault = self.record(lines, place)
            if fault == "unfinished" and not last and taken + place >= len(lines) and fits(lines, place, self.limits):
                break
            if fault is not None:
                fault = "bad_quotes" if fault == "unfinished" else fault
                broken.append(BrokenRow(line + place, kept(lines[place], self.delimiter), fault))
                place += 1
                continue
            if not any(fields) or (len(fields) == 1 and not fields[0].strip(" \t\x1a\x0c")):
                blank += 1
            elif fault := self.misfit(fields, taken):
                taken = 1 if fault == "bad_quotes" else taken
                fields = list(kept(lines[place], self.delimiter)) if fault == "bad_quotes" else fields
                broken.append(BrokenRow(line + place, tuple(fields), fault))
            else:
                rows.append(fields)
                starts.append(line + place)
            place += taken
        columns = list(zip(*rows, strict=True)) if rows else [()] * self.width
        table = pa.table([pa.array(column, pa.string()) for column in columns], names=self.names)
        used = len(text) if place == len(lines) and last else sum(len(piece) + 1 for piece in pieces[:place])
        return Cut(Batch(table, pa.array(starts, pa.int64()), tuple(broken)), used, place, blank)

    def record(self, lines: list[str], place: int) -> tuple[int, list[str], str | None]:
        """How many lines the record at `place` takes, its fields, and what is wrong with it."""
        if len(lines[place]) > self.limits.record:
            return 1, [], "too_long"
        plain = lines[place].removesuffix("\r")
        if '"' not in plain and "\r" not in plain and len(plain) <= LONGEST_FIELD:
            return 1, plain.split(self.delimiter), None
        within = (f"{text}\n" for text in lines[place : place + self.limits.record_lines])
        reader = csv.reader(within, delimiter=self.delimiter, strict=True)
        try:
            fields = next(reader)
        except csv.Error as error:
            return reader.line_num, [], fault_of(error)
        return reader.line_num, fields, None

    def misfit(self, fields: list[str], lines: int) -> str | None:
        if len(fields) != self.width and lines > 1:
            return "bad_quotes"  # most likely a mark that was never closed, and swallowed the lines after it
        if len(fields) != self.width:
            return "too_few_fields" if len(fields) < self.width else "too_many_fields"
        return None if self.clean or not any(map(has_damage, fields)) else "damaged_text"


def well_quoted(raw: np.ndarray, ends: np.ndarray, delimiter: int) -> np.ndarray | None:
    """For each line end, how many quotation marks come before it; None where one stands inside an unquoted field.

    An opening mark follows a delimiter, a line end or nothing; a closing one stands before one of these; a mark that is
    doubled inside a field closes and opens at once.
    """
    marks = np.flatnonzero(raw == QUOTE)
    opening, closing = marks[0::2], marks[1::2]
    before = raw[np.maximum(opening - 1, 0)]
    doubled = np.zeros(len(opening), bool)
    doubled[1:] = opening[1:] == closing[: len(opening) - 1] + 1
    fine = (opening == 0) | doubled | (before == delimiter) | (before == NEWLINE)
    after = raw[np.minimum(closing + 1, len(raw) - 1)]
    ended = (closing == len(raw) - 1) | (after == QUOTE) | (after == delimiter) | (after == NEWLINE) | (after == RETURN)
    if not (fine.all() and ended.all()):
        return None
    counts: np.ndarray = np.searchsorted(marks, ends)
    return counts


def bare_returns(raw: np.ndarray, ends: np.ndarray) -> bool:
    """Whether a carriage return stands anywhere but before a line end."""
    returns = np.flatnonzero(raw == RETURN)
    return bool(len(returns)) and bool((raw[np.minimum(returns + 1, len(raw) - 1)] != NEWLINE).any())


def fits(lines: list[str], place: int, limits: Limits) -> bool:
    """Whether the lines from `place` on could still be one record."""
    return len(lines) - place < limits.record_lines and sum(map(len, lines[place:])) <= limits.record


def fault_of(error: csv.Error) -> str:
    message = str(error)
    if "end of data" in message:
        return "unfinished"
    return "too_long" if "field limit" in message else "damaged_text" if "new-line" in message else "bad_quotes"


def kept(line: str, delimiter: str) -> tuple[str, ...]:
    """The fields of a line that could not be read, as well as they can be told apart, cut where it is over-long."""
    return tuple(line[:KEPT_OF_LONG].split(delimiter))


def has_damage(text: str) -> bool:
    """Whether the text holds a character that is not text."""
    return re.search(DAMAGE, text) is not None


def damaged(rows: pa.Table) -> pa.BooleanArray:
    """Which rows hold a character that is not text."""
    found = [pc.match_substring_regex(column.combine_chunks(), DAMAGE) for column in rows.columns]
    mask = found[0]
    for other in found[1:]:
        mask = pc.or_(mask, other)
    return mask


def without_blank(rows: pa.Table, lines: pa.Array) -> tuple[pa.Table, pa.Array, int]:
    """The rows without those whose every field is empty, and how many those were."""
    mask = None
    for column in rows.columns:
        empty = pc.equal(column, "")
        mask = empty if mask is None else pc.and_(mask, empty)
        if not pc.any(mask).as_py():
            return rows, lines, 0
    filled = pc.invert(mask).combine_chunks()
    return rows.filter(filled), lines.filter(filled), len(lines) - filled.true_count
