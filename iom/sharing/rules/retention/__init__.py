"""When a record about a person must be looked at again, and what may then be done with it. Pure decisions."""

from iom.sharing.rules.retention.dates import (
    Facts,
    clear_period_until,
    facts_of,
    is_due,
    must_be_kept,
    next_review,
    review_date,
    soon,
    was_child,
)
from iom.sharing.rules.retention.decisions import (
    APPROVALS,
    ERASURE_GRANTED,
    can_approve,
    can_propose,
    check_can_approve,
    check_can_hold,
    check_can_keep,
    check_can_propose,
    why_not_destroyed,
)
from iom.sharing.rules.retention.schedule import Rule, Schedule, SignMeaning, load, read, rule_for, rule_named

__all__ = [
    "APPROVALS",
    "ERASURE_GRANTED",
    "Facts",
    "Rule",
    "Schedule",
    "SignMeaning",
    "can_approve",
    "can_propose",
    "check_can_approve",
    "check_can_hold",
    "check_can_keep",
    "check_can_propose",
    "clear_period_until",
    "facts_of",
    "is_due",
    "load",
    "must_be_kept",
    "next_review",
    "read",
    "review_date",
    "rule_for",
    "rule_named",
    "soon",
    "was_child",
    "why_not_destroyed",
]
