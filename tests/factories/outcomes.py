"""A partnership with a past: people with convictions over years, some of whom were in the cohort. Nothing it did made a
difference to anybody. Call inside `act_in(place.system())`."""

import json
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from iom.cohorts.choices import MembershipState, NominationState, Origin
from iom.cohorts.models import CohortMembership, Nomination, Scheme
from iom.outcomes.models import BoardFigures, Costs, DataLabExport, EqualityEvidence, Release, Study, Watch, WatchResult
from iom.outcomes.operations.data_lab import data_lab_fingerprint
from iom.outcomes.operations.records import fingerprint
from iom.outcomes.presenters import report
from iom.partnerships.models import Membership
from iom.people.models import Person, Sanction
from tests.factories.cohorts import make_run
from tests.factories.partnerships import AT, Place, Worker
from tests.factories.people import make_person

FIRST, LAST = date(2024, 1, 1), date(2024, 6, 1)
SINCE, TO = date(2020, 1, 1), date(2026, 11, 20)


def make_past(place: Place, scheme: Scheme, lead: Worker, *, people: int = 150, members: int = 30) -> list[Person]:
    """People with convictions at rates of their own; `members` of them joined between January and June 2024."""
    chance = random.Random(7)
    found = [
        make_person(place, date_of_birth=date(1980 + chance.randrange(20), 1 + chance.randrange(12), 5))
        for _ in range(people)
    ]
    rows = []
    for person in found:
        rate = chance.gammavariate(2, 0.6)  # a year
        day, number = SINCE, 0
        while (day := day + timedelta(days=1 + int(chance.expovariate(rate / 365)))) < TO:
            number += 1
            proven = min(day + timedelta(days=30 + chance.randrange(90)), TO)
            rows.append(sanction(person, day, proven, number))
    rows.append(sanction(found[0], TO - timedelta(days=40), TO, 99_999))
    Sanction.objects.bulk_create(rows)
    membership = Membership.objects.get(user=lead.user)
    for number, person in enumerate(chance.sample(found, members)):
        joined = FIRST + timedelta(days=30 * (number % 6) + chance.randrange(20))
        make_ended_member(person, scheme, membership, joined=joined)
    return found


def sanction(person: Person, offence: date, proven: date, number: int) -> Sanction:
    return Sanction(
        partnership=person.partnership,
        owner_agency=person.owner_agency,
        regime=person.regime,
        source="police",
        source_id=person.person_key,
        person=person,
        batch_id=0,
        row_hash=f"{person.pk:08d}{number:08d}".encode(),
        sanction_date=proven,
        sanction_type="conviction",
        offence_code="02803",
        offence_date=offence,
        disposal="community-order",
    )


def make_ended_member(person: Person, scheme: Scheme, lead: Membership, *, joined: date) -> CohortMembership:
    """Somebody's time in the cohort, a year long, as it stands in the record now."""
    names = ("partnership", "owner_agency", "regime", "audience", "audience_agencies")
    marking = {name: getattr(person, name) for name in names}
    at = datetime(joined.year, joined.month, joined.day, 12, tzinfo=UTC)
    nomination = Nomination.objects.create(
        **marking,
        person=person,
        scheme=scheme,
        origin=Origin.REFERRAL,
        state=NominationState.SELECTED,
        reason="Convicted again",
        nominated_by=1,
        nominated_at=at,
        returns_due_on=joined,
        closed_at=at,
        closed_by=1,
    )
    made: CohortMembership = CohortMembership.objects.create(
        **marking,
        person=person,
        scheme=scheme,
        nomination=nomination,
        state=MembershipState.DESELECTED,
        cohort_type="fixed",
        rag="amber",
        rag_since=joined,
        lead=lead,
        review_on=joined,
        started_on=joined,
        ended_on=joined + timedelta(days=365),
        end_reason="sustained-reduction",
        end_explanation="The plan was carried through",
        ended_by=1,
        ended_at=AT,
    )
    return made


def make_study(place: Place, state: str = "draft", **fields: Any) -> Study:
    """A question as it stands in a state, with what a made-up area gave."""
    said = json.loads((Path(__file__).parent / "outcomes.json").read_text())
    values: dict[str, Any] = {
        "title": "Did they reoffend less?",
        "first_month": FIRST,
        "last_month": LAST,
        "secondary": ["reoffences", "custody_for_reoffence"],
        "purpose": "Whether to go on",
        "written_by": 1,
        "written_at": AT,
        "known_to": TO,
    }
    if state != "draft":
        values |= {"registered_by": 1, "registered_at": AT}
    if state in ("designed", "estimating", "done"):
        values["design"] = said["design"]
    if state in ("estimating", "done"):
        values |= {"accepted_by": 1, "accepted_at": AT, "acceptance": "Alike in what is known"}
    if state == "done":
        values |= {"result": said["result"], "ended_at": AT}
    study: Study = Study.objects.create(partnership=place.partnership, state=state, **(values | fields))
    return study


