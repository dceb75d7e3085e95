"""One real thing of every kind that an address can be about, for each place it can stand in to somebody who looks.

A new part of an address needs an example in `make_things`, or `test_table.py` fails. Every name and text of a thing
holds a word of its place (`word`), so that a page which shows what it should not is caught.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings

from iom.access.permissions import Extent, Reach
from iom.access.roles import ALL
from iom.access.scope import act_in
from iom.agreements import operations as agreements
from iom.agreements.models import EmergencyAccess, LimitedAccess
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts.choices import NominationState
from iom.cohorts.models import (
    AgencyReturn,
    Candidate,
    CohortMembership,
    DrawEntrant,
    MembershipChange,
    Nomination,
    PanelDecision,
    PanelIntelligence,
    ReturnRequest,
)
from iom.home import operations as home
from iom.imports import operations as imports
from iom.imports.choices import BatchStatus
from iom.imports.models import Batch
from iom.partnerships import operations as partnerships
from iom.people.choices import Verdict
from iom.people.linkage import Pair
from iom.people.models import LinkDecision, LinkRun, Person, PossibleMatch, Restriction, Sanction
from iom.people.operations import decisions
from iom.sharing.adapters import answers, packages
from iom.sharing.models import (
    AnswerItem,
    DestructionItem,
    DestructionList,
    Disclosure,
    Given,
    InformationRequest,
    LegalHold,
    LookReview,
    Package,
    RetentionReview,
    RightsNotice,
    RightsPause,
    RightsRequest,
    SubjectAccessItem,
    SubjectAccessPause,
    SubjectAccessRequest,
)
from tests.factories.agreements import drafter, make_assessment, make_draft_agreement
from tests.factories.cohorts import (
    make_draw,
    make_intelligence,
    make_member,
    make_run,
    make_scheme,
    nominate,
    wait_for_place,
)
from tests.factories.outcomes import (
    area,
    make_board,
    make_costs,
    make_data_lab_export,
    make_equality_evidence,
    make_release,
    make_study,
    make_watch,
    make_watch_result,
)
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import add_event, link_people, make_record
from tests.factories.sharing import make_equality_entry


@dataclass(frozen=True)
class Standing:
    """Whose a thing is, and who may see it, seen from the police of Westmarch."""

    name: str
    agency: str
    audience: str
    listed: tuple[str, ...]
    extent: str  # the field of `Reach` that speaks of it
    shared: bool  # whether its audience opens it to the police

    @property
    def word(self) -> str:
        return f"Zq{self.name}"

    def is_open_by(self, reach: Reach) -> bool:
        extent: Extent = getattr(reach, self.extent)
        return extent == Extent.ALL or (extent == Extent.SHARED and self.shared)


STANDINGS = (
    Standing("own", "Police", "own", (), "own_agency", True),
    Standing("partners", "Council", "partners", (), "other_agency", True),
    Standing("listed", "Council", "listed", ("Police",), "other_agency", True),
    Standing("unlisted", "Council", "listed", ("Treatment",), "other_agency", False),
    Standing("closed", "Treatment", "own", (), "other_agency", False),
    Standing("elsewhere", "Police", "partners", (), "other_partnership", False),
)
# Parts of an address that name what belongs to the partnership as a whole: there it is one and the same for all.
OF_PARTNERSHIP = {"slug", "number", "run_id", "token_id"}
# Parts that name what is its user's alone.
PERSONAL = {"draft_id", "own_access_id"}


def make_things(worker: Worker, place: Place, elsewhere: Place) -> dict[str, dict[str, Any]]:
    """By standing and part of an address: what stands there. `decision_id` has one for each app."""
    here = [standing for standing in STANDINGS if standing.extent != "other_partnership"]
    beyond = [standing for standing in STANDINGS if standing.extent == "other_partnership"]
    return make_place_things(place, here, worker) | make_place_things(elsewhere, beyond, worker)


def make_place_things(place: Place, standings: list[Standing], worker: Worker) -> dict[str, dict[str, Any]]:
    records, people = {}, {}
    for standing in standings:
        with act_in(place.system(standing.agency)):
            records[standing] = [
                make_record(
                    place,
                    agency=standing.agency,
                    audience=standing.audience,
                    audience_agencies=[place.agencies[name].pk for name in standing.listed],
                    family_name=standing.word,
                    postcode="ZW1 1AB",
                )
                for _ in range(4)
            ]
            add_event(
                Sanction,
                records[standing][0],
                sanction_date=date(2020, 1, 1),
                sanction_type="conviction",
                offence_code="28/3",
                audience=standing.audience,
                audience_agencies=records[standing][0].audience_agencies,
            )
    clusters = {
        f"{place.partnership.slug}-{standing.name}-{n}": [record]
        for standing, made in records.items()
        for n, record in enumerate(made)
    }
    pairs = [Pair(made[n].pk, made[n + 1].pk, 5.0, 0.9) for made in records.values() for n in (0, 2)]
    people = link_people(place, clusters, *pairs)
    slug = f"scheme-{place.partnership.slug}"
    name = "Neighbourhood crime" if len(standings) > 1 else standings[0].word
    with act_in(place.system()):
        scheme = make_scheme(place, slug=slug, name=name)
        run = make_run(scheme, list(people.values()))
        link_run = LinkRun.objects.get()
        for person in people.values():
            marking = {"audience": person.audience, "audience_agencies": person.audience_agencies}
            Candidate.objects.filter(person=person).update(**marking, owner_agency=person.owner_agency)
    token, _secret = partnerships.make_token(
        system="Elsewhere",
        agency=place.agencies["Police"],
        scopes=["subject-access"],
        expires_on=AT.date(),
        by=place.system(),
        at=AT,
    )
    chair = make_worker(place, f"chair-{place.partnership.slug}", agency="Police", roles=["panel-chair"])
    return {
        standing.name: {
            **things_of(
                place, standing, [people[key] for key in clusters if f"-{standing.name}-" in key], scheme, chair
            ),
            "slug": slug,
            "number": 1,
            "run_id": run.pk,
            "token_id": token.pk,
            "people-link-cancel.run_id": link_run.pk,
            "draft_id": make_draft(place, standing, worker),
            "own_access_id": make_own_access(place, standing, worker).pk,
            "kind": "csv",
            **agreement_things(place, standing),
            **outcome_things(place, standing),
            "agency_id": place.agencies[standing.agency].pk,
        }
        for standing in standings
    }


def things_of(place: Place, standing: Standing, people: list[Person], scheme: Any, chair: Worker) -> dict[str, Any]:
    system = place.system(standing.agency)
    with act_in(system):
        marking = {
            "owner_agency": place.agencies[standing.agency],
            "audience": standing.audience,
            "audience_agencies": [place.agencies[name].pk for name in standing.listed],
        }
        # Who is open to their own agency alone cannot be nominated; what was, and was closed since, must stay closed.
        known = Person.objects.filter(pk__in=[person.pk for person in people])
        known.update(audience="partners")
        member = make_member(people[0], scheme, lead=chair, nominated_by=system, by=system)
        undecided = nominate(people[1], scheme, system, asked=[place.agencies["Probation"].pk])
        draws = make_draws(place, standing, people[1:3])
        known.update(**marking)
        both = Nomination.objects.filter(person__in=people)
        both.update(**marking, reason=f"{standing.word} reason")
        intelligence = make_intelligence(undecided, text=f"{standing.word} told")
        assert undecided.state == NominationState.OPEN
        for model, owner in (
            (ReturnRequest, "nomination__in"),
            (PanelDecision, "nomination__in"),
            (PanelIntelligence, "nomination__in"),
            (AgencyReturn, "request__nomination__in"),
            (CohortMembership, "nomination__in"),
            (MembershipChange, "membership__nomination__in"),
            (DrawEntrant, "nomination__in"),
        ):
            model.objects.filter(**{owner: both}).update(**marking)
        first, second = PossibleMatch.objects.filter(left__person__in=people).order_by("pk")
        decision = decisions.decide_match(
            match_id=second.pk, verdict=Verdict.DIFFERENT, reason=f"{standing.word} tattoo", by=system, at=AT
        )
        LinkDecision.objects.filter(pk=decision.pk).update(**marking)
        PossibleMatch.objects.filter(pk__in=[first.pk, second.pk]).update(**marking)
        return {
            "public_id": people[0].public_id,
            "other_id": people[1].public_id,
            "match_id": first.pk,
            "people-undo.decision_id": decision.pk,
            "cohorts-told.decision_id": PanelDecision.objects.get(nomination_id=member.nomination_id).pk,
            "membership_id": member.pk,
            "nomination_id": undecided.pk,
            **draws,
            "intelligence_id": intelligence.pk,
            "batch_id": make_batch(place, standing).pk,
            **sharing_things(place, standing, people[2]),
            **request_things(place, standing, people[2]),
            "limit_id": make_limit(place, standing, people[2]).pk,
            "access_id": make_access(place, standing, people[2], user_id=0).pk,
        }


def make_draws(place: Place, standing: Standing, people: list[Person]) -> dict[str, int]:
    """A draw that is drawn, and one whose list is open: the whole partnership's, but for the names in them."""
    system = place.system(standing.agency)
    name = standing.word if standing.extent == "other_partnership" else f"Draw {standing.name}"
    scheme = make_scheme(place, slug=f"draw-{standing.name}", name=name)
    waiting = [wait_for_place(nominate(person, scheme, system), system) for person in people]
    drawn = make_draw(scheme, waiting, by=system, state="drawn")
    return {"draw_id": make_draw(scheme, waiting, by=system).pk, "cohorts-draw.draw_id": drawn.pk}


