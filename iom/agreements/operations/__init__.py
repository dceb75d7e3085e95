"""Every write of agreements, one module for each subject; and rows as the operations of every app take hold of them."""

from iom.agreements.operations.marking import locked, marked_by, marked_like, marked_of
from iom.agreements.operations.sharing_agreements import (
    Details,
    PartyDetails,
    change,
    draft,
    put_in_force,
    remove_party,
    set_party,
    withdraw,
)

__all__ = [
    "Details",
    "PartyDetails",
    "change",
    "draft",
    "locked",
    "marked_by",
    "marked_like",
    "marked_of",
    "put_in_force",
    "remove_party",
    "set_party",
    "withdraw",
]
