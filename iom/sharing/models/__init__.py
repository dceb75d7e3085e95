"""The tables of sharing, one module for each subject."""

from iom.sharing.models.data_use import DataUseAnswer
from iom.sharing.models.equality import EqualityEntry
from iom.sharing.models.looks import LookReview
from iom.sharing.models.packages import Package
from iom.sharing.models.requests import AnswerItem, Disclosure, Given, InformationRequest
from iom.sharing.models.retention import (
    DestructionApproval,
    DestructionItem,
    DestructionList,
    LegalHold,
    RetentionDecision,
    RetentionReview,
)
from iom.sharing.models.rights import InformationGiven, RightsNotice, RightsPause, RightsRequest
from iom.sharing.models.subject_access import SubjectAccessItem, SubjectAccessPause, SubjectAccessRequest

__all__ = [
    "AnswerItem",
    "DataUseAnswer",
    "DestructionApproval",
    "DestructionItem",
    "DestructionList",
    "Disclosure",
    "EqualityEntry",
    "Given",
    "InformationGiven",
    "InformationRequest",
    "LegalHold",
    "LookReview",
    "Package",
    "RetentionDecision",
    "RetentionReview",
    "RightsNotice",
    "RightsPause",
    "RightsRequest",
    "SubjectAccessItem",
    "SubjectAccessPause",
    "SubjectAccessRequest",
]
