"""What kind of file it is, told from its first bytes: a name ending in .csv proves nothing."""

import zipfile
from pathlib import Path
from typing import Literal

from iom_analytics.errors import InputError
from iom_analytics.tables.reading import archives
from iom_analytics.tables.reading.extract import Limits

Form = Literal["text", "zip", "xlsx", "ods", "parquet"]

# Kinds of file that are not tables and how each starts; what to do instead.
REFUSED = (
    (b"\x1f\x8b", "a gzip file", "Unpack it, or send it as .zip."),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip file", "Unpack it, or send it as .zip."),
    (b"Rar!", "a RAR file", "Unpack it, or send it as .zip."),
    (b"BZh", "a bzip2 file", "Unpack it, or send it as .zip."),
    (b"\xfd7zXZ", "an xz file", "Unpack it, or send it as .zip."),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", "Unpack it, or send it as .zip."),
    (b"%PDF", "a PDF", "Send the table itself, as CSV or XLSX."),
    (b"\x89PNG", "a picture", "Send the table itself, as CSV or XLSX."),
    (b"\xff\xd8\xff", "a picture", "Send the table itself, as CSV or XLSX."),
    (b"GIF8", "a picture", "Send the table itself, as CSV or XLSX."),
    (b"MZ", "a program", "Send the table itself, as CSV or XLSX."),
    (b"\x7fELF", "a program", "Send the table itself, as CSV or XLSX."),
    (b"SQLite format 3", "a database", "Export the table as CSV."),
    (b"{\\rtf", "a text document", "Send the table itself, as CSV or XLSX."),
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def recognise(path: Path, file: str, limits: Limits) -> Form:
    """The kind of file, safe to open.

    Raises InputError for an empty file, a kind that is no table, or a packed one that would unfold too far.
    """
    with path.open("rb") as stream:
        start = stream.read(4096)
    if not start.strip(b"\x00\t\n\r \xef\xbb\xbf\xff\xfe"):
        raise InputError(f"{file} is empty. Send the file again, with its header and rows.")
    if start[:4] == b"PAR1":
        return "parquet"
    if start[:2] == b"PK":
        return archive_form(path, file, limits)
    if start[:8] == OLE:
        raise InputError(f"{file} is {old_office(path)}")
    for magic, kind, advice in REFUSED:
        if start.startswith(magic):
            raise InputError(f"{file} is {kind}, not a table. {advice}")
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()[:200].lower()
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<table")):
        raise InputError(f"{file} is a web page or XML, whatever its name. Save it as CSV or XLSX.")
    if text.startswith((b"{", b"[{", b"[\n")):
        raise InputError(f"{file} is JSON. Send CSV or XLSX.")
    return "text"


def archive_form(path: Path, file: str, limits: Limits) -> Form:
    with archives.opened(path, file) as archive:
        names = set(archive.namelist())
        if "xl/workbook.xml" in names or "[Content_Types].xml" in names:
            form: Form = "xlsx"
        elif "content.xml" in names and "mimetype" in names:
            form = "ods"
        else:
            return "zip"
        if form == "xlsx" and "xl/workbook.xml" not in names:
            kind = (
                "a binary workbook (.xlsb)" if "xl/workbook.bin" in names else "an Office document, not a spreadsheet"
            )
            raise InputError(f"{file} is {kind}. Save the table as .xlsx or CSV.")
        if form == "ods" and encrypted_ods(archive):
            raise InputError(f"{file} needs a password to open. Save it without one; send it by a secure route.")
        archives.check_size(archive, file, most=limits.spreadsheet, ratio=limits.ratio)
    return form


def encrypted_ods(archive: zipfile.ZipFile) -> bool:
    try:
        with archive.open("META-INF/manifest.xml") as manifest:
            return b"encryption-data" in manifest.read(1 << 20)
    except (KeyError, *archives.BAD_ARCHIVE):
        return False


def old_office(path: Path) -> str:
    """What an OLE file is: a workbook behind a password names its parts in UTF-16 in a directory sector."""
    marker = "EncryptedPackage".encode("utf-16-le")
    with path.open("rb") as stream:
        before = b""
        while block := stream.read(1 << 20):
            if marker in before + block:
                return "a workbook that needs a password to open. Save it without one; send it by a secure route."
            before = block[-len(marker) :]
    return "an old Office file (.xls or .doc). Save the table as .xlsx or CSV."
