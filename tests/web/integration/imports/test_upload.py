"""Upload, map once, read the check report, accept; and what happens to files that are wrong."""

import csv
import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.imports import adapters, queries, tasks
from iom.imports import operations as imports
from iom.imports.adapters import checking
from iom.imports.models import Batch, Feed
from iom.people.models import Sanction, SourceRecord
from iom.people.operations import erasing
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import link_people
from tests.web.integration.imports.conftest import (
    GOOD,
    RECORDS_LAYOUT,
    SANCTIONS_LAYOUT,
    Upload,
    a_file,
    again,
    check,
    take_in,
)

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
    assert client.get(f"/imports/{batch_id}/columns").status_code == 409, "too late: the file is gone"
    with act_in(alice.scope):
        assert list(SourceRecord.objects.order_by("source_id").values_list("source_id", "family_name")) == [
            ("1001", "Ashdown"),
            ("1002", "Marsh"),
        ]
        assert {"imports.upload", "imports.accept", "imports.take_in"} <= set(
            Event.objects.values_list("action", flat=True)
        )


def test_rows_carry_the_descriptor_that_their_feed_was_given(
    upload: Upload, mapped_feed: Feed, alice: Worker, as_user: SignIn
) -> None:
    asked = {"name": "Letters", "source": "police-letters", "table": "records", "audience": "partners"}
    assert as_user(alice).post("/imports/feeds/new", asked | {"descriptor": "secret"}).status_code == 200
    assert as_user(alice).post("/imports/feeds/new", asked | {"descriptor": "personal"}).status_code == 302
    with act_in(alice.scope):
        assert Feed.objects.get(name="Letters").descriptor == "personal"
        Feed.objects.filter(pk=mapped_feed.pk).update(descriptor="commercial")
    batch = upload(GOOD)
    with act_in(alice.scope):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
    take_in(batch)
    with act_in(alice.scope):
        assert {record.marked_as for record in SourceRecord.objects.all()} == {"OFFICIAL-SENSITIVE COMMERCIAL"}


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


def test_held_rows_come_back_with_what_to_do_and_no_formula(upload: Upload, alice: Worker, as_user: SignIn) -> None:
    batch = upload(GOOD + "1003,=1+1,B,12/03/1985,M,\n")
    response = as_user(alice).get(f"/imports/{batch.pk}/held.csv")
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].startswith("4,")
    assert '"\'=1+1"' in text
    assert "formula" in text


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