def sharing_things(place: Place, standing: Standing, person: Person) -> dict[str, Any]:
    """What one agency has to do about a person's data: a review, a hold, a list, an answer; and a look to ask about."""
    agency = place.agencies[standing.agency]
    own = {"partnership": place.partnership, "owner_agency": agency, "regime": agency.regime, "audience": "own"}
    of_record = {"person": person, "record": "agency", "rule": "police-other"}
    listed = DestructionList.objects.create(**own, proposed_by=0, proposed_at=AT)
    DestructionItem.objects.create(**own, **of_record, list=listed)
    asking = {
        **own,
        "person": person,
        "received_on": date(2026, 11, 1),
        "channel": "email",
        "asked_for": f"{standing.word} asks",
        "identity_check": "documents",
        "identity_checked_by": 0,
        "recorded_by": 0,
        "recorded_at": AT,
    }
    request = SubjectAccessRequest.objects.create(**asking)
    look = LookReview.objects.create(
        partnership=place.partnership,
        doubt="dip-sample",
        actor_id=0,
        on=date(2026, 11, 1),
        event_ids=[],
        people=1,
        found_at=AT,
    )
    event_id = audit.record(
        by=place.system(standing.agency),
        at=AT,
        kind=Kind.ALTERATION,
        action="test.thing",
        subject_type="test.Thing",
        subject_id=standing.name,
    )
    item = SubjectAccessItem.objects.create(
        **own, request=request, controller=agency, source="people.Arrest", row_id=1, title="Arrest", fields=[]
    )
    review = RetentionReview.objects.create(**own, **of_record, last_on=date(2000, 1, 1), of_child=False)
    of_right = {**asking, "kind": "rectify", "identity_checked_on": date(2026, 11, 1)}
    asked = RightsRequest.objects.create(**of_right)
    teller = place.agencies["Probation" if standing.agency == "Council" else "Council"]
    notice = RightsNotice.objects.create(
        **{**own, "owner_agency": teller, "audience": "listed", "audience_agencies": [agency.pk]},
        person=person,
        request=asked,
        agency=agency,
        who=standing.word,
        right="rectify",
        what=f"{standing.word} was wrong",
        told_at=AT,
    )
    audience = {
        "audience": standing.audience,
        "audience_agencies": [place.agencies[each].pk for each in standing.listed],
    }
    restriction = Restriction.objects.create(
        **{**own, **audience}, person=person, reason=f"{standing.word} asked", placed_by=0, placed_at=AT
    )
    return {
        "review_id": review.pk,
        "rights_id": asked.pk,
        "notice_id": notice.pk,
        "restriction_id": restriction.pk,
        "look_id": look.pk,
        "hold_id": LegalHold.objects.create(
            **own, person=person, reason=f"{standing.word} holds", placed_by=0, placed_at=AT
        ).pk,
        "list_id": listed.pk,
        "request_id": request.pk,
        "item_id": item.pk,
        "event_id": event_id,
        **ended_things(standing, own, asking, of_right),
    }


