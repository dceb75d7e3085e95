"""How selection falls on groups: a drawn example by hand, who sees it, and what of it the equality log keeps."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.cohorts.models import MembershipChange, Nomination, Scheme
from iom.common.errors import NotAllowed, NotVisible
from iom.outcomes import evaluation, operations, queries, tasks
from iom.outcomes.models import EqualityEvidence
from iom.partnerships.models import Membership
from iom.people.models import Sanction
from iom.people.operations import restrictions
from iom.sharing.models import EqualityEntry
from iom.sharing.operations import equality as log
from tests.factories.outcomes import (
    Way,
    make_closed_nomination,
    make_equality_evidence,
    make_time,
    make_ways,
    marked,
    sanction,
)
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import make_person, make_record
from tests.factories.sharing import entered

AsUser = Callable[[Worker], Client]
#           eligible  nominated  decided on  selected  red  de-selected  declined, of those above the line
#   Men          100         60          50        30   15           10  20, 10
#   Women         60         30          20        10    4            0  10, 0
WAYS = [
    Way(40, "M"), Way(10, "M", "open"), Way(10, "M", "declined"), Way(10, "M", "declined", is_above=False),
    # Who was selected and does well is not on the list any more, and counts as eligible all the same.
    Way(10, "M", "selected", has_left=True, is_on_list=False), Way(15, "M", "selected", rag="red"),
    Way(5, "M", "selected", is_on_list=False),
    Way(30, "F"), Way(10, "F", "withdrawn"), Way(10, "F", "declined", is_above=None),
    Way(4, "F", "selected", rag="red"), Way(6, "F", "selected"),
    # By referral: on no list, so not of those among whom the list could have chosen.
    Way(12, "M", "selected", is_above=None, is_on_list=False),
]  # fmt: skip


@pytest.fixture
def until() -> date:
    return timezone.localdate().replace(day=1)


@pytest.fixture
def drawn(place: Place, scheme: Scheme, manager: Worker, until: date) -> Scheme:
    with act_in(place.system()):
        make_ways(place, scheme, manager, WAYS, until=until)
    return scheme


def work_out(worker: Worker) -> dict[str, Any]:
    tasks.equality(partnership_id=worker.scope.partnership_id, agency_id=worker.scope.agency_id)
    with act_in(worker.scope):
        found: dict[str, Any] = EqualityEvidence.objects.latest("made_at").figures
    return found


def by_sex(figures: dict[str, Any], step: str, of: str) -> dict[str, tuple[int | None, int | None]]:
    return {
        row["group"]: (row["base"], row["chosen"])
        for row in figures["funnel"]
        if (row["step"], row["of"], row["characteristic"]) == (step, of, "sex")
    }


def test_the_way_into_the_cohort_is_that_by_hand(drawn: Scheme, analyst: Worker) -> None:
    figures = work_out(analyst)
    assert by_sex(figures, "nominated", "eligible") == {"Female": (60, 30), "Male": (100, 60), "All": (160, 90)}
    assert by_sex(figures, "selected", "eligible") == {"Female": (60, 10), "Male": (100, 30), "All": (160, 40)}
    assert by_sex(figures, "selected", "decided") == {"Female": (20, 10), "Male": (50, 30), "All": (70, 40)}
    # Four women, whom the men's number and the total would give away; 19 in all, to the nearest five.
    assert by_sex(figures, "highest_rating", "selected") == {"Female": (10, None), "Male": (30, None), "All": (40, 20)}
    assert by_sex(figures, "deselected", "selected")["All"] == (40, 10)
    assert by_sex(figures, "above_line", "declined")["All"] == (30, 10)
    assert by_sex(figures, "below_line", "selected")["All"] == (40, None), "nobody, and that is fewer than ten too"
    row = next(row for row in figures["funnel"] if (row["group"], row["of"]) == ("Female", "eligible"))
    # 30/60 over 60/100; log error sqrt(1/30 - 1/60 + 1/60 - 1/100) = 0.152753.
    assert [row[f"relative_rate{end}"] for end in ("", "_low", "_high")] == [0.83, 0.62, 1.12]
    assert row["rate"] == 50


def test_only_the_twelve_months_count_and_only_people_whose_records_may_be_used(
    place: Place, drawn: Scheme, analyst: Worker, until: date
) -> None:
    before = work_out(analyst)
    who: dict[str, Any] = {"sex": "F", "ethnicity": "White", "date_of_birth": date(1990, 1, 1)}
    declined = Way(1, "F", "declined")
    with act_in(place.system()):
        for _ in range(3):  # of each: fewer would be lost in the nearest five
            make_closed_nomination(make_person(place, **who), drawn, declined, on=until)
            make_closed_nomination(make_person(place, **who), drawn, declined, on=until - timedelta(days=400))
            held = make_person(place, **who)
            make_record(place, agency="Probation", person=held)  # so that the index still knows them
            make_closed_nomination(held, drawn, declined, on=until - timedelta(days=30))
            restrictions.restrict(person=held, reason="They say that it is wrong", by=place.system(), at=AT)
    assert work_out(analyst)["funnel"] == before["funnel"]


def test_a_rating_counts_if_it_was_red_at_any_time(place: Place, drawn: Scheme, analyst: Worker, until: date) -> None:
    with act_in(place.system()):
        ambers = Nomination.objects.filter(membership__rag="amber", membership__state="active", person__sex="M")
        for nomination in ambers.order_by("pk")[:5]:
            times = {"membership": nomination.membership, "change": "rag", "rationale": "Steady", "by_id": 1}
            MembershipChange.objects.create(
                **marked(nomination.person), **times, before="red", after="amber", at=AT.replace(year=until.year - 1)
            )
    figures = work_out(analyst)
    assert by_sex(figures, "highest_rating", "selected")["All"][1] == 25, "24, to the nearest five"


def followed(place: Place, scheme: Scheme, lead: Worker, until: date, *, chance: float | None) -> None:
    """Forty men and twenty women who joined two years ago; half reoffended, and half of the others left early."""
    joined = until.replace(year=until.year - 2)
    scores = [] if chance is None else [{"predictor": "ogrs3", "horizon_months": 12, "percent": 100 * chance}]
    membership = Membership.objects.get(user=lead.user)
    rows = []
    for number in range(60):
        sex = "M" if number < 40 else "F"
        person = make_person(place, sex=sex, date_of_birth=date(1990, 1, 1), ethnicity="White")
        nomination = make_closed_nomination(person, scheme, Way(1, sex, "selected"), on=joined, scores=scores)
        left = joined + timedelta(days=200 if number % 4 == 1 else 500)
        make_time(person, nomination, membership, rag="amber", joined=joined, ended=left)
        if number % 2 == 0:
            rows.append(sanction(person, joined + timedelta(days=60), joined + timedelta(days=120), number))
    rows.append(sanction(person, joined - timedelta(days=900), until - timedelta(days=1), 999))
    Sanction.objects.bulk_create(rows)


def test_what_followed_waits_until_it_is_final_and_needs_scores(
    place: Place, scheme: Scheme, manager: Worker, analyst: Worker, until: date
) -> None:
    with act_in(place.system()):
        followed(place, scheme, manager, until, chance=0.5)
    found = work_out(analyst)["follow_up"]
    hits = {row["group"]: (row["base"], row["chosen"], row["rate"]) for row in found["hit_rates"]}
    assert hits["Male"] == (40, 20, 50)
    assert hits["Female"] == (20, 10, 50)
    kept = {row["group"]: (row["base"], row["chosen"]) for row in found["kept"]}
    assert kept["All"] == (60, 15)
    score = {row["group"]: row for row in found["score"]}
    assert (score["Male"]["expected_percent"], score["Male"]["found_percent"], score["Male"]["ratio"]) == (50, 50, 1)
    with act_in(place.system()):  # no conviction is known after the first of these: nothing is final any more
        Sanction.objects.filter(sanction_date__gt=until.replace(year=until.year - 1)).delete()
    assert "before what became of anybody is final" in work_out(analyst)["follow_up"]


def test_without_a_score_the_page_says_why(
    place: Place, scheme: Scheme, manager: Worker, analyst: Worker, until: date, as_user: AsUser
) -> None:
    with act_in(place.system()):
        followed(place, scheme, manager, until, chance=None)
    assert work_out(analyst)["follow_up"]["score"] is None
    page = as_user(analyst).get(reverse("outcomes-fairness")).content.decode()
    assert "Fewer than half of those who joined had a score" in page
    assert "Reoffended within a year of joining, of those who joined" in page


def test_a_partnership_with_nothing_gets_sentences(place: Place, analyst: Worker, as_user: AsUser) -> None:
    page = as_user(analyst).get(reverse("outcomes-fairness")).content.decode()
    assert "This has not been worked out yet" in page
    figures = work_out(analyst)
    assert figures["funnel"].startswith("No ranking on record")
    assert figures["follow_up"].startswith("Nobody joined long enough ago")
    page = as_user(analyst).get(reverse("outcomes-fairness")).content.decode()
    assert page.count("No ranking on record") == 2, "of the way, and of decisions against the ranking"
    assert "<table" not in page


def test_the_page_says_first_what_can_be_said_and_shows_no_small_number(
    drawn: Scheme, analyst: Worker, as_user: AsUser
) -> None:
    work_out(analyst)
    client = as_user(analyst)
    with CaptureQueriesContext(connection) as few:
        page = client.get(reverse("outcomes-fairness")).content.decode()
    assert len(few) < 25
    assert page.index("is no proof of bias") < page.index("<table")
    assert "Nominated, of the eligible" in page
    assert "Sex: Female" in page
    assert "0.83" in page
    assert "Too few people took this step, or did not, for groups to be compared." in page
    assert "Not shown" in page
    assert "How this was worked out" in page
    assert "Equality evidence log" in page
    assert page.count("<caption") == page.count("<table")


def test_who_sees_it_and_who_has_it_worked_out(
    place: Place, elsewhere: Place, analyst: Worker, bob: Worker, as_user: AsUser
) -> None:
    bella = make_worker(place, "bella", agency="Council", roles=["board-member"])
    other = make_worker(elsewhere, "oscar", agency="Police", roles=["analyst"])
    with act_in(place.system()):
        evidence = make_equality_evidence(place)
    address = reverse("outcomes-fairness-of-day", args=[evidence.pk])
    again = reverse("outcomes-work-out-fairness")
    reader = as_user(bella)
    assert "As known on" in reader.get(address).content.decode()
    assert "Work it out again" not in reader.get(reverse("outcomes-fairness")).content.decode()
    assert reader.post(again).status_code == 403
    assert as_user(bob).get(address).status_code == 403
    assert as_user(bob).get(reverse("outcomes-fairness")).status_code == 403
    assert as_user(other).get(address).status_code == 404
    assert "Sex: Female" not in as_user(other).get(reverse("outcomes-fairness")).content.decode()
    with act_in(other.scope):
        assert not EqualityEvidence.objects.exists(), "the database shows none of it either"
        with pytest.raises(NotVisible):
            queries.get_equality(evidence_id=evidence.pk, scope=other.scope)
    with act_in(bella.scope), pytest.raises(NotAllowed):
        operations.ask_for_equality(by=bella.scope, at=AT)


def test_it_is_asked_for_and_leaves_an_event(analyst: Worker, as_user: AsUser) -> None:
    client = as_user(analyst)
    for _ in range(2):  # asked twice it is worked out once
        assert client.post(reverse("outcomes-work-out-fairness")).status_code == 302
    with act_in(analyst.scope):
        asked = Event.objects.filter(action="outcomes.ask_for_equality")
        assert {event.actor_id for event in asked} == {analyst.user.pk}
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from procrastinate_jobs where task_name = 'outcomes.equality'")
        assert cursor.fetchone() == (1,)


def test_each_night_it_is_worked_out_for_every_partnership_once_a_day(
    place: Place, elsewhere: Place, drawn: Scheme, analyst: Worker
) -> None:
    for _ in range(2):
        tasks.equalities(timestamp=0)
    for each in (place, elsewhere):
        with act_in(each.system()):
            evidence = EqualityEvidence.objects.get()
            assert evidence.on == timezone.localdate()
            assert evidence.manifest["inputs"]
            assert Event.objects.filter(action="outcomes.store_equality", subject_id=str(evidence.pk)).count() == 2
    with act_in(elsewhere.system()):
        assert "No ranking on record" in EqualityEvidence.objects.get().figures["funnel"]


def test_an_entry_of_the_log_cites_a_day_and_keeps_what_it_said(place: Place, analyst: Worker, as_user: AsUser) -> None:
    with act_in(place.system()):
        evidence = make_equality_evidence(place, on=timezone.localdate())
    client = as_user(analyst)
    assert f'value="outcomes-{evidence.pk}"' in client.get(reverse("sharing-equality-new")).content.decode()
    says = entered(subject="selection", evidence="figures", figures_key=f"outcomes-{evidence.pk}")
    with act_in(analyst.scope):
        entry = log.record(entered=says, by=analyst.scope, at=AT)
        event = Event.objects.get(action="sharing.equality_first")
        assert (entry.outcomes_id, entry.version_id, event.detail["outcomes"]) == (evidence.pk, None, evidence.pk)
        nothing = evaluation.Equality({**evidence.figures, "funnel": "Nothing."}, {})
        operations.store_equality(on=evidence.on, made=nothing, by=analyst.scope, at=AT)
    page = client.get(reverse("sharing-equality-entry", args=[entry.pk])).content.decode()
    assert "Nominated, of the eligible" in page, "the day was worked out again; the log still says what was looked at"
    assert reverse("outcomes-fairness-of-day", args=[evidence.pk]) in page
    assert client.get(reverse("sharing-equality-correct", args=[entry.pk])).status_code == 200
    sheet = b"".join(client.get(reverse("sharing-equality-export", args=["csv"])))
    assert "Selection and what followed, all schemes" in sheet.decode()


def test_the_log_is_only_added_to_and_cites_one_thing(place: Place, elsewhere: Place, analyst: Worker) -> None:
    with act_in(place.system()):
        evidence = make_equality_evidence(place)
        entry = log.record(entered=entered(figures_key=f"outcomes-{evidence.pk}"), by=analyst.scope, at=AT)
        for change in (
            lambda: EqualityEntry.objects.filter(pk=entry.pk).update(showed="Nothing"),
            lambda: EqualityEntry.objects.filter(pk=entry.pk).delete(),
        ):
            with pytest.raises(Exception, match="permission denied"), transaction.atomic():
                change()
        values = {field.attname: getattr(entry, field.attname) for field in EqualityEntry._meta.concrete_fields}
        with pytest.raises(IntegrityError, match="figures_say_whose"), transaction.atomic():
            EqualityEntry.objects.create(**{**values, "id": None, "figures": None})
    with act_in(elsewhere.system()):
        theirs = make_equality_evidence(elsewhere)
    with act_in(analyst.scope), pytest.raises(NotVisible):
        log.record(entered=entered(figures_key=f"outcomes-{theirs.pk}"), by=analyst.scope, at=AT)
