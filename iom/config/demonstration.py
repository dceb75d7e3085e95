"""What the demonstration is filled with: a partnership called Westmarch, its agencies, workers and extracts."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import yaml

from iom.access import roles
from iom.config import earlier_cohort
from iom.partnerships.choices import AgencyKind, Regime

Step = Callable[[str], AbstractContextManager[None]]
SEED = 20261123
# The schemes the partnership adopts; the first is the one its panel works with.
SCHEMES = ("neighbourhood-crime", "drug-interventions", "domestic-abuse")


@dataclass(frozen=True)
class SignIn:
    """One worker of the demonstration."""

    role: str
    name: str
    agency: str

    @property
    def email(self) -> str:
        return f"{self.role}@westmarch.example"

    @property
    def display_name(self) -> str:
        return roles.BY_SLUG[self.role].display_name


POLICE, PROBATION, PRISON = "Westmarch Police", "Westmarch Probation", "HMP Fenwick"
COUNCIL, TREATMENT, VOLUNTARY = "Westmarch Council", "Clearwater Treatment Service", "Second Start"
AGENCIES = (
    (POLICE, AgencyKind.POLICE, Regime.LAW_ENFORCEMENT, True),
    (PROBATION, AgencyKind.PROBATION, Regime.LAW_ENFORCEMENT, True),
    (PRISON, AgencyKind.PRISON, Regime.LAW_ENFORCEMENT, True),
    (COUNCIL, AgencyKind.COUNCIL, Regime.UK_GDPR, True),
    (TREATMENT, AgencyKind.TREATMENT, Regime.UK_GDPR, False),
    (VOLUNTARY, AgencyKind.VOLUNTARY, Regime.UK_GDPR, False),
)
SIGN_INS = (
    SignIn("coordinator", "Carys Bevan", POLICE),
    SignIn("practitioner", "Priya Nair", PROBATION),
    SignIn("police-offender-manager", "Owen Marsh", POLICE),
    SignIn("analyst", "Amina Yusuf", POLICE),
    SignIn("panel-chair", "Claire Holt", PROBATION),
    SignIn("manager", "Martin Ellis", PROBATION),
    SignIn("partner-worker", "Poppy Lane", COUNCIL),
    SignIn("board-member", "Bryn Hughes", COUNCIL),
    SignIn("information-governance", "Irene Okafor", PROBATION),
    SignIn("administrator", "Adam Frost", POLICE),
)
# Which agency sends the extracts of each folder.
SENDERS = {"police": POLICE, "probation": PROBATION, "prison": PRISON, "treatment": TREATMENT, "council": COUNCIL}


def populate(*, people: int, password: str, folder: Path, step: Step) -> None:
    """Makes the partnership and takes its extracts through the main job."""
    from django.utils import timezone

    from iom_analytics.cohorts import shipped_schemes
    from iom_analytics.synthetic import make_area, write_area

    now = timezone.now()
    with step(f"Making a force area of {people:,} people"):
        write_area(make_area(people=people, seed=SEED, as_of=timezone.localdate()), folder)
    with step("Founding the partnership"):
        areas = pq.read_table(folder / "truth" / "persons.parquet", columns=["area"])["area"].unique().to_pylist()
        agencies = found(password=password, areas=sorted(area for area in areas if area), at=now)
    with step("Agreeing what is shared"):
        agree(agencies, at=now)
    feeds = read_feeds(folder)
    with step(f"Uploading and checking {len(feeds)} extracts"):
        batches = [upload(feed, agencies=agencies, at=now) for feed in feeds]
        work()
    with step("Taking the checked rows in, and linking the records of all agencies"):
        for batch_id, agency in batches:
            accept(batch_id, agency=agency, at=now)
        work()
    workers = scopes()
    with step("Proposing, checking and activating the schemes"):
        for name in (name for name in SCHEMES if name in shipped_schemes()):
            propose(name, by=workers["analyst"], at=now)
        work()
        for scheme in schemes():
            activate(scheme, by=workers["panel-chair"], at=now)
    with step("History, scores and ranking under each scheme"):
        for scheme in schemes():
            start_ranking(scheme, by=workers["coordinator"], at=now)
        work()
        log_equality(workers["analyst"], at=now)
    with step("Nominating, hearing the agencies, and the panel's decisions"):
        tell_the_story(workers, at=now)
    with step("Looking back: who was in the cohort in the years before"):
        earlier_cohort.join(workers, scheme=scheme_called(SCHEMES[0]), at=now, seed=SEED)
    with step("Offering places by lot"):
        offer_places_by_lot(workers, at=now)
    with step("Letting another system take released answers"):
        let_in(workers["administrator"], at=now)
    with step("Working out when records are to be reviewed"):
        review_records(workers["information-governance"], at=now)
    with step("Limiting who sees some records, and opening others in an emergency"):
        limit_and_open(workers, at=now)
    with step("Asking another agency, answering, and sharing outside"):
        share(workers, at=now)
    with step("Recording what a person asks of their data"):
        ask_to_put_right(workers["information-governance"], at=now)
    with step("Asking whether it worked"):
        ask_whether_it_works(workers, at=now)
        watch_who_joined(workers["analyst"], at=now)


def ask_whether_it_works(workers: dict[str, Any], *, at: datetime) -> None:
    """Two questions of the analyst: one answered, costed and released, one whose comparison is to be looked at."""
    from iom.access.scope import act_in
    from iom.outcomes import operations as outcomes
    from iom.outcomes import queries
    from iom.outcomes.operations import Who
    from iom.outcomes.presenters.report import document
    from iom.outcomes.presenters.studies import months

    by = workers["analyst"]
    scheme = scheme_called(SCHEMES[0])
    with act_in(by):
        offered = months(queries.known_to(scope=by))
        who = Who("Did those who joined reoffend less?", scheme, offered[earlier_cohort.MONTHS], offered[0])
        first = outcomes.begin(who=who, by=by, at=at)
        outcomes.set_comparison(study_id=first.pk, method="entropy", ratio=1, by=by, at=at)
        outcomes.set_measures(
            study_id=first.pk,
            primary="reoffended",
            secondary=["reoffences", "custody_for_reoffence", "days_in_custody"],
            by=by,
            at=at,
        )
        purpose = "Whether the board pays for a third offender manager. If it cannot be told, it waits another year."
        outcomes.register(study_id=first.pk, purpose=purpose, by=by, at=at)
        who = Who("Did those who joined commit fewer offences?", scheme, offered[earlier_cohort.MONTHS], offered[0])
        second = outcomes.begin(who=who, by=by, at=at)
        outcomes.set_measures(study_id=second.pk, primary="reoffences", secondary=[], by=by, at=at)
        outcomes.set_comparison(study_id=second.pk, method="overlap", ratio=1, by=by, at=at)
        outcomes.register(study_id=second.pk, purpose=purpose, by=by, at=at)
    work()
    with act_in(by):
        why = "Alike in age, convictions and score. Nothing is known of drug use on either side."
        outcomes.accept(study_id=first.pk, why=why, by=by, at=at)
        outcomes.ask_for_board(by=by, at=at)
        outcomes.ask_for_equality(by=by, at=at)
    work()
    with act_in(by):
        source = "The partnership's budget for 2025/26; salaries with on-costs."
        outcomes.set_costs(study_id=first.pk, given=costs(), source=source, seen=None, by=by, at=at)
        answered = queries.get_study(study_id=first.pk, scope=by)
        release = outcomes.ask_release(
            study_id=first.pk,
            recipient="The board's annual report",
            says=document(answered, **queries.before(study=answered, scope=by)),
            by=by,
            at=at,
        )
    reader = workers["manager"]
    with act_in(reader):
        outcomes.decide_release(
            release_id=release.pk, is_released=True, reason="", seen=release.sha256, by=reader, at=at
        )


def costs() -> Any:
    """What the scheme costs in a year, and of what crimes reoffences are; the multipliers are made up as well."""
    from iom.outcomes.evaluation.money import Inputs, Mixed, Post

    return Inputs(
        staff=[
            Post("Offender managers, police and probation", 4.0, 52_000),
            Post("Co-ordinator", 1.0, 46_000),
            Post("Analyst", 0.4, 44_000),
        ],
        other_pounds=35_000,
        as_usual_pounds=90_000,
        mean_caseload=70,
        price_year=2024,
        mix=[
            Mixed("Domestic burglary", 0.2, 3.0),
            Mixed("Theft from vehicle", 0.2, 4.0),
            Mixed("Theft from person", 0.1, 4.0),
            Mixed("Violence without injury", 0.15, 2.0),
            Mixed("Violence with injury", 0.1, 2.0),
        ],
        uncosted=0.25,
    )


def watch_who_joined(by: Any, *, at: datetime) -> None:
    """A watch registered before the first of the earlier cohort joined, looked at today."""
    from datetime import timedelta

    from iom.access.scope import act_in
    from iom.outcomes import operations as outcomes
    from iom.outcomes.choices import Direction
    from iom.outcomes.operations.watches import Watched

    with act_in(by):
        watched = Watched(
            title="Those who join the neighbourhood crime scheme",
            scheme=scheme_called(SCHEMES[0]),
            area=None,
            direction=Direction.WORSE,
            chance=0.05,
            cases=200,
            purpose="The board looks at every case of the last year before anybody else is taken on.",
        )
        before = at - timedelta(days=31 * (earlier_cohort.ENDED_MONTHS_AGO + earlier_cohort.MONTHS))
        outcomes.register_watch(watched=watched, by=by, at=before)
    work()


def let_in(by: Any, *, at: datetime) -> None:
    """A token for the service that answers subject access requests for the whole of probation."""
    from datetime import timedelta

    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.partnerships import operations as partnerships
    from iom.partnerships.models import Agency

    with act_in(by):
        partnerships.make_token(
            system="HMPPS subject access request service",
            agency=Agency.objects.get(partnership_id=by.partnership_id, name=PROBATION),
            scopes=["subject-access"],
            expires_on=timezone.localdate(at) + timedelta(days=90),
            by=by,
            at=at,
        )


def review_records(by: Any, *, at: datetime) -> None:
    """Review dates for everybody; of what is due, one record proposed for destruction and one person under a hold."""
    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.sharing import tasks
    from iom.sharing.operations import retention
    from iom.sharing.queries import retention as queries

    tasks.set_review_dates(timestamp=0)
    with act_in(by):
        due = list(queries.due(scope=by, on=timezone.localdate(at))[:2])
        for review in due[:1]:
            retention.propose(review_id=review.pk, reason="No policing purpose any more", by=by, at=at)
        for review in due[1:]:
            retention.place_hold(person=review.person, reason="An inquest is still open", until=None, by=by, at=at)


def limit_and_open(workers: dict[str, Any], *, at: datetime) -> None:
    """A record kept from a colleague, and two that were opened in an emergency, of which one has been reviewed."""
    from datetime import timedelta

    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.agreements.choices.limits import AccessFinding, Emergency, LimitKind
    from iom.agreements.operations import limits
    from iom.people.models import Person
    from iom.sharing.queries.limits import owners_opened

    manager, reviewer = workers["manager"], workers["information-governance"]
    hidden = workers["partner-worker"]
    with act_in(manager):
        kept, *opened = Person.objects.visible_to(manager).filter(merged_into=None).order_by("-pk")[:3]
        limits.place_limit(
            person=kept,
            kind=LimitKind.EXCLUDED,
            user_ids=[hidden.user_id],
            reason="They live in the same household.",
            tells_reader=True,
            wording="This record is kept from you. There is nothing you need to do.",
            contact="Duty manager of the partnership, 01632 960 001",
            review_on=timezone.localdate(at) + timedelta(days=180),
            by=manager,
            at=at,
        )
    accesses = []
    for worker, person in zip((workers["coordinator"], workers["practitioner"]), opened, strict=True):
        with act_in(worker):
            accesses.append(
                limits.open_emergency(
                    person_id=person.pk,
                    emergency=Emergency.LIFE,
                    reason="He is at the counter and says that he will hurt somebody.",
                    hours=4,
                    told_agencies=owners_opened(person_id=person.pk, scope=worker),
                    by=worker,
                    at=at,
                )
            )
    with act_in(reviewer):
        limits.review_emergency(
            access=accesses[1],
            finding=AccessFinding.JUSTIFIED,
            note="The duty officer confirms it.",
            by=reviewer,
            at=at,
        )


def share(workers: dict[str, Any], *, at: datetime) -> None:
    """The council is asked and answers; probation is asked and has yet to; a package waits for a second person."""
    from datetime import timedelta

    from iom.access.scope import act_in
    from iom.agreements.choices import RecordKind
    from iom.cohorts.models import CohortMembership
    from iom.partnerships import queries as partnerships
    from iom.sharing.operations import packages, requests
    from iom.sharing.operations.packages import Outside
    from iom.sharing.operations.requests import Asking
    from iom.sharing.presenters.requests import who

    asker, answerer, probation = workers["police-offender-manager"], workers["partner-worker"], workers["manager"]
    with act_in(asker):
        agencies = {agency.pk: agency for agency in partnerships.list_agencies(scope=asker)}
        members = CohortMembership.objects.visible_to(asker).filter(state="active").select_related("person")
        members = members.order_by("pk")
        people = [member.person for member in members[:2]]
        asked = [
            requests.ask(
                person=person,
                agency=agencies[agency_id],
                asking=Asking(
                    who=who(person, asker),
                    purpose="To plan where he lives after release",
                    necessity="The licence names an address; nobody else knows whether it stands.",
                    question="Has he a tenancy, or an offer of one?",
                    kinds=[RecordKind.ANSWERS, RecordKind.SANCTIONS],
                    gateway="crime-and-disorder-s115",
                    urgency="routine",
                ),
                by=asker,
                at=at - timedelta(days=3),
            )
            for person, agency_id in zip(people, (answerer.agency_id, probation.agency_id), strict=True)
        ]
    with act_in(answerer):
        requests.send(
            request=asked[0],
            text="He has an offer of a flat from the first of next month. [[His sister signed for it.]]",
            special=[],
            is_part=True,
            reason="Speaks of somebody else",
            kept_days=30,
            by=answerer,
            at=at,
        )
    with act_in(probation):
        package = packages.begin(
            person=people[1],
            outside=Outside(
                organisation="Harbour Hostel",
                recipient="Ada Crane, manager",
                certificate=made_up_certificate(at),
                purpose="To offer a place",
                necessity="They must know whether there was arson.",
                gateway="offender-management-s14",
                basis="law-enforcement-task",
                kinds=[RecordKind.SANCTIONS],
                days=7,
            ),
            by=probation,
            at=at,
        )
        packages.fill(
            package=package, ticked=[], text="There was no arson.", special=[], conditions=[], by=probation, at=at
        )


def ask_to_put_right(by: Any, *, at: datetime) -> None:
    """Somebody in the cohort says that a record of them is wrong; the answer is still to be proposed."""
    from datetime import timedelta

    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.cohorts.models import CohortMembership
    from iom.sharing.operations import rights
    from iom.sharing.operations.rights import RightAsked

    asked = RightAsked(
        kind="rectify",
        received_on=timezone.localdate(at) - timedelta(days=9),
        channel="post",
        asked_for="The address in your records is my brother's. I have not lived there since 2021.",
        identity_check="documents",
    )
    with act_in(by):
        members = CohortMembership.objects.visible_to(by).filter(state="active").select_related("person")
        member = members.order_by("-pk").first()
        assert member is not None
        rights.record(person=member.person, asked=asked, by=by, at=at)


def made_up_certificate(at: datetime) -> str:
    """A certificate of nobody, whose key is thrown away."""
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import Encoding

    key = rsa.generate_private_key(65537, 3072)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Harbour Hostel (made up)")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(at - timedelta(days=1))
    return made.not_valid_after(at + timedelta(days=365)).sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode()


def found(*, password: str, areas: list[str], at: datetime) -> dict[str, Any]:
    """The partnership, its agencies and one worker per role, by name."""
    from iom.access.scope import unrestricted
    from iom.partnerships import operations as partnerships

    by = unrestricted(partnership_id=0, agency_id=0, because="setting up the demonstration")
    partnership = partnerships.found(name="Westmarch IOM", slug="westmarch", capacity=60, areas=areas, by=by, at=at)
    agencies = {
        name: partnerships.add_agency(
            partnership=partnership, name=name, kind=kind, regime=regime, statutory=statutory, teams=[], by=by, at=at
        )
        for name, kind, regime, statutory in AGENCIES
    }
    for each in SIGN_INS:
        user = partnerships.add_user(email=each.email, name=each.name, password=password, by=by, at=at)
        partnerships.give_access(user=user, agency=agencies[each.agency], roles=[each.role], by=by, at=at)
    return agencies


def agree(agencies: dict[str, Any], *, at: datetime) -> None:
    """The sharing agreement under which the extracts come in, and another that waits for its signatures.

    The treatment service's records stay its own: health data. Information governance drafts, and a manager signs off.
    """
    from datetime import timedelta

    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.agreements import operations as agreements
    from iom.agreements.choices import Audience, ImpactOutcome, RecordKind, Risk
    from iom.agreements.operations import Assessed, Details, PartyDetails

    workers, today = scopes(), timezone.localdate(at)
    by, second = workers["information-governance"], workers["manager"]
    strictly, public = "schedule-8-statutory", "uk-gdpr-9-2-g-statutory"
    conditions = {
        Regime.LAW_ENFORCEMENT: {"race": strictly, "health": strictly},
        Regime.UK_GDPR: {"race": public, "health": public, "criminal": public},
    }
    everything = Details(
        reference="WIOM ISA 1",
        title="Information sharing for Integrated Offender Management in Westmarch",
        purposes="To choose, manage and support together the people who cause most crime and harm in Westmarch.",
        gateways=["crime-and-disorder-s115", "offender-management-s14", "law-enforcement-task", "uk-gdpr-6-1-e"],
        retention="Receivers keep what they get until the review date of the record, and destroy it with the record.",
        security="Read in OpenIOM alone, by named people, over the agencies' own networks.",
        quality="Each agency mends its own record; whoever finds a fault tells its information governance lead.",
        complaints="The agency complained of answers. A breach is told to the lead of every party on the same day.",
        rights="Each agency answers for what is its own, and asks the others for what came from them.",
        start_date=today - timedelta(days=330),
        end_date=None,
        review_on=today + timedelta(days=35),
    )
    housing = replace(
        everything,
        reference="WIOM ISA 2",
        title="Answers about housing for people leaving prison",
        purposes="To find a home for a person before release.",
        review_on=today + timedelta(days=365),
        start_date=today,
    )
    with act_in(by):
        agreement = agreements.draft(details=everything, by=by, at=at)
        for agency in agencies.values():
            details = PartyDetails(
                gives=list(RecordKind),
                receives=True,
                audience=Audience.OWN if agency.kind == AgencyKind.TREATMENT else Audience.PARTNERS,
                conditions=conditions[agency.regime],
                signed_by=f"Senior information risk owner, {agency.name}",
                signed_on=today - timedelta(days=340),
            )
            agreements.set_party(agreement=agreement, agency=agency, details=details, by=by, at=at)
        waiting = agreements.draft(details=housing, by=by, at=at)
        for name, gives in ((PRISON, [RecordKind.CUSTODY_SPELLS, RecordKind.ANSWERS]), (COUNCIL, [RecordKind.ANSWERS])):
            agency = agencies[name]
            details = PartyDetails(gives=list(gives), receives=True, conditions=conditions[agency.regime])
            agreements.set_party(agreement=waiting, agency=agency, details=details, by=by, at=at)
        ranking = Assessed(
            title="Linking and ranking people for Integrated Offender Management",
            agreement_id=agreement.pk,
            processing="Partners' records are linked and ranked, so that a panel can choose whom to manage.",
            risks="A wrong match: people decide doubtful ones, and can undo them. Unequal selection: the fairness"
            " report is read before a scheme is used. A health record seen by the police: it stays with treatment.",
            consulted="The data protection officers of the agencies, and people with experience of supervision.",
            residual_risk=Risk.MEDIUM,
            commissioner_on=None,
            outcome=ImpactOutcome.GO_WITH_MEASURES,
            review_on=today + timedelta(days=50),
        )
        approved = agreements.draft_assessment(assessed=ranking, by=by, at=at)
        release = replace(
            ranking,
            title="Housing before release",
            agreement_id=waiting.pk,
            risks="A release date told too early: it is given to the housing officer alone.",
            residual_risk=Risk.LOW,
            review_on=today + timedelta(days=365),
        )
        agreements.draft_assessment(assessed=release, by=by, at=at)
        agreements.add_document(
            agreement=agreement, title="Signed copy", kept_at="Partnership office, file 1", upload=None, by=by, at=at
        )
    with act_in(second):
        seen = at.isoformat()
        agreements.approve_assessment(assessment=approved, seen=seen, by=second, at=at)
        agreements.put_in_force(agreement=agreement, seen=seen, by=second, at=at)


@dataclass(frozen=True)
class SentFile:
    """One extract of the area: where it is, who sends it, and its layout in the contract `records` or an event's."""

    path: Path
    sender: str
    layout: dict[str, Any]

    @property
    def name(self) -> str:
        return f"{self.path.stem.replace('_', ' ').capitalize()}"