def ended_things(
    standing: Standing, own: dict[str, Any], asking: dict[str, Any], of_right: dict[str, Any]
) -> dict[str, Any]:
    """What a request or a list comes to in the end, for the addresses that are there only then."""
    by_two = {"prepared_by": 0, "prepared_at": AT, "closed_by": 1, "closed_at": AT}
    released = SubjectAccessRequest.objects.create(**asking, **by_two, state="released", exported_at=AT)
    answers.folder(released).mkdir(parents=True)
    (answers.folder(released) / "answer.json").write_text(f"{standing.word} answer")
    refused = SubjectAccessRequest.objects.create(**asking, **by_two, state="refused", closing_reason=standing.word)
    decided = RightsRequest.objects.create(
        **of_right, **by_two, state="decided", outcome="refused", reasons=f"{standing.word} reasons"
    )
    destroyed = DestructionList.objects.create(**own, state="done", proposed_by=0, proposed_at=AT, finished_at=AT)
    awaited = {"reason": "fee", "started_on": date(2026, 11, 2)}
    paused, right = SubjectAccessRequest.objects.create(**asking), RightsRequest.objects.create(**of_right)
    SubjectAccessPause.objects.create(**own, **awaited, request=paused)
    RightsPause.objects.create(**own, **awaited, request=right)
    return {
        "sharing-subject-access-answer.request_id": released.pk,
        "sharing-subject-access-answer.kind": "json",
        "sharing-subject-access-letter.request_id": refused.pk,
        "sharing-right-letter.rights_id": decided.pk,
        "sharing-certificate.list_id": destroyed.pk,
        "sharing-subject-access-resume.request_id": paused.pk,
        "sharing-right-resume.rights_id": right.pk,
    }


