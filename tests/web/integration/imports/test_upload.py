"""Upload, map once, read the check report, accept; and what happens to files that are wrong."""

import os
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.common.errors import NotAllowed, WrongState
from iom.imports import operations as imports
from iom.imports import tasks
from iom.imports.models import Batch, Feed
from iom.people.models import SourceRecord
from tests.factories.partnerships import AT, Worker, make_worker
from tests.web.integration.imports.conftest import GOOD, HEADER, Upload, a_file, again, check, take_in

SignIn = Callable[[Worker], Client]


def test_the_whole_way_by_the_pages(feed: Feed, alice: Worker, as_user: SignIn) -> None:
    client = as_user(alice)
    response = client.post("/imports/upload", {"feed": str(feed.pk), "file": a_file(GOOD)})
    batch_id = int(response.headers["Location"].split("/")[-2])
    assert response.headers["Location"] == f"/imports/{batch_id}/columns"
    page = client.get(f"/imports/{batch_id}/columns")
    assert "Nominal Ref" in page.content.decode()
    chosen = {"column_source_id": "Nominal Ref", "column_family_name": "Surname", "column_given_names": "Forenames",
              "column_date_of_birth": "DOB", "date_order": "dmy"}  # fmt: skip
    assert client.post(f"/imports/{batch_id}/columns", chosen).headers["Location"] == f"/imports/{batch_id}"
    with act_in(alice.scope):
        batch = Batch.objects.select_related("feed").get(pk=batch_id)
    check(batch)
    report = client.get(f"/imports/{batch_id}").content.decode()
    assert "Accept 2 rows" in report
    client.post(f"/imports/{batch_id}/accept")
    take_in(batch)
    assert "2 new, 0 changed" in client.get(f"/imports/{batch_id}").content.decode()
    with act_in(alice.scope):
        assert list(SourceRecord.objects.order_by("source_id").values_list("source_id", "family_name")) == [
            ("1001", "Ashdown"),
            ("1002", "Marsh"),
        ]
        assert {"imports.upload", "imports.accept", "imports.take_in"} <= set(
            Event.objects.values_list("action", flat=True)
        )


def test_the_same_file_again_changes_nothing(upload: Upload, alice: Worker) -> None:
    batch = upload(GOOD)
    with act_in(alice.scope):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
    take_in(batch)
    twin = upload(GOOD, name="another name.csv")
    assert twin.pk == batch.pk
    with act_in(alice.scope):
        assert SourceRecord.objects.count() == 2


def test_a_record_that_says_something_else_is_changed_and_the_rest_left(upload: Upload, alice: Worker) -> None:
    for content in (GOOD, GOOD.replace("Marsh", "Marshe")):
        batch = upload(content)
        with act_in(alice.scope):
            imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
        take_in(batch)
    batch = again(batch, alice)
    assert (batch.new_rows, batch.changed_rows) == (0, 1)


