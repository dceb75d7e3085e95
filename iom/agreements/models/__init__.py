"""The tables of agreements, and what every record about a person carries; one module for each subject."""

from iom.agreements.models.documents import AgreementDocument
from iom.agreements.models.grading import Graded
from iom.agreements.models.impact_assessments import ImpactAssessment
from iom.agreements.models.limits import EmergencyAccess, LimitedAccess
from iom.agreements.models.marking import Marked, MarkedQuerySet, visible
from iom.agreements.models.sharing_agreements import AgreementParty, PartyCondition, SharingAgreement

__all__ = [
    "AgreementDocument",
    "AgreementParty",
    "EmergencyAccess",
    "Graded",
    "ImpactAssessment",
    "LimitedAccess",
    "Marked",
    "MarkedQuerySet",
    "PartyCondition",
    "SharingAgreement",
    "visible",
]