def agreement_things(place: Place, standing: Standing) -> dict[str, int]:
    """A draft agreement with a document, an assessment, equality evidence: one agency's, read by the whole partnership.

    So none may be shown elsewhere, and only there do they hold the word.
    """
    word = standing.word if standing.extent == "other_partnership" else f"Pact {standing.name}"
    agency = place.agencies[standing.agency]
    with act_in(place.system()):
        draft = make_draft_agreement([agency], at=AT, reference=f"{word} ISA", title=f"{word} shares")
        document = agreements.add_document(
            agreement=draft,
            title=f"{word} copy",
            kept_at="",
            upload=BytesIO(b"%PDF-1.7 " + word.encode()),
            by=drafter(agency),
            at=AT,
        )
        assessment = make_assessment(agency, at=AT, title=f"{word} impact")
        entry = make_equality_entry(agency, at=AT, title=f"{word} evidence")
    made = {"agreement_id": draft.pk, "document_id": document.pk, "assessment_id": assessment.pk}
    return made | {"equality_id": entry.pk}


def outcome_things(place: Place, standing: Standing) -> dict[str, Any]:
    """A question in each state, and a report: the whole partnership's. Only elsewhere do they hold the word."""
    title = standing.word if standing.extent == "other_partnership" else f"Question {standing.name}"
    with act_in(place.system()):
        draft, designed, done = (make_study(place, state, title=title) for state in ("draft", "designed", "done"))
        asked = make_release(make_study(place, "done", title=title), recipient=title)
        released = make_release(make_study(place, "done", title=title), "released", recipient=title)
        make_costs(done, source=title)
        export = make_data_lab_export(make_study(place, "done", title=title), place)
        figures = make_board(place, on=date(2026, 1, 1 + STANDINGS.index(standing)), areas=[area("Ash"), area("Beck")])
        evidence = make_equality_evidence(place, on=date(2026, 1, 1 + STANDINGS.index(standing)))
        watch = make_watch(place, title=title)
        result = make_watch_result(watch)
    return {
        "study_id": draft.pk,
        "outcomes-study.study_id": done.pk,
        "outcomes-accept.study_id": designed.pk,
        "outcomes-ask-release.study_id": done.pk,
        "outcomes-ask-data-lab.study_id": done.pk,
        "outcomes-money.study_id": done.pk,
        "outcomes-costs.study_id": done.pk,
        "export_id": export.pk,
        "release_id": asked.pk,
        "outcomes-report.release_id": released.pk,
        "outcomes-report.kind": "pdf",
        "outcomes-chart.study_id": done.pk,
        "chart": "balance",
        "width": 640,
        "figures_id": figures.pk,
        "evidence_id": evidence.pk,
        "watch_id": watch.pk,
        "result_id": result.pk,
    }