def read_feeds(folder: Path) -> list[SentFile]:
    """The extracts with their layouts. A file of people has two: who they are, and what `persons` adds to it."""
    by_file: dict[Path, dict[str, Any]] = {}
    for layout_file in sorted((folder / "layouts").glob("*.yaml")):
        first_line = layout_file.read_text(encoding="utf-8").splitlines()[0]
        path = folder / first_line.removeprefix("# Reads ").strip()
        layout = yaml.safe_load(layout_file.read_text(encoding="utf-8"))
        by_file.setdefault(path, {})[layout["table"]] = layout
    feeds = []
    for path, layouts in sorted(by_file.items()):
        if "identities" in layouts:
            who, more = layouts["identities"], layouts.get("persons", {"columns": {}, "synonyms": {}})
            added = {name: column for name, column in more["columns"].items() if name in ("ethnicity", "area")}
            synonyms = {**who.get("synonyms", {}), **{k: v for k, v in more.get("synonyms", {}).items() if k in added}}
            layout = {**who, "table": "records", "columns": {**who["columns"], **added}, "synonyms": synonyms}
        else:
            (layout,) = layouts.values()
        feeds.append(SentFile(path, path.parent.name, layout))
    return feeds


def system(agency: Any) -> Any:
    from iom.access.scope import unrestricted

    return unrestricted(
        partnership_id=agency.partnership_id, agency_id=agency.pk, because="the extracts of the demonstration"
    )


