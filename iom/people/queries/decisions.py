"""Reads possible matches and what was decided about pairs of records."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Q

from iom.access.scope import Scope
from iom.common.errors import NotVisible
from iom.people.models import LinkDecision, Person, PossibleMatch, SourceRecord


def get_match(*, match_id: int, scope: Scope) -> PossibleMatch:
    """The possible match with both its records; NotVisible unless each of the three may be seen."""
    matches = PossibleMatch.objects.visible_to(scope).select_related(
        "left__owner_agency", "right__owner_agency", "left__person", "right__person"
    )
    match: PossibleMatch | None = matches.filter(pk=match_id).first()
    if match is None or not sees_both(match, scope):
        raise NotVisible()
    return match


def sees_both(pair: PossibleMatch | LinkDecision, scope: Scope) -> bool:
    """Whether both records of a pair may be seen: what their own marking says, whatever the pair's says."""
    return bool(SourceRecord.objects.visible_to(scope).filter(pk__in=(pair.left_id, pair.right_id)).count() == 2)


def get_decision(*, decision_id: int, scope: Scope) -> LinkDecision:
    """The decision, in force or undone; NotVisible unless it and both records may be seen."""
    decision: LinkDecision | None = LinkDecision.objects.visible_to(scope).filter(pk=decision_id).first()
    if decision is None or not sees_both(decision, scope):
        raise NotVisible()
    return decision


def get_people(*, person_ids: tuple[int, ...], scope: Scope) -> tuple[Person, ...]:
    """These people in this order; NotVisible unless all may be seen."""
    found: dict[int, Person] = Person.objects.visible_to(scope).in_bulk(person_ids)
    if len(found) < len(set(person_ids)):
        raise NotVisible()
    return tuple(found[person_id] for person_id in person_ids)


def records_of_person(person_id: int) -> set[int]:
    """The ids of all records of a person that the acting scope reaches; the system's reaches all."""
    return set(SourceRecord.objects.filter(person=person_id).values_list("pk", flat=True))


def between(these: Collection[int], those: Collection[int], verdict: str) -> list[LinkDecision]:
    """The decisions in force with this verdict that have one record on each side."""
    return list(
        LinkDecision.objects.filter(verdict=verdict, undone_at__isnull=True).filter(
            Q(left__in=these, right__in=those) | Q(left__in=those, right__in=these)
        )
    )


def mark_of(partnership_id: int) -> str:
    """A text that is another one as soon as anybody decides a match or undoes a decision."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select concat_ws('-', count(*), max(id), max(undone_at)) from people_linkdecision"
            " where partnership_id = %s",
            [partnership_id],
        )
        return str(cursor.fetchone()[0])


def visible_between(
    these: Collection[int], those: Collection[int], verdict: str, *, scope: Scope
) -> list[LinkDecision]:
    """The decisions of `between` that this scope may see: what a merge or a split will say it undoes."""
    found = between(these, those, verdict)
    return list(LinkDecision.objects.visible_to(scope).filter(pk__in=[decision.pk for decision in found]))
