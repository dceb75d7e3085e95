"""Files that partners' systems leave in a drop folder: each whole one is taken up, once, whoever is killed when."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.imports import adapters, rules, tasks
from iom.imports import operations as imports
from iom.imports.models import Batch, Feed
from tests.factories.partnerships import Place, Worker, make_worker
from tests.web.integration.imports.conftest import GOOD, again, check

SignIn = Callable[[Worker], Client]


@pytest.fixture(autouse=True)
def root(settings: Settings, tmp_path: Path) -> Path:
    settings.DROP_FOLDER = str(tmp_path / "drop")
    return tmp_path / "drop"


@pytest.fixture
def folder(root: Path, mapped_feed: Feed) -> Path:
    """The drop folder of the police's mapped feed, as the worker makes it."""
    made = root / mapped_feed.drop_name
    made.mkdir(parents=True)
    return made


def look(feed: Feed, place: Place, *, after: timedelta = timedelta(minutes=5)) -> None:
    """The worker's look into one folder, some time from now."""
    imports.take_up(feed=feed, by=place.system(), at=timezone.now() + after)


def in_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker's clock, put forward."""
    at = timezone.now() + timedelta(minutes=5)
    monkeypatch.setattr(tasks.timezone, "now", lambda: at)


def batches(worker: Worker) -> list[Batch]:
    with act_in(worker.scope):
        return list(Batch.objects.select_related("feed__agency").order_by("pk"))


def lying(folder: Path, place: str = "") -> list[str]:
    """The names of what lies in a place of the folder."""
    return sorted(path.name for path in (folder / place).rglob("*") if not path.is_dir() or path.is_symlink())


def test_a_whole_file_becomes_a_batch_that_says_how_it_came(
    folder: Path, mapped_feed: Feed, place: Place, alice: Worker, as_user: SignIn
) -> None:
    (folder / "custody.csv").write_text(GOOD)
    look(mapped_feed, place)
    (batch,) = batches(alice)
    assert (batch.file_name, batch.status, batch.uploaded_by) == ("custody.csv", "uploaded", 0)
    assert (lying(folder, "taken"), lying(folder, "taking"), lying(folder, "not-taken")) == (["custody.csv"], [], [])
    check(batch)
    assert again(batch, alice).accepted_rows == 2
    assert "by the drop folder" in as_user(alice).get("/imports/").content.decode()
    with act_in(alice.scope):
        assert Event.objects.get(action="imports.upload").actor_id == 0
    look(mapped_feed, place)
    assert len(batches(alice)) == 1


def test_the_worker_looks_into_every_feed_by_itself(
    folder: Path, root: Path, mapped_feed: Feed, alice: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "custody.csv").write_text(GOOD)
    stranger = root / "nobodys-feed"
    stranger.mkdir()
    (stranger / "custody.csv").write_text(GOOD)
    tasks.take_up(timestamp=0)
    assert batches(alice) == [], "it has lain there for less than a minute"
    in_five_minutes(monkeypatch)
    tasks.take_up(timestamp=0)
    assert [batch.feed_id for batch in batches(alice)] == [mapped_feed.pk]
    assert lying(stranger) == ["custody.csv"]


def test_switched_off_it_touches_nothing(folder: Path, settings: Settings, alice: Worker) -> None:
    settings.DROP_FOLDER = ""
    (folder / "custody.csv").write_text(GOOD)
    tasks.take_up(timestamp=0)
    assert lying(folder) == ["custody.csv"]


def test_a_folder_that_cannot_be_used_does_not_keep_the_others_waiting(
    folder: Path, root: Path, mapped_feed: Feed, place: Place, alice: Worker, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with act_in(alice.scope):
        other = imports.add_feed(
            agency=place.agencies["Police"], name="Arrests", source="police-custody", table="arrests",
            by=alice.scope, at=timezone.now(),
        )  # fmt: skip
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "arrests.csv").write_text(GOOD)
    (root / other.drop_name).symlink_to(elsewhere)
    (folder / "custody.csv").write_text(GOOD)
    in_five_minutes(monkeypatch)
    tasks.take_up(timestamp=0)
    assert [batch.feed_id for batch in batches(alice)] == [mapped_feed.pk]
    assert lying(elsewhere) == ["arrests.csv"]


@pytest.mark.parametrize("name", ["custody.csv.part", "custody.CSV.filepart", ".custody.csv"])
def test_a_file_under_its_working_name_is_left_to_its_sender(
    folder: Path, mapped_feed: Feed, place: Place, alice: Worker, name: str
) -> None:
    (folder / name).write_text(GOOD[:60])
    look(mapped_feed, place, after=timedelta(days=2))
    assert (batches(alice), lying(folder)) == ([], [name])
    (folder / name).write_text(GOOD)
    (folder / name).rename(folder / "custody.csv")
    look(mapped_feed, place)
    assert [batch.file_bytes for batch in batches(alice)] == [len(GOOD)]