def upload(feed: SentFile, *, agencies: dict[str, Any], at: datetime) -> tuple[int, Any]:
    """Adds the feed with its layout and uploads its file, as its agency would."""
    from iom.access.scope import act_in
    from iom.imports import operations as imports
    from iom.imports.adapters import OnDisk

    agency = agencies[SENDERS[feed.sender]]
    by = system(agency)
    with act_in(by):
        made = imports.add_feed(
            agency=agency,
            name=feed.name,
            source=feed.layout["constants"]["source"],
            table=feed.layout["table"],
            by=by,
            at=at,
        )
        imports.save_layout(feed=made, layout=feed.layout, by=by, at=at)
        made.refresh_from_db()
        return imports.upload(feed=made, upload=OnDisk(feed.path), by=by, at=at).pk, agency


def accept(batch_id: int, *, agency: Any, at: datetime) -> None:
    from iom.access.scope import act_in
    from iom.imports import operations as imports

    by = system(agency)
    with act_in(by):
        imports.accept(batch_id=batch_id, by=by, at=at)


def work() -> None:
    """Does what waits in the queue, as a worker does, until nothing waits."""
    from procrastinate.contrib.django import app

    worker = app.with_connector(app.connector.get_worker_connector())
    worker.run_worker(wait=False, queues=["work"], install_signal_handlers=False, listen_notify=False)