def make_batch(place: Place, standing: Standing) -> Batch:
    """A batch whose columns are to be said, and a file of rows held."""
    agency = place.agencies[standing.agency]
    by = place.system(standing.agency)
    feed = imports.add_feed(
        agency=agency, name=f"Feed {standing.name}", source=standing.name, table="records", by=by, at=AT
    )
    batch: Batch = Batch.objects.create(
        partnership=place.partnership,
        feed=feed,
        status=BatchStatus.UPLOADED,
        file_name=f"Zqfile{standing.name}.csv",
        file_bytes=1,
        file_sha256=standing.name,
        uploaded_by=1,
        uploaded_at=AT,
        layout={},
        read_rows=1,
        held_rows=1,
    )
    folder = Path(settings.STORE) / "imports" / str(batch.pk)
    folder.mkdir(parents=True)
    (folder / "file").write_text("Nominal Ref,Surname\n1,Ashdown\n")
    (folder / "held.csv").write_text(f"{standing.word}\n")
    return batch


def request_things(place: Place, standing: Standing, person: Person) -> dict[str, Any]:
    """A request that an agency makes, one that the police were asked, a row of an answer, and what was given."""
    agency = place.agencies[standing.agency]
    shared = {
        "partnership": place.partnership,
        "audience": standing.audience,
        "audience_agencies": [place.agencies[name].pk for name in standing.listed],
    }
    owned = {**shared, "owner_agency": agency, "regime": agency.regime}
    of_police = {**owned, "owner_agency": place.agencies["Council"]} if standing.agency == "Police" else owned
    if standing.name == "own":  # asked of the police by the council, and seen by the two
        of_police |= {"audience": "listed", "audience_agencies": [agency.pk]}
    asking = {
        "person": person,
        "who": f"{standing.word} Quayle",
        "urgency": "routine",
        "purpose": f"{standing.word} purpose",
        "necessity": f"{standing.word} need",
        "question": f"{standing.word} question",
        "kinds": ["sanctions"],
        "gateway": "crime-and-disorder-s115",
        "roles": [role.slug for role in ALL],
        "asked_by": 0,
        "asked_at": AT,
        "due_at": AT,
    }
    other = place.agencies["Probation"]
    made = InformationRequest.objects.create(**owned, **asking, agency=other)
    asked = InformationRequest.objects.create(**of_police, **asking, agency=place.agencies["Police"])
    item = AnswerItem.objects.create(
        **owned, request=asked, source="people.Sanction", row_id=1, title="Sanction",
        fields=[{"name": "court", "label": "Court", "text": f"{standing.word} court"}],
    )  # fmt: skip
    disclosure = Disclosure.objects.create(
        **owned, person=person, request=made, kind="answer", to_agency=other, recipient=f"{standing.word} agency",
        purpose="Plan", gateway="crime-and-disorder-s115", kinds=["sanctions"], rows=0, left_out=False, disclosed_by=0,
        disclosed_at=AT,
    )  # fmt: skip
    Given.objects.create(
        **owned, disclosure=disclosure, roles=[role.slug for role in ALL], text=f"{standing.word} text", items=[],
        expires_on=date(2100, 1, 1),
    )  # fmt: skip
    packing = {
        **owned, "person": person, "organisation": f"{standing.word} hostel", "recipient": "Ada Crane",
        "certificate": "", "fingerprint": "", "purpose": f"{standing.word} plan", "necessity": "Needed",
        "gateway": "crime-and-disorder-s115", "kinds": ["sanctions"], "days": 7, "made_by": 0, "made_at": AT,
    }  # fmt: skip
    package = Package.objects.create(**packing)
    ready = Package.objects.create(**packing, state="ready", approved_by=1, approved_at=AT, expires_on=date(2100, 1, 1))
    packages.write(ready.pk, f"{standing.word} package".encode())
    answering = ("take", "clarify", "refuse", "items", "send")
    return {
        "ask_id": made.pk,
        **{f"sharing-request-{name}.ask_id": asked.pk for name in answering},
        "answer_item_id": item.pk,
        "disclosure_id": disclosure.pk,
        "package_id": package.pk,
        "sharing-package-take.package_id": ready.pk,
    }


