"""What was asked, tried and read before a question, as its report tells it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.cohorts.models import CohortMembership, Scheme
from iom.common.errors import InvalidInput
from iom.outcomes import operations, queries
from iom.outcomes.models import Study
from iom.outcomes.presenters import report
from iom.people.models import Person
from tests.factories.cohorts import make_scheme
from tests.factories.outcomes import TO, make_named_members, make_study, sanction
from tests.factories.partnerships import AT, Place, Worker


def test_only_a_comparison_that_was_made_was_tried(place: Place, analyst: Worker) -> None:
    """A draft that was given up before it was settled showed nobody anything, and counts for nothing."""
    with act_in(analyst.scope):
        first = make_study(place, "designed")
        draft = operations.ask_again(study_id=first.pk, by=analyst.scope, at=AT)
        operations.withdraw(study_id=draft.pk, reason="Not now", by=analyst.scope, at=AT)
        last = operations.ask_again(study_id=draft.pk, by=analyst.scope, at=AT)
        assert [each.pk for each in queries.tried_before(study=last, scope=analyst.scope)] == [draft.pk, first.pk]
        last = make_study(place, "done", follows=draft)
        assert queries.before(study=last, scope=analyst.scope)["tried"] == 1


def test_a_double_click_begins_one_draft(place: Place, analyst: Worker, as_user: Callable[[Worker], Client]) -> None:
    with act_in(analyst.scope):
        first = make_study(place, "designed")
    client = as_user(analyst)
    answers = [client.post(reverse("outcomes-again", args=[first.pk])) for _click in range(2)]
    with act_in(analyst.scope):
        draft = Study.objects.get(follows=first)
        assert [answer.url for answer in answers] == [reverse("outcomes-comparison", args=[draft.pk])] * 2
        # Once it is given up too, it can be asked again anew.
        operations.withdraw(study_id=draft.pk, reason="Not now", by=analyst.scope, at=AT)
        assert operations.ask_again(study_id=first.pk, by=analyst.scope, at=AT).pk != draft.pk


LOOKED, READ_BEFORE, UNREAD = "before anybody looked", "had been read in 1 question before", "before any outcome was"


@pytest.mark.parametrize(
    ("first", "says", "says_not"),
    [
        ({}, [READ_BEFORE], [LOOKED, UNREAD]),
        ({"scheme": None}, [READ_BEFORE], [LOOKED, UNREAD]),
        ({"first_month": date(2024, 6, 1), "last_month": date(2024, 9, 1)}, [READ_BEFORE], [LOOKED, UNREAD]),
        ({"ended_at": AT + timedelta(days=2)}, [LOOKED, "was read in 1 question after"], [READ_BEFORE, UNREAD]),
        ({"ended_at": AT + timedelta(days=4)}, [LOOKED, UNREAD], ["been read", "was read in"]),
        ({"first_month": date(2024, 7, 1), "last_month": date(2024, 9, 1)}, [LOOKED, UNREAD], ["been read"]),
        ({"state": "estimating"}, [LOOKED, UNREAD], ["been read"]),
    ],
)
def test_a_report_says_whether_the_outcome_of_its_people_had_been_read(
    place: Place, scheme: Scheme, analyst: Worker, first: dict[str, Any], says: list[str], says_not: list[str]
) -> None:
    """Asked anew through the first page, with another method: it was not settled before anybody looked."""
    with act_in(analyst.scope):
        make_study(place, first.pop("state", "done"), **{"scheme": scheme, **first})
        settled, accepted = AT + timedelta(days=1), AT + timedelta(days=3)
        second = make_study(
            place,
            "done",
            scheme=scheme,
            method="overlap",
            registered_at=settled,
            accepted_at=accepted,
            ended_at=accepted,
        )
        document = report.document(second, **queries.before(study=second, scope=analyst.scope))
    text = " ".join(document["sections"][-1]["paragraphs"])
    assert [each for each in says if each not in text] == []
    assert [each for each in says_not if each in text] == []


JANUARY, FEBRUARY, MARCH = (date(2024, month, 1) for month in (1, 2, 3))


@pytest.fixture
def people(place: Place, scheme: Scheme, manager: Worker) -> list[Person]:
    """Sixty-two people who joined a day apart: 31 in January, 29 in February and two in March."""
    with act_in(place.system()):
        found = make_named_members(place, scheme, manager)
        sanction(found[0], TO - timedelta(days=40), TO, 1).save()
    return found


@pytest.mark.parametrize(
    ("first", "state", "last", "is_told"),
    [
        (JANUARY, "done", MARCH, True),  # but for the two of March
        (JANUARY, "designing", MARCH, True),
        (FEBRUARY, "done", MARCH, False),  # but for 31 of January and two of March
        (JANUARY, "withdrawn", MARCH, False),  # which has no answer, and will have none
        (JANUARY, "done", FEBRUARY, False),  # the very same people
    ],
)
def test_a_few_people_cannot_be_told_by_taking_one_answer_from_another(
    place: Place,
    scheme: Scheme,
    analyst: Worker,
    people: list[Person],
    as_user: Callable[[Worker], Client],
    first: date,
    state: str,
    last: date,
    is_told: bool,
) -> None:
    with act_in(place.system()):
        make_study(place, state, scheme=scheme, first_month=first, last_month=FEBRUARY)
        # They count, though the record of them is kept from who asks.
        probation = place.agencies["Probation"]
        CohortMembership.objects.filter(started_on__gte=MARCH).update(
            owner_agency=probation, audience="listed", audience_agencies=[probation.pk]
        )
        study = make_study(place, scheme=scheme, first_month=JANUARY, last_month=last, known_to=None)
    answer = as_user(analyst).post(reverse("outcomes-check", args=[study.pk]), {"purpose": "Whether to go on"})
    with act_in(analyst.scope):
        study.refresh_from_db()
    assert (answer.status_code, study.state) == ((200, "draft") if is_told else (302, "designing"))
    assert ("the same people but for fewer than 10." in answer.content.decode()) == is_told


def test_a_scheme_is_not_told_from_every_scheme(
    place: Place, scheme: Scheme, manager: Worker, analyst: Worker, people: list[Person]
) -> None:
    with act_in(place.system()):
        make_study(place, "done", scheme=scheme)
        make_named_members(place, make_scheme(place, "another", "Another"), manager, number=3)
        study = make_study(place, scheme=None)
    with act_in(analyst.scope), pytest.raises(InvalidInput, match="but for fewer than 10"):
        operations.register(study_id=study.pk, purpose="Whether to go on", by=analyst.scope, at=AT)
