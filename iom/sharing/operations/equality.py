"""The equality evidence log is only ever added to: an entry, what was found on looking again, a correction."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.cohorts import scoring
from iom.common.errors import WrongState
from iom.sharing.choices.equality import Link
from iom.sharing.models import EqualityEntry
from iom.sharing.queries import equality as queries
from iom.sharing.rules import equality as rules


@dataclass(frozen=True)
class Entered:
    """What an entry says. `figures_key` names a fairness report on record (see `queries.equality.Figures`), or none."""

    subject: str
    title: str
    looked_on: date
    aims: list[str]
    characteristics: list[str]
    evidence: str
    source: str
    figures_key: str
    showed: str
    decided: str
    decided_by: str
    decided_on: date
    review_on: date


@transaction.atomic
def record(*, entered: Entered, by: Scope, at: datetime) -> EqualityEntry:
    """A new entry in the partnership's log."""
    return _write(entered, link=Link.FIRST, by=by, at=at)


@transaction.atomic
def look_again(*, equality_id: int, entered: Entered, by: Scope, at: datetime) -> EqualityEntry:
    """What was found when what an entry is about was looked at again: a new entry, which is then the current one."""
    return _write(entered, link=Link.AGAIN, earlier_id=equality_id, by=by, at=at)


@transaction.atomic
def correct(*, equality_id: int, entered: Entered, correction: str, by: Scope, at: datetime) -> EqualityEntry:
    """A new entry in the place of one that was wrong, which stays as it is."""
    return _write(entered, link=Link.CORRECTION, earlier_id=equality_id, correction=correction, by=by, at=at)


def _write(
    entered: Entered, *, link: Link, by: Scope, at: datetime, earlier_id: int | None = None, correction: str = ""
) -> EqualityEntry:
    by.check(Permission.EQUALITY_RECORD)
    if link == Link.CORRECTION:
        rules.check_correction(correction=correction)
    if earlier_id is not None:
        # Not locked: nobody may write to a row of the log. That one entry follows at most is a constraint of it.
        earlier = queries.get_entry(equality_id=earlier_id, scope=by)
        rules.check_can_follow(is_followed=hasattr(earlier, "later"))
    rules.check_entry(
        looked_on=entered.looked_on,
        decided_on=entered.decided_on,
        review_on=entered.review_on,
        on=timezone.localdate(at),
    )
    says = asdict(entered)
    says |= _copied(says.pop("figures_key"), by=by)
    try:
        with transaction.atomic():
            entry: EqualityEntry = EqualityEntry.objects.create(
                partnership_id=by.partnership_id,
                owner_id=by.agency_id,
                earlier_id=earlier_id,
                link=link,
                correction=correction,
                recorded_by=by.user_id,
                recorded_at=at,
                **says,
            )
    except IntegrityError as error:
        if earlier_id is None:
            raise
        raise WrongState("Somebody else has followed this entry with another meanwhile.") from error
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action=f"sharing.equality_{link.value}",
        subject_type="sharing.EqualityEntry",
        subject_id=entry.pk,
        detail={
            "earlier": earlier_id,
            "version": entry.version_id,
            "run": entry.run_id,
            "outcomes": entry.outcomes_id,
        },
    )
    return entry


def _copied(key: str, *, by: Scope) -> dict[str, Any]:
    """The figures as they may be published, with whose they are: what a run or a day says can go, not the log."""
    if not key:
        return {}
    found = queries.get_figures(key=key, scope=by)
    if found.outcomes is not None:  # nothing is in them that may not be published
        return {"outcomes_id": found.outcomes.pk, "figures": found.report}
    assert found.version is not None, "a report is a day's or a version's"
    figures = scoring.publishable(found.report)
    return {"version_id": found.version.pk, "run_id": found.run.pk if found.run else None, "figures": figures}
