"""How selection falls on groups."""

from datetime import date, datetime

from django.db import transaction

from iom.access.scope import Scope
from iom.outcomes import evaluation
from iom.outcomes.models import EqualityEvidence
from iom.outcomes.operations.records import ask_for, keep


@transaction.atomic
def ask_for_equality(*, by: Scope, at: datetime) -> None:
    """Has it worked out how selection falls on groups, behind."""
    ask_for(what="equality", by=by, at=at)


@transaction.atomic
def store_equality(*, on: date, made: evaluation.Equality, by: Scope, at: datetime) -> None:
    """Keeps the figures of a day, in the place of earlier ones of the same day."""
    keep(what="equality", model=EqualityEvidence, on=on, made=made, by=by, at=at)