def make_costs(study: Study, **fields: Any) -> Costs:
    """What a scheme costs in a year, by user 1: £100,000 more than business as usual, at the prices of unit costs."""
    values: dict[str, Any] = {
        "staff": [
            {"what": "Offender manager", "fte": 2.0, "yearly_pounds": 40000.0},
            {"what": "Analyst", "fte": 1.0, "yearly_pounds": 30000.0},
        ],
        "other_pounds": 10_000,
        "as_usual_pounds": 20_000,
        "mean_caseload": 50,
        "price_year": 2015,
        "mix": [
            {"crime": "Robbery", "percent": 50.0, "multiplier": 4.0},
            {"crime": "Theft from vehicle", "percent": 50.0, "multiplier": 1.0},
        ],
        "uncosted_percent": 0,
        "source": "Payroll of March",
        "written_by": 1,
        "written_at": AT,
    }
    made: Costs = Costs.objects.create(partnership=study.partnership, study=study, **(values | fields))
    return made


def make_release(study: Study, state: str = "asked", **fields: Any) -> Release:
    """A report of a study that is done, asked to leave by user 1; released or refused by user 2."""
    says = report.document(study, tried=0)
    decided = {} if state == "asked" else {"decided_by": 2, "decided_at": AT}
    values = {"recipient": "The board's annual report", "asked_by": 1, "asked_at": AT, **decided, **fields}
    release: Release = Release.objects.create(
        partnership=study.partnership, study=study, state=state, says=says, sha256=fingerprint(says), **values
    )
    return release


def make_named_members(
    place: Place, scheme: Scheme, lead: Worker, *, number: int = 62, agency: str = "Police", **fields: Any
) -> list[Person]:
    """People whom an agency's own records name in full, who joined in the months of `make_study`, a day apart."""
    membership = Membership.objects.get(user=lead.user)
    found = []
    for count in range(number):
        who = {"given_names": f"Robin{count}", "date_of_birth": date(1985, 1, 1) + timedelta(days=count), **fields}
        person = make_person(place, agency=agency, **who)
        make_ended_member(person, scheme, membership, joined=FIRST + timedelta(days=count))
        found.append(person)
    return found


def make_data_lab_export(study: Study, place: Place, *, agency: str = "Police", **fields: Any) -> DataLabExport:
    """A file for the Data Lab that user 1 asked for, as it waits for a decision."""
    export = DataLabExport(
        partnership=study.partnership,
        study=study,
        agency=place.agencies[agency],
        **{
            "purpose": "Whether the scheme works",
            "agreement": "DSA 17",
            "gateway": "common-law-policing",
            "basis": "law-enforcement-task",
            "people": [],
            "number": 60,
            "left_out": {},
            "asked_by": 1,
            "asked_at": AT,
            **fields,
        },
    )
    export.sha256 = data_lab_fingerprint(export)
    export.save()
    return export


def area(name: str, verdict: str = "inside") -> dict[str, Any]:
    """An area of which there are figures, for the board."""
    return {
        "area": name, "people": 52, "observed": 21, "expected": 19.4, "ratio": 1.0825, "low_95": 0.6, "high_95": 1.45,
        "low_998": 0.4, "high_998": 1.8, "verdict": verdict, "percent": 40.4, "shrunk": 39.1, "shrunk_low": 30.2,
        "shrunk_high": 48.6,
    }  # fmt: skip


def make_board(place: Place, *, on: date = TO, areas: Any = "0 areas have 10 people or more.") -> BoardFigures:
    """Figures for the board in which recorded crime is known, and nothing else but what is given of areas."""
    crime = {
        "area": "All", "crime_type": "All", "crimes": 120, "crimes_before": 150, "ratio": 0.8, "ratio_low": 0.62,
        "ratio_high": 1.02, "says": "no change can be told",
    }  # fmt: skip
    months = [{"area": "All", "month": f"2025-{month:02d}-01", "crimes": 10, "rolling": 120} for month in range(1, 13)]
    figures = {
        "until": "2026-11-01", "victims": [], "crime": [crime], "crime_by_month": months, "harm": [], "share": [],
        "confidence": "The table has no rows.", "areas": areas,
    }  # fmt: skip
    made: BoardFigures = BoardFigures.objects.create(
        partnership=place.partnership, on=on, made_at=AT, figures=figures, manifest={}
    )
    return made


def make_equality_evidence(place: Place, *, on: date = TO) -> EqualityEvidence:
    """Evidence of a day on which nothing could be said of what followed, and women were nominated less often."""
    numbers = ("rate_low", "rate_high", "difference", "difference_low", "difference_high")
    rows = [
        {
            "characteristic": "sex", "step": "nominated", "of": "eligible", "group": group, "base": base,
            "chosen": chosen, "rate": rate, "relative_rate": ratio, "relative_rate_low": low,
            "relative_rate_high": high, "is_reference": group == "Male", "suppressed": False,
            **dict.fromkeys(numbers),
        }
        for group, base, chosen, rate, ratio, low, high in (
            ("Female", 100, 20, 20.0, 0.4, 0.26, 0.62), ("Male", 200, 100, 50.0, None, None, None),
            ("All", 300, 120, 40.0, None, None, None),
        )
    ]  # fmt: skip
    figures = {
        "since": "2025-11-01", "until": "2026-11-01", "followed_from": "2020-05-01", "followed_to": "2025-05-01",
        "known_to": None, "threshold": 0.5, "funnel": rows, "follow_up": "Nobody joined long enough ago.",
    }  # fmt: skip
    made: EqualityEvidence = EqualityEvidence.objects.create(
        partnership=place.partnership, on=on, made_at=AT, figures=figures, manifest={}
    )
    return made


