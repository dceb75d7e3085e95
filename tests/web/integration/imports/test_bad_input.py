"""Whatever is wrong with a file, by the way every file takes: a plain refusal, or the row held with its reason.

The cases are those of docs/reference/bad-input.md, which has a line for each and quotes what is said.
"""

import csv
import zipfile
from collections.abc import Callable
from html import unescape
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from iom.access.scope import act_in
from iom.common.errors import InvalidInput
from iom.imports import adapters, rules
from iom.imports import operations as imports
from iom.imports.models import Batch, Feed
from iom.people.models import Sanction, SourceRecord
from tests.factories.partnerships import AT, Place, Worker
from tests.repository.code import ROOT
from tests.web.integration.imports.conftest import GOOD, HEADER, SANCTIONS_LAYOUT, Upload, a_file, again, check, take_in

SignIn = Callable[[Worker], Client]
PAGE = ROOT / "docs" / "reference" / "bad-input.md"


def spreadsheet_bomb() -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "0" * 300_000_000)
    return packed.getvalue()


def zipped(*files: tuple[str, str]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


REFUSED: list[tuple[str, Callable[[], bytes], str]] = [
    ("Empty file", lambda: b"", "is empty"),
    ("A header and no row", HEADER.encode, "has a header and no rows"),
    ("A binary with a .csv name", lambda: bytes(range(256)) * 20, "is not a text file, whatever its name"),
    ("A zip bomb", lambda: zipped(("custody.csv", HEADER + "0" * 50_000_000)), "unfolds to more than 250 times"),
    ("A spreadsheet that unfolds without end", spreadsheet_bomb, "unfolds to more than 256 MB"),
    ("A zip of several files", lambda: zipped(("a.csv", GOOD), ("b.csv", GOOD)), "holds 2 files"),
    ("A column renamed", lambda: GOOD.replace("Surname", "Last name").encode(), "the file has no column 'Surname'"),
    ("A column missing", lambda: GOOD.replace(",Surname", "").encode(), "the file has no column 'Surname'"),
    ("No delimiter", lambda: b"one column\n1\n2\n", "has only one column"),
]
RECORDS = [
    ("A day that does not exist", "1003,A,B,29/02/1991,M,", "There is no such day"),
    ("A year of two digits", "1003,A,B,12/03/85,M,", "The year has two digits"),
    ("A date in the future", "1003,A,B,01/01/2030,M,", "The day lies after the file came"),
    ("Under 10", "1003,A,B,01/01/2020,M,", "The person would be under 10"),
    ("Over 110", "1003,A,B,01/01/1910,M,", "The person would be over 110"),
    ("A value missing", ",A,B,12/03/1985,M,", "There is no value"),
    ("A formula in a cell", "1003,=1+1,B,12/03/1985,M,", "The text starts like a spreadsheet formula"),
    ("Fewer or more fields", "1003,A,B,12/03/1985,M", "fewer fields"),
    ("Fewer or more fields", "1003,A,B,12/03/1985,M,,extra", "more fields"),
    ("The same row twice", "1001,Jordan,Ashdown,12/03/1985,M,2001/0000001Q", "The same row stands earlier"),
    ("Two rows of one person", "1001,Other,Person,12/03/1985,M,", "Another row of the file has the same"),
    ("Damaged text", "1003,A\x00,B,12/03/1985,M,", "A character was lost or is not text"),
]
SANCTIONS = [
    ("An offence code unknown", "1001,01/03/2024,caution,99999,,,", "This is not a Home Office offence code"),
    ("An event before birth", "1001,01/03/1984,caution,02801,,,", "sanction_date lies before the person was born"),
    ("An event before birth", "1001,01/03/2024,caution,02801,01/03/1985,,", "offence_date lies before the person was"),
    ("An event under 10", "1001,01/03/1994,caution,02801,,,", "The person was under 10 on that day"),
    ("Dates in the wrong order", "1001,01/03/2024,caution,02801,02/03/2024,,", "lies after"),
]
GOOD_SANCTIONS = (
    "Nominal,Convicted,Outcome,HO Code,Committed,Days,Released\n"
    "1001,01/03/2024,caution,02801,,,\n7777,01/03/1950,caution,02801,,,\n"  # nobody has said when 7777 was born
)


@pytest.fixture
def upload_sanctions(upload: Upload, place: Place, alice: Worker) -> Upload:
    """Uploads sanctions of people whose records are there, and runs their check."""
    accept_and_take_in(upload(GOOD), alice)
    with act_in(alice.scope):
        feed = imports.add_feed(
            agency=place.agencies["Police"], name="Sanctions", source="police-custody", table="sanctions",
            by=alice.scope, at=AT,
        )  # fmt: skip
        feed = imports.save_layout(feed=feed, layout=SANCTIONS_LAYOUT, by=alice.scope, at=AT)

    def run(content: str) -> Batch:
        with act_in(alice.scope):
            batch = imports.upload(feed=feed, upload=a_file(content), by=alice.scope, at=AT)
        check(batch)
        return again(batch, alice)

    return run


def accept_and_take_in(batch: Batch, worker: Worker) -> None:
    with act_in(worker.scope):
        imports.accept(batch_id=batch.pk, by=worker.scope, at=AT)
    take_in(batch)


def cases(listed: list[tuple[str, Any, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("content", "words"), [case[1:] for case in listed], ids=[case[2] for case in listed]
    )


@cases(REFUSED)
def test_a_file_that_cannot_be_read_is_refused(
    upload: Upload, alice: Worker, as_user: SignIn, content: Callable[[], bytes], words: str
) -> None:
    batch = upload(content())
    assert (batch.status, batch.accepted_rows, batch.held_rows) == ("refused", 0, 0)
    assert words in batch.refusal
    assert words in unescape(as_user(alice).get(f"/imports/{batch.pk}").content.decode())


@cases(RECORDS)
def test_a_bad_record_is_held_as_sent_and_the_rest_accepted(
    upload: Upload, alice: Worker, as_user: SignIn, content: str, words: str
) -> None:
    batch = upload(GOOD + content + "\n")
    assert_only_the_third_is_held(batch, words, as_user(alice))
    accept_and_take_in(batch, alice)
    with act_in(alice.scope):
        assert set(SourceRecord.objects.values_list("source_id", "family_name")) == {
            ("1001", "Ashdown"),
            ("1002", "Marsh"),
        }


@cases(SANCTIONS)
def test_a_bad_sanction_is_held_as_sent_and_the_rest_accepted(
    upload_sanctions: Upload, alice: Worker, as_user: SignIn, content: str, words: str
) -> None:
    batch = upload_sanctions(GOOD_SANCTIONS + content + "\n")
    assert_only_the_third_is_held(batch, words, as_user(alice))
    rows = held(batch, as_user(alice))
    assert list(rows[0].values())[3:-1] == content.split(",")
    accept_and_take_in(batch, alice)
    with act_in(alice.scope):
        assert Sanction.objects.count() == 2


def test_held_sanctions_that_were_mended_are_taken(upload_sanctions: Upload, alice: Worker, as_user: SignIn) -> None:
    batch = upload_sanctions(GOOD_SANCTIONS + "1001,01/03/1984,caution,02801,,,\n")
    client = as_user(alice)
    text = b"".join(client.get(f"/imports/{batch.pk}/held.csv").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    mended = upload_sanctions(text.replace("1984", "2014"))
    assert (mended.accepted_rows, mended.held_rows) == (1, 0)
    unmended = upload_sanctions(text)
    assert (unmended.accepted_rows, unmended.held_rows) == (0, 1)
    assert held(unmended, client) == [row | {"line": "2"} for row in held(batch, client)]


def test_an_offence_that_is_not_exact_is_accepted_with_a_warning(
    upload_sanctions: Upload, alice: Worker, as_user: SignIn
) -> None:
    batch = upload_sanctions(GOOD_SANCTIONS + "1001,01/03/2024,caution,08800,,,\n")
    assert (batch.accepted_rows, batch.held_rows) == (3, 0)
    assert "OGRS3 needs the exact offence" in as_user(alice).get(f"/imports/{batch.pk}").content.decode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_encoding_and_delimiter_is_read(upload: Upload, alice: Worker, encoding: str, delimiter: str) -> None:
    batch = upload(GOOD.replace("Ashdown", "Café").replace(",", delimiter).encode(encoding))
    assert (batch.accepted_rows, batch.held_rows) == (2, 0)
    accept_and_take_in(batch, alice)
    with act_in(alice.scope):
        assert SourceRecord.objects.filter(family_name="Café").count() == 1


def test_a_file_over_two_gigabytes_is_turned_away_before_it_is_kept(
    mapped_feed: Feed, alice: Worker, store: Path
) -> None:
    sent = store / "large.csv"
    with sent.open("wb") as stream:
        stream.truncate(rules.LARGEST + 1)
    with act_in(alice.scope), pytest.raises(InvalidInput, match="larger than 2 GB"):
        imports.upload(feed=mapped_feed, upload=adapters.OnDisk(sent), by=alice.scope, at=AT)
    assert list(store.iterdir()) == [sent]


def assert_only_the_third_is_held(batch: Batch, words: str, client: Client) -> None:
    assert (batch.read_rows, batch.accepted_rows, batch.held_rows) == (3, 2, 1)
    assert words in unescape(client.get(f"/imports/{batch.pk}").content.decode())
    (row,) = held(batch, client)
    assert row["line"] == "4"
    assert words in row["reason"]
    assert row["what_to_do"]


def held(batch: Batch, client: Client) -> list[dict[str, str]]:
    answer = client.get(f"/imports/{batch.pk}/held.csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(StringIO(text)))


@pytest.mark.parametrize("listed", [REFUSED, RECORDS, SANCTIONS], ids=["refused", "records", "sanctions"])
def test_the_page_has_a_line_for_each_and_quotes_what_is_said(listed: list[tuple[str, Any, str]]) -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for name, _content, words in listed:
        assert any(line.startswith(f"| {name} |") and words in line for line in lines), (name, words)
