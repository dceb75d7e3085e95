"""The figures of the board."""

from datetime import date, datetime

from django.db import transaction

from iom.access.scope import Scope
from iom.outcomes import evaluation
from iom.outcomes.models import BoardFigures
from iom.outcomes.operations.records import ask_for, keep


@transaction.atomic
def ask_for_board(*, by: Scope, at: datetime) -> None:
    """Has the board's figures worked out, behind."""
    ask_for(what="board", by=by, at=at)


@transaction.atomic
def store_board(*, on: date, made: evaluation.Board, by: Scope, at: datetime) -> None:
    """Keeps the figures of a day, in the place of earlier ones of the same day."""
    keep(what="board", model=BoardFigures, on=on, made=made, by=by, at=at)