@dataclass(frozen=True)
class Way:
    """How far so many people alike got, and what the ranking and the panel had said of them."""

    count: int
    sex: str
    state: str = ""  # of their nomination; none without one
    rag: str = "amber"
    has_left: bool = False
    is_above: bool | None = True  # the line of places; None without a rank
    is_on_list: bool = True  # the current one


def make_ways(place: Place, scheme: Scheme, lead: Worker, ways: list[Way], *, until: date) -> list[Person]:
    """People who came these ways in the twelve months before the first of a month; nominated five months before it."""
    membership = Membership.objects.get(user=lead.user)
    nominated = until - timedelta(days=150)
    listed, made = [], []
    for way in ways:
        for _ in range(way.count):
            person = make_person(place, sex=way.sex, date_of_birth=date(1990, 1, 1), ethnicity="White")
            made.append(person)
            if way.is_on_list:
                listed.append(person)
            if way.state:
                nomination = make_closed_nomination(person, scheme, way, on=nominated)
                if way.state == NominationState.SELECTED:
                    ended = until - timedelta(days=20) if way.has_left else None
                    make_time(person, nomination, membership, rag=way.rag, joined=nominated, ended=ended)
    make_run(scheme, listed)
    return made


def marked(person: Person) -> dict[str, Any]:
    names = ("partnership", "owner_agency", "regime", "audience", "audience_agencies")
    return {name: getattr(person, name) for name in names}


def make_closed_nomination(
    person: Person, scheme: Scheme, way: Way, *, on: date, scores: list[dict[str, Any]] | None = None
) -> Nomination:
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    is_closed = way.state != NominationState.OPEN
    rank = {} if way.is_above is None else {"standing": "eligible", "within_capacity": way.is_above}
    made: Nomination = Nomination.objects.create(
        **marked(person), person=person, scheme=scheme, origin=Origin.CANDIDATES, state=way.state,
        reason="Convicted again", nominated_by=1, nominated_at=at, returns_due_on=on,
        closed_at=at if is_closed else None, closed_by=1 if is_closed else None,
        snapshot={"scores": scores or [], **rank},
    )  # fmt: skip
    return made


def make_time(
    person: Person, nomination: Nomination, lead: Membership, *, rag: str, joined: date, ended: date | None
) -> CohortMembership:
    left: dict[str, Any] = {"state": MembershipState.ACTIVE}
    if ended is not None:
        left = {
            "state": MembershipState.DESELECTED, "ended_on": ended, "end_reason": "sustained-reduction",
            "end_explanation": "The plan was carried through", "ended_by": 1, "ended_at": AT,
        }  # fmt: skip
    made: CohortMembership = CohortMembership.objects.create(
        **marked(person), person=person, scheme=nomination.scheme, nomination=nomination, cohort_type="fixed", rag=rag,
        rag_since=joined, lead=lead, review_on=joined, started_on=joined, **left,
    )  # fmt: skip
    return made


def make_watch(place: Place, **fields: Any) -> Watch:
    """A watch that user 1 registered before anybody of `make_past` joined."""
    values = {
        "title": "Do people who join reoffend more?",
        "direction": "worse",
        "chance": 0.05,
        "cases": 100,
        "purpose": "The board looks at who is chosen",
        "known_to": date(2023, 12, 10),
        "registered_by": 1,
        "registered_at": datetime(2023, 12, 15, 12, tzinfo=UTC),
    }
    made: Watch = Watch.objects.create(partnership=place.partnership, **(values | fields))
    return made


BLOCK = {
    "until": "2025-09-01", "people": 40, "observed": 18, "expected": 16.2, "cases": 40,
    "expected_less_observed": -1.8, "tenths": 4,
}  # fmt: skip


def make_watch_result(watch: Watch, *, on: date = TO, tenths: int = 4, **fields: Any) -> WatchResult:
    """What a look gave: one block, which is an alarm where it is ten tenths high."""
    values = {
        "made_at": AT,
        "known_to": on,
        "cases": 40,
        "is_alarmed": tenths == 10,
        "figures": {"why": "", "since": [BLOCK | {"tenths": tenths}], "before": []},
        "manifest": {"parameters": {}, "results": {}},
    }
    made: WatchResult = WatchResult.objects.create(
        partnership=watch.partnership, watch=watch, on=on, **(values | fields)
    )
    return made
