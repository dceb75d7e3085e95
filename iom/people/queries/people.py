"""Reads people, the records behind them, and what happened to them."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet

from iom.access.scope import Scope, act_in, unrestricted
from iom.agreements.choices.limits import LimitKind
from iom.agreements.models import LimitedAccess
from iom.agreements.queries import limits
from iom.common.errors import KeptFromReader, NotVisible
from iom.partnerships.models import Agency, Area
from iom.people.models import (
    Arrest,
    Assessment,
    CustodySpell,
    DrugTest,
    IndexEvent,
    IntelligenceCount,
    LinkDecision,
    Person,
    PossibleMatch,
    Registration,
    Sanction,
    SourceRecord,
)
from iom.people.rules.decisions import UNDECIDED

PAGE = 25
# A file of everybody stops here: a longer one is for nobody's work, and is a copy of the index.
MOST_EXPORTED = 5000
# A career longer than this is read page by page in the partner's own system.
MOST_EVENTS = 500


def get_person(*, public_id: UUID, scope: Scope) -> Person:
    """The person of this address, or whoever they were merged into; NotVisible where they may not be seen.

    Who is shut out by a limit that lets them be told gets `KeptFromReader`, which is a `NotVisible` with words.
    """
    person = _person_at(public_id, scope)
    if person is not None:
        return person
    kept = kept_from(public_id=public_id, scope=scope)
    if kept is None:
        raise NotVisible()
    _, limit = kept
    raise KeptFromReader(
        wording=limit.wording,
        contact=limit.contact,
        public_id=public_id,
        opens=limit.kind == LimitKind.RESTRICTED,
    )


def _person_at(public_id: UUID, scope: Scope) -> Person | None:
    people = Person.objects.visible_to(scope).select_related("area")
    person: Person | None = people.filter(public_id=public_id).first()
    seen: set[int] = set()
    while person is not None and person.merged_into_id is not None and person.pk not in seen:
        seen.add(person.pk)
        person = people.filter(pk=person.merged_into_id).first()
    return person


def with_merged(*, person_id: int, scope: Scope) -> list[int]:
    """The ids of a person and of everybody who was merged into them: each keeps what was written under it."""
    found, new = [person_id], [person_id]
    while new:
        gone = Person.objects.visible_to(scope).filter(merged_into__in=new).exclude(pk__in=found)
        new = list(gone.values_list("pk", flat=True))
        found += new
    return found


def kept_from(*, public_id: UUID, scope: Scope) -> tuple[Person, LimitedAccess] | None:
    """A person from whom this user is shut out, with the limit, where it lets the user be told; None otherwise."""
    if not scope.shut_out:
        return None
    system = unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="telling a reader whom to ask"
    )
    with act_in(system):
        person = _person_at(public_id, system)
        limit = limits.wording_for(person_id=person.pk, scope=scope) if person else None
    return (person, limit) if person and limit else None


@dataclass(frozen=True)
class Filters:
    """What narrows a list of people; None is no narrowing."""

    sex: str | None = None
    area_id: int | None = None
    born_from: date | None = None
    born_to: date | None = None

    @property
    def is_set(self) -> bool:
        return any((self.sex, self.area_id, self.born_from, self.born_to))


def filtered(*, scope: Scope, filters: Filters) -> QuerySet[Person]:
    """The people that may be seen and pass the filters."""
    people: QuerySet[Person] = Person.objects.visible_to(scope).filter(merged_into__isnull=True)
    if filters.sex:
        people = people.filter(sex=filters.sex)
    if filters.area_id:
        people = people.filter(area=filters.area_id)
    if filters.born_from:
        people = people.filter(date_of_birth__gte=filters.born_from)
    if filters.born_to:
        people = people.filter(date_of_birth__lte=filters.born_to)
    return people


def page_by_name(
    *, scope: Scope, filters: Filters, after: Person | None = None, size: int = PAGE
) -> tuple[list[Person], bool]:
    """The next people by name after one of them, and whether there are more. Reads an index, however many there are."""
    people = filtered(scope=scope, filters=filters).select_related("area")
    if after is not None:
        # The first condition is where the index starts; the second leaves out those before within one family name.
        people = people.filter(family_name__gte=after.family_name).filter(
            Q(family_name__gt=after.family_name)
            | Q(given_names__gt=after.given_names)
            | Q(given_names=after.given_names, pk__gt=after.pk)
        )
    found = list(people.order_by("family_name", "given_names", "pk")[: size + 1])
    return found[:size], len(found) > size


def list_areas(*, scope: Scope) -> list[Area]:
    return list(Area.objects.filter(partnership_id=scope.partnership_id).order_by("name"))


def records_of(*, person_ids: list[int], scope: Scope) -> list[SourceRecord]:
    """The records of these people that may be seen, each person's latest first."""
    records = SourceRecord.objects.visible_to(scope).filter(person__in=person_ids).select_related("owner_agency")
    return list(records.order_by("person_id", "-received_at", "pk"))


