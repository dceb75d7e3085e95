"""Limited access when people are merged or split: the stricter of both sides wins."""

from datetime import datetime

from iom.access.scope import Scope
from iom.agreements.operations import limits


def merge(*, by: Scope, keep_id: int, gone_id: int, at: datetime) -> None:
    """Whoever is shut out of either is shut out of the one they turn out to be."""
    limits.copy_limits(from_id=gone_id, to_id=keep_id, by=by, at=at)


def split(*, by: Scope, person_id: int, new_id: int, source_record_ids: list[int], at: datetime) -> None:
    """Both stay limited: nobody knows yet whom the limit was meant for. It is lifted where it was not."""
    limits.copy_limits(from_id=person_id, to_id=new_id, by=by, at=at)
