"""Sealing the record in a chain of hashes.

Events are written without waiting for each other; sealing gives them their numbers afterwards. A seal covers the events
that have been committed and wait; an event whose transaction ends later waits for the next.
"""

from datetime import datetime

from django.db import connection, transaction

from iom.audit import queries, rules
from iom.audit.models import Pending, Seal
from iom.audit.rules import NOTHING, Actor, Head

MOST = 20_000  # events in one seal


@transaction.atomic
def seal(*, by: Actor, at: datetime) -> Head | None:
    """Seals up to `MOST` of the partnership's waiting events; returns the chain's new head, or None where none waits.

    One at a time in each partnership. Leaves nothing behind where it is killed: the next begins again.
    """
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtext('audit.seal'), %s)", [by.partnership_id])
    waiting = Pending.objects.filter(partnership_id=by.partnership_id).order_by("event_id")
    wanted = list(waiting.values_list("event_id", flat=True)[:MOST])
    # An event that waits and is not there was removed: it keeps waiting, and `verify` names it.
    leaves = [
        (event_id, rules.leaf(text))
        for event_id, text in zip(wanted, queries.texts(event_ids=wanted), strict=True)
        if text is not None
    ]
    if not leaves:
        return None
    last = queries.last_seal(scope=by)
    event_ids = [event_id for event_id, _ in leaves]
    made = Seal(
        partnership_id=by.partnership_id,
        number=last.number + 1 if last else 1,
        at=at,
        first=last.first + len(last.event_ids) if last else 1,
        event_ids=event_ids,
        leaves=b"".join(leaf for _, leaf in leaves),
        root=rules.root([leaf for _, leaf in leaves]),
        before=last.hash if last else NOTHING,
    )
    made.hash = queries.facts(made).hash()
    made.save(force_insert=True)
    with connection.cursor() as cursor:
        cursor.execute("delete from audit_pending where event_id = any(%s)", [event_ids])
    return queries.head_at(made)
