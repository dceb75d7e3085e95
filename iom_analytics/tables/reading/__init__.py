"""Opens a file a partner sent, whatever it is, as a stream of batches of text with true line numbers.

Memory is bounded whatever the file's size. What is not a table of text, or would not fit, is refused with an InputError
that says what is wrong and what to do; a row that cannot be cut into the header's columns is handed over as it stands.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iom_analytics.tables.reading.delimited import open_delimited
from iom_analytics.tables.reading.extract import Batch, BrokenRow, Extract, Limits, ReadReport
from iom_analytics.tables.reading.formats import recognise
from iom_analytics.tables.reading.sheets import open_parquet, open_spreadsheet

__all__ = ["Batch", "BrokenRow", "Extract", "Limits", "ReadReport", "open_extract"]


@contextmanager
def open_extract(
    path: Path,
    *,
    name: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    header_line: int = 1,
    sheet: str | None = None,
    columns: tuple[str, ...] | None = None,
    limits: Limits | None = None,
) -> Iterator[Extract]:
    """The file as a stream: CSV (or another delimiter), a .zip of one such file, XLSX, ODS or Parquet.

    What it is is told from its content, not its name. Encoding and delimiter are found where they are not given, the
    same way every time, and stated in the extract's report. `columns` names those of a text file whose first line is a
    row already. Messages call the file by its `name`, where it is not kept
    under that. Raises InputError, also while the batches are read.
    """
    limits, file = limits or Limits(), name or path.name
    form = recognise(path, file, limits)
    if form == "parquet":
        with open_parquet(path, file, limits=limits) as extract:
            yield extract
    elif form in ("xlsx", "ods"):
        yield open_spreadsheet(path, file, form, sheet=sheet, header_line=header_line, limits=limits)
    else:
        with open_delimited(
            path,
            file,
            zipped=form == "zip",
            encoding=encoding,
            delimiter=delimiter,
            header_line=header_line,
            limits=limits,
            names=columns,
        ) as extract:
            yield extract
