"""Every write of agreements, one module for each subject; and rows as the operations of every app take hold of them."""

from iom.agreements.operations.documents import add_document, record_download
from iom.agreements.operations.impact_assessments import (
    Assessed,
    approve_assessment,
    change_assessment,
    draft_assessment,
)
from iom.agreements.operations.marking import locked, marked_by, marked_like, marked_of
from iom.agreements.operations.sharing_agreements import (
    Details,
    PartyDetails,
    change,
    draft,
    put_in_force,
    remove_party,
    review,
    set_party,
    withdraw,
)

__all__ = [
    "Assessed",
    "Details",
    "PartyDetails",
    "add_document",
    "approve_assessment",
    "change",
    "change_assessment",
    "draft",
    "draft_assessment",
    "locked",
    "marked_by",
    "marked_like",
    "marked_of",
    "put_in_force",
    "record_download",
    "remove_party",
    "review",
    "set_party",
    "withdraw",
]
