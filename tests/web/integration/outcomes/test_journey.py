"""A question from its first page to a report that leaves, as each person does their part of it."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts.choices import EndReason
from iom.cohorts.models import CohortMembership, Scheme
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.outcomes import evaluation, operations, tasks
from iom.outcomes.choices import StudyState
from iom.outcomes.models import Release, Study
from iom.outcomes.operations import Who
from iom.outcomes.presenters import report, words
from tests.factories.outcomes import FIRST, LAST
from tests.factories.partnerships import AT, Place, Worker, make_worker

PURPOSE = "Whether a third offender manager is paid for"


def settle(scheme: Scheme | None, by: Worker, *, method: str = "entropy", secondary: list[str] | None = None) -> Study:
    """A settled question about who joined in the first half of 2024; nothing has been worked out yet."""
    with act_in(by.scope):
        who = Who("Did they reoffend less?", scheme, FIRST, LAST)
        study = operations.begin(who=who, by=by.scope, at=AT)
        operations.set_comparison(study_id=study.pk, method=method, ratio=1, by=by.scope, at=AT)
        operations.set_measures(
            study_id=study.pk, primary="reoffended", secondary=secondary or ["reoffences"], by=by.scope, at=AT
        )
        operations.register(study_id=study.pk, purpose=PURPOSE, by=by.scope, at=AT)
        study.refresh_from_db()
    return study


def work(task: Callable[..., None], study: Study, by: Worker) -> Study:
    task(study_id=study.pk, partnership_id=by.scope.partnership_id, agency_id=by.scope.agency_id)
    with act_in(by.scope):
        study.refresh_from_db()
    return study


def found(scheme: Scheme, by: Worker) -> Study:
    """A question that has been answered."""
    study = work(tasks.design, settle(scheme, by), by)
    with act_in(by.scope):
        operations.accept(study_id=study.pk, why="Alike in what is known", by=by.scope, at=AT)
    return work(tasks.estimate, study, by)


def test_from_the_first_page_to_a_file(
    past: Scheme,
    analyst: Worker,
    manager: Worker,
    as_user: Callable[[Worker], Client],
    django_capture_on_commit_callbacks: Any,
) -> None:
    client = as_user(analyst)
    page = client.post(
        reverse("outcomes-begin"),
        {
            "title": "Did they reoffend less?",
            "scheme": past.pk,
            "first_month": FIRST.isoformat(),
            "last_month": LAST.isoformat(),
        },
    )
    assert page.status_code == 302, page.content.decode()
    with act_in(analyst.scope):
        study = Study.objects.get()
    client.post(reverse("outcomes-comparison", args=[study.pk]), {"method": "entropy", "ratio": "1"})
    client.post(reverse("outcomes-measures", args=[study.pk]), {"primary": "reoffended", "secondary": ["reoffences"]})
    page = client.get(reverse("outcomes-check", args=[study.pk]))
    assert "About 30 people joined in these months" in page.content.decode()
    client.post(reverse("outcomes-check", args=[study.pk]), {"purpose": PURPOSE})
    work(tasks.design, study, analyst)
    assert study.state == StudyState.DESIGNED, study.message

    page = client.get(reverse("outcomes-study", args=[study.pk]))
    assert "Averages of both sides" in page.content.decode()
    assert "reoffended within a year; of 100" not in page.content.decode()
    page = client.post(reverse("outcomes-accept", args=[study.pk]), {"why": "Alike in what is known"})
    assert page.status_code == 302
    assert evaluation.folder(study.pk).exists()
    with django_capture_on_commit_callbacks(execute=True):
        work(tasks.estimate, study, analyst)
    assert study.state == StudyState.DONE, study.message
    page = client.get(reverse("outcomes-study", args=[study.pk]))
    assert "Of 100 typical people who joined" in page.content.decode()
    assert "For whom did it work?" in page.content.decode()
    assert "How soon did they reoffend?" in page.content.decode()
    assert study.result is not None
    assert not isinstance(study.result["moderators"], str)
    assert study.result["moderators"]["without"]["scheme"] == "Everybody who joined is of one group."
    assert "Beside other studies" in page.content.decode()
    assert not evaluation.folder(study.pk).exists()

    client.post(reverse("outcomes-ask-release", args=[study.pk]), {"recipient": "The board's annual report"})
    with act_in(analyst.scope):
        release = Release.objects.get()
    file = reverse("outcomes-report", args=[release.pk, "pdf"])
    assert client.get(file).status_code == 404  # nobody else has read it yet
    decide = reverse("outcomes-decide-release", args=[release.pk])
    page = client.post(decide, {"decision": "yes", "seen": release.sha256})
    assert page.status_code == 403  # not by the role that asks
    client = as_user(manager)
    assert client.post(decide, {"decision": "yes", "seen": "something else"}).status_code == 409
    assert client.post(decide, {"decision": "yes", "seen": release.sha256}).status_code == 302
    assert client.get(file).content.startswith(b"%PDF")
    word = client.get(reverse("outcomes-report", args=[release.pk, "docx"])).content
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        assert "Did they reoffend less?" in archive.read("word/document.xml").decode()
    table = client.get(reverse("outcomes-report", args=[release.pk, "csv"])).content.decode("utf-8-sig")
    assert "Whether they reoffended within a year (decides)" in table
    with act_in(manager.scope):
        done = set(Event.objects.filter(subject_type="outcomes.Study").values_list("action", flat=True))
    assert done >= {
        "outcomes.begin",
        "outcomes.change",
        "outcomes.register",
        "outcomes.show_comparison",
        "outcomes.accept_comparison",
        "outcomes.finish",
        "outcomes.ask_release",
        "outcomes.release",
        "outcomes.take_report",
    }


def test_a_death_on_record_reaches_the_report(past: Scheme, place: Place, analyst: Worker) -> None:
    with act_in(place.system()):
        for each in CohortMembership.objects.order_by("pk")[:20]:
            each.ended_on, each.end_reason = each.started_on + timedelta(days=7), EndReason.DECEASED
            each.save()
    study = found(past, analyst)
    assert study.result is not None, study.message
    # Not everybody who joined is compared. Some had been compared in the months before, and died within that year.
    exits = study.result["exits"]
    assert 10 <= exits["treated"] <= 20
    assert 0 < exits["comparison"] <= exits["treated"]
    with act_in(analyst.scope):
        rows = dict(map(tuple, report.who(study)["tables"][0]["rows"]))
    assert rows["Died within the year, of those who joined"] == words.count(exits["treated"])
    assert rows["Died within the year, of the others, as far as known"] == words.count(exits["comparison"])


def test_what_is_settled_never_changes(past: Scheme, analyst: Worker) -> None:
    study = settle(past, analyst)
    with act_in(analyst.scope), pytest.raises(WrongState):
        operations.set_measures(study_id=study.pk, primary="reoffences", secondary=[], by=analyst.scope, at=AT)
    with act_in(analyst.scope), pytest.raises(WrongState):
        operations.accept(study_id=study.pk, why="Alike", by=analyst.scope, at=AT)


def test_no_outcome_is_stored_of_a_comparison_nobody_accepted(past: Scheme, analyst: Worker) -> None:
    study = work(tasks.design, settle(past, analyst), analyst)
    with act_in(analyst.scope), pytest.raises(IntegrityError), transaction.atomic():
        Study.objects.filter(pk=study.pk).update(result={"rows": []})
    work(tasks.estimate, study, analyst)  # a job that was queued twice does nothing
    assert (study.state, study.result) == (StudyState.DESIGNED, None)


def test_the_same_person_cannot_release_what_they_asked_for(past: Scheme, place: Place) -> None:
    both = make_worker(place, "both", agency="Police", roles=["analyst", "manager"])
    study = found(past, both)
    with act_in(both.scope):
        release = operations.ask_release(
            study_id=study.pk, recipient="A ministry", says={"title": "x"}, by=both.scope, at=AT
        )
        with pytest.raises(NotAllowed):
            operations.decide_release(
                release_id=release.pk, is_released=True, reason="", seen=release.sha256, by=both.scope, at=AT
            )


def test_months_that_are_not_over_for_long_enough_are_refused(past: Scheme, analyst: Worker) -> None:
    with act_in(analyst.scope), pytest.raises(InvalidInput, match="April 2025 or before"):
        operations.begin(who=Who("Too early", past, FIRST, FIRST.replace(year=2025, month=6)), by=analyst.scope, at=AT)


def test_too_few_are_refused_in_words_with_no_number(past: Scheme, analyst: Worker) -> None:
    with act_in(analyst.scope):
        who = Who("One month only", past, FIRST, FIRST)
        study = operations.begin(who=who, by=analyst.scope, at=AT)
        operations.register(study_id=study.pk, purpose=PURPOSE, by=analyst.scope, at=AT)
    work(tasks.design, study, analyst)
    assert study.state == StudyState.REFUSED
    assert study.design is None
    assert "Fewer than 10" in study.message, study.message
    assert not evaluation.folder(study.pk).exists()


def test_work_on_a_question_that_was_given_up_leaves_nothing(past: Scheme, analyst: Worker) -> None:
    study = settle(past, analyst)
    with act_in(analyst.scope):
        operations.withdraw(study_id=study.pk, reason="Asked wrongly", by=analyst.scope, at=AT)
    work(tasks.design, study, analyst)
    assert (study.state, study.design) == (StudyState.WITHDRAWN, None)
    assert not evaluation.folder(study.pk).exists()


def test_nobody_of_another_partnership_sees_a_question(
    past: Scheme, analyst: Worker, elsewhere: Place, as_user: Callable[[Worker], Client]
) -> None:
    study = settle(past, analyst)
    other = make_worker(elsewhere, "eve", agency="Police", roles=["analyst"])
    assert as_user(other).get(reverse("outcomes-study", args=[study.pk])).status_code == 404
    with act_in(other.scope):
        assert not Study.objects.exists()  # the second wall, without `visible_to`
