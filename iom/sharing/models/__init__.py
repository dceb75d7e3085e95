"""What sharing keeps: reviews of records at their end, holds and destruction lists."""

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
    "RetentionDecision",
    "RetentionReview",
]
