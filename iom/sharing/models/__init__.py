"""What sharing keeps: looks to review, retention reviews, holds and destruction lists."""

from iom.sharing.models.looks import LookReview
from iom.sharing.models.retention import (
    DestructionApproval,
    DestructionItem,
    DestructionList,
    LegalHold,
    RetentionDecision,
    RetentionReview,
)

__all__ = [
    "DestructionApproval",
    "DestructionItem",
    "DestructionList",
    "LegalHold",
    "LookReview",
    "RetentionDecision",
    "RetentionReview",
]
