"""Reads the queue of possible matches."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from iom.access.scope import Scope
from iom.common import background
from iom.people.choices import Conflict, RunStatus
from iom.people.models import LinkDecision, LinkRun, PossibleMatch
from iom.people.queries.people import both_visible
from iom.people.rules.linking import AT_WORK, queued_as

PAGE = 25
# Beyond this many the queue says "more than": nobody works through them in one sitting, and counting takes time.
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Strength:
    """A filter of the queue by weight: at least `low`, below `high`."""

    low: float | None = None
    high: float | None = None


def queue(
    *,
    scope: Scope,
    status: str,
    strength: Strength | None = None,
    source: str = "",
    conflict: Conflict | bool | None = None,
    weakest_first: bool = False,
) -> QuerySet[PossibleMatch]:
    """The possible matches with this status whose both records may be seen, strongest first.

    `conflict`: those with this one, with any (true) or with none (false).
    """
    matches: QuerySet[PossibleMatch] = PossibleMatch.objects.visible_to(scope).filter(status=status)
    matches = matches.filter(both_visible(scope))
    if strength and strength.low is not None:
        matches = matches.filter(match_weight__gte=strength.low)
    if strength and strength.high is not None:
        matches = matches.filter(match_weight__lt=strength.high)
    if source:
        matches = matches.filter(left__source=source) | matches.filter(right__source=source)
    if isinstance(conflict, bool):
        matches = matches.exclude(conflicts=[]) if conflict else matches.filter(conflicts=[])
    elif conflict:
        matches = matches.filter(conflicts__contains=[conflict])
    order = ("match_weight", "pk") if weakest_first else ("-match_weight", "pk")
    return matches.select_related("left__person", "right__person").order_by(*order)


def count_up_to_most(matches: QuerySet[PossibleMatch]) -> int:
    """How many there are, one more than `MOST_COUNTED` at most."""
    return int(matches.order_by()[: MOST_COUNTED + 1].count())


def next_in(waiting: QuerySet[PossibleMatch], *, after: PossibleMatch, weakest_first: bool) -> PossibleMatch | None:
    """The match to decide after this one, of a queue in its order; at its end the first that was passed over."""
    others = waiting.exclude(pk=after.pk)
    beyond = {"match_weight__gt" if weakest_first else "match_weight__lt": after.match_weight}
    later = Q(**beyond) | Q(match_weight=after.match_weight, pk__gt=after.pk)
    following: PossibleMatch | None = others.filter(later).first()
    return following or others.first()


def decision_on(*, match: PossibleMatch, scope: Scope) -> LinkDecision | None:
    """The decision in force on the two records of a match."""
    decisions = LinkDecision.objects.visible_to(scope).filter(undone_at__isnull=True)
    decision: LinkDecision | None = decisions.filter(left=match.left_id, right=match.right_id).first()
    return decision


@dataclass(frozen=True)
class Runs:
    """The runs of linkage that a page speaks of: the one at work, the one that ended last, the last that finished."""

    at_work: LinkRun | None
    ended: LinkRun | None
    finished: LinkRun | None


def runs(*, scope: Scope) -> Runs:
    """Of the partnership's runs those to show; one that is running comes before one that waits for it.

    A run whose work is no longer in the queue has ended, whatever it says of itself: its worker or the database died.
    """
    found = LinkRun.objects.filter(partnership_id=scope.partnership_id)
    at_work = found.filter(status__in=AT_WORK).order_by("status", "pk").first()
    ended = found.exclude(status__in=AT_WORK).order_by("-finished_at", "-pk").first()
    if at_work and not background.is_alive(once=queued_as(scope.partnership_id)):
        at_work, ended = None, at_work
    return Runs(at_work, ended, found.filter(status=RunStatus.FINISHED).order_by("-pk").first())


def match_of(*, decision: LinkDecision, scope: Scope) -> PossibleMatch | None:
    """The possible match on the two records of a decision, if there is one."""
    matches = PossibleMatch.objects.visible_to(scope).filter(left=decision.left_id, right=decision.right_id)
    match: PossibleMatch | None = matches.filter(both_visible(scope)).first()
    return match


def list_sources(*, scope: Scope) -> list[str]:
    """The systems that records in the queue come from."""
    matches = PossibleMatch.objects.visible_to(scope).filter(both_visible(scope))
    lefts, rights = (matches.order_by().values_list(f"{side}__source", flat=True) for side in ("left", "right"))
    return sorted(set(lefts.distinct()) | set(rights.distinct()))