def test_a_file_changed_within_the_last_minute_waits_whatever_its_own_date_says(
    folder: Path, mapped_feed: Feed, place: Place, alice: Worker
) -> None:
    (folder / "custody.csv").write_text(GOOD[:60])
    os.utime(folder / "custody.csv", (0, 0))
    look(mapped_feed, place, after=timedelta(seconds=50))
    assert batches(alice) == []


def test_a_file_that_grows_while_it_is_read_is_read_again_whole(
    folder: Path, store: Path, mapped_feed: Feed, place: Place, alice: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "custody.csv").write_text(GOOD[:60])
    keep = adapters.keep

    def slowly(upload: object) -> object:
        with next(folder.glob("taking/*/custody.csv")).open("a") as stream:
            stream.write(GOOD[60:])
        return keep(upload)

    monkeypatch.setattr(adapters, "keep", slowly)
    look(mapped_feed, place)
    assert (batches(alice), lying(folder, "taking")) == ([], ["custody.csv"])
    assert list((store / "imports" / "incoming").iterdir()) == []
    monkeypatch.setattr(adapters, "keep", keep)
    look(mapped_feed, place)
    assert [batch.file_bytes for batch in batches(alice)] == [len(GOOD)]


def test_the_same_file_again_is_not_taken_and_says_so(
    folder: Path, mapped_feed: Feed, place: Place, alice: Worker
) -> None:
    for name in ("monday.csv", "tuesday.csv"):
        (folder / name).write_text(GOOD)
        look(mapped_feed, place)
    (batch,) = batches(alice)
    assert lying(folder, "taken") == ["monday.csv"]
    assert lying(folder, "not-taken") == [adapters.drop.WHY, "tuesday.csv"]
    (why,) = folder.rglob(adapters.drop.WHY)
    assert f"The same file came before, on {batch.uploaded_at:%-d %B %Y} (extract {batch.pk})" in why.read_text()
    with act_in(alice.scope):
        assert Event.objects.filter(action="imports.not_taken", subject_id=str(mapped_feed.pk)).count() == 1


def test_two_files_of_one_name_both_stay(folder: Path, mapped_feed: Feed, place: Place, alice: Worker) -> None:
    for content in (GOOD, GOOD.replace("Marsh", "Marshe")):
        (folder / "custody.csv").write_text(content)
        look(mapped_feed, place)
    assert len(batches(alice)) == 2
    assert lying(folder, "taken") == ["custody.csv", "custody.csv"]


