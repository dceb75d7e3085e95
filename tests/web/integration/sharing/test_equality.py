"""The equality evidence log: added to and never changed, read by the partnership, told of when it falls due."""

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError
from django.test import Client
from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts.models import RankRun, SchemeVersion
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.sharing.models import EqualityEntry
from iom.sharing.operations import equality
from iom.sharing.presenters import equality as present
from iom.sharing.queries import equality as queries
from tests.factories.cohorts import make_run, make_scheme
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.sharing import entered, make_equality_entry

SignIn = Callable[[Worker], Client]


@pytest.fixture
def irene(place: Place) -> Worker:
    return make_worker(place, "irene", agency="Probation", roles=["information-governance"])


@pytest.fixture
def amin(place: Place) -> Worker:
    return make_worker(place, "amin", agency="Police", roles=["analyst"])


@pytest.fixture
def bella(place: Place) -> Worker:
    return make_worker(place, "bella", agency="Council", roles=["board-member"])


def days(prefix: str, day: date) -> dict[str, str]:
    return {f"{prefix}_day": str(day.day), f"{prefix}_month": str(day.month), f"{prefix}_year": str(day.year)}


def form(**fields: Any) -> dict[str, Any]:
    """An entry as a browser sends it."""
    today = timezone.localdate()
    given = {**vars(entered(looked_on=today, decided_on=today, review_on=today + timedelta(days=400))), **fields}
    for name in ("looked_on", "decided_on", "review_on"):
        given |= days(name, given.pop(name))
    return given


def fairness(*, female: tuple[int | None, int | None] = (200, 20)) -> dict[str, Any]:
    """A report of two groups and their total, as the library's are stored."""
    groups = [("Female", *female), ("Male", 300, 40), ("All", 500, 60)]
    numbers = ("rate_low", "rate_high", "relative_rate", "relative_rate_low", "relative_rate_high")
    rows = [
        {"stage": "selected", "characteristic": "sex", "group": group, "is_reference": group == "Male", "base": base,
         "chosen": chosen, "rate": 10.0, **dict.fromkeys(numbers, 1.5), "suppressed": chosen is None}
        for group, base, chosen in groups
    ]  # fmt: skip
    return {"on": "2026-11-20", "manifest": {}, "missing_feeds": [], "rows": rows}


def run_with(place: Place, report: dict[str, Any]) -> RankRun:
    with act_in(place.system()):
        run = make_run(make_scheme(place, slug="neighbourhood-crime", name="Neighbourhood crime"), [])
        RankRun.objects.filter(pk=run.pk).update(fairness=report)
    return run


def test_an_entry_is_added_read_and_recorded(place: Place, irene: Worker, bella: Worker, as_user: SignIn) -> None:
    client = as_user(irene)
    answer = client.post("/equality/new", form())
    with act_in(place.system()):
        entry = EqualityEntry.objects.get()
        event = Event.objects.get(action="sharing.equality_first")
    assert answer.headers["Location"] == f"/equality/{entry.pk}"
    assert (entry.owner.name, entry.recorded_by, entry.link) == ("Probation", irene.user.pk, "first")
    assert (event.subject_id, event.actor_id, event.person_id) == (str(entry.pk), irene.user.pk, None)
    reader = as_user(bella)
    page = reader.get(f"/equality/{entry.pk}").text
    for said in ("Race, Sex", "Eliminate discrimination", "Women say", "Meetings are at ten", "IOM board", "Irene"):
        assert said in page
    assert "Correct this entry" not in page, "a board member reads"
    assert entry.title in reader.get("/equality/").text
    assert reader.get("/equality/new").status_code == 403
    assert reader.post(f"/equality/{entry.pk}/correct", form()).status_code == 403


def test_what_is_missing_or_wrong_is_said_beside_it(irene: Worker, as_user: SignIn) -> None:
    client, today = as_user(irene), timezone.localdate()
    page = client.post("/equality/new", form(characteristics=[], aims=[], showed="")).text
    for name in ("characteristics", "aims", "showed"):
        assert f'id="id_{name}-error"' in page or f"{name}-error" in page
    page = client.post("/equality/new", form(review_on=today, looked_on=today + timedelta(days=1))).text
    assert "Enter a day in the future for when to look again" in page
    assert "must be today or in the past" in page
    assert client.get("/equality/").text.count("<tr") == 0


