"""What is kept from whom, opened, asked for, given and reviewed."""

from datetime import datetime
from typing import Any

from iom.config.demonstration.partnership import PROBATION


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