def scopes() -> dict[str, Any]:
    """What each worker of the demonstration acts in, by role."""
    from iom.partnerships import queries as partnerships
    from iom.partnerships.models import User

    found: dict[str, Any] = {}
    for each in SIGN_INS:
        (membership,) = partnerships.list_memberships(user=User.objects.get(email=each.email))
        found[each.role] = partnerships.scope_from(membership)
    return found


def schemes() -> list[Any]:
    from iom.access.scope import act_in
    from iom.cohorts import queries

    scope = scopes()["analyst"]
    with act_in(scope):
        return list(queries.list_schemes(scope=scope))


def scheme_called(slug: str) -> Any:
    return next(each for each in schemes() if each.slug == slug)


def propose(name: str, *, by: Any, at: datetime) -> None:
    from importlib import resources

    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts

    text = (resources.files("iom_analytics.cohorts") / "schemes" / f"{name}.yaml").read_text(encoding="utf-8")
    with act_in(by):
        version = cohorts.adopt(text=text, by=by, at=at)
        cohorts.propose(version=version, by=by, at=at)


def activate(scheme: Any, *, by: Any, at: datetime) -> None:
    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts
    from iom.cohorts import queries

    with act_in(by):
        (version,) = queries.list_versions(scheme=scheme, scope=by)
        reason = "Agreed by the board; the fairness report was read and accepted."
        cohorts.activate(version=version, reason=reason, by=by, at=at)


