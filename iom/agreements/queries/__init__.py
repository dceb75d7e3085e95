"""Every read of agreements, one module for each subject."""

from iom.agreements.queries.sharing_agreements import (
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
    "count_unsigned",
    "default_marking",
    "get_agreement",
    "get_party",
    "is_reference_taken",
    "list_agreements",
    "list_in_force",
    "list_near_review",
    "list_signed_drafts",
    "terms_of",
]
