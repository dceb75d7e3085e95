"""The partnership called Westmarch: its agencies, its workers, and what they agreed to share."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from iom.access import roles
from iom.partnerships.choices import AgencyKind, Regime


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


def scopes() -> dict[str, Any]:
    """What each worker of the demonstration acts in, by role."""
    from iom.partnerships import queries as partnerships
    from iom.partnerships.models import User

    found: dict[str, Any] = {}
    for each in SIGN_INS:
        (membership,) = partnerships.list_memberships(user=User.objects.get(email=each.email))
        found[each.role] = partnerships.scope_from(membership)
    return found


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