def start_ranking(scheme: Any, *, by: Any, at: datetime) -> None:
    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts

    with act_in(by):
        cohorts.start_ranking(scheme=scheme, on=timezone.localdate(at), by=by, at=at)


def log_equality(by: Any, *, at: datetime) -> None:
    """Two entries of the equality evidence log: one that is soon to be looked at again, and one that was corrected."""
    from dataclasses import replace
    from datetime import timedelta

    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.sharing.operations import equality
    from iom.sharing.operations.equality import Entered
    from iom.sharing.queries import equality as queries

    today = timezone.localdate(at)
    with act_in(by):
        figures = next(each for each in queries.list_figures(scope=by) if each.version is not None)
        assert figures.version is not None
        selection = Entered(
            subject="selection",
            title=f"Who comes above the capacity line under {figures.version.scheme.name}",
            looked_on=today,
            aims=["eliminate"],
            characteristics=["age", "race", "sex"],
            evidence="figures",
            source="The figures of the latest ranking, on record with it.",
            figures_key=figures.key,
            showed="Rates by sex, age and ethnicity, with how sure each is. Small groups cannot be told apart.",
            decided="The panel reads the figures before it meets, and records why it selects. The weights stay.",
            decided_by="IOM board",
            decided_on=today,
            review_on=today + timedelta(days=45),
        )
        equality.record(entered=selection, by=by, at=at)
        meetings = replace(
            selection,
            subject="practice",
            title="When and where people are seen",
            aims=["advance"],
            characteristics=["disability", "sex"],
            evidence="survey",
            source="Survey of members and their families, partnership office, file 4.",
            figures_key="",
            showed="Morning appointments clash with school hours and with medication.",
            decided="Appointments are offered in the afternoon and at home.",
            review_on=today + timedelta(days=180),
        )
        first = equality.record(entered=meetings, by=by, at=at)
        equality.correct(
            equality_id=first.pk,
            entered=replace(meetings, characteristics=["disability", "pregnancy", "sex"]),
            correction="Pregnancy was asked about as well, and had been left out.",
            by=by,
            at=at,
        )