def test_a_correction_is_a_new_entry_that_points_at_the_old(place: Place, amin: Worker, as_user: SignIn) -> None:
    with act_in(place.system()):
        old = make_equality_entry(place.agencies["Police"], at=AT)
    client = as_user(amin)
    page = client.get(f"/equality/{old.pk}/correct").text
    assert "Women say that meetings clash" in page
    assert "Enter what was wrong" in client.post(f"/equality/{old.pk}/correct", form()).text
    client.post(f"/equality/{old.pk}/correct", form(correction="It was men", showed="Men say so."))
    with act_in(place.system()):
        new = EqualityEntry.objects.get(earlier=old)
        assert EqualityEntry.objects.get(pk=old.pk).showed == "Women say that meetings clash with school hours."
    assert (new.link, new.correction, new.showed) == ("correction", "It was men", "Men say so.")
    page = client.get(f"/equality/{old.pk}").text
    assert f"/equality/{new.pk}" in page
    assert "Another entry follows" in page
    assert f"/equality/{old.pk}/correct" not in page
    assert client.get(f"/equality/{old.pk}/correct").status_code == 409
    assert client.post(f"/equality/{old.pk}/again", form()).status_code == 409
    assert f"/equality/{old.pk}" in client.get(f"/equality/{new.pk}").text
    listed = client.get("/equality/").text
    assert f'"/equality/{new.pk}"' in listed
    assert f'"/equality/{old.pk}"' not in listed
    assert f'"/equality/{old.pk}"' in client.get("/equality/?show=all").text


