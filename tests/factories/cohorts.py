"""Schemes, runs, nominations and members for tests. Call inside `act_in(place.system())` or a worker's scope."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

from iom.access.scope import Scope
from iom.agreements.operations import marked_like
from iom.cohorts import operations as cohorts
from iom.cohorts.choices import Origin, Outcome, RunStatus, Standing, VersionStatus
from iom.cohorts.models import (
    Candidate,
    CohortMembership,
    EntryDraw,
    Nomination,
    PanelIntelligence,
    RankRun,
    Scheme,
    SchemeVersion,
)
from iom.cohorts.operations import Referral, Verdict
from iom.cohorts.scoring import read_definition
from iom.partnerships.models import Membership
from iom.people.models import Person
from tests.factories.partnerships import AT, Place, Worker

ON = date(2026, 11, 23)
LATER = ON + timedelta(days=28)
TEXT = """
id: neighbourhood-crime
version: "1"
name: Neighbourhood crime
purpose: A scheme for tests
source: Made up
effective_from: 2021-04-01
capacity: {people: 2, local placeholder: true}
strands:
  - {id: fixed, name: Fixed, share: 0.5, source: Made up, criteria: []}
  - {id: flex, name: Flex, share: 0.5, source: Made up, criteria: []}
components:
  - id: sanctions
    name: Sanctions
    factor: sanctions_total
    bands: [{at_least: 1, points: 1}]
    local placeholder: true
"""


def make_scheme(
    place: Place,
    slug: str = "neighbourhood-crime",
    name: str = "Neighbourhood crime",
    definition_text: str | None = None,
) -> Scheme:
    """A scheme with an active version, proposed by user 1 and activated by user 2."""
    scheme = Scheme.objects.create(partnership=place.partnership, slug=slug, name=name, created_at=AT)
    text = definition_text or TEXT
    values = {**read_definition(text).values, "id": slug, "name": name}
    SchemeVersion.objects.create(
        partnership=place.partnership,
        scheme=scheme,
        number=1,
        status=VersionStatus.ACTIVE,
        text=text,
        text_sha256=sha256(text.encode()).hexdigest(),
        definition=values,
        written_by=1,
        written_at=AT,
        proposed_by=1,
        proposed_at=AT,
        activated_by=2,
        activated_at=AT,
        fairness={},
        what_if={},
    )
    return scheme


def make_run(scheme: Scheme, people: list[Person], **fields: Any) -> RankRun:
    """A finished, current run in which `people` are eligible, in this order, unless `standing` says otherwise."""
    run = RankRun.objects.create(
        partnership=scheme.partnership,
        scheme=scheme,
        version=scheme.versions.get(),
        on=ON,
        status=RunStatus.DONE,
        is_current=True,
        asked_by=1,
        asked_at=AT,
        started_at=AT,
        finished_at=AT,
        capacity=2,
        people=len(people),
        eligible=len(people),
    )
    for rank, person in enumerate(people, start=1):
        Candidate.objects.create(
            run=run,
            person=person,
            rank=rank,
            points=100 - rank,
            within_capacity=rank <= run.capacity,
            **{
                "standing": Standing.ELIGIBLE,
                "strand": "fixed",
                "sex": person.sex,
                "age_band": "25-34",
                "in_custody": False,
                "area": person.area,
                "partnership": person.partnership,
                "owner_agency": person.owner_agency,
                "regime": person.regime,
                "audience": person.audience,
                "audience_agencies": person.audience_agencies,
                **fields,
            },
        )
    return run


def nominate(person: Person, scheme: Scheme, by: Scope, *, asked: list[int] | None = None, **fields: Any) -> Nomination:
    return cohorts.nominate(
        person=person,
        scheme=scheme,
        referral=Referral(reason="Three burglaries since June", **fields),
        origin=Origin.REFERRAL,
        asked=asked or [],
        by=by,
        at=AT,
    )


def make_intelligence(nomination: Nomination, **fields: Any) -> PanelIntelligence:
    """Intelligence on a nomination, to be seen as that is unless `fields` say otherwise."""
    graded = {"source_evaluation": "2", "information_assessment": "B", "handling_code": "P"}
    made: PanelIntelligence = PanelIntelligence.objects.create(
        **{**marked_like(nomination), **graded, "text": "Seen near the yard", "given_by": 0, "given_at": AT, **fields},
        nomination=nomination,
    )
    return made


def selection(lead: Worker, **fields: Any) -> Verdict:
    """A panel's decision to select, whole unless `fields` says otherwise."""
    found = Membership.objects.get(user=lead.user)
    return Verdict(
        **{
            "outcome": Outcome.SELECT,
            "met_on": ON,
            "present": (found.agency_id,),
            "reasons": "Highest harm in the district, and willing to work with us",
            "cohort_type": "fixed",
            "rag": "red",
            "lead": found,
            "review_on": LATER,
            **fields,
        }
    )


def make_member(person: Person, scheme: Scheme, *, lead: Worker, nominated_by: Scope, by: Scope) -> CohortMembership:
    """A person in the cohort, nominated and selected through the product's own operations."""
    nomination = nominate(person, scheme, nominated_by)
    cohorts.decide(nomination=nomination, verdict=selection(lead), by=by, at=AT)
    return CohortMembership.objects.get(nomination=nomination)


def wait_for_place(nomination: Nomination, by: Scope) -> Nomination:
    """The panel has looked at the nomination and deferred it."""
    verdict = Verdict(
        outcome=Outcome.DEFER,
        met_on=ON,
        present=(nomination.owner_agency_id,),
        reasons="Meets the criteria; there is no place now",
        deferred_until=LATER,
    )
    cohorts.decide(nomination=nomination, verdict=verdict, by=by, at=AT)
    nomination.refresh_from_db()
    return nomination


def make_draw(
    scheme: Scheme, nominations: list[Nomination], *, by: Scope, places: int = 1, state: str = "open", **fields: Any
) -> EntryDraw:
    """A draw of these nominations, brought as far as `state` by `by` and, where it is drawn, somebody else."""
    given = {"beacon": "", "left_out": {}, **fields}
    draw = cohorts.open_draw(
        scheme=scheme, places=places, entered=[each.pk for each in nominations], by=by, at=AT, **given
    )
    if state in ("closed", "drawn"):
        cohorts.close_draw(draw=draw, by=by, at=AT)
    if state == "drawn":
        cohorts.make_draw(draw=draw, beacon_value="", by=replace(by, user_id=by.user_id + 1), at=AT)
    draw.refresh_from_db()
    return draw


def days_later(days: int) -> datetime:
    return datetime(2026, 11, 23, 9, 0, tzinfo=UTC) + timedelta(days=days)