# What happens to the first candidates: the outcome, the rating given, and how it was put.
DECISIONS = (
    ("select", "red", "Arrested twice since the last conference; every agency supports selection."),
    ("select", "red", "Released last month without supervision and offending again within the week."),
    ("select", "amber", "On licence; engages with probation, misses treatment."),
    ("select", "amber", "Shoplifting linked to drug use; housing has been lost."),
    ("select", "green", "Settled since spring; kept for a last review before the exit plan."),
    ("select", "blue", "In custody until next year: release to be planned with the prison."),
    ("select", "amber", "Burglary series in the north; wants help to stop."),
    ("select", "red", "Wanted on recall; intelligence in three wards."),
    ("decline", "", "Managed under MAPPA already; the lead agency there agrees."),
    ("defer", "", "Probation asks for a month to complete its assessment."),
)
WAITING = 4  # nominations still with the agencies


# Intelligence on the first nomination that waits, and the roles of whose agencies may read it where those are listed.
INTELLIGENCE: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    (
        {
            "text": "Said to sell tools taken from vans at the weekend market.",
            "source_evaluation": "2", "information_assessment": "B", "handling_code": "P", "conditions": "",
            "audience": "partners",
        },
        (),
    ),
    (
        {
            "text": "Believed to plan a burglary with a person not yet known.",
            "source_evaluation": "1", "information_assessment": "C", "handling_code": "C",
            "conditions": "Not to be acted on, nor spoken of to the person, without the police.",
            "audience": "listed",
        },
        ("practitioner",),
    ),
)  # fmt: skip


