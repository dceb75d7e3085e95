"""The answer to a subject access request as files: a PDF to read and JSON to take elsewhere, kept in the store.

Each agency answers for its own rows under its own law, so an answer has one part for each. What is left out is not
there: neither empty fields nor numbered gaps tell of it; only the sentence that the law requires stands in its part.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import typst
from django.conf import settings

from iom.agreements.choices import RecordKind
from iom.common.errors import NotVisible
from iom.sharing.choices.subject_access import Treatment
from iom.sharing.models import SubjectAccessItem, SubjectAccessRequest
from iom.sharing.queries.subject_access import Recipient
from iom.sharing.rules.exemptions import exemptions
from iom.sharing.rules.particulars import Particulars
from iom.sharing.rules.requests import KINDS as KINDS_OF_TABLES

KINDS = {"pdf": "application/pdf", "json": "application/json"}
LAWS = {
    "law-enforcement": "Data Protection Act 2018, Part 3 (law enforcement processing), section 45",
    "uk-gdpr": "UK GDPR, Article 15",
}
PURPOSES = (
    "Local agencies work together to reduce reoffending: they choose whom to offer Integrated Offender Management,"
    " support and supervise those people, and measure whether it works."
)
RIGHTS = (
    "You can ask for what is wrong to be put right, and for data to be erased or its use restricted.",
    "Where a part of this answer is under the UK GDPR, you can object to the use of what it holds.",
    "A score ranks and a person decides. You can contest a decision and ask for somebody to look at it again.",
    "You can complain to the agency named above each part, to the Information Commissioner, or go to court.",
)


# What agencies send as extracts, and the person that is made of it.
FROM_FEEDS: Mapping[str, str] = {**KINDS_OF_TABLES, "people.Person": RecordKind.RECORDS}
ASK_FOR_BASIS = "No agreement in force names it. Ask the agency."
COMMISSIONER = (
    "Information Commissioner: ico.org.uk, 0303 123 1113, Wycliffe House, Water Lane, Wilmslow, Cheshire SK9 5AF."
)


def answer(
    request: SubjectAccessRequest,
    items: Iterable[SubjectAccessItem],
    *,
    recipients: list[Recipient],
    others: list[str],
    particulars: Mapping[tuple[int, str], Particulars],
) -> dict[str, Any]:
    """What the person is given: who answers, what is held and why, for how long, to whom it went, and their rights.

    Of what is withheld the categories and the sources are not told either.
    """
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    for item in items:
        part = parts.setdefault(
            (item.controller.name, item.regime),
            {
                "agency": item.controller.name,
                "law": LAWS[item.regime],
                "legal_basis": list(particulars[item.controller_id, item.regime].legal_basis) or [ASK_FOR_BASIS],
                "categories": [],
                "came_from": [],
                "kept": list(particulars[item.controller_id, item.regime].kept),
                "left_out": [],
                "items": [],
            },
        )
        if item.treatment in (Treatment.REDACT, Treatment.WITHHOLD):
            say = exemptions()[item.exemption].say
            if say and say not in part["left_out"]:
                part["left_out"].append(say)
        if item.treatment == Treatment.WITHHOLD:
            continue
        shown = [field for field in item.fields if field["name"] not in item.redacted]
        if shown:
            _tell_of(part, item, particulars[item.controller_id, item.regime])
            part["items"].append(
                {
                    "title": item.title,
                    "date": item.on.isoformat() if item.on else None,
                    "fields": [{"label": field["label"], "value": field["text"]} for field in shown],
                }
            )
    return {
        "request": request.pk,
        "received": request.received_on.isoformat(),
        "asked_for": request.asked_for,
        "person": request.person.name,
        "answered_by": request.owner_agency.name,
        "purposes": PURPOSES,
        "rights": list(RIGHTS),
        "commissioner": COMMISSIONER,
        "disclosed_to": [
            {"name": each.name, "kinds": list(each.kinds), "times": each.times, "last": each.last_on.isoformat()}
            for each in recipients
        ],
        "other_agencies": others,
        # A part from which everything was withheld, and of which nothing may be said, is not there.
        "parts": [part for part in parts.values() if part["items"] or part["left_out"]],
    }


def _tell_of(part: dict[str, Any], item: SubjectAccessItem, theirs: Particulars) -> None:
    """Adds to a part of what category an item is, where it came from, and how long such a record is kept."""
    if item.source in FROM_FEEDS:
        systems = f"The systems of {item.controller.name}"
        # By the kind of the row alone: another feed's name could tell of what is withheld.
        came_from = [f"{systems}: {name}" for table, name in theirs.feeds if table == FROM_FEEDS[item.source]] or [
            systems
        ]
    else:
        came_from = [f"What people of {item.controller.name} wrote here, or was worked out here"]
    kept = theirs.kept_by_partnership if item.source.startswith("cohorts.") else ()
    for name, told in (("categories", [item.title]), ("came_from", came_from), ("kept", kept)):
        part[name] += [each for each in told if each not in part[name]]


def folder(request: SubjectAccessRequest) -> Path:
    return Path(settings.STORE) / "subject-access" / str(request.pk)


def write(request: SubjectAccessRequest, given: dict[str, Any]) -> dict[str, str]:
    """Keeps the files of an answer, whole or not at all; returns the hash of each by its kind."""
    text = json.dumps(given, ensure_ascii=False, indent=2)
    template = (resources.files("iom.sharing.adapters") / "answer.typ").read_bytes()
    files = {"json": text.encode(), "pdf": typst.compile(template, sys_inputs={"answer": text}, format="pdf")}
    folder(request).mkdir(mode=0o700, parents=True, exist_ok=True)
    for kind, body in files.items():
        incoming = folder(request) / f"answer.{kind}.incoming"
        incoming.unlink(missing_ok=True)
        with os.fdopen(os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        incoming.replace(folder(request) / f"answer.{kind}")
    return {kind: hashlib.sha256(body).hexdigest() for kind, body in files.items()}


def remove(request: SubjectAccessRequest) -> None:
    """Removes the files of an answer, where there are any."""
    shutil.rmtree(folder(request), ignore_errors=True)


def read(request: SubjectAccessRequest, kind: str) -> bytes:
    """A file of an answer. Raises `NotVisible` where there is none."""
    if kind not in KINDS:
        raise NotVisible()
    try:
        return (folder(request) / f"answer.{kind}").read_bytes()
    except FileNotFoundError as error:
        raise NotVisible() from error
