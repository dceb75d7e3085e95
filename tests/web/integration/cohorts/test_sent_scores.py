"""A score that an agency sent: it counts before ours from the record alone, it is theirs, and pages say so."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.agreements.choices import Audience
from iom.cohorts import queries
from iom.cohorts.models import Score
from iom.people.models import Assessment, Person
from tests.factories.cohorts import make_member, make_scheme, nominate
from tests.factories.partnerships import Place, Worker
from tests.web.integration.cohorts.test_ranking import TEXT, people, rank

__all__ = ["people"]
AsUser = Callable[[Worker], Client]
COUNTED = TEXT + (
    "  - {id: score, name: Likelihood of reoffending, factor: score, predictors: [arp],"
    " bands: [{at_least: 90, points: 7}], local placeholder: true}\n"
)
ASSESSED = date(2026, 10, 1)


def send_score(place: Place, person: Person, *, audience: str = Audience.PARTNERS, percent: float = 91.5) -> None:
    """Probation's assessment says so many per cent."""
    agency = place.agencies["Probation"]
    with act_in(place.system()):
        Assessment.objects.create(
            partnership=place.partnership,
            owner_agency=agency,
            regime=agency.regime,
            audience=audience,
            source="probation",
            source_id="A1",
            person=person,
            batch_id=0,
            row_hash=b"sent",
            assessment_date=ASSESSED,
            instrument="ARP",
            version="1.0",
            item="two_year_percent",
            score=percent,
            band="very high",
            kind="dynamic",
        )


@pytest.fixture
def person(people: dict[str, Person]) -> Person:
    return people["prolific"]


def test_the_sent_score_counts_and_the_page_says_whose_it_is(
    person: Person, place: Place, alice: Worker, as_user: AsUser
) -> None:
    send_score(place, person)
    with act_in(place.system()):
        scheme = make_scheme(place, definition_text=COUNTED)
    run = rank(scheme, alice)
    with act_in(alice.scope):
        candidate, working = queries.get_candidate(run=run, person_id=person.pk, scope=alice.scope)
        sent = Score.objects.get(run=run, person=person, predictor="arp", counts=True)
        ours = Score.objects.get(run=run, person=person, predictor="arp", horizon_months=24, assessed_on=None)
    assert candidate.points == 27
    assert working is not None
    (factor,) = (each for each in working.factors if each["id"] == "score")
    assert factor["value"] == sent.percent == 91.5
    assert (sent.version, sent.assessed_on, sent.working) == ("1.0", ASSESSED, [])
    assert sent.owner_agency_id == place.agencies["Probation"].pk
    assert (ours.counts, ours.kind, bool(ours.working)) == (False, "static", True)

    page = as_user(alice).get(reverse("cohorts-scores", args=[person.public_id])).text
    cards = {part.split('"')[0]: part for part in page.split('<section aria-labelledby="score-')[1:]}
    theirs, static = cards["arp-dynamic-24-heading"], cards["arp-static-24-heading"]
    assert "Sent by Probation: ARP 1.0 of 1 October 2026." in theirs
    assert "Counts" in theirs
    assert "How this was worked out" not in theirs
    assert "Does not count: the score sent by Probation does." in static
    assert "How this was worked out" in static
    assert "ARP 1.0 of 1 October 2026, sent by Probation" in page, "the factor's source row"


def test_a_score_kept_to_its_agency_shows_neither_on_the_page_nor_by_the_factor(
    person: Person, place: Place, alice: Worker, bob: Worker, chair: Worker, as_user: AsUser
) -> None:
    send_score(place, person, audience=Audience.OWN)
    with act_in(place.system()):
        scheme = make_scheme(place, definition_text=COUNTED)
    run = rank(scheme, alice)
    address = reverse("cohorts-scores", args=[person.public_id])
    police, probation = as_user(alice).get(address).text, as_user(chair).get(address).text
    assert "91.5" not in police
    assert "Does not count: an agency sent one that counts, and that your agency may not see." in police
    assert "1 factor (7 points) rests on records that your agency may not see" in police
    assert "Sent by Probation: ARP 1.0" in probation
    # A nomination keeps what was known, for all who see it: not what one agency keeps to itself.
    with act_in(chair.scope):
        kept = queries.snapshot(person_id=person.pk, run=run)
        assert 91.5 not in {score["percent"] for score in kept["scores"]}
        nomination = nominate(person, scheme, chair.scope)
    page = as_user(alice).get(reverse("cohorts-nomination", args=[nomination.pk])).text
    assert "91.5" not in page
    assert "Likelihood of reoffending" not in page


def test_a_sent_score_is_not_called_provisional_for_want_of_our_answers(
    person: Person, place: Place, alice: Worker, chair: Worker
) -> None:
    with act_in(place.system()):
        scheme = make_scheme(place, definition_text=COUNTED)
    with act_in(chair.scope):
        make_member(person, scheme, lead=alice, nominated_by=alice.scope, by=chair.scope)
    rank(scheme, alice)
    with act_in(alice.scope):
        Score.objects.update(provisional=False)
        Score.objects.filter(predictor="arp").update(provisional=True)
        assert provisional(person, alice) == [person.pk]
    send_score(place, person)
    rank(scheme, alice)
    with act_in(alice.scope):
        Score.objects.exclude(predictor="arp", assessed_on=None).update(provisional=False)
        Score.objects.filter(predictor="arp", assessed_on=None).update(provisional=True)
        assert provisional(person, alice) == []


def provisional(person: Person, worker: Worker) -> list[int]:
    members = queries.own_members(scope=worker.scope, person_id=person.pk)
    return [member.person_id for member, _missing in queries.provisional_scores(members=members, scope=worker.scope)]
