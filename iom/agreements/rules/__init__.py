"""Decisions about sharing, one module for each subject: the register of gateways, and the agreements."""

from iom.agreements.rules.gateways import Gateway, gateways, read
from iom.agreements.rules.sharing_agreements import (
    HOLDS,
    TRANSITIONS,
    Party,
    Terms,
    can_put_in_force,
    can_share,
    check_can_change,
    check_can_move,
    check_can_put_in_force,
    check_can_share,
    check_can_withdraw,
    check_dates,
    is_condition,
    is_in_force,
    is_near,
    state_on,
)

__all__ = [
    "HOLDS",
    "TRANSITIONS",
    "Gateway",
    "Party",
    "Terms",
    "can_put_in_force",
    "can_share",
    "check_can_change",
    "check_can_move",
    "check_can_put_in_force",
    "check_can_share",
    "check_can_withdraw",
    "check_dates",
    "gateways",
    "is_condition",
    "is_in_force",
    "is_near",
    "read",
    "state_on",
]
