"""Emptying rows as their app's privacy declaration says, field by field, and counting what that does beforehand.

A field is removed, kept, or generalised: a date to its year, a postcode to its area. What cannot be generalised is
removed. The row stays, so that what is counted over years can still be counted; rows that would say nothing then go
altogether (`whole`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat, Trunc

from iom.common.privacy import Retention
from iom.common.registries import privacy_declarations

REMOVED = "(removed)"  # stands where something was written, so that a reader knows, and a constraint holds
LONDON = ZoneInfo("Europe/London")
AREA = "^[A-Z]{1,2}"
# Table -> what becomes of it: {"rows": 3, "deleted": bool, "removed": [...], "generalised": [...], "kept": [...]}.
Counts = dict[str, dict[str, Any]]
OTHERS = "others"  # in place of a table: rows that others keep to themselves


@dataclass(frozen=True)
class Rows:
    """Some rows of one table that are to be emptied, or deleted where nothing of them is worth keeping."""

    rows: models.QuerySet[Any]
    whole: bool = False


def count(chosen: Iterable[Rows]) -> Counts:
    """What `empty` would do: the rows of each table, and what becomes of each field."""
    found: Counts = {}
    for each in chosen:
        if rows := each.rows.count():
            add(found, each, rows)
    return found


def empty(chosen: Iterable[Rows]) -> Counts:
    """Empties or deletes the rows; returns what `count` would have said. Part of an operation, which records it."""
    found: Counts = {}
    for each in chosen:
        if each.whole:
            rows = each.rows.count()
            each.rows.delete()
        else:
            rows = each.rows.update(**emptied(each.rows.model))
        if rows:
            add(found, each, rows)
    return found


def merge(counts: Iterable[Counts]) -> Counts:
    """Several counts as one."""
    found: Counts = {}
    for each in counts:
        for table, says in each.items():
            found[table] = {**says, "rows": says["rows"] + found.get(table, {}).get("rows", 0)}
    return found


def fold(counts: Counts, seen: Counts) -> Counts:
    """The counts with the rows beyond those of `seen` as one number: which table they lie in is not the reader's to
    know.
    """
    found: Counts = {}
    others = 0
    for table, says in counts.items():
        rows = min(says["rows"], seen.get(table, {}).get("rows", 0))
        others += says["rows"] - rows
        if rows:
            found[table] = {**says, "rows": rows}
    if others:
        found[OTHERS] = {"rows": others, "deleted": False, **{word: [] for word in OUTCOMES}}
    return found


def add(found: Counts, each: Rows, rows: int) -> None:
    model = each.rows.model
    fields = {} if each.whole else outcomes(model)
    found[model._meta.label] = {
        "rows": rows + found.get(model._meta.label, {}).get("rows", 0),
        "deleted": each.whole,
        **{word: sorted(name for name, said in fields.items() if said == word) for word in OUTCOMES},
    }


OUTCOMES = ("removed", "generalised", "kept")


def outcomes(model: type[models.Model]) -> dict[str, str]:
    """What becomes of each field, as declared. A table without a declaration is a fault: a test finds it first."""
    declared = next(each for each in privacy_declarations if each.name == model._meta.label)
    return {name: outcome(model, name, treatment.retention) for name, treatment in declared.fields.items()}


def outcome(model: type[models.Model], name: str, retention: Retention) -> str:
    if retention is Retention.KEEP:
        return "kept"
    return "generalised" if retention is Retention.GENERALISE and can_generalise(model, name) else "removed"


def can_generalise(model: type[models.Model], name: str) -> bool:
    return isinstance(model._meta.get_field(name), models.DateField) or name == "postcode"


def emptied(model: type[models.Model]) -> dict[str, Any]:
    """What an update sets each field to that is not kept."""
    return {
        name: generalised(model, name) if said == "generalised" else removed(model, name)
        for name, said in outcomes(model).items()
        if said != "kept"
    }


def generalised(model: type[models.Model], name: str) -> Combinable:
    field = model._meta.get_field(name)
    if isinstance(field, models.DateTimeField):
        return Trunc(name, "year", tzinfo=LONDON)
    if isinstance(field, models.DateField):
        return Cast(Trunc(name, "year"), models.DateField())
    first = models.Func(models.F(name), models.Value(AREA), function="substring", output_field=models.CharField())
    return models.functions.Coalesce(first, models.Value(""))


def removed(model: type[models.Model], name: str) -> Any:
    """Nothing, in the way the column allows: null, empty, zero; words where a constraint asks for some, bytes that say
    nothing where it holds bytes."""
    field: Any = model._meta.get_field(name)
    if field.null:
        return None
    if isinstance(field, ArrayField):
        return []
    if isinstance(field, models.JSONField):
        return field.get_default() if field.has_default() else {}
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.IntegerField | models.FloatField):
        return 0
    if isinstance(field, models.BinaryField):
        # Whoever knows what was there must not be able to tell: of what was erased, not even a digest stays.
        return models.Func(models.Func(function="gen_random_uuid"), function="uuid_send", output_field=field)
    if isinstance(field, models.TextField):
        words = models.When(**{name: ""}, then=models.Value(""))
        return models.Case(words, default=models.Value(REMOVED))
    assert isinstance(field, models.CharField), f"{model._meta.label}.{name} cannot be removed; generalise it"
    if is_unique(model, name):
        return Concat(models.Value("erased "), Cast("pk", models.CharField()))
    return ""


def is_unique(model: type[models.Model], name: str) -> bool:
    constraints = [each for each in model._meta.constraints if isinstance(each, models.UniqueConstraint)]
    return any(name in each.fields for each in constraints)
