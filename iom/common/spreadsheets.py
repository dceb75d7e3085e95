"""Lists as files a spreadsheet opens, with nothing in them that it would run.

A cell that begins like a formula is given a leading apostrophe, as OWASP advises against CSV injection; a spreadsheet
shows it as the text it was.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO

Cell = str | int | float | bool | date | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe(cell: Cell) -> Cell:
    """The cell, its text kept from being read as a formula."""
    if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
        return f"'{cell}"
    return cell


def as_text(cell: Cell) -> str:
    """Yes and No, dates as 2026-11-23, nothing for None."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "Yes" if cell else "No"
    return cell.isoformat() if isinstance(cell, date) else str(safe(cell))


def csv_file(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a mark at its start, which is what makes Excel read it as UTF-8."""
    written = StringIO()
    writer = csv.writer(written)
    writer.writerow(headings)
    writer.writerows([as_text(cell) for cell in row] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def xlsx_file(headings: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str, marking: str) -> bytes:
    """One sheet with its heading row frozen and its marking on each printed page; numbers and dates are just that."""
    import xlsxwriter

    written = BytesIO()
    # Constant memory: rows are written as they come. No string is turned into a formula, a number or a link.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(written, options) as book:
        sheet = book.add_worksheet(title[:31])
        heading, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 0)
        sheet.set_header(f"&C{marking}")
        sheet.set_footer(f"&C{marking}")
        book.set_properties({"title": title, "subject": marking})
        sheet.write_row(0, 0, headings, heading)
        for number, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, bool) or cell is None:
                    sheet.write_string(number, place, as_text(cell))
                elif isinstance(cell, datetime):
                    sheet.write_string(number, place, cell.isoformat(timespec="minutes"))
                elif isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                elif isinstance(cell, int | float):
                    sheet.write_number(number, place, cell)
                else:
                    sheet.write_string(number, place, str(safe(cell)))
    return written.getvalue()
