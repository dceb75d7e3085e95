"""Sharing agreements for tests, drafted and put in force through the product's own operations by two people."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from iom.access.scope import Scope, unrestricted
from iom.agreements import operations as agreements
from iom.agreements import rules
from iom.agreements.choices import Audience, RecordKind
from iom.agreements.models import ImpactAssessment, SharingAgreement
from iom.agreements.operations import Assessed, Details, PartyDetails
from iom.partnerships.choices import Regime
from iom.partnerships.models import Agency

LAWFUL = {
    "gateways": ["crime-and-disorder-s115", "offender-management-s14", "law-enforcement-task", "uk-gdpr-6-1-e"],
    "conditions": {
        Regime.LAW_ENFORCEMENT: {"race": "schedule-8-statutory", "health": "schedule-8-statutory"},
        Regime.UK_GDPR: dict.fromkeys(("race", "health", "criminal"), "uk-gdpr-9-2-g-statutory"),
    },
}


def drafter(agency: Agency, user_id: int = 901) -> Scope:
    """The system as one of two made-up people, who are told apart by their number."""
    scope = unrestricted(partnership_id=agency.partnership_id, agency_id=agency.pk, because="setting up a test")
    return replace(scope, user_id=user_id)


def make_draft_agreement(agencies: list[Agency], *, at: datetime, **fields: Any) -> SharingAgreement:
    """A draft, signed by all, under which each of these agencies gives every kind of record to the others."""
    by = drafter(agencies[0])
    given = {
        "reference": "ISA 1",
        "title": "Sharing for Integrated Offender Management",
        "purposes": "To choose and manage the people who cause most crime and harm.",
        "gateways": LAWFUL["gateways"],
        "retention": "Until the review date of the record.",
        "start_date": date(2020, 1, 1),
        "end_date": None,
        "review_on": date(2030, 1, 1),
        **fields,
    }
    gives, receives = given.pop("gives", RecordKind.values), given.pop("receives", True)
    audience = given.pop("audience", Audience.PARTNERS)
    agreement = agreements.draft(details=Details(**given), by=by, at=at)
    for agency in agencies:
        details = PartyDetails(
            gives=list(gives),
            receives=receives,
            audience=audience,
            conditions=LAWFUL["conditions"][agency.regime],  # type: ignore[index]
            signed_by="Chief officer",
            signed_on=date(2020, 1, 1),
        )
        agreements.set_party(agreement=agreement, agency=agency, details=details, by=by, at=at)
    return agreement


def make_agreement(agencies: list[Agency], *, at: datetime, **fields: Any) -> SharingAgreement:
    """An agreement in force. Call inside `act_in` of a scope of the partnership."""
    agreement = make_draft_agreement(agencies, at=at, **fields)
    return agreements.put_in_force(agreement=agreement, seen=at.isoformat(), by=drafter(agencies[0], 902), at=at)


def make_assessment(agency: Agency, *, at: datetime, **fields: Any) -> ImpactAssessment:
    """A draft impact assessment. Call inside `act_in` of a scope of the partnership."""
    given = {
        "title": "Choosing whom to manage",
        "agreement_id": None,
        "processing": "Records of police, probation and prison are linked and ranked.",
        "risks": "A wrong match: two people look at every doubtful one.",
        "consulted": "The data protection officers of all agencies.",
        "residual_risk": "medium",
        "commissioner_on": None,
        "outcome": "go-with-measures",
        "review_on": date(2035, 1, 1),
        **fields,
    }
    return agreements.draft_assessment(assessed=Assessed(**given), by=drafter(agency), at=at)


def terms(*parties: rules.Party, **fields: Any) -> rules.Terms:
    """Terms in force since 2020, for tests of the rule."""
    return rules.Terms(
        **{
            "agreement_id": 1,
            "reference": "ISA 1",
            "state": "in-force",
            "start_date": date(2020, 1, 1),
            "end_date": None,
            "gateways": frozenset(LAWFUL["gateways"]),
            "parties": parties,
            **fields,
        }
    )
