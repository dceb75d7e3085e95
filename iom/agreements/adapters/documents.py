"""Where the documents of agreements lie: outside what is served, readable by the product alone."""

import hashlib
import os
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

from django.conf import settings

from iom.common.errors import NotVisible

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
}


@dataclass(frozen=True)
class Read:
    """An uploaded document, in memory: it is small."""

    content: bytes
    kind: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def read(upload: Any, *, most: int) -> Read:
    """What was uploaded, and what it is; `kind` is empty for what is none of ours. Reads no more than `most` bytes."""
    content = upload.read(most + 1)
    return Read(content, kind_of(content))


def kind_of(content: bytes) -> str:
    """What a file is, told from its content; a text document with macros is none of ours."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    try:
        with ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except BadZipFile:
        return ""
    if any(name.endswith("vbaProject.bin") or name.startswith("Basic/") for name in names):
        return ""
    if "word/document.xml" in names:
        return "docx"
    return "odt" if {"mimetype", "content.xml"} <= names else ""


def path(document_id: int) -> Path:
    return Path(settings.STORE) / "agreements" / str(document_id)


def keep(document: Read, *, document_id: int) -> None:
    """Writes a document whole, in the transaction of its row: if that fails, the next of its number replaces it."""
    place = path(document_id)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(document.content)
        stream.flush()
        os.fsync(stream.fileno())


def open_document(*, document_id: int) -> BinaryIO:
    """The file. Raises `NotVisible` where there is none."""
    try:
        return path(document_id).open("rb")
    except FileNotFoundError as error:
        raise NotVisible() from error
