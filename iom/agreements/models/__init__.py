"""The tables of agreements, and what every record about a person carries; one module for each subject."""

from iom.agreements.models.limits import EmergencyAccess, LimitedAccess
from iom.agreements.models.marking import Marked, MarkedQuerySet, visible
from iom.agreements.models.sharing_agreements import AgreementParty, PartyCondition, SharingAgreement

__all__ = [
    "AgreementParty",
    "EmergencyAccess",
    "LimitedAccess",
    "Marked",
    "MarkedQuerySet",
    "PartyCondition",
    "SharingAgreement",
    "visible",
]
