"""From a review date to a certificate: reviewed, proposed, approved by two people, destroyed; held at both ends."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from iom.access.scope import act_in
from iom.agreements.models import LimitedAccess
from iom.audit.choices import Kind
from iom.audit.models import Event, Value
from iom.cohorts.models import Candidate
from iom.common import background, erasure, registries
from iom.common.errors import NotAllowed, WrongState
from iom.common.privacy import Retention
from iom.common.registries import privacy_declarations
from iom.people.linkage import Pair
from iom.people.models import IntelligenceCount, Person, PossibleMatch, Sanction, SearchTerm, SourceRecord
from iom.people.operations import decisions, erasing
from iom.sharing import tasks
from iom.sharing.models import (
    DestructionItem,
    DestructionList,
    LegalHold,
    RetentionReview,
    SubjectAccessItem,
    SubjectAccessRequest,
)
from iom.sharing.operations import destruction, merging, retention, subject_access
from iom.sharing.queries import retention as queries
from tests.factories.cohorts import make_run, make_scheme
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_event, link_people, make_person, make_record
from tests.web.integration.sharing.test_limited_and_emergency_access import place_limit
from tests.web.integration.sharing.test_subject_access import ASKED

AsUser = Callable[[Worker], Client]
LONG_AGO = date(2010, 3, 4)
NAME = "Quennell"


@pytest.fixture
def irene(place: Place) -> Worker:
    return make_worker(place, "irene", agency="Police", roles=["information-governance"])


@pytest.fixture
def ivor(place: Place) -> Worker:
    return make_worker(place, "ivor", agency="Police", roles=["information-governance"])


@pytest.fixture
def person(place: Place) -> Person:
    """Known to the police alone, with one theft in 2010; ranked."""
    with act_in(place.system()):
        record = make_record(
            place, family_name=NAME, date_of_birth=date(1980, 5, 6), postcode="SW1A 1AA", pnc_id="2001/0000001Q"
        )
        add_event(Sanction, record, sanction_date=LONG_AGO, sanction_type="conviction", offence_code="04600")
    found = link_people(place, {"p-old": [record]})["p-old"]
    with act_in(place.system()):
        make_run(make_scheme(place), [found])
    return found


def work_out(place: Place) -> None:
    with act_in(place.system()):
        after: int | None = 0
        while after is not None:
            after = retention.set_review_dates(after=after, by=place.system(), at=AT)


@pytest.fixture
def review(place: Place, person: Person, irene: Worker) -> RetentionReview:
    work_out(place)
    with act_in(irene.scope):
        return RetentionReview.objects.get()


def propose(review: RetentionReview, by: Worker) -> DestructionList:
    with act_in(by.scope):
        return retention.propose(review_id=review.pk, reason="Six clear years", by=by.scope, at=AT)


def approve(chosen: DestructionList, *workers: Worker) -> None:
    for worker in workers:
        with act_in(worker.scope):
            destruction.approve(list_id=chosen.pk, records=1, by=worker.scope, at=AT)


def carry_out(chosen: DestructionList) -> None:
    tasks.destroy(list_id=chosen.pk, partnership_id=chosen.partnership_id, agency_id=chosen.owner_agency_id)


def test_the_dates_are_worked_out_and_stay_the_same(place: Place, review: RetentionReview) -> None:
    assert (review.rule, review.last_on, review.due_on) == ("police-group-3", LONG_AGO, date(2016, 3, 4))
    with act_in(place.system()):
        before = Event.objects.filter(action="sharing.set_review_dates").count()
    work_out(place)
    with act_in(place.system()):
        assert Event.objects.filter(action="sharing.set_review_dates").count() == before
        assert RetentionReview.objects.get().pk == review.pk


def test_something_new_starts_the_clock_again(place: Place, person: Person, review: RetentionReview) -> None:
    with act_in(place.system()):
        record = SourceRecord.objects.get()
        add_event(Sanction, record, sanction_date=date(2025, 1, 2), sanction_type="caution", offence_code="04600")
        Sanction.objects.update(person=person)
    work_out(place)
    with act_in(place.system()):
        assert RetentionReview.objects.get().due_on == date(2031, 1, 2)


def test_a_reviewer_keeps_a_record_in_the_browser(
    place: Place, review: RetentionReview, irene: Worker, as_user: AsUser
) -> None:
    client = as_user(irene)
    assert "1 record due for review" in client.get(reverse("today")).text
    address = reverse("sharing-review", args=[review.pk])
    assert NAME in client.get(address).text
    client.post(address, {"outcome": "keep", "reason": "Still a policing purpose"})
    with act_in(irene.scope):
        assert RetentionReview.objects.get().due_on == date(2031, client_day().month, client_day().day)
    assert client.post(address, {"outcome": "keep", "reason": "Twice"}).status_code == 409


def client_day() -> date:
    from django.utils import timezone

    return timezone.localdate()


def test_from_proposal_to_certificate(
    place: Place, person: Person, review: RetentionReview, irene: Worker, ivor: Worker, as_user: AsUser
) -> None:
    with act_in(irene.scope):
        dry_run = queries.plan(record="agency", person_id=person.pk, scope=irene.scope)
    chosen = propose(review, irene)
    approve(chosen, irene)
    with act_in(irene.scope), pytest.raises(NotAllowed):
        destruction.approve(list_id=chosen.pk, records=1, by=irene.scope, at=AT)
    approve(chosen, ivor)
    carry_out(chosen)
    with act_in(place.system()):
        item = DestructionItem.objects.get()
        assert item.state == "done"
        reasons = item.counts.pop("sharing.RetentionDecision")  # written by the proposal itself
        assert reasons["rows"] == 1
        assert item.counts == dry_run
        assert (Person.objects.get().family_name, Person.objects.get().date_of_birth) == ("", date(1980, 1, 1))
        record, sanction = SourceRecord.objects.get(), Sanction.objects.get()
        assert (record.family_name, record.pnc_id, record.postcode, record.person_id) == ("", "", "SW", None)
        assert (sanction.sanction_date, sanction.offence_code, sanction.person_id) == (date(2010, 1, 1), "", person.pk)
        assert not SearchTerm.objects.exists()
        assert not Candidate.objects.exists()
        erased = Event.objects.filter(kind=Kind.ERASURE).values_list("reason", "detail")
        assert erased
        assert NAME not in str(list(erased))
    client = as_user(irene)
    page = client.get(reverse("sharing-destruction", args=[chosen.pk])).text
    certificate = client.get(reverse("sharing-certificate", args=[chosen.pk])).text
    assert "Ivor" in certificate
    assert "1 record destroyed" in certificate
    assert NAME not in page + certificate
    work_out(place)
    with act_in(place.system()):
        assert not RetentionReview.objects.exists(), "what has ended has no review"


def test_another_agencys_record_of_the_person_stays(place: Place, irene: Worker, ivor: Worker) -> None:
    with act_in(place.system()):
        ours = make_record(place, family_name=NAME, date_of_birth=date(1980, 5, 6))
        theirs = make_record(place, agency="Probation", family_name="Kept", date_of_birth=date(1981, 1, 2))
        add_event(Sanction, ours, sanction_date=LONG_AGO, sanction_type="conviction", offence_code="04600")
    link_people(place, {"p-both": [ours, theirs]})
    work_out(place)
    with act_in(irene.scope):
        review = RetentionReview.objects.get(owner_agency=irene.scope.agency_id)
    chosen = propose(review, irene)
    approve(chosen, irene, ivor)
    carry_out(chosen)
    with act_in(place.system()):
        person = Person.objects.get()
        assert (person.family_name, person.date_of_birth, person.erased_at) == ("Kept", date(1981, 1, 2), None)
        assert SearchTerm.objects.exists()
        assert RetentionReview.objects.get().owner_agency == place.agencies["Probation"]


def test_a_hold_of_another_agency_blocks_both_ends(
    place: Place, person: Person, review: RetentionReview, irene: Worker, ivor: Worker
) -> None:
    olga = make_worker(place, "olga", agency="Council", roles=["information-governance"])
    chosen = propose(review, irene)
    approve(chosen, irene, ivor)
    with act_in(olga.scope):
        hold = retention.place_hold(person=person, reason="An inquest", until=None, by=olga.scope, at=AT)
    carry_out(chosen)
    with act_in(place.system()):
        item = DestructionItem.objects.get()
        assert (item.state, item.left_because) == ("left", "held")
        assert Person.objects.get().family_name == NAME
    with act_in(irene.scope), pytest.raises(WrongState, match="legal hold"):
        retention.propose(review_id=review.pk, reason="Again", by=irene.scope, at=AT)
    with act_in(olga.scope):
        retention.lift_hold(hold_id=hold.pk, reason="It has ended", by=olga.scope, at=AT)
    propose(review, irene)


def test_a_hold_on_somebody_merged_meanwhile_protects_whom_they_became(
    place: Place, person: Person, irene: Worker, alice: Worker, as_user: AsUser
) -> None:
    with act_in(place.system()):
        record = make_record(place)
    gone = link_people(place, {"p-gone": [record]})["p-gone"]
    client, address = as_user(irene), reverse("sharing-place-hold", args=[gone.public_id])
    assert client.get(address).status_code == 200, "the form is open"
    with act_in(alice.scope):
        decisions.merge_people(keep_id=person.pk, gone_id=gone.pk, reason="Same prints", by=alice.scope, at=AT)
    with act_in(irene.scope), pytest.raises(WrongState, match="merged"):
        retention.place_hold(person=gone, reason="An inquest", until=None, by=irene.scope, at=AT)
    assert "The hold stands" in client.post(address, {"reason": "An inquest"}, follow=True).text
    with act_in(place.system()) as system:
        assert queries.held_people(scope=system, person_ids=[person.pk, gone.pk], on=client_day()) == {person.pk}


def test_what_happened_after_the_approval_leaves_the_record_alone(
    place: Place, person: Person, review: RetentionReview, irene: Worker, ivor: Worker
) -> None:
    chosen = propose(review, irene)
    approve(chosen, irene, ivor)
    with act_in(place.system()):
        add_event(
            Sanction, SourceRecord.objects.get(), sanction_date=date(2026, 11, 1), sanction_type="conviction",
            offence_code="04600",
        )  # fmt: skip
        Sanction.objects.update(person=person)
    carry_out(chosen)
    with act_in(place.system()):
        assert DestructionItem.objects.get().left_because == "not-due"
        assert Person.objects.get().family_name == NAME


def grave(place: Place, born_on: date) -> Person:
    """Known to the police alone, for a murder in 2010."""
    with act_in(place.system()):
        record = make_record(place, date_of_birth=born_on)
        add_event(Sanction, record, sanction_date=LONG_AGO, sanction_type="conviction", offence_code="00101")
    found = link_people(place, {"p-grave": [record]})["p-grave"]
    work_out(place)
    return found


def test_what_a_rule_keeps_to_an_age_is_not_proposed_before(place: Place, irene: Worker, as_user: AsUser) -> None:
    grave(place, date(1926, 11, 24))
    with act_in(irene.scope):
        review = RetentionReview.objects.get()
    assert (review.rule, review.due_on) == ("police-group-1", date(2020, 3, 4))
    with pytest.raises(WrongState, match="reaches its age"):
        propose(review, irene)  # the day before the 100th birthday
    with act_in(place.system()):
        Person.objects.update(date_of_birth=date(1990, 1, 2))
    client, address = as_user(irene), reverse("sharing-review", args=[review.pk])
    page = client.get(address).text
    assert "until the person is 100, on 2 January 2090" in page
    assert 'value="keep"' in page
    assert 'value="propose"' not in page
    assert client.post(address, {"outcome": "propose", "reason": "Gone"}).status_code in (200, 400)
    with act_in(place.system()):
        assert not DestructionItem.objects.exists()


def test_the_age_is_asked_again_when_the_record_is_destroyed(place: Place, irene: Worker, ivor: Worker) -> None:
    person = grave(place, date(1926, 11, 23))
    with act_in(irene.scope):
        review = RetentionReview.objects.get()
    chosen = propose(review, irene)  # on the birthday itself
    approve(chosen, irene, ivor)
    with act_in(place.system()):
        Person.objects.filter(pk=person.pk).update(date_of_birth=date(1946, 11, 23))
    carry_out(chosen)
    with act_in(place.system()):
        assert (DestructionItem.objects.get().state, Person.objects.get().erased_at) == ("left", None)


def test_nothing_stays_under_who_was_merged_nor_beside_a_decision_about_two(
    place: Place, person: Person, irene: Worker, ivor: Worker, alice: Worker
) -> None:
    """What was written under the person who is gone, and reasons kept under the other of two records, end as well."""
    mary = make_worker(place, "mary", agency="Police", roles=["manager"])
    with act_in(place.system()):
        older = make_record(place, agency="Probation")
        gone_record = make_record(place)
        ours = SourceRecord.objects.get(person=person)
        add_event(Sanction, gone_record, sanction_date=LONG_AGO, sanction_type="conviction", offence_code="04600")
    pair = Pair(ours.pk, older.pk, 3.0, 0.9)
    people = link_people(place, {"p-old": [ours], "p-gone": [gone_record], "p-other": [older]}, pair)
    with act_in(place.system()):
        match = PossibleMatch.objects.get()
        # The right record's reason lies under whoever has the left one.
        assert match.left_id == ours.pk
    gone = people["p-gone"]
    place_limit(gone, mary.scope, user_ids=[ivor.user.pk + 999], reason="She is an aunt")
    with act_in(alice.scope):
        decisions.decide_match(match_id=match.pk, verdict="different", reason="Unlike", by=alice.scope, at=AT)
        made = decisions.merge_people(
            keep_id=people["p-other"].pk, gone_id=gone.pk, reason="Same", by=alice.scope, at=AT
        )
        decisions.undo_decision(decision_id=made.pk, reason="Mistaken", by=alice.scope, at=AT)
        decisions.merge_people(keep_id=person.pk, gone_id=gone.pk, reason="Prints", by=alice.scope, at=AT)
    work_out(place)
    with act_in(irene.scope):
        review = RetentionReview.objects.get(person=person)
    chosen = propose(review, irene)
    approve(chosen, irene, ivor)
    carry_out(chosen)
    with act_in(place.system()):
        assert DestructionItem.objects.get().state == "done"
        kept = set(Value.objects.filter(field="reason").values_list("after", flat=True))
        assert kept.isdisjoint({"Unlike", "Same", "Mistaken", "Prints", "She is an aunt"}), kept
        limits = LimitedAccess.objects.filter(person_id__in=[person.pk, gone.pk]).values_list("person_id", "reason")
        assert set(limits) == {(person.pk, erasure.REMOVED), (gone.pk, erasure.REMOVED)}
        assert people["p-other"].source_records.exists(), "the other person stays"


def test_copies_that_another_agency_has_not_released_go_with_the_record(
    place: Place, person: Person, review: RetentionReview, irene: Worker, ivor: Worker
) -> None:
    olga = make_worker(place, "olga", agency="Council", roles=["information-governance"])
    with act_in(olga.scope):
        made = [subject_access.record(person=person, asked=ASKED, by=olga.scope, at=AT) for _ in range(2)]
        for each in made:
            assert subject_access.gather(request=each, by=olga.scope, at=AT)
    with act_in(place.system()):
        SubjectAccessRequest.objects.filter(pk=made[1].pk).update(
            state="released", prepared_by=olga.user.pk, closed_by=irene.user.pk, closed_at=AT
        )
    chosen = propose(review, irene)
    approve(chosen, irene, ivor)
    carry_out(chosen)
    with act_in(place.system()):
        ours = SubjectAccessItem.objects.filter(controller=place.agencies["Police"])
        assert not ours.filter(request=made[0], source__startswith="people.").exists()
        assert ours.filter(request=made[1]).exists(), "what the person was told"


def test_a_count_of_intelligence_goes_altogether(place: Place, person: Person) -> None:
    """Emptied, it would say that there was none."""
    with act_in(place.system()) as system:
        record = SourceRecord.objects.get()
        add_event(
            IntelligenceCount, record, person=person, month=LONG_AGO, reports=4, source_evaluation="1",
            information_assessment="A", handling_code="P",
        )  # fmt: skip
        planned = erasing.plan(scope=system, person_id=person.pk, agency_id=system.agency_id)
        assert planned == erasing.erase(by=system, person_id=person.pk, agency_id=system.agency_id, at=AT)
        assert planned["people.IntelligenceCount"]["deleted"]
        assert not IntelligenceCount.objects.exists()


def test_a_split_says_that_a_hold_was_copied_and_what_was_left(
    place: Place, person: Person, review: RetentionReview, irene: Worker
) -> None:
    propose(review, irene)
    with act_in(irene.scope):
        retention.place_hold(person=person, reason="An inquest", until=None, by=irene.scope, at=AT)
    with act_in(place.system()) as system:
        new = make_person(place)
        merging.split(by=system, person_id=person.pk, new_id=new.pk, source_record_ids=[], at=AT)
        event = Event.objects.get(action="sharing.split")
        assert (event.person_id, event.detail["other"], event.detail["left"]) == (person.pk, new.pk, 1)
        assert len(event.detail["holds"]) == 1


def test_an_approved_list_whose_work_stopped_is_taken_up_at_night(
    place: Place, review: RetentionReview, irene: Worker, ivor: Worker
) -> None:
    chosen = propose(review, irene)
    tasks.take_up_destruction(timestamp=0)
    assert not background.is_alive(once=f"destroy-{chosen.pk}"), "nobody has approved it"
    approve(chosen, irene, ivor)
    background.withdraw(once=f"destroy-{chosen.pk}")
    for _ in range(2):
        tasks.take_up_destruction(timestamp=0)
    assert background.is_alive(once=f"destroy-{chosen.pk}")
    with act_in(place.system()):
        assert Event.objects.filter(action="sharing.take_up_destruction").count() == 1
    carry_out(chosen)
    with act_in(place.system()):
        assert DestructionList.objects.get().state == "done"


def test_a_list_that_has_grown_is_not_what_was_approved(
    place: Place, review: RetentionReview, irene: Worker, ivor: Worker
) -> None:
    chosen = propose(review, irene)
    with act_in(ivor.scope), pytest.raises(WrongState, match="changed since"):
        destruction.approve(list_id=chosen.pk, records=2, by=ivor.scope, at=AT)


def test_another_agency_and_another_partnership_see_nothing(
    place: Place, elsewhere: Place, review: RetentionReview, irene: Worker, as_user: AsUser
) -> None:
    chosen = propose(review, irene)
    for where, agency in ((place, "Council"), (elsewhere, "Police")):
        stranger = make_worker(where, f"stranger-{agency.lower()}", agency=agency, roles=["information-governance"])
        client = as_user(stranger)
        assert NAME not in client.get(reverse("sharing-retention")).text
        assert client.get(reverse("sharing-review", args=[review.pk])).status_code == 404
        assert client.get(reverse("sharing-destruction", args=[chosen.pk])).status_code == 404
        with act_in(stranger.scope):
            assert not RetentionReview.objects.exists()
            assert not DestructionItem.objects.exists()


def test_the_list_asks_as_often_for_many_as_for_one(
    place: Place, review: RetentionReview, irene: Worker, as_user: AsUser
) -> None:
    client = as_user(irene)

    def reads() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(reverse("sharing-retention")).status_code == 200
        return len([query for query in asked if query["sql"].startswith("SELECT")])

    reads()
    one = reads()
    with act_in(place.system()):
        records = [make_record(place) for _ in range(12)]
        for record in records:
            add_event(Sanction, record, sanction_date=LONG_AGO, sanction_type="conviction", offence_code="04600")
    link_people(place, {f"m{record.pk}": [record] for record in records})
    work_out(place)
    assert reads() == one <= 20


# Tables whose personal fields do not end with a person's record, and why.
NOT_ERASED = {
    "audit.Value": "erased with the person's last record, by the destruction itself",
    "home.Draft": "removed after 7 days, about whomever",
    "people.RecordedCrime": "hangs on nobody; its victim's number is emptied after two years, about whomever",
}


def test_every_table_with_something_to_remove_is_emptied_by_somebody(place: Place, person: Person) -> None:
    """A new table about people must say how it ends; the dry run of its app knows it."""
    wanted = {
        declared.name
        for declared in privacy_declarations
        if any(treatment.retention is not Retention.KEEP for treatment in declared.fields.values())
    }
    seen: set[str] = set()

    def note(chosen: list[erasure.Rows]) -> erasure.Counts:
        seen.update(each.rows.model._meta.label for each in chosen)
        for each in chosen:
            if not each.whole:
                erasure.emptied(each.rows.model)
        return {}

    with pytest.MonkeyPatch.context() as patch, act_in(place.system()) as system:
        patch.setattr(erasure, "count", note)
        for entry in registries.retained_records:
            entry.plan(scope=system, person_id=person.pk, agency_id=system.agency_id)
    assert wanted - seen - set(NOT_ERASED) == set()


def test_a_hold_is_placed_on_anybody_found_by_name_before_their_record_is_due(
    place: Place, irene: Worker, as_user: AsUser
) -> None:
    with act_in(place.system()):
        record = make_record(place, family_name="Ravensworth")
    found = link_people(place, {"p-new": [record]})["p-new"]
    client = as_user(irene)
    assert "for=hold" in client.get(reverse("sharing-retention")).text
    page = client.get(reverse("sharing-subject-access-find"), {"q": "Ravensworth", "for": "hold"}).text
    assert "Whose records are to be kept?" in page
    address = reverse("sharing-place-hold", args=[found.public_id])
    assert f'href="{address}"' in page
    assert client.post(address, {"reason": "Inquest"}).status_code == 302
    with act_in(irene.scope):
        assert LegalHold.objects.get().person == found
