"""Every write of outcomes. Each takes who acts and when, checks the rule, writes, and leaves an audit event.

Nobody sees an outcome before the comparison was looked at and accepted, and nothing leaves that one person alone read.
"""

from iom.outcomes.operations.board import ask_for_board, store_board
from iom.outcomes.operations.costs import set_costs
from iom.outcomes.operations.data_lab import (
    DATA_LAB,
    Grounds,
    ask_data_lab,
    counted,
    decide_data_lab,
    needed_to_take,
    take_data_lab,
)
from iom.outcomes.operations.equality import ask_for_equality, store_equality
from iom.outcomes.operations.releases import ask_release, decide_release, record_taken
from iom.outcomes.operations.studies import (
    Who,
    accept,
    ask_again,
    at_work,
    begin,
    let_go,
    note_progress,
    refuse,
    register,
    set_comparison,
    set_measures,
    set_who,
    store_design,
    store_findings,
    withdraw,
)
from iom.outcomes.operations.watches import (
    Watched,
    ask_for_look,
    end_watch,
    register_watch,
    store_look,
    to_look_at,
)

__all__ = [
    "DATA_LAB",
    "Grounds",
    "Watched",
    "Who",
    "accept",
    "ask_again",
    "ask_data_lab",
    "ask_for_board",
    "ask_for_equality",
    "ask_for_look",
    "ask_release",
    "at_work",
    "begin",
    "counted",
    "decide_data_lab",
    "decide_release",
    "end_watch",
    "let_go",
    "needed_to_take",
    "note_progress",
    "record_taken",
    "refuse",
    "register",
    "register_watch",
    "set_comparison",
    "set_costs",
    "set_measures",
    "set_who",
    "store_board",
    "store_design",
    "store_equality",
    "store_findings",
    "store_look",
    "take_data_lab",
    "to_look_at",
    "withdraw",
]