def pointed_to(*, person_id: int, scope: Scope) -> list[Agency]:
    """The agencies that hold records of a person which this reader does not see, and let it be told: whom to ask.

    Only that something is held, of somebody the reader sees anyway; asked by the system, for the reader may not.
    """
    seen = set(SourceRecord.objects.visible_to(scope).filter(person=person_id).values_list("pk", flat=True))
    system = unrestricted(
        partnership_id=scope.partnership_id, agency_id=scope.agency_id, because="telling which agency to ask"
    )
    with act_in(system):
        held = SourceRecord.objects.visible_to(system).filter(person=person_id, owner_agency__points=True)
        owners = set(held.exclude(pk__in=seen).values_list("owner_agency_id", flat=True)) - {scope.agency_id}
    return list(Agency.objects.filter(pk__in=owners).order_by("name")) if owners else []


def open_matches(*, person_id: int, scope: Scope) -> list[PossibleMatch]:
    """The possible matches of a person that wait for a decision, strongest first, both sides with their person."""
    matches = PossibleMatch.objects.visible_to(scope).filter(
        Q(left__person=person_id) | Q(right__person=person_id), status__in=UNDECIDED
    )
    return list(
        matches.select_related("left", "right").filter(both_visible(scope)).order_by("-match_weight", "pk")[:10]
    )


def both_visible(scope: Scope) -> Q:
    """That both records of a pair may be seen by their own marking, whatever the pair's says."""
    visible = SourceRecord.objects.visible_to(scope).values("pk")
    return Q(left__in=visible, right__in=visible)


@dataclass(frozen=True)
class History:
    """What partners say happened to a person, newest first, as far as it may be seen."""

    sanctions: list[Sanction]
    arrests: list[Arrest]
    custody: list[CustodySpell]
    drug_tests: list[DrugTest]
    assessments: list[Assessment]
    registrations: list[Registration]
    intelligence: list[IntelligenceCount]


def history(*, person_id: int, scope: Scope) -> History:
    """Every event of a person, at most `MOST_EVENTS` of each kind."""

    def newest(model: Any, *order: str) -> list[Any]:
        rows = model.objects.visible_to(scope).filter(person=person_id)
        return list(rows.order_by(*(F(name).desc() for name in order), "pk")[:MOST_EVENTS])

    return History(
        sanctions=newest(Sanction, "sanction_date", "offence_date"),
        arrests=newest(Arrest, "arrest_date"),
        custody=newest(CustodySpell, "start_date"),
        drug_tests=newest(DrugTest, "test_date"),
        assessments=newest(Assessment, "assessment_date", "instrument", "item"),
        registrations=newest(Registration, "start_date"),
        intelligence=newest(IntelligenceCount, "month"),
    )


def current_registrations(*, person_id: int, scope: Scope, on: date) -> list[Registration]:
    """The registers a person is on that day."""
    rows = Registration.objects.visible_to(scope).filter(person=person_id, start_date__lte=on)
    return list(rows.filter(Q(end_date__isnull=True) | Q(end_date__gt=on)).order_by("-start_date", "pk"))


def latest_custody(*, person_id: int, scope: Scope) -> CustodySpell | None:
    """The spell in custody that ended last, or has not ended."""
    rows = CustodySpell.objects.visible_to(scope).filter(person=person_id)
    spell: CustodySpell | None = rows.order_by(F("end_date").desc(nulls_first=True), "-start_date").first()
    return spell


@dataclass(frozen=True)
class Career:
    """A person's sanctions in figures; a sanction is a distinct day on which they were sanctioned."""

    sanctions: int
    offences: int
    convictions: int
    first_on: date | None
    last_on: date | None
    arrests: int


def career(*, person_id: int, scope: Scope) -> Career:
    sanctions = Sanction.objects.visible_to(scope).filter(person=person_id)
    figures = sanctions.aggregate(
        sanctions=Count("sanction_date", distinct=True),
        offences=Count("pk"),
        convictions=Count("sanction_date", distinct=True, filter=Q(sanction_type="conviction")),
        first_on=Min("sanction_date"),
        last_on=Max("sanction_date"),
    )
    arrests = Arrest.objects.visible_to(scope).filter(person=person_id).count()
    return Career(**figures, arrests=arrests)


def index_events(*, person_id: int, scope: Scope) -> list[IndexEvent]:
    """How records came to this person and left, newest first."""
    events = IndexEvent.objects.visible_to(scope).filter(Q(to_person=person_id) | Q(from_person=person_id))
    related = ("source_record__owner_agency", "from_person", "to_person")
    return list(events.select_related(*related).order_by("-at", "-pk")[:MOST_EVENTS])


def reasons_behind(*, events: list[IndexEvent], scope: Scope) -> dict[int, str]:
    """Why records were merged or split, by the id of the decision, where the decision and both records may be seen."""
    ids = {event.decision_id for event in events if event.decision_id is not None}
    decisions = LinkDecision.objects.visible_to(scope).filter(both_visible(scope), pk__in=ids)
    return dict(decisions.values_list("pk", "reason"))


def decisions_about(*, person_id: int, scope: Scope) -> list[LinkDecision]:
    """The decisions about this person's records, in force or undone, newest first."""
    decisions = LinkDecision.objects.visible_to(scope).filter(Q(left__person=person_id) | Q(right__person=person_id))
    related = ("left__owner_agency", "right__owner_agency", "left__person", "right__person")
    return list(
        decisions.filter(both_visible(scope)).select_related(*related).order_by("-decided_at", "-pk")[:MOST_EVENTS]
    )
