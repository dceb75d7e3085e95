"""Every read of agreements, one module for each subject."""

from iom.agreements.queries.documents import get_document, list_documents
from iom.agreements.queries.impact_assessments import (
    get_assessment,
    is_assessed,
    list_assessments,
    list_assessments_near_review,
    list_assessments_to_approve,
)
from iom.agreements.queries.sharing_agreements import (
    agreed,
    count_unsigned,
    default_marking,
    get_agreement,
    get_party,
    is_reference_taken,
    list_agreements,
    list_in_force,
    list_near_review,
    list_signed_drafts,
    terms_of,
)

__all__ = [
    "agreed",
    "count_unsigned",
    "default_marking",
    "get_agreement",
    "get_assessment",
    "get_document",
    "get_party",
    "is_assessed",
    "is_reference_taken",
    "list_agreements",
    "list_assessments",
    "list_assessments_near_review",
    "list_assessments_to_approve",
    "list_documents",
    "list_in_force",
    "list_near_review",
    "list_signed_drafts",
    "terms_of",
]