def tell_the_story(workers: dict[str, Any], *, at: datetime) -> None:
    """Nominations from the ranked list, the agencies' returns, and the panel's decisions, each by who would do it."""
    from datetime import timedelta

    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts
    from iom.cohorts import queries
    from iom.cohorts.choices import Known, Origin, Outcome, Rag, View
    from iom.cohorts.operations import Referral, Report, Verdict
    from iom.cohorts.queries import CandidateFilter

    by, chair = workers["coordinator"], workers["panel-chair"]
    answering = (workers["practitioner"], workers["partner-worker"])
    today = timezone.localdate(at)
    scheme = scheme_called(SCHEMES[0])
    with act_in(by):
        run = queries.current_run(scheme_id=scheme.pk)
        assert run is not None
        page = queries.list_candidates(run=run, chosen=CandidateFilter(), page=1, scope=by)
        people = [candidate.person for candidate in page.rows][: len(DECISIONS) + WAITING]
        nominations = [
            cohorts.nominate(
                person=person,
                scheme=scheme,
                referral=Referral(reason="Ranked above the capacity line; discussed at the daily meeting."),
                origin=Origin.CANDIDATES,
                asked=[worker.agency_id for worker in answering],
                by=by,
                at=at - timedelta(days=12),
            )
            for person in people
        ]
    for worker in answering:
        with act_in(worker):
            for nomination in nominations[: len(DECISIONS) + 1]:
                cohorts.give_return(
                    nomination=nomination,
                    known=Known.YES,
                    summary="Known to us for some years; our record is open to the panel.",
                    view=View.SUPPORT,
                    view_reason="Joint work would help.",
                    audience="partners",
                    audience_agencies=[],
                    by=worker,
                    at=at - timedelta(days=6),
                )
    with act_in(by):
        for given, readers in INTELLIGENCE:
            cohorts.give_intelligence(
                nomination=nominations[len(DECISIONS)],
                report=Report(**given, agencies=tuple(workers[role].agency_id for role in readers)),
                by=by,
                at=at - timedelta(days=5),
            )
    with act_in(chair):
        leads = queries.list_leads(scope=chair)
        types = list(queries.cohort_types(scheme_id=scheme.pk))
        for number, ((outcome, rag, reasons), nomination) in enumerate(zip(DECISIONS, nominations, strict=False)):
            cohorts.decide(
                nomination=nomination,
                verdict=Verdict(
                    outcome=Outcome(outcome),
                    met_on=today - timedelta(days=2),
                    present=tuple(worker.agency_id for worker in (*answering, by)),
                    reasons=reasons,
                    dissent="Probation would have preferred amber." if rag == "red" and number else "",
                    cohort_type=types[number % len(types)] if outcome == "select" else "",
                    rag=Rag(rag) if rag else "",
                    lead=leads[number % len(leads)] if outcome == "select" else None,
                    review_on=today + timedelta(days=7 * (number + 1)) if outcome == "select" else None,
                    deferred_until=today + timedelta(days=28) if outcome == "defer" else None,
                ),
                by=chair,
                at=at,
            )


