"""A report as a PDF, a Word document or a table file: the same document each time, and nothing that is not in it."""

import io
import json
from collections.abc import Callable, Iterator
from importlib import resources
from typing import Any

import docx
import typst
from docx.document import Document as Word
from docx.shared import Pt

from iom.common.spreadsheets import csv_file

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
}


def written(document: dict[str, Any], *, kind: str) -> bytes:
    """The report as a file of a kind in `TYPES`."""
    return WRITERS[kind](document)


def pdf(document: dict[str, Any]) -> bytes:
    template = (resources.files("iom.outcomes.adapters") / "report.typ").read_bytes()
    return typst.compile(
        template, sys_inputs={"report": json.dumps(document, ensure_ascii=False)}, format="pdf", pdf_standards="a-2a"
    )


def word(document: dict[str, Any]) -> bytes:
    file: Word = docx.Document()
    file.core_properties.title = document["title"]
    file.core_properties.author = "OpenIOM"
    file.styles["Normal"].font.size = Pt(11)
    file.add_heading(document["title"], 0)
    for line in document["lines"]:
        file.add_paragraph(line)
    for section in document["sections"]:
        file.add_heading(section["heading"], 1)
        for paragraph in section["paragraphs"]:
            file.add_paragraph(paragraph)
        for each in section["tables"]:
            file.add_paragraph(each["caption"], style="Caption")
            table = file.add_table(rows=1, cols=len(each["headings"]), style="Light Grid Accent 1")
            for cell, text in zip(table.rows[0].cells, each["headings"], strict=True):
                cell.text = text
            for row in each["rows"]:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
    body = io.BytesIO()
    file.save(body)
    return body.getvalue()


def table(document: dict[str, Any]) -> bytes:
    """Every table of the report, one after another, each row with its section and table."""
    return csv_file(["Section", "Table", "Row", "Column", "Value"], cells(document))


def cells(document: dict[str, Any]) -> Iterator[list[Any]]:
    for section in document["sections"]:
        for each in section["tables"]:
            for row in each["rows"]:
                for heading, text in zip(each["headings"][1:], row[1:], strict=True):
                    yield [section["heading"], each["caption"], row[0], heading, text]


WRITERS: dict[str, Callable[[dict[str, Any]], bytes]] = {"pdf": pdf, "docx": word, "csv": table}
