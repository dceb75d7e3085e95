"""Limited and emergency access: a person kept from somebody, or opened to them, through both walls alike."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.db.utils import ProgrammingError

from iom.access.scope import PersonRule, Scope, act_in
from iom.agreements.models import Marked
from iom.people.models import Person, Sanction, SourceRecord
from tests.factories.partnerships import Place, Worker
from tests.factories.people import add_event, make_person
from tests.web.access.things import make_things

MARKED: list[type[Model]] = [model for model in apps.get_models() if issubclass(model, Marked)]


def rows(scope: Scope) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """By table, the rows that the filter lets through, and those that row-level security alone does."""
    with act_in(scope):
        filtered = {m._meta.label: set(m.objects.visible_to(scope).values_list("pk", flat=True)) for m in MARKED}  # type: ignore[attr-defined]
        walled = {m._meta.label: set(m.objects.values_list("pk", flat=True)) for m in MARKED}  # type: ignore[attr-defined]
    return filtered, walled


def about(label: str, people: list[int], place: Place) -> set[int]:
    """The rows of a table about these people, whoever may see them."""
    model = apps.get_model(label)
    found: set[int] = set()
    with act_in(place.system()):
        for path in model.about_people:
            found |= set(model.objects.filter(**{f"{path}__in": people}).values_list("pk", flat=True))
    return found


def test_both_walls_keep_out_and_let_in_the_same_rows(
    place: Place, elsewhere: Place, alice: Worker, settings: Any, tmp_path: Path
) -> None:
    """On a real thing of every kind, for every table that carries a marking."""
    settings.STORE = tmp_path
    make_things(alice, place, elsewhere)
    with act_in(place.system()):
        ids = {
            name: list(Person.objects.filter(family_name=f"Zq{name}").values_list("pk", flat=True))
            for name in ("partners", "own", "closed", "unlisted")
        }
    before, walled = rows(alice.scope)
    assert before == walled
    shut = replace(alice.scope, shut_out=tuple(PersonRule(pk, 1) for pk in ids["partners"] + ids["own"]))
    filtered, walled = rows(shut)
    assert filtered == walled
    hidden = {label for label in filtered if before[label] - filtered[label]}
    assert {"people.Person", "people.SourceRecord", "people.SearchTerm", "people.Sanction", "people.PossibleMatch",
            "cohorts.Candidate", "cohorts.Nomination", "cohorts.CohortMembership"} <= hidden  # fmt: skip
    for label in filtered:
        assert before[label] - filtered[label] == before[label] & about(label, ids["partners"] + ids["own"], place)
    opened = replace(alice.scope, opened=tuple(PersonRule(pk, 1) for pk in ids["closed"] + ids["unlisted"]))
    filtered, walled = rows(opened)
    assert filtered == walled
    shown = {label for label in filtered if filtered[label] - before[label]}
    assert {"people.Person", "people.SourceRecord", "people.Sanction", "cohorts.Nomination"} <= shown
    for label in filtered:
        more = about(label, ids["closed"] + ids["unlisted"], place)
        assert filtered[label] == before[label] | (more if apps.get_model(label).opens_in_emergency else set())


def test_every_marked_table_about_a_person_has_the_wall_it_declares(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select tablename, policyname from pg_policies")
        policies = set(cursor.fetchall())
    for model in MARKED:
        table = model._meta.db_table
        assert ((table, f"{table}_limited") in policies) == bool(model.about_people), table  # type: ignore[attr-defined]
        assert ((table, f"{table}_opened") in policies) == model.opens_in_emergency, table  # type: ignore[attr-defined]


def test_what_is_opened_can_be_read_and_not_written(place: Place, alice: Worker) -> None:
    with act_in(place.system()):
        person = make_person(place, agency="Treatment", audience="own")
    opened = replace(alice.scope, opened=(PersonRule(person.pk, 1),))
    with act_in(opened):
        assert Person.objects.filter(pk=person.pk).exists()
        assert Person.objects.filter(pk=person.pk).update(family_name="Changed") == 0
        assert not Person.objects.select_for_update().filter(pk=person.pk).exists()


def test_nothing_can_be_added_about_somebody_who_is_shut_out(place: Place, alice: Worker) -> None:
    with act_in(place.system()):
        person = make_person(place)
        record = SourceRecord.objects.get(person=person)
    with (
        act_in(replace(alice.scope, shut_out=(PersonRule(person.pk, 1),))),
        pytest.raises(ProgrammingError, match="row-level"),
    ):
        add_event(
            Sanction,
            record,
            person=person,
            sanction_date=date(2020, 1, 1),
            sanction_type="conviction",
            offence_code="28/3",
        )