def make_limit(place: Place, standing: Standing, person: Person) -> LimitedAccess:
    """A limit that keeps the person from nobody who looks."""
    agency = place.agencies[standing.agency]
    limit: LimitedAccess = LimitedAccess.objects.create(
        partnership=place.partnership,
        owner_agency=agency,
        regime=agency.regime,
        audience=standing.audience,
        audience_agencies=[place.agencies[name].pk for name in standing.listed],
        person_id=person.pk,
        kind="excluded",
        user_ids=[0],
        reason=f"{standing.word} cousins",
        contact="Duty manager",
        review_on=date(2027, 1, 1),
        placed_by=0,
        placed_at=AT,
        lapses_at=datetime(2100, 1, 1, tzinfo=UTC),
    )
    return limit


def make_access(place: Place, standing: Standing, person: Person, *, user_id: int) -> EmergencyAccess:
    """An emergency access that is over."""
    agency = place.agencies[standing.agency]
    access: EmergencyAccess = EmergencyAccess.objects.create(
        partnership=place.partnership,
        owner_agency=agency,
        regime=agency.regime,
        audience=standing.audience,
        audience_agencies=[place.agencies[name].pk for name in standing.listed],
        person_id=person.pk,
        user_id=user_id,
        emergency="life",
        reason=f"{standing.word} emergency",
        opened_at=AT,
        closes_at=AT + timedelta(hours=1),
        review_due_on=AT.date(),
    )
    return access


def make_own_access(place: Place, standing: Standing, worker: Worker) -> EmergencyAccess:
    """Somebody's emergency access: the worker's where it is their own."""
    with act_in(place.system(standing.agency)):
        person = Person.objects.filter(family_name=standing.word)[0]
        return make_access(place, standing, person, user_id=worker.user.pk if standing.name == "own" else 0)


def make_draft(place: Place, standing: Standing, worker: Worker) -> Any:
    """What was typed: by the worker where it is their own, by a colleague where not."""
    if standing.name == "own":
        user = worker
    else:
        user = make_worker(place, f"typist-{standing.name}", agency=standing.agency, roles=["coordinator"])
    by = place.system(standing.agency)
    with act_in(by):
        draft = home.keep(
            user_id=user.user.pk,
            agency_id=place.agencies[standing.agency].pk,
            path="/imports/feeds/new",
            pairs=[["name", f"{standing.word} typed"]],
            files=[],
            instead_of=None,
            by=by,
            at=AT,
        )
    return draft.pk