ENTRANTS, PLACES = 4, 1  # of a draw for places


def offer_places_by_lot(workers: dict[str, Any], *, at: datetime) -> None:
    """More people wait than there are places: of one scheme the draw is made, of another its list is still open."""
    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts

    by, second = workers["coordinator"], workers["manager"]
    drawn, still_open = (scheme_called(slug) for slug in SCHEMES[:2])
    for scheme in (drawn, still_open):
        entered = let_wait(scheme, workers, at=at)
        with act_in(by):
            beacon = "" if scheme == drawn else "Main numbers of the Lotto of the Saturday after the list is closed"
            draw = cohorts.open_draw(
                scheme=scheme,
                places=PLACES,
                beacon=beacon,
                entered=entered,
                left_out=others_who_wait(scheme, entered, by=by),
                by=by,
                at=at,
            )
            if scheme == drawn:
                cohorts.close_draw(draw=draw, by=by, at=at)
        if scheme == drawn:
            with act_in(second):
                cohorts.make_draw(draw=draw, beacon_value="", by=second, at=at)


def let_wait(scheme: Any, workers: dict[str, Any], *, at: datetime) -> list[int]:
    """The next candidates, nominated and deferred for want of a place; the ids of their nominations."""
    from datetime import timedelta

    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.cohorts import operations as cohorts
    from iom.cohorts import queries
    from iom.cohorts.choices import Origin, Outcome
    from iom.cohorts.models import Nomination
    from iom.cohorts.operations import Referral, Verdict
    from iom.cohorts.queries import CandidateFilter

    by, chair = workers["coordinator"], workers["panel-chair"]
    today = timezone.localdate(at)
    with act_in(by):
        run = queries.current_run(scheme_id=scheme.pk)
        assert run is not None
        rows = queries.list_candidates(run=run, chosen=CandidateFilter(), page=1, scope=by).rows
        nominated = set(Nomination.objects.visible_to(by).filter(scheme=scheme).values_list("person_id", flat=True))
        nominations = [
            cohorts.nominate(
                person=candidate.person,
                scheme=scheme,
                referral=Referral(reason="Meets the criteria; discussed at the daily meeting."),
                origin=Origin.CANDIDATES,
                asked=[],
                by=by,
                at=at - timedelta(days=12),
            )
            for candidate in [row for row in rows if row.person_id not in nominated][:ENTRANTS]
        ]
    with act_in(chair):
        for nomination in nominations:
            verdict = Verdict(
                outcome=Outcome.DEFER,
                met_on=today - timedelta(days=2),
                present=(by.agency_id, chair.agency_id),
                reasons="Meets the criteria; there is no place now.",
                deferred_until=today + timedelta(days=28),
            )
            cohorts.decide(nomination=nomination, verdict=verdict, by=chair, at=at)
    return [nomination.pk for nomination in nominations]


def others_who_wait(scheme: Any, entered: list[int], *, by: Any) -> dict[int, str]:
    """Whoever else was deferred under the scheme, with why they are left out of the draw."""
    from iom.cohorts import queries

    waiting = queries.list_waiting(scheme_id=scheme.pk, scope=by)
    return {each.pk: "Waits for an assessment, not for a place." for each in waiting if each.pk not in entered}