@pytest.mark.parametrize("late", ["while its rows are read", "with its folder", "after its rows were written"])
def test_a_check_cancelled_at_its_end_leaves_nothing_in_the_store(
    late: str, mapped_feed: Feed, alice: Worker, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with act_in(alice.scope):
        batch = imports.upload(feed=mapped_feed, upload=a_file(GOOD), by=alice.scope, at=AT)
    step = "write_examples" if late == "after its rows were written" else "check_file"
    where = checking.store if step == "write_examples" else checking
    work = getattr(where, step)

    def and_cancel(*given: Any, **named: Any) -> Any:
        done = work(*given, **named)
        with act_in(alice.scope):
            imports.cancel(batch_id=batch.pk, by=alice.scope, at=AT)
        if late == "with its folder":  # what the cancel does once it is committed
            adapters.remove(batch_id=batch.pk)
        return done

    monkeypatch.setattr(where, step, and_cancel)
    check(batch)
    assert again(batch, alice).status == "cancelled"
    assert not (store / "imports" / str(batch.pk)).exists()


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


def test_the_file_of_an_upload_that_was_never_committed_goes_after_a_day(store: Path, upload: Upload) -> None:
    batch = upload(GOOD)
    orphan = store / "imports" / str(batch.pk + 1)
    orphan.mkdir()
    (orphan / "file").write_text(GOOD)
    for folder in (orphan, store / "imports" / str(batch.pk)):
        then = timezone.now().timestamp() - 25 * 3600
        os.utime(folder, (then, then))
    tasks.sweep(timestamp=0)
    assert not orphan.exists()
    assert (store / "imports" / str(batch.pk) / "file").exists()


def test_a_system_belongs_to_the_agency_that_sends_from_it(
    upload: Upload, feed: Feed, place: Place, alice: Worker
) -> None:
    """By another agency's name for a system its records could be overwritten, and asked about row by row."""
    council = make_worker(place, "cath", agency="Council", roles=["coordinator"])
    agency = place.agencies["Council"]
    with act_in(council.scope), pytest.raises(InvalidInput, match="Another agency sends from a system of this name"):
        imports.add_feed(agency=agency, name="Ours", source=feed.source, table="sanctions", by=council.scope, at=AT)
    batch = upload(GOOD)
    with act_in(alice.scope):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
    take_in(batch)
    with act_in(place.system()):  # two agencies at once, or one that sent before the rule
        foreign = Feed.objects.create(
            partnership=place.partnership, agency=agency, name="Ours", source=feed.source, table="records",
            layout=RECORDS_LAYOUT, drop_name="ours",
        )  # fmt: skip
        assert queries.births(scope=place.system(), feed=foreign).num_rows == 0
    with act_in(council.scope):
        theirs = imports.upload(
            feed=foreign, upload=a_file(GOOD.replace("Ashdown", "Changed")), by=council.scope, at=AT
        )
    check(theirs)
    with act_in(council.scope):
        imports.accept(batch_id=theirs.pk, by=council.scope, at=AT)
    take_in(theirs)
    with act_in(alice.scope):
        assert not SourceRecord.objects.filter(family_name="Changed").exists()


def test_the_list_is_the_same_as_a_file_and_its_leaving_is_recorded(
    upload: Upload, place: Place, alice: Worker, charlie: Worker, as_user: SignIn
) -> None:
    upload(GOOD, name="=custody.csv")
    upload(b"", name="empty.csv")
    client = as_user(alice)
    page = client.get("/imports/?status=checked").content.decode()
    assert "/imports/batches.csv?status=checked" in page
    found = list(csv.DictReader(StringIO(client.get("/imports/batches.csv").content.decode("utf-8-sig"))))
    assert [(row["File"], row["Rows accepted"]) for row in found] == [("empty.csv", "0"), ("'=custody.csv", "2")]
    checked = client.get("/imports/batches.csv?status=checked").content.decode("utf-8-sig")
    assert "custody.csv" in checked
    assert "empty.csv" not in checked
    assert client.get("/imports/batches.xlsx").content.startswith(b"PK")
    assert client.get("/imports/batches.pdf").status_code == 404
    with act_in(alice.scope):
        assert Event.objects.filter(action="export.extracts").count() == 3
    assert "custody.csv" not in as_user(charlie).get("/imports/batches.csv").content.decode()
    governor = make_worker(place, "gov", agency="Police", roles=["information-governance"])
    assert as_user(governor).get("/imports/batches.csv").status_code == 403, "sees the list, and may not export it"
    assert "batches.csv" not in as_user(governor).get("/imports/").content.decode()


SANCTIONS = "Nominal,Convicted,Outcome,HO Code,Committed,Days,Released\n"


def test_an_extract_puts_nothing_back_into_what_was_destroyed(upload: Upload, place: Place, alice: Worker) -> None:
    """Whoever comes again after their record has ended is somebody new, with what is then said of them."""

    def bring(batch: Batch) -> None:
        with act_in(alice.scope):
            imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
        take_in(batch)
        with act_in(alice.scope):
            records = list(SourceRecord.objects.filter(source_id="1001"))
        link_people(place, {f"key{batch.pk}": records})

    def bring_sanctions(row: str) -> None:
        with act_in(alice.scope):
            batch = imports.upload(feed=feed, upload=a_file(SANCTIONS + row), by=alice.scope, at=AT)
        check(batch)
        with act_in(alice.scope):
            imports.accept(batch_id=batch.pk, by=alice.scope, at=AT)
        take_in(batch)

    bring(upload(GOOD))
    with act_in(alice.scope):
        feed = imports.add_feed(
            agency=place.agencies["Police"], name="Sanctions", source="police-custody", table="sanctions",
            by=alice.scope, at=AT,
        )  # fmt: skip
        feed = imports.save_layout(feed=feed, layout=SANCTIONS_LAYOUT, by=alice.scope, at=AT)
    bring_sanctions("1001,01/03/2024,conviction,02801,01/02/2024,90,\n")
    with act_in(place.system()) as system:
        before = Sanction.objects.get()
        assert before.person_id is not None
        erasing.erase(by=system, person_id=before.person_id, agency_id=system.agency_id, at=AT)
        erased = Sanction.objects.get()
    assert bytes(erased.row_hash) != bytes(before.row_hash), "no digest of what was destroyed stays"
    bring(upload(GOOD + "1003,Kim,Ford,01/02/1990,F,\n"))
    # The day of release is new; all that makes it the same sanction is as before.
    bring_sanctions("1001,01/03/2024,conviction,02801,01/02/2024,90,01/04/2024\n")
    with act_in(place.system()):
        was, now = Sanction.objects.order_by("pk")
        assert (was.source_id, was.custody_days, was.release_date, was.person_id) == ("", None, None, before.person_id)
        assert (now.source_id, now.custody_days, str(now.release_date)) == ("1001", 90, "2024-04-01")
        assert now.person_id not in (None, was.person_id)