def test_a_link_is_not_followed(folder: Path, mapped_feed: Feed, place: Place, alice: Worker, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(GOOD)
    (folder / "custody.csv").symlink_to(secret)
    os.mkfifo(folder / "pipe.csv")
    (folder / "a folder").mkdir()
    look(mapped_feed, place)
    assert (batches(alice), secret.read_text()) == ([], GOOD)
    assert {"custody.csv", "pipe.csv"} <= set(lying(folder, "not-taken"))
    assert "send the file itself" in next(folder.rglob(adapters.drop.WHY)).read_text()


def test_a_file_over_two_gigabytes_is_not_taken_and_not_read(
    folder: Path, mapped_feed: Feed, place: Place, alice: Worker
) -> None:
    with (folder / "custody.csv").open("wb") as stream:
        stream.truncate(rules.LARGEST + 1)
    look(mapped_feed, place)
    assert batches(alice) == []
    assert "larger than 2 GB" in next(folder.rglob(adapters.drop.WHY)).read_text()


def test_a_file_of_a_feed_without_columns_waits_for_them(root: Path, feed: Feed, place: Place, alice: Worker) -> None:
    folder = root / feed.drop_name
    folder.mkdir(parents=True)
    (folder / "custody.csv").write_text(GOOD)
    look(feed, place)
    (batch,) = batches(alice)
    assert (batch.status, batch.layout, lying(folder, "taken")) == ("uploaded", None, ["custody.csv"])


def test_a_broken_file_is_refused_with_its_reason(folder: Path, mapped_feed: Feed, place: Place, alice: Worker) -> None:
    (folder / "custody.csv").write_bytes(bytes(range(256)) * 20)
    look(mapped_feed, place)
    (batch,) = batches(alice)
    check(batch)
    assert "custody.csv is not a text file" in again(batch, alice).refusal


class Killed(BaseException):
    """Stands for kill -9: nothing after it runs in that process but `finally`, which may not matter."""


@pytest.mark.parametrize("step", ["keep", "move_to_batch"])
def test_killed_before_the_batch_is_there_the_next_look_makes_it(
    folder: Path, mapped_feed: Feed, place: Place, alice: Worker, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def killed(*args: object, **named: object) -> None:
        raise Killed

    (folder / "custody.csv").write_text(GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(adapters, step, killed)
        with pytest.raises(Killed):
            look(mapped_feed, place)
    assert (batches(alice), lying(folder, "taking")) == ([], ["custody.csv"])
    look(mapped_feed, place)
    assert (len(batches(alice)), lying(folder, "taken"), lying(folder, "taking")) == (1, ["custody.csv"], [])


@pytest.mark.parametrize("status", ["uploaded", "refused", "cancelled"])
def test_killed_after_the_batch_is_there_the_next_look_only_moves_the_file(
    folder: Path, mapped_feed: Feed, place: Place, alice: Worker, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    def killed(*args: object, **named: object) -> None:
        raise Killed

    (folder / "custody.csv").write_text(GOOD)
    with monkeypatch.context() as patched:
        patched.setattr(adapters.DropFolder, "put", killed)
        with pytest.raises(Killed):
            look(mapped_feed, place)
    with act_in(alice.scope):
        Batch.objects.update(status=status)
    assert lying(folder, "taking") == ["custody.csv"]
    look(mapped_feed, place)
    assert (len(batches(alice)), lying(folder, "taken"), lying(folder, "taking")) == (1, ["custody.csv"], [])
    with act_in(alice.scope):
        assert Event.objects.filter(action="imports.upload").count() == 1


def test_killed_between_the_claim_and_the_move_leaves_an_empty_claim_that_goes(
    folder: Path, mapped_feed: Feed, place: Place, alice: Worker
) -> None:
    (folder / "taking" / "2026-11-23-00000000").mkdir(parents=True)
    look(mapped_feed, place)
    assert list((folder / "taking").iterdir()) == []


def test_two_looks_at_once_make_one_batch(
    folder: Path, store: Path, mapped_feed: Feed, place: Place, alice: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second look finds the claim of the first, and does all of it, before the first has made its batch."""
    (folder / "custody.csv").write_text(GOOD)
    keep = adapters.keep

    def after_another_look(upload: object) -> object:
        monkeypatch.setattr(adapters, "keep", keep)
        look(mapped_feed, place)
        return keep(upload)

    monkeypatch.setattr(adapters, "keep", after_another_look)
    with pytest.raises(FileNotFoundError):
        look(mapped_feed, place)
    assert (len(batches(alice)), lying(folder, "taken"), lying(folder, "taking")) == (1, ["custody.csv"], [])
    assert list((store / "imports" / "incoming").iterdir()) == []


def test_what_may_not_be_moved_stays_and_does_not_keep_the_others_waiting(
    folder: Path, mapped_feed: Feed, place: Place, alice: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with a folder that is closed to others; root, who may run this test, may move anything."""
    rename = os.rename

    def refusing(source: str, *args: object, **named: object) -> None:
        if source == "a folder":
            raise PermissionError
        rename(source, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "rename", refusing)
    (folder / "a folder").mkdir()
    (folder / "custody.csv").write_text(GOOD)
    with pytest.raises(PermissionError):
        look(mapped_feed, place)
    assert (len(batches(alice)), lying(folder, "taken")) == (1, ["custody.csv"])
    assert (list((folder / "taking").iterdir()), (folder / "a folder").exists()) == ([], True)


def test_places_that_a_sender_put_in_the_way_are_not_used(
    folder: Path, mapped_feed: Feed, place: Place, alice: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whose folder it is could change under our hands what lies in it, and lead us elsewhere."""
    (folder / "custody.csv").write_text(GOOD)
    (folder / "taking").mkdir()
    monkeypatch.setattr(os, "geteuid", lambda: (folder / "taking").stat().st_uid + 1)
    with pytest.raises(PermissionError):
        look(mapped_feed, place)
    assert (batches(alice), lying(folder)) == ([], ["custody.csv"])


def test_the_page_of_feeds_shows_the_folder_to_its_own_agency_alone(
    root: Path, mapped_feed: Feed, place: Place, alice: Worker, as_user: SignIn, settings: Settings
) -> None:
    path = str(root / mapped_feed.drop_name)
    assert path in as_user(alice).get("/imports/feeds").content.decode()
    dana = make_worker(place, "dana", agency="Probation", roles=["coordinator"])
    assert mapped_feed.drop_name not in as_user(dana).get("/imports/feeds").content.decode()
    settings.DROP_FOLDER = ""
    assert mapped_feed.drop_name not in as_user(alice).get("/imports/feeds").content.decode()
