"""Every write of the cohort. Each takes who acts and when, checks the rule, writes, and leaves an audit event.

The score never decides: what selects, declines or de-selects anybody is called by a person who gives a reason.
"""

from iom.cohorts.operations.draws import close_draw, make_draw, open_draw, settle_entrants, withdraw_draw
from iom.cohorts.operations.intelligence import Report, give_intelligence, withdraw_intelligence
from iom.cohorts.operations.members import change_rag, deselect, reselect, set_lead, set_review
from iom.cohorts.operations.nominations import Referral, give_return, nominate, withdraw
from iom.cohorts.operations.panel import Verdict, decide, record_told
from iom.cohorts.operations.ranking import (
    begin_ranking,
    cancel_ranking,
    fail_ranking,
    note_progress,
    start_ranking,
    store_ranking,
)
from iom.cohorts.operations.schemes import (
    activate,
    adopt,
    begin_check,
    check_again,
    draft,
    fail_check,
    propose,
    rewrite,
    store_checks,
    withdraw_version,
)
from iom.cohorts.operations.transferring import transfer

__all__ = [
    "Referral",
    "Report",
    "Verdict",
    "activate",
    "adopt",
    "begin_check",
    "begin_ranking",
    "cancel_ranking",
    "change_rag",
    "check_again",
    "close_draw",
    "decide",
    "deselect",
    "draft",
    "fail_check",
    "fail_ranking",
    "give_intelligence",
    "give_return",
    "make_draw",
    "nominate",
    "note_progress",
    "open_draw",
    "propose",
    "record_told",
    "reselect",
    "rewrite",
    "set_lead",
    "set_review",
    "settle_entrants",
    "start_ranking",
    "store_checks",
    "store_ranking",
    "transfer",
    "withdraw",
    "withdraw_draw",
    "withdraw_intelligence",
    "withdraw_version",
]
