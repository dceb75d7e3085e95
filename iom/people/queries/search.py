"""Finds people by what somebody typed: a few look-ups in the search terms, joined, and never a scan.

Under row-level security only equality, and comparing bytes from a beginning on, may use an index; so the terms are
stored ready-made (`rules.terms`), and a look-up reads the index alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import F, Lookup, QuerySet, Value

from iom.access.scope import Scope
from iom.people.choices import TermKind
from iom.people.models import Person, SearchTerm, SourceRecord
from iom.people.rules.search import Part, Query
from iom.people.rules.terms import Term, compact

# More people than this do not help anybody: the page asks for another word instead.
MOST_FOUND = 200
EXACT, BEGINNING, CLOSE = 3, 2, 1


@dataclass(frozen=True)
class Found:
    """The people a query finds, best first. `exact` are those in whom every part was found as it was typed."""

    people: list[Person] = field(default_factory=list)
    exact: frozenset[int] = frozenset()
    has_more: bool = False


def find(*, scope: Scope, query: Query, among: QuerySet[Person] | None = None) -> Found:
    """The people in whom every part of the query is found, exact before close, then by name.

    `among` narrows the search (sex, area ...). First only what is exact is looked for: where that fills the list,
    nobody needs what merely sounds alike. At most `MOST_FOUND` people come back; `has_more` says that there are more.
    """
    if not query.parts:
        return Found()
    scores = _scores(scope, query.parts, among, closely=False)
    if len(scores) <= MOST_FOUND and any(part.close or part.beginning for part in query.parts):
        scores = _scores(scope, query.parts, among, closely=True)
    kept = dict(list(scores.items())[:MOST_FOUND])
    people = Person.objects.visible_to(scope).filter(pk__in=kept, merged_into__isnull=True).select_related("area")
    full = EXACT * len(query.parts)
    return Found(
        people=sorted(people, key=lambda person: (-kept[person.pk], person.family_name, person.given_names, person.pk)),
        exact=frozenset(person_id for person_id, score in kept.items() if score == full),
        has_more=len(scores) > MOST_FOUND,
    )


def by_number(*, scope: Scope, crn: str = "", prison_number: str = "") -> list[int]:
    """The ids of the people who have one of these very numbers, on a record that the scope may see."""
    wanted = {(name, compact(text)) for name, text in (("crn", crn), ("prison_number", prison_number)) if text}
    terms = _terms(scope, TermKind.IDENTIFIER).filter(term__in=[term for _name, term in wanted])
    records = SourceRecord.objects.visible_to(scope).filter(pk__in=terms.values("source_record_id"))
    rows = records.values_list("person_id", "crn", "prison_number")
    found = {
        pk for pk, *numbers in rows if wanted & set(zip(("crn", "prison_number"), map(compact, numbers), strict=True))
    }
    people = Person.objects.visible_to(scope).filter(pk__in=found, merged_into__isnull=True, erased_at__isnull=True)
    return sorted(people.values_list("pk", flat=True))


def _scores(scope: Scope, parts: tuple[Part, ...], among: QuerySet[Person] | None, *, closely: bool) -> dict[int, int]:
    """Person id -> score, best first, one more than `MOST_FOUND` at most."""
    joins: list[str] = []
    values: list[Any] = []
    for number, part in enumerate(parts):
        sql, params = _part_sql(scope, part, closely=closely)
        joins.append(f"({sql}) part{number}" + (" using (person_id)" if number else ""))
        values += params
    if among is not None:
        sql, params = among.order_by().values("pk").query.sql_with_params()
        joins.append(f"({sql}) chosen(person_id) using (person_id)")
        values += params
    score = " + ".join(f"part{number}.score" for number in range(len(parts)))
    statement = (
        f"select person_id, max({score}) as score from {' join '.join(joins)}"  # noqa: S608
        " group by person_id order by score desc, person_id limit %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, MOST_FOUND + 1])
        return dict(cursor.fetchall())


def _part_sql(scope: Scope, part: Part, *, closely: bool) -> tuple[str, tuple[Any, ...]]:
    """One part's look-ups: rows of person_id and score, a person once for each term that was found."""
    looks = _equal(scope, part.exact, EXACT)
    if closely:
        looks += _equal(scope, part.close, CLOSE)
        if part.beginning:
            begins = _terms(scope, TermKind.NAME).filter(
                AtOrAfter(F("term"), Value(part.beginning)), Before(F("term"), Value(after_all(part.beginning)))
            )
            looks.append(_with_score(begins, BEGINNING))
    found = [look.query.sql_with_params() for look in looks]
    return " union all ".join(f"({sql})" for sql, _ in found), tuple(value for _, params in found for value in params)


def _equal(scope: Scope, terms: Iterable[Term], score: int) -> list[QuerySet[Any, Any]]:
    """One look-up for each kind, its terms in one list."""
    kinds: dict[TermKind, list[str]] = {}
    for kind, term in sorted(terms):
        kinds.setdefault(kind, []).append(term)
    return [_with_score(_terms(scope, kind).filter(term__in=words), score) for kind, words in kinds.items()]


def _terms(scope: Scope, kind: TermKind) -> QuerySet[SearchTerm]:
    found: QuerySet[SearchTerm] = SearchTerm.objects.visible_to(scope).filter(kind=kind)
    return found


def _with_score(found: QuerySet[SearchTerm], score: int) -> QuerySet[Any, Any]:
    return found.annotate(score=Value(score)).values("person_id", "score")


def after_all(beginning: str) -> str:
    """The least text that comes after everything with this beginning, compared byte by byte."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


class AtOrAfter(Lookup):
    """`term ~>=~ value`: byte by byte, so that row-level security lets it use the index."""

    operator = "~>=~"
    lookup_name = "at_or_after"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} {self.operator} {right}", (*left_params, *right_params)


class Before(AtOrAfter):
    operator = "~<~"
    lookup_name = "before"