BAD_ROWS = [
    ("1003,A,B,12/03/85,M,", "two digits"),
    ("1003,A,B,30/02/1990,M,", "no such day"),
    ("1003,A,B,01/01/2030,M,", "after the file came"),
    ("1003,A,B,01/01/2020,M,", "under 10"),
    ("1003,A,B,01/01/1910,M,", "over 110"),
    (",A,B,12/03/1985,M,", "no value"),
    ("1003,=1+1,B,12/03/1985,M,", "formula"),
    ("1003,A,B,12/03/1985,M", "fewer fields"),
    ("1003,A,B,12/03/1985,M,,extra", "more fields"),
    ("1001,Other,Person,12/03/1985,M,", "same"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS, ids=[reason for _, reason in BAD_ROWS])
def test_a_bad_row_is_held_with_its_reason_and_the_rest_accepted(upload: Upload, row: str, reason: str) -> None:
    batch = upload(GOOD + row + "\n")
    assert (batch.read_rows, batch.accepted_rows, batch.held_rows) == (3, 2, 1)
    assert any(reason in problem["wrong"] for problem in batch.report["by_rule"]), batch.report["by_rule"]


def test_held_rows_come_back_with_what_to_do_and_no_formula(upload: Upload, alice: Worker, as_user: SignIn) -> None:
    batch = upload(GOOD + "1003,=1+1,B,12/03/1985,M,\n")
    response = as_user(alice).get(f"/imports/{batch.pk}/held.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("4,")
    assert '"\'=1+1"' in text
    assert "formula" in text


def unreadable() -> dict[str, bytes]:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("custody.csv", HEADER + "0" * 50_000_000)
    return {
        "empty": b"",
        "header only": HEADER.encode(),
        "binary": bytes(range(256)) * 20,
        "zip bomb": bomb.getvalue(),
        "a column renamed": GOOD.replace("Surname", "Last").encode(),
        "not the delimiter": b"one column\n1\n2\n",
    }


@pytest.mark.parametrize("name", unreadable())
def test_a_file_that_cannot_be_read_is_refused_with_what_to_do(upload: Upload, name: str) -> None:
    batch = upload(unreadable()[name])
    assert batch.status == "refused"
    assert len(batch.refusal) > 20
    assert batch.accepted_rows == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_partners_use_is_read(upload: Upload, alice: Worker, encoding: str) -> None:
    batch = upload(GOOD.replace("Ashdown", "Zoë Café").encode(encoding))
    with act_in(alice.scope):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
    take_in(batch)
    with act_in(alice.scope):
        assert SourceRecord.objects.filter(family_name="Zoë Café").count() == 1


def test_only_the_agency_itself_deals_with_its_files(upload: Upload, place, bob: Worker, as_user: SignIn) -> None:
    batch = upload(GOOD)
    other = make_worker(place, "dana", agency="Probation", roles=["coordinator"])
    client = as_user(other)
    assert client.get(f"/imports/{batch.pk}").status_code == 200
    assert client.get(f"/imports/{batch.pk}/held.csv").status_code == 404
    assert client.post(f"/imports/{batch.pk}/accept").status_code == 404
    with act_in(other.scope), pytest.raises(NotAllowed):
        imports.accept(batch_id=batch.pk, by=other.scope, at=AT)
    assert as_user(bob).get(f"/imports/{batch.pk}").status_code == 403


def test_another_partnership_finds_nothing(upload: Upload, charlie: Worker, as_user: SignIn) -> None:
    batch = upload(GOOD)
    assert as_user(charlie).get(f"/imports/{batch.pk}").status_code == 404
    assert "custody.csv" not in as_user(charlie).get("/imports/").content.decode()


def test_the_second_of_two_who_accept_is_told(upload: Upload, alice: Worker) -> None:
    batch = upload(GOOD)
    with act_in(alice.scope):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
        with pytest.raises(WrongState):
            imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)


def test_a_batch_cancelled_while_it_is_checked_stays_cancelled(mapped_feed: Feed, alice: Worker) -> None:
    with act_in(alice.scope):
        batch = imports.upload(feed=mapped_feed, upload=a_file(GOOD), by=alice.scope, at=AT)
        imports.cancel(batch_id=batch.pk, by=alice.scope, at=AT)
    check(batch)
    assert again(batch, alice).status == "cancelled"


def test_work_that_is_run_again_after_a_killed_worker_ends_the_same(upload: Upload, alice: Worker) -> None:
    batch = upload(GOOD)
    with act_in(alice.scope):
        Batch.objects.filter(pk=batch.pk).update(status="checking", progress=0.5)
    check(batch)
    with act_in(alice.scope):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
    take_in(batch)
    take_in(batch)
    with act_in(alice.scope):
        assert SourceRecord.objects.count() == 2
        assert Event.objects.filter(action="imports.take_in").count() == 1


def test_what_a_killed_upload_left_goes_after_a_day(store: Path, upload: Upload) -> None:
    batch = upload(GOOD)
    incoming = store / "imports" / "incoming"
    for name, hours in (("old", 25), ("under way", 23)):
        (incoming / name).write_text(GOOD[:40])
        then = timezone.now().timestamp() - hours * 3600
        os.utime(incoming / name, (then, then))
    tasks.sweep(timestamp=0)
    assert [path.name for path in incoming.iterdir()] == ["under way"]
    assert (store / "imports" / str(batch.pk) / "file").exists()
