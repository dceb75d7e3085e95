"""A watch from its registration to an alarm and its end: nothing that was told moves, and nobody is told of alone."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts.models import CohortMembership, Scheme
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.outcomes import evaluation, extract, operations, queries, tasks
from iom.outcomes.models import Watch, WatchResult
from iom.outcomes.operations import Watched
from iom.outcomes.presenters import notices
from iom.partnerships.models import Area
from iom.people.models import Person
from tests.factories.outcomes import TO, make_past, make_watch, make_watch_result
from tests.factories.partnerships import AT, Place, Worker, make_worker

AsUser = Callable[[Worker], Client]
FORM = {
    "title": "Do people who join reoffend more?",
    "scheme": "",
    "area": "",
    "direction": "worse",
    "chance": "0.05",
    "cases": "200",
    "purpose": "The board looks at who is chosen",
}


@pytest.fixture
def joined(place: Place, scheme: Scheme, manager: Worker) -> Scheme:
    """The scheme, with 140 people who joined it in the first half of 2024 and 120 who did not."""
    with act_in(place.system()):
        make_past(place, scheme, manager, people=260, members=140)
    return scheme


def look(watch: Watch, by: Worker, *, on: date, folder: Path) -> WatchResult:
    """A look as the task makes it, on a day of our own."""
    system = by.scope
    folder.mkdir()
    with act_in(system):
        found, parameters = operations.to_look_at(watch_id=watch.pk, on=on, by=system)
        files = extract.snapshot(folder=folder, scheme_id=found.scheme_id, scope=system)
    looked = evaluation.look(files=files, parameters=parameters, at=AT)
    with act_in(system):
        return operations.store_look(watch_id=watch.pk, on=on, looked=looked, by=system, at=AT)


def run(watch: Watch, by: Worker) -> None:
    tasks.watch(watch_id=watch.pk, partnership_id=by.scope.partnership_id, agency_id=by.scope.agency_id)


def test_from_registering_to_the_end(joined: Scheme, analyst: Worker, as_user: AsUser) -> None:
    client = as_user(analyst)
    page = client.get(reverse("outcomes-watches")).content.decode()
    assert "No watches yet" in page
    new = reverse("outcomes-new-watch")
    page = client.post(new, FORM | {"purpose": ""}).content.decode()
    assert "There is a problem" in page
    page = client.post(new, FORM | {"scheme": joined.pk}).content.decode()
    assert "none of this can be changed" in page
    assert "A chance of 5% over 200 people" in page
    with act_in(analyst.scope):
        assert not Watch.objects.exists()
    page = client.post(new, FORM | {"change": "yes"}).content.decode()
    assert "There is a problem" not in page
    assert client.post(new, FORM | {"scheme": joined.pk, "settle": "yes"}).status_code == 302
    with act_in(analyst.scope):
        watch = Watch.objects.get()
    assert (watch.scheme_id, watch.chance, watch.cases, watch.known_to) == (joined.pk, 0.05, 200, TO)
    here = reverse("outcomes-watch", args=[watch.pk])
    assert "Nothing has been worked out yet" in client.get(here).content.decode()

    run(watch, analyst)
    page = client.get(here).content.decode()
    assert "Too few outcomes are final to say anything" in page
    assert "Looking back: those who joined before" in page
    assert "fitted once to those who joined before" in page
    run(watch, analyst)  # a job that runs again the same day adds nothing
    with act_in(analyst.scope):
        (result,) = WatchResult.objects.all()
    assert (result.cases, result.is_alarmed, result.figures["since"]) == (0, False, [])
    assert client.post(reverse("outcomes-work-out-watch", args=[watch.pk])).status_code == 409

    end = reverse("outcomes-end-watch", args=[watch.pk])
    assert "There is a problem" in client.post(end, {"reason": ""}).content.decode()
    assert client.post(end, {"reason": "The scheme is closed"}).status_code == 302
    page = client.get(here).content.decode()
    assert "The scheme is closed" in page
    assert "Work it out now" not in page
    assert client.post(end, {"reason": "Again"}).status_code == 409
    assert "Ended on" in client.get(reverse("outcomes-watches")).content.decode()
    with act_in(analyst.scope):
        done = set(Event.objects.filter(subject_type="outcomes.Watch").values_list("action", flat=True))
    assert done == {"outcomes.register_watch", "outcomes.store_look", "outcomes.end_watch"}


def test_blocks_hold_no_small_number_and_a_later_look_goes_on(
    joined: Scheme, place: Place, analyst: Worker, as_user: AsUser
) -> None:
    with act_in(place.system()):
        watch = make_watch(place, scheme=joined)
    run(watch, analyst)
    with act_in(analyst.scope):
        result = WatchResult.objects.get()
    blocks = result.figures["since"]
    exact = result.manifest["results"]["since"]["blocks"]
    assert exact[-1]["cases"] == sum(block["people"] for block in exact)
    assert result.cases == blocks[-1]["cases"] >= 30
    for block, told in zip(exact, blocks, strict=True):
        assert min(block["observed"], block["people"] - block["observed"]) >= 10
        for name in ("people", "observed", "expected", "cases", "expected_less_observed"):
            assert told[name] % 5 == 0
            assert abs(told[name] - block[name]) <= 2.5
    # Nobody has joined before: the score is fitted to people who did not.
    assert result.figures["before"] == []
    assert result.manifest["results"]["basis"]["fitted_to"] == "others"
    page = as_user(analyst).get(reverse("outcomes-watch", args=[watch.pk])).content.decode()
    assert "so the score was fitted once to people here who could" in page
    assert f"of {result.cases} people." in page or "An alarm was raised on" in page
    chart = as_user(analyst).get(reverse("outcomes-watch-chart", args=[result.pk, 640]))
    assert (chart["Content-Type"], chart.content[:4]) == ("image/svg+xml", b"<svg")
    assert as_user(analyst).get(reverse("outcomes-watch-chart", args=[result.pk, 641])).status_code == 404


def test_looked_at_in_between_it_says_the_same_and_nothing_moves(
    joined: Scheme, place: Place, analyst: Worker, tmp_path: Path
) -> None:
    with act_in(place.system()):
        often, once = (make_watch(place, scheme=joined) for _ in range(2))
    days = [date(2025, 9, 20), date(2025, 10, 20), date(2026, 11, 21)]
    results = [look(often, analyst, on=day, folder=tmp_path / f"o{day}") for day in days]
    (whole,) = (look(once, analyst, on=day, folder=tmp_path / f"w{day}") for day in days[-1:])
    assert results[-1].figures == whole.figures
    assert results[0].cases < results[-1].cases
    for earlier, later in pairwise(results):
        assert later.figures["since"][: len(earlier.figures["since"])] == earlier.figures["since"]
        assert later.manifest["results"]["basis"] == earlier.manifest["results"]["basis"]


def test_every_figure_can_be_made_again_from_the_manifest(
    joined: Scheme, place: Place, analyst: Worker, tmp_path: Path
) -> None:
    with act_in(place.system()):
        watch = make_watch(place, scheme=joined, registered_at=datetime(2024, 3, 20, 12, tzinfo=UTC))
    results = [look(watch, analyst, on=day, folder=tmp_path / str(day)) for day in (date(2025, 11, 1), TO)]
    for number, kept in enumerate(results):
        with act_in(analyst.scope):
            kept.refresh_from_db()
            folder = tmp_path / f"again-{number}"
            folder.mkdir()
            asked = kept.manifest["parameters"]
            files = extract.snapshot(folder=folder, scheme_id=asked["scheme_id"], scope=analyst.scope)
        again = evaluation.look(files=files, parameters=asked, at=timezone.now())
        assert again.figures == kept.figures
        assert json.loads(json.dumps(again.manifest["results"])) == kept.manifest["results"]
        assert again.manifest["inputs"] == kept.manifest["inputs"]  # the record is as it was then, byte by byte
    assert results[-1].figures["before"]
    assert results[-1].figures["since"]


def test_a_look_back_raises_no_alarm(joined: Scheme, place: Place, analyst: Worker, tmp_path: Path) -> None:
    """Scores that are far too low for those who joined: watched, they alarm; looked back at, they do not."""
    basis = {
        "fitted_to": "others", "people": 100, "intercept": -6.0, "slope": 1.0,
        "limit": {
            "height": 2.0, "odds_ratio": 2.0, "promise": "false alarm over the cases", "asked": 0.05, "found": 0.05,
            "error": 0.005, "cases": 100, "seed": 1,
        },
    }  # fmt: skip
    nothing: dict[str, Any] = {"blocks": [], "height": 0.0}
    results = {"basis": basis, "since": nothing, "before": nothing}
    with act_in(place.system()):
        since = make_watch(place, scheme=joined)
        back = make_watch(place, scheme=joined, registered_at=datetime(2024, 7, 20, 12, tzinfo=UTC))
        for watch in (since, back):
            figures: dict[str, Any] = {"why": "", "since": [], "before": []}
            make_watch_result(
                watch, on=date(2025, 1, 1), cases=0, figures=figures, manifest={"parameters": {}, "results": results}
            )
    first, second = (look(watch, analyst, on=TO, folder=tmp_path / str(watch.pk)) for watch in (since, back))
    assert first.is_alarmed
    assert any(block["tenths"] == 10 for block in first.figures["since"])
    assert (second.is_alarmed, second.cases, second.figures["since"]) == (False, 0, [])
    assert second.figures["before"]
    assert all("tenths" not in block for block in second.figures["before"])


def test_there_is_no_look_back_where_few_who_joined_are_not_in_it(
    joined: Scheme, place: Place, analyst: Worker, as_user: AsUser, tmp_path: Path
) -> None:
    """A few of the 140 live elsewhere: watches of every area and of one would differ by what they did."""
    with act_in(place.system()):
        home, elsewhere = (
            Area.objects.create(partnership=place.partnership, name=f"North {n}") for n in ("Ash", "Esk")
        )
        Person.objects.update(area=home)
        members = CohortMembership.objects.order_by("pk").values_list("person_id", flat=True)
        fields = {"scheme": joined, "registered_at": datetime(2024, 7, 20, 12, tzinfo=UTC)}
        whole, part, other = (
            make_watch(place, **fields | more) for more in ({}, {"area": home}, {"area": home, "scheme": None})
        )
    everywhere = look(whole, analyst, on=TO, folder=tmp_path / "whole")
    assert everywhere.figures["before"]
    assert look(part, analyst, on=TO, folder=tmp_path / "nobody else").figures["before"]  # nobody lives elsewhere yet
    with act_in(place.system()):
        Person.objects.filter(pk__in=list(members[:5])).update(area=elsewhere)
    day = TO + timedelta(days=1)
    for watch in (part, other):
        result = look(watch, analyst, on=day, folder=tmp_path / f"few {watch.pk}")
        assert (result.figures["before"], result.figures["is_all_but_few"]) == ([], True)
        assert result.manifest["results"]["before"]["blocks"]  # it goes on, and is not told
    page = as_user(analyst).get(reverse("outcomes-watch", args=[part.pk])).content.decode()
    assert "There is no look back: fewer than ten people who joined before" in page
    assert "Looking back: those who joined before" not in page
    assert look(whole, analyst, on=day, folder=tmp_path / "whole again").figures["before"]


def test_an_alarm_is_told_as_of_the_first_look_that_had_it(place: Place, analyst: Worker, as_user: AsUser) -> None:
    with act_in(place.system()):
        watch = make_watch(place)
        make_watch_result(watch, on=date(2026, 4, 2))
        make_watch_result(watch, on=date(2026, 5, 3), tenths=10)
        make_watch_result(watch, on=date(2026, 6, 2), tenths=10, cases=130)
    page = as_user(analyst).get(reverse("outcomes-watch", args=[watch.pk])).content.decode()
    assert "An alarm was raised on 3 May 2026: more of those who joined reoffended" in page
    assert "Check the data" in page
    assert "a reason to look and no proof" in page
    assert "The chance of a false alarm was settled for 100 people, and there are more by now" in page
    with act_in(analyst.scope):
        items = notices.attention(scope=analyst.scope, on=date(2026, 6, 3))
        assert [(item.on, item.url) for item in items] == [
            (date(2026, 5, 3), reverse("outcomes-watch", args=[watch.pk]))
        ]
        operations.end_watch(watch_id=watch.pk, reason="Looked into", by=analyst.scope, at=AT)
        assert notices.attention(scope=analyst.scope, on=date(2026, 6, 3)) == []
    assert (
        "An alarm was raised on 3 May 2026"
        in as_user(analyst).get(reverse("outcomes-watch", args=[watch.pk])).content.decode()
    )


def test_what_was_registered_and_what_was_found_cannot_be_changed(place: Place, analyst: Worker) -> None:
    with act_in(place.system()):
        watch, bare = make_watch(place), make_watch(place)
        result = make_watch_result(watch, tenths=10)
    for change in (
        lambda: Watch.objects.filter(pk=watch.pk).update(direction="better"),
        lambda: Watch.objects.filter(pk=bare.pk).delete(),
        lambda: WatchResult.objects.filter(pk=result.pk).update(is_alarmed=False),
        lambda: WatchResult.objects.filter(pk=result.pk).delete(),
    ):
        with act_in(analyst.scope), pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            change()


def test_of_two_looks_at_once_one_is_kept(joined: Scheme, place: Place, analyst: Worker, tmp_path: Path) -> None:
    with act_in(place.system()):
        watch = make_watch(place, scheme=joined)
    with act_in(analyst.scope):
        _found, parameters = operations.to_look_at(watch_id=watch.pk, on=TO, by=analyst.scope)
        files = extract.snapshot(folder=tmp_path, scheme_id=joined.pk, scope=analyst.scope)
    looked = evaluation.look(files=files, parameters=parameters, at=AT)
    with act_in(analyst.scope):
        operations.store_look(watch_id=watch.pk, on=TO, looked=looked, by=analyst.scope, at=AT)
        for day in (TO, TO + timedelta(days=1)):  # the same day, or from where the watch no longer stands
            with pytest.raises(WrongState):
                operations.store_look(watch_id=watch.pk, on=day, looked=looked, by=analyst.scope, at=AT)
        assert WatchResult.objects.count() == 1


def test_a_look_that_was_killed_leaves_nothing_and_can_be_made_again(
    joined: Scheme, place: Place, analyst: Worker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with act_in(place.system()):
        watch = make_watch(place, scheme=joined)
    before = set(tmp_path.iterdir())
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with monkeypatch.context() as broken:

        def killed(**_given: Any) -> None:
            raise SystemExit

        broken.setattr(operations, "store_look", killed)
        with pytest.raises(SystemExit):
            run(watch, analyst)
    with act_in(analyst.scope):
        assert not WatchResult.objects.exists()
    assert set(tmp_path.iterdir()) == before | {tmp_path / "scratch"}
    assert not any((tmp_path / "scratch").iterdir())
    run(watch, analyst)
    with act_in(analyst.scope):
        assert WatchResult.objects.get().cases >= 30


def test_a_watch_that_ended_meanwhile_keeps_no_look(joined: Scheme, place: Place, analyst: Worker) -> None:
    with act_in(place.system()):
        watch = make_watch(place, scheme=joined)
    with act_in(analyst.scope):
        operations.end_watch(watch_id=watch.pk, reason="Closed", by=analyst.scope, at=AT)
    run(watch, analyst)
    with act_in(analyst.scope):
        assert not WatchResult.objects.exists()


def test_where_no_score_can_be_fitted_it_says_so_with_no_number(past: Scheme, place: Place, analyst: Worker) -> None:
    with act_in(place.system()):
        watch = make_watch(place, scheme=past, known_to=date(2021, 2, 1))  # nobody has a past by then
    run(watch, analyst)
    with act_in(analyst.scope):
        result = WatchResult.objects.get()
    assert result.figures["why"].startswith("Fewer than 100 people had a final outcome when the watch was registered")
    assert (result.cases, result.manifest["results"]) == (0, {})


def test_every_month_each_watch_is_looked_at(joined: Scheme, place: Place, analyst: Worker) -> None:
    with act_in(place.system()):
        watching = make_watch(place, scheme=joined)
        make_watch(place, state="ended", ended_by=1, ended_at=AT, end_reason="Closed")
    tasks.watches(timestamp=0)
    with act_in(analyst.scope):
        assert [each.watch_id for each in WatchResult.objects.all()] == [watching.pk]


def watched(**fields: Any) -> Watched:
    values: dict[str, Any] = {
        "title": "More?", "scheme": None, "area": None, "direction": "worse", "chance": 0.05, "cases": 200,
        "purpose": "To look",
    }  # fmt: skip
    return Watched(**(values | fields))


@pytest.mark.parametrize("wrong", [{"chance": 0.5}, {"cases": 7}, {"title": " "}, {"purpose": ""}])
def test_a_watch_says_all_that_it_promises(past: Scheme, analyst: Worker, wrong: dict[str, Any]) -> None:
    with act_in(analyst.scope), pytest.raises(InvalidInput):
        operations.register_watch(watched=watched(**wrong), by=analyst.scope, at=AT)


def test_without_convictions_nothing_can_be_watched(scheme: Scheme, analyst: Worker) -> None:
    with act_in(analyst.scope), pytest.raises(InvalidInput, match="No record of convictions"):
        operations.register_watch(watched=watched(), by=analyst.scope, at=AT)


def test_who_may_look_and_who_may_register(place: Place, bob: Worker, analyst: Worker, as_user: AsUser) -> None:
    member = make_worker(place, "bryn", agency="Council", roles=["board-member"])
    with act_in(place.system()):
        watch = make_watch(place)
        result = make_watch_result(watch)
    client = as_user(member)
    page = client.get(reverse("outcomes-watch", args=[watch.pk])).content.decode()
    assert "Nothing has been seen beyond chance so far, of 40 people." in page
    assert "Work it out now" not in page
    assert client.get(reverse("outcomes-new-watch")).status_code == 403
    for name in ("outcomes-work-out-watch", "outcomes-end-watch"):
        assert client.post(reverse(name, args=[watch.pk]), {"reason": "x"}).status_code == 403
    with act_in(member.scope), pytest.raises(NotAllowed):
        operations.end_watch(watch_id=watch.pk, reason="x", by=member.scope, at=AT)
    # A partner's worker sees no outcomes.
    assert as_user(bob).get(reverse("outcomes-watches")).status_code == 403
    assert as_user(bob).get(reverse("outcomes-watch-chart", args=[result.pk, 640])).status_code == 403


def test_nobody_of_another_partnership_sees_a_watch(place: Place, elsewhere: Place, as_user: AsUser) -> None:
    with act_in(place.system()):
        watch = make_watch(place)
        result = make_watch_result(watch)
    other = make_worker(elsewhere, "eve", agency="Police", roles=["analyst"])
    client = as_user(other)
    for address in (
        reverse("outcomes-watch", args=[watch.pk]),
        reverse("outcomes-end-watch", args=[watch.pk]),
        reverse("outcomes-watch-chart", args=[result.pk, 640]),
    ):
        assert client.get(address).status_code == 404
    assert client.post(reverse("outcomes-work-out-watch", args=[watch.pk])).status_code == 404
    assert watch.title not in client.get(reverse("outcomes-watches")).content.decode()
    with act_in(other.scope):
        assert not Watch.objects.exists()  # the second wall, without `visible_to`
        assert not WatchResult.objects.exists()
        with pytest.raises(NotVisible):
            queries.get_watch(watch_id=watch.pk, scope=other.scope)
