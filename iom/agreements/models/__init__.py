"""The tables of agreements, and what every record about a person carries; one module for each subject."""

from iom.agreements.models.marking import Marked, MarkedQuerySet, visible
from iom.agreements.models.sharing_agreements import AgreementParty, PartyCondition, SharingAgreement

__all__ = [
    "AgreementParty",
    "Marked",
    "MarkedQuerySet",
    "PartyCondition",
    "SharingAgreement",
    "visible",
]
