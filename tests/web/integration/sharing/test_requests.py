"""One agency asks another about a person: the question, its clock, the answer with what is cut from it, and the log."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from iom.access.scope import Scope, act_in
from iom.agreements import operations as agreements
from iom.agreements.models import SharingAgreement
from iom.audit.models import Event
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.people.models import Person, Sanction, SourceRecord
from iom.sharing.models import AnswerItem, Disclosure, Given, InformationRequest
from iom.sharing.operations import requests as operations
from iom.sharing.operations.requests import Asking
from iom.sharing.rules import requests as rules
from tests.factories.agreements import drafter, make_agreement
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import add_event, make_person

AsUser = Callable[[Worker], Client]
ASKING = Asking(
    who="Jordan Quayle", purpose="To plan the release on 3 May", necessity="The plan rests on it",
    question="Is he treated?", kinds=["sanctions", "answers"], gateway="crime-and-disorder-s115", urgency="routine",
)  # fmt: skip


@pytest.fixture
def peter(place: Place) -> Worker:
    return make_worker(place, "peter", agency="Probation", roles=["practitioner"])


@pytest.fixture
def tess(place: Place) -> Worker:
    return make_worker(place, "tess", agency="Treatment", roles=["partner-worker"])


@pytest.fixture
def person(place: Place) -> Person:
    """Known to probation, and to treatment, which keeps two sanctions to itself."""
    with act_in(place.system()):
        person = make_person(place, agency="Probation", family_name="Quayle")
    with act_in(place.system("Treatment")):
        record = SourceRecord.objects.get(person=person)
        record.owner_agency = place.agencies["Treatment"]
        for day in (1, 2):
            add_event(
                Sanction, record, person=person, audience="own", sanction_date=date(2020, 1, day),
                sanction_type="conviction", offence_code="28/3", court=f"Court {day}",
            )  # fmt: skip
    return person


def end_agreement(place: Place) -> None:
    """Withdraws the agreement under which the agencies of the place share."""
    with act_in(place.system()):
        by = drafter(place.agencies["Police"])
        agreements.withdraw(agreement=SharingAgreement.objects.get(), reason="A party left", by=by, at=timezone.now())


def ask(person: Person, peter: Worker, place: Place, **given: Any) -> InformationRequest:
    asking = Asking(**{**vars(ASKING), **given})
    with act_in(peter.scope):
        return operations.ask(
            person=person, agency=place.agencies["Treatment"], asking=asking, by=peter.scope, at=timezone.now()
        )


def answer(request: InformationRequest, by: Scope, *, at: datetime | None = None, **given: Any) -> Disclosure:
    """An answer with everything held, unless the items were chosen before."""
    values = {"text": "He is.", "special": [], "is_part": False, "reason": "", "kept_days": 30, **given}
    with act_in(by):
        if not AnswerItem.objects.filter(request_id=request.pk).exists():
            operations.gather(request=request, by=by, at=timezone.now())
            ids = AnswerItem.objects.filter(request_id=request.pk).values_list("pk", flat=True)
            operations.choose(request=request, item_ids=list(ids), by=by, at=timezone.now())
        return operations.send(request=request, by=by, at=at or timezone.now(), **values)


def test_nobody_is_asked_about_who_was_destroyed_or_merged_meanwhile(
    place: Place, person: Person, peter: Worker
) -> None:
    with act_in(place.system()):
        merged, other = make_person(place), make_person(place)
        Person.objects.filter(pk=merged.pk).update(merged_into=other)
        Person.objects.filter(pk=person.pk).update(erased_at=timezone.now())
    for gone in (person, merged):
        with pytest.raises(NotVisible):
            ask(gone, peter, place)


@pytest.mark.parametrize("move", ["merge", "split"])
def test_what_was_chosen_before_a_merge_or_split_is_chosen_again(
    place: Place, person: Person, peter: Worker, tess: Worker, move: str
) -> None:
    sent, request = ask(person, peter, place), ask(person, peter, place)
    answer(sent, tess.scope)
    by = place.system()
    with act_in(tess.scope):
        operations.gather(request=request, by=tess.scope, at=timezone.now())
        ids = AnswerItem.objects.filter(request_id=request.pk).values_list("pk", flat=True)
        operations.choose(request=request, item_ids=list(ids), by=tess.scope, at=timezone.now())
    with act_in(by):
        other = make_person(place)
        if move == "merge":
            operations.merge(by=by, keep_id=person.pk, gone_id=other.pk, at=timezone.now())
        else:
            operations.split(by=by, person_id=person.pk, new_id=other.pk, source_record_ids=[], at=timezone.now())
        event = Event.objects.get(action=f"sharing.requests.{move}")
        assert event.detail["items_forgotten"] > 0
    with act_in(tess.scope):
        assert not AnswerItem.objects.filter(request_id=request.pk).exists()
        assert AnswerItem.objects.filter(request_id=sent.pk).exists(), "what was sent was sent as theirs"


def test_an_answer_is_a_snapshot_for_the_roles_of_who_asked(
    place: Place, person: Person, peter: Worker, tess: Worker, as_user: AsUser
) -> None:
    request = ask(person, peter, place)
    disclosure = answer(request, tess.scope)
    page = as_user(peter).get(reverse("sharing-given", args=[disclosure.pk]))
    assert page.status_code == 200
    assert "Court 1" in page.text
    assert "He is." in page.text
    with act_in(place.system("Treatment")):
        Sanction.objects.filter(person=person).update(court="Changed")
        given = Given.objects.get()
        assert given.first_opened_by == peter.user.pk
    assert "Changed" not in as_user(peter).get(reverse("sharing-given", args=[disclosure.pk])).text
    colleague = make_worker(place, "carl", agency="Probation", roles=["coordinator"])
    assert as_user(colleague).get(reverse("sharing-given", args=[disclosure.pk])).status_code == 404
    assert "other roles of your agency" in as_user(colleague).get(reverse("sharing-request", args=[request.pk])).text
    with act_in(colleague.scope):
        assert Given.objects.count() == 0, "row-level security keeps to the roles too"
        assert Disclosure.objects.count() == 1
    stranger = make_worker(place, "sue", agency="Council", roles=["practitioner"])
    assert as_user(stranger).get(reverse("sharing-request", args=[request.pk])).status_code == 404
    with act_in(stranger.scope):
        assert (InformationRequest.objects.count(), Disclosure.objects.count(), Given.objects.count()) == (0, 0, 0)


def test_what_is_blacked_out_or_cut_is_nowhere_in_what_was_given(
    place: Place, person: Person, peter: Worker, tess: Worker
) -> None:
    request = ask(person, peter, place)
    with act_in(tess.scope):
        operations.gather(request=request, by=tess.scope, at=timezone.now())
        first, second = AnswerItem.objects.filter(request_id=request.pk, source="people.Sanction").order_by("on")
        with pytest.raises(InvalidInput, match="not complete"):
            operations.black_out(
                item=first, give="part", blacked_out=["court"], reason="", by=tess.scope, at=timezone.now()
            )
        with pytest.raises(InvalidInput):
            operations.black_out(
                item=first, give="part", blacked_out=["id"], reason="x", by=tess.scope, at=timezone.now()
            )
        operations.black_out(
            item=first, give="part", blacked_out=["court"], reason="Names a witness", by=tess.scope, at=timezone.now()
        )
    with pytest.raises(InvalidInput):
        answer(request, tess.scope, text="He is [[on methadone]].")
    disclosure = answer(request, tess.scope, text="He is [[on methadone]].", reason="Not needed for the plan")
    with act_in(peter.scope):
        given = Given.objects.get()
        told = f"{given.text} {given.items}"
        assert "methadone" not in told
        assert "Court 1" not in told
        assert "Court 2" not in told, "what nobody ticked is not given"
        assert rules.CUT_OUT in given.text
        assert disclosure.left_out
        assert not AnswerItem.objects.exists(), "why something was left out stays with the giver"
        assert InformationRequest.objects.get().state == "part"
    assert second.give == "leave"


def test_without_an_agreement_in_force_nothing_is_sent_and_nothing_is_lost(
    place: Place, person: Person, peter: Worker, tess: Worker, as_user: AsUser
) -> None:
    end_agreement(place)
    request = ask(person, peter, place)
    page = as_user(tess).get(reverse("sharing-request", args=[request.pk]))
    assert "No sharing agreement in force" in page.text
    with pytest.raises(WrongState, match="No sharing agreement in force"):
        answer(request, tess.scope)
    with act_in(tess.scope):
        assert InformationRequest.objects.get().state == "asked"


def test_the_log_names_the_agreement_that_lets_this_agency_give_to_that_one(
    place: Place, person: Person, peter: Worker, tess: Worker, as_user: AsUser
) -> None:
    end_agreement(place)
    treatment, probation, council = (place.agencies[name] for name in ("Treatment", "Probation", "Council"))
    with act_in(place.system()):
        make_agreement([treatment, council], at=timezone.now(), reference="With the council")
    request = ask(person, peter, place)
    with pytest.raises(WrongState, match="does not let Probation receive from Treatment"):
        answer(request, tess.scope)
    with act_in(place.system()):
        gateways = ["offender-management-s14", "uk-gdpr-6-1-e", "law-enforcement-task"]
        other = make_agreement([treatment, probation], at=timezone.now(), reference="Another", gateways=gateways)
    with pytest.raises(WrongState, match="Agreement Another does not name what this is said to rest on"):
        answer(request, tess.scope)
    disclosure = answer(ask(person, peter, place, gateway="offender-management-s14"), tess.scope)
    assert disclosure.agreement_id == other.pk
    with act_in(peter.scope), pytest.raises(InvalidInput, match="Treatment may not share with Probation"):
        operations.ask(
            person=person, agency=treatment, by=peter.scope, at=timezone.now(),
            asking=Asking(**{**vars(ASKING), "gateway": "common-law-policing"}),
        )  # fmt: skip


def test_words_that_hold_what_no_condition_covers_are_not_sent(
    place: Place, person: Person, peter: Worker, tess: Worker
) -> None:
    request = ask(person, peter, place)
    with pytest.raises(WrongState, match="no condition for special category data of Treatment: Religion"):
        answer(request, tess.scope, special=["religion"])
    answer(request, tess.scope, special=["health"])
    with act_in(tess.scope):
        assert Event.objects.get(action="sharing.requests.send").detail["special"] == ["health"]


def test_an_agreement_that_ends_while_somebody_chooses_stops_the_answer(
    place: Place, person: Person, peter: Worker, tess: Worker
) -> None:
    request = ask(person, peter, place)
    with act_in(tess.scope):
        operations.gather(request=request, by=tess.scope, at=timezone.now())
        chosen = list(AnswerItem.objects.values_list("pk", flat=True))
        operations.choose(request=request, item_ids=chosen, by=tess.scope, at=timezone.now())
    end_agreement(place)
    with pytest.raises(WrongState, match="No sharing agreement in force"):
        answer(request, tess.scope)
    with act_in(tess.scope):
        assert AnswerItem.objects.filter(give="give").count() == len(chosen), "what was chosen is kept"
        assert not Disclosure.objects.exists()


def test_the_owner_withdraws_while_a_page_is_open(
    place: Place, person: Person, peter: Worker, tess: Worker, as_user: AsUser
) -> None:
    disclosure = answer(ask(person, peter, place), tess.scope)
    client, address = as_user(peter), reverse("sharing-given", args=[disclosure.pk])
    assert client.get(address).status_code == 200
    taken_back = as_user(tess).post(reverse("sharing-take-back", args=[disclosure.pk]), {"reason": "Wrong person"})
    assert taken_back.status_code == 302
    answered = client.get(address)
    assert answered.status_code == 409
    assert "has withdrawn it" in answered.text
    with act_in(peter.scope), pytest.raises(NotAllowed):
        operations.withdraw_given(disclosure_id=disclosure.pk, reason="Not mine", by=peter.scope, at=timezone.now())


def test_its_time_is_over_on_the_day_and_who_changes_agency_loses_it_at_once(
    place: Place, person: Person, peter: Worker, tess: Worker, as_user: AsUser
) -> None:
    from iom.partnerships import operations as partnerships
    from iom.partnerships.models import Membership

    disclosure = answer(ask(person, peter, place), tess.scope, kept_days=7)
    for days, readable in ((6, True), (7, False)):
        at = timezone.now() + timedelta(days=days)
        with act_in(peter.scope):
            if readable:
                operations.open_given(disclosure_id=disclosure.pk, by=peter.scope, at=at)
            else:
                with pytest.raises(WrongState, match="could be read until"):
                    operations.open_given(disclosure_id=disclosure.pk, by=peter.scope, at=at)
    client, address = as_user(peter), reverse("sharing-given", args=[disclosure.pk])
    assert client.get(address).status_code == 200
    membership = Membership.objects.get(user=peter.user)
    by = place.system()
    partnerships.end_access(membership=membership, reason="Moved", by=by, at=timezone.now())
    assert client.get(address).status_code in {302, 403, 404}
    partnerships.give_access(
        user=peter.user, agency=place.agencies["Council"], roles=["practitioner"], by=by, at=timezone.now()
    )
    assert client.get(address).status_code == 404


def test_of_two_who_answer_at_once_the_second_is_told(
    place: Place, person: Person, peter: Worker, tess: Worker
) -> None:
    request = ask(person, peter, place)
    answer(request, tess.scope)
    with act_in(tess.scope), pytest.raises(WrongState, match="meanwhile"):
        operations.refuse(request=request, refusal="not-needed", reason="No", by=tess.scope, at=timezone.now())
    with act_in(peter.scope), pytest.raises(WrongState, match="meanwhile"):
        operations.withdraw(request=request, reason="Late", by=peter.scope, at=timezone.now())


def test_each_side_does_only_its_own_moves(place: Place, person: Person, peter: Worker, tess: Worker) -> None:
    request, at = ask(person, peter, place), timezone.now()
    with act_in(peter.scope), pytest.raises(NotAllowed):
        operations.refuse(request=request, refusal="not-needed", reason="No", by=peter.scope, at=at)
    with act_in(tess.scope), pytest.raises(NotAllowed):
        operations.withdraw(request=request, reason="No", by=tess.scope, at=at)
    stranger = make_worker(place, "sue", agency="Council", roles=["practitioner"])
    with act_in(stranger.scope), pytest.raises(NotVisible):
        operations.take(request=request, by=stranger.scope, at=at)


def test_the_clock_stands_while_the_asker_is_awaited(place: Place, person: Person, peter: Worker, tess: Worker) -> None:
    request = ask(person, peter, place)
    start = timezone.now()
    with act_in(tess.scope):
        operations.clarify(request=request, question="Which treatment?", by=tess.scope, at=start)
        assert operations.escalate(by=tess.scope, at=start + timedelta(days=30)) == 0
    with act_in(peter.scope):
        operations.reply(request=request, reply="For drugs", by=peter.scope, at=start + timedelta(days=2))
        assert InformationRequest.objects.get().due_at == request.due_at + timedelta(days=2)


def test_what_is_late_is_put_before_the_managers_once(
    place: Place, person: Person, peter: Worker, tess: Worker, as_user: AsUser
) -> None:
    request = ask(person, peter, place, urgency="emergency")
    late = timezone.now() + timedelta(hours=5)
    with act_in(place.system()):
        assert operations.escalate(by=place.system(), at=late) == 1
        assert operations.escalate(by=place.system(), at=late) == 0
        assert Event.objects.filter(action="sharing.requests.escalate").count() == 1
        InformationRequest.objects.filter(pk=request.pk).update(due_at=timezone.now() - timedelta(hours=1))
    assert "is late with its answer to you" in as_user(peter).get(reverse("today")).text
    assert "asks your agency for information" in as_user(tess).get(reverse("today")).text
    for name, agency in (("mia", "Treatment"), ("max", "Probation")):
        manager = as_user(make_worker(place, name, agency=agency, roles=["manager"]))
        told = manager.get(reverse("today")).text
        assert "Put before the managers of both agencies: Treatment is late with its answer to Probation" in told
        assert "Put before the managers as late" in manager.get(reverse("sharing-request", args=[request.pk])).text


def test_what_is_nearly_late_is_told_to_the_managers_of_the_agency_asked(
    place: Place, person: Person, peter: Worker, tess: Worker, as_user: AsUser
) -> None:
    request = ask(person, peter, place, urgency="emergency")
    mia, max_ = (
        as_user(make_worker(place, name, agency=agency, roles=["manager"]))
        for name, agency in (("mia", "Treatment"), ("max", "Probation"))
    )
    assert "Nearly late" not in mia.get(reverse("today")).text
    with act_in(place.system()):
        InformationRequest.objects.filter(pk=request.pk).update(due_at=timezone.now() + timedelta(minutes=119))
    assert "Nearly late: Probation asks" in mia.get(reverse("today")).text
    assert "Nearly late" not in as_user(tess).get(reverse("today")).text
    assert "Nearly late" not in max_.get(reverse("today")).text


@pytest.mark.parametrize(
    ("asked_at", "urgency", "due"),
    [
        # Thursday; the clocks go back on Sunday 25 October 2026: five in London is an hour later by UTC.
        (datetime(2026, 10, 22, 9, tzinfo=UTC), "routine", datetime(2026, 10, 29, 17, tzinfo=UTC)),
        (datetime(2026, 10, 20, 9, tzinfo=UTC), "urgent", datetime(2026, 10, 21, 16, tzinfo=UTC)),
        # Friday evening, over the weekend.
        (datetime(2026, 11, 27, 19, tzinfo=UTC), "urgent", datetime(2026, 11, 30, 17, tzinfo=UTC)),
        # Half past midnight on the night when one o'clock comes twice: four hours are four hours.
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), "emergency", datetime(2026, 10, 25, 3, 30, tzinfo=UTC)),
    ],
)
def test_when_an_answer_is_due(asked_at: datetime, urgency: str, due: datetime) -> None:
    assert rules.due_at(asked_at=asked_at, urgency=urgency) == due


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("He is well.", "He is well."),
        ("He is [[ill]] and [[late]].", f"He is {rules.CUT_OUT} and {rules.CUT_OUT}."),
        ("Over [[two\nlines]].", f"Over {rules.CUT_OUT}."),
        ("Opened [[and not closed", f"Opened {rules.CUT_OUT}"),
        ("Nested [[a [[b]] c", f"Nested {rules.CUT_OUT} c"),
    ],
)
def test_what_is_marked_is_cut(text: str, left: str) -> None:
    assert rules.cut(text) == left


def test_the_log_cannot_be_changed_or_removed(place: Place, person: Person, peter: Worker, tess: Worker) -> None:
    answer(ask(person, peter, place), tess.scope)
    with act_in(tess.scope):
        assert Disclosure.objects.update(purpose="Another") == 0
        assert Disclosure.objects.all()._raw_delete("default") == 0  # type: ignore[attr-defined]
        assert Disclosure.objects.get().purpose == ASKING.purpose


def test_a_form_that_names_what_is_not_there_changes_nothing(
    place: Place, person: Person, peter: Worker, tess: Worker, as_user: AsUser
) -> None:
    request = ask(person, peter, place)
    other = ask(person, peter, place)
    with act_in(tess.scope):
        operations.gather(request=other, by=tess.scope, at=timezone.now())
        foreign = AnswerItem.objects.filter(request_id=other.pk).first()
        assert foreign is not None
    client = as_user(tess)
    address = reverse("sharing-request-items", args=[request.pk])
    assert client.post(address, {"item": [foreign.pk, "x", "9" * 40]}).status_code == 302
    with act_in(tess.scope):
        assert not AnswerItem.objects.filter(give="give").exists()
    asked = as_user(peter).post(
        reverse("sharing-ask", args=[person.public_id]),
        {**vars(ASKING), "agency": place.agencies["Probation"].pk},
    )
    assert asked.status_code == 200, "an agency cannot ask itself"
    bad = {**vars(ASKING), "agency": place.agencies["Treatment"].pk, "kinds": ["everything"], "gateway": "none"}
    assert as_user(peter).post(reverse("sharing-ask", args=[person.public_id]), bad).status_code == 200
    with act_in(peter.scope):
        assert InformationRequest.objects.count() == 2
    right = {**vars(ASKING), "agency": place.agencies["Treatment"].pk}
    assert as_user(peter).post(reverse("sharing-ask", args=[person.public_id]), right).status_code == 302


def test_pages_ask_a_bounded_number_of_times(
    place: Place, person: Person, peter: Worker, tess: Worker, as_user: AsUser
) -> None:
    client, counts = as_user(peter), []
    reader = as_user(make_worker(place, "ian", agency="Treatment", roles=["information-governance"]))
    for number in range(2):
        for _ in range(1 + 4 * number):
            answer(ask(person, peter, place), tess.scope)
        pages = [(client, "sharing-requests", "?box=out&list=closed"), (reader, "sharing-disclosures", "")]
        for who, name, query in pages:
            with CaptureQueriesContext(connection) as asked:
                page = who.get(reverse(name) + query)
                assert page.status_code == 200
                assert "Quayle" not in page.text or name == "sharing-requests"
            counts.append(len([query for query in asked if query["sql"].startswith("SELECT")]))
    assert counts[:2] == counts[2:]
    taken = reader.get(reverse("sharing-disclosures-export", args=["csv"]))
    assert taken.text.count("Answer to a request") == 6


def test_the_pages_of_an_answer_from_first_to_last(
    place: Place, person: Person, peter: Worker, tess: Worker, as_user: AsUser
) -> None:
    request = ask(person, peter, place)
    client = as_user(tess)
    items, send = (reverse(f"sharing-request-{name}", args=[request.pk]) for name in ("items", "send"))
    assert "Tick what you give" in client.post(items, {"gather": "yes"}, follow=True).text
    with act_in(tess.scope):
        chosen = AnswerItem.objects.filter(request_id=request.pk).order_by("on")[0]
    page = client.get(reverse("sharing-request-item", args=[chosen.pk]))
    assert "Court 1" in page.text
    assert "1 row is ticked" in client.post(items, {"item": [chosen.pk]}, follow=True).text
    answered = {"text": "He is. [[On methadone.]]", "is_part": "no", "reason": "Not needed", "kept_days": 30}
    assert "Select what the words hold" in client.post(send, answered).text
    both = client.post(send, {**answered, "special": ["health", "none"]})
    assert "either special categories or" in both.text
    answered |= {"special": ["health", "race"]}  # type: ignore[dict-item]
    preview = client.post(send, answered)
    assert "Share this with Probation?" in preview.text
    assert "Court 1" in preview.text
    assert preview.text.count('type="hidden" name="special"') == 2
    assert "methadone" not in preview.text.partition('class="moj-interruption-card__body"')[2].partition("<form")[0]
    sent = client.post(send, {**answered, "confirmed": "yes"}, follow=True)
    assert "Not opened yet" in sent.text