def test_the_database_takes_entries_and_nothing_else(place: Place) -> None:
    with act_in(place.system()):
        entry = make_equality_entry(place.agencies["Police"], at=AT)
        for change in (
            lambda: EqualityEntry.objects.filter(pk=entry.pk).update(showed="Nothing"),
            lambda: EqualityEntry.objects.filter(pk=entry.pk).delete(),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                change()
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute("truncate sharing_equalityentry")


@pytest.mark.parametrize(
    "wrong",
    [{"link": "again"}, {"correction": "None"}, {"figures": {}}, {"characteristics": []}, {"aims": []}],
)
def test_the_database_refuses_what_does_not_hold_together(place: Place, wrong: dict[str, Any]) -> None:
    with act_in(place.system()):
        entry = make_equality_entry(place.agencies["Police"], at=AT)
        entry.pk, entry.id = None, None
        for name, value in wrong.items():
            setattr(entry, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            entry.save(force_insert=True)


def test_of_two_who_follow_one_entry_the_second_is_told(place: Place, amin: Worker, monkeypatch: Any) -> None:
    with act_in(amin.scope):
        old = make_equality_entry(place.agencies["Police"], at=AT)
        equality.look_again(equality_id=old.pk, entered=entered(), by=amin.scope, at=AT)
        with pytest.raises(WrongState, match="follows this one already"):
            equality.correct(equality_id=old.pk, entered=entered(), correction="No", by=amin.scope, at=AT)
        # The other's entry came after this one had looked: the constraint is what is left.
        monkeypatch.setattr(equality.rules, "check_can_follow", lambda *, is_followed: None)
        with pytest.raises(WrongState, match="meanwhile"):
            equality.look_again(equality_id=old.pk, entered=entered(), by=amin.scope, at=AT)
        assert EqualityEntry.objects.count() == 2


def test_another_partnership_has_a_log_of_its_own(place: Place, elsewhere: Place, as_user: SignIn) -> None:
    with act_in(elsewhere.system()):
        theirs = make_equality_entry(elsewhere.agencies["Police"], at=AT, title="Theirs")
    irene = make_worker(place, "ida", agency="Police", roles=["information-governance"])
    client = as_user(irene)
    assert client.get(f"/equality/{theirs.pk}").status_code == 404
    assert "Theirs" not in client.get("/equality/?show=all").text
    with act_in(irene.scope):
        assert EqualityEntry.objects.count() == 0, "row-level security alone"
        with pytest.raises(NotVisible):
            equality.correct(equality_id=theirs.pk, entered=entered(), correction="No", by=irene.scope, at=AT)


def test_only_who_keeps_the_log_adds_to_it(place: Place, bella: Worker) -> None:
    with act_in(bella.scope), pytest.raises(NotAllowed):
        equality.record(entered=entered(), by=bella.scope, at=AT)
    with act_in(place.system()):
        with pytest.raises(InvalidInput):
            equality.record(entered=entered(review_on=date(2026, 1, 1)), by=place.system(), at=AT)
        entry = make_equality_entry(place.agencies["Police"], at=AT)
        with pytest.raises(InvalidInput):
            equality.correct(equality_id=entry.pk, entered=entered(), correction=" ", by=place.system(), at=AT)


def test_the_figures_of_a_ranking_are_copied_and_outlive_it(place: Place, amin: Worker, as_user: SignIn) -> None:
    run = run_with(place, fairness(female=(201, 19)))
    client = as_user(amin)
    assert (
        "Ranking under Neighbourhood crime, version 1, as known on 20 November 2026" in client.get("/equality/new").text
    )
    assert "Female" in client.get(f"/cohort/rankings/{run.pk}").text, "they can be read where they come from"
    client.post("/equality/new", form(evidence="figures", figures_key=f"run-{run.pk}"))
    with act_in(place.system()):
        entry = EqualityEntry.objects.get()
        RankRun.objects.filter(pk=run.pk).update(fairness=None)
    assert (entry.run_id, entry.version_id) == (run.pk, run.version_id)
    assert [(row["group"], row["base"], row["chosen"]) for row in entry.figures["rows"]] == [
        ("Female", 200, 20), ("Male", 300, 40), ("All", 500, 60)
    ]  # fmt: skip
    page = client.get(f"/equality/{entry.pk}").text
    assert "Female" in page
    assert "300" in page
    answer = client.post("/equality/new", form(figures_key=f"run-{run.pk}")).text
    assert "There is a problem" in answer, "what is no longer on record cannot be chosen"


def test_a_small_count_never_comes_into_the_log(place: Place, amin: Worker) -> None:
    run = run_with(place, fairness(female=(200, 7)))
    with act_in(amin.scope):
        entry = equality.record(entered=entered(figures_key=f"run-{run.pk}"), by=amin.scope, at=AT)
        rows = EqualityEntry.objects.get(pk=entry.pk).figures["rows"]
        shown = present.figures(entry)
    assert {row["chosen"] for row in rows} == {None}
    assert shown is not None
    assert {group["chosen"] for group in shown["tables"][0]["groups"]} == {"Not shown"}


def test_the_check_of_a_version_is_evidence_too(place: Place, amin: Worker) -> None:
    with act_in(place.system()):
        version = make_scheme(place).versions.get()
        SchemeVersion.objects.filter(pk=version.pk).update(fairness=fairness())
    with act_in(amin.scope):
        found = [each.key for each in queries.list_figures(scope=amin.scope)]
        assert found == [f"version-{version.pk}"]
        entry = equality.record(entered=entered(figures_key=found[0]), by=amin.scope, at=AT)
        assert (entry.version_id, entry.run_id) == (version.pk, None)
        for key in ("version-987654", "run-1", "person-1", "version-x", "version-"):
            with pytest.raises(NotVisible):
                queries.get_figures(key=key, scope=amin.scope)


def test_today_tells_who_keeps_the_log_what_to_look_at_again(place: Place, amin: Worker, bella: Worker) -> None:
    agency, on = place.agencies["Police"], date(2027, 1, 1)
    with act_in(place.system()):
        near = make_equality_entry(agency, at=AT, title="Near", review_on=on + timedelta(days=60))
        late = make_equality_entry(agency, at=AT, title="Late", review_on=on)
        make_equality_entry(agency, at=AT, title="Far", review_on=on + timedelta(days=61))
    with act_in(bella.scope):
        assert present.attention(scope=bella.scope, on=on) == []
    with act_in(amin.scope):
        told = {item.url: (item.overdue, item.on) for item in present.attention(scope=amin.scope, on=on)}
        assert told == {
            f"/equality/{late.pk}": (True, on),
            f"/equality/{near.pk}": (False, on + timedelta(days=60)),
        }
        assert present.attention(scope=amin.scope, on=on, person_id=1) == []
        equality.look_again(equality_id=late.pk, entered=entered(), by=amin.scope, at=AT)
        assert [item.url for item in present.attention(scope=amin.scope, on=on)] == [f"/equality/{near.pk}"]


def test_the_list_filters_sorts_and_goes_out_as_a_file(place: Place, bella: Worker, as_user: SignIn) -> None:
    agency = place.agencies["Police"]
    with act_in(place.system()):
        make_equality_entry(agency, at=AT, title="=Age", characteristics=["age"], subject="score")
        make_equality_entry(agency, at=AT, title="Old", looked_on=date(2025, 1, 1), review_on=date(2040, 1, 1))
    client = as_user(bella)

    def titles(query: str) -> list[str]:
        body = client.get(f"/equality/export/csv{query}").content.decode("utf-8-sig")
        return [row["What was looked at"] for row in csv.DictReader(io.StringIO(body))]

    assert titles("") == ["'=Age", "Old"]
    assert titles("?sort=looked_on") == ["Old", "'=Age"]
    assert titles("?sort=-review_on") == ["Old", "'=Age"]
    assert titles("?sort=recorded_by") == titles("")
    assert titles("?characteristic=age") == titles("?subject=score") == ["'=Age"]
    assert titles("?evidence=research") == []
    page = client.get("/equality/?characteristic=age").text
    assert "=Age" in page
    assert "Old" not in page
    assert client.get("/equality/export/xlsx").content.startswith(b"PK")
    assert client.get("/equality/export/pdf").status_code == 404
    with act_in(place.system()):
        exported = Event.objects.filter(action="export.equality-evidence").order_by("pk").first()
    assert exported is not None
    assert (exported.kind, exported.detail["rows"]) == ("disclosure", 2)


def test_a_page_of_the_log_asks_the_same_whatever_its_size(
    place: Place, amin: Worker, as_user: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = as_user(amin)
    with act_in(place.system()):
        for _ in range(30):
            make_equality_entry(place.agencies["Police"], at=AT)
    client.get("/equality/")
    with django_assert_max_num_queries(24):
        assert "Showing 1 to 25 of 30" in client.get("/equality/").text
