"""Where times in the cohort and nominations become the library's tables, keyed by `person_key`."""

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate

from iom.access.scope import Scope
from iom.cohorts.choices import Change, EndReason, Rag, Standing, Supervision
from iom.cohorts.models import Candidate, CohortMembership, MembershipChange, Nomination
from iom.people import extract as people
from iom.people.models import Restriction

ENTRIES = pa.schema(
    {
        "person_key": pa.string(),
        "started_on": pa.date32(),
        "ended_on": pa.date32(),
        "asked_of": pa.bool_(),
        "may_be_used": pa.bool_(),
        "scheme": pa.string(),
        "cohort_type": pa.string(),
        "statutory": pa.string(),
        "lead_agency": pa.string(),
        "exit_date": pa.date32(),
        "exit_reason": pa.string(),
    }
)
# Leaving the country is recorded nowhere: who is deported has moved away, as many do who stay in it.
EXITS = {EndReason.DECEASED: "death"}
# Codes, which the report puts into words. A sentence being served is followed by a licence; a remand is neither.
STATUTORY = {
    Supervision.STATUTORY: "statutory",
    Supervision.CUSTODY: "statutory",
    Supervision.NON_STATUTORY: "non-statutory",
    Supervision.REMAND: "non-statutory",
}


def board(*, folder: Path, scope: Scope) -> dict[str, Path]:
    """What the board's figures are worked out from: `snapshot` of every scheme, and the tables about places."""
    return snapshot(folder=folder, scheme_id=None, scope=scope) | people.places(folder=folder, scope=scope)


def snapshot(*, folder: Path, scheme_id: int | None, scope: Scope) -> dict[str, Path]:
    """The people and their history, and `entries`: every time in the cohort, `asked_of` where it is the scheme's.

    In the caller's transaction, as far as the acting scope may see. Nobody is asked of whose records some agency must
    keep and may not use; their times stay, so that they are not taken for somebody who never joined. A time that a
    death ended has its day, as it was recorded: the only place where the product knows that somebody died.
    """
    files = people.snapshot(folder=folder, scope=scope)
    held = Restriction.objects.filter(person_id=OuterRef("person_id"), lifted_at__isnull=True)
    found = CohortMembership.objects.visible_to(scope).filter(person__erased_at__isnull=True)
    found = found.annotate(is_held=Exists(held)).order_by("pk")
    columns_wanted = (
        "person__person_key", "started_on", "ended_on", "scheme_id", "is_held", "scheme__name", "cohort_type",
        "nomination__supervision", "lead__agency__name", "end_reason",
    )  # fmt: skip
    rows = [
        (
            key, start, end, scheme_id in (None, scheme) and not is_held, not is_held, name, kind,
            STATUTORY.get(statutory), agency, end if why in EXITS else None, EXITS.get(why),
        )
        for key, start, end, scheme, is_held, name, kind, statutory, agency, why in found.values_list(
            *columns_wanted
        ).iterator(chunk_size=10_000)
    ]  # fmt: skip
    files["entries"] = written(rows, ENTRIES, folder / "entries.parquet")
    return files


NOMINATIONS = pa.schema(
    {
        "person_key": pa.string(),
        "nominated_on": pa.date32(),
        "standing": pa.string(),
        "within_capacity": pa.bool_(),
        "state": pa.string(),
        "closed_on": pa.date32(),
        "started_on": pa.date32(),
        "ended_on": pa.date32(),
        "red_on": pa.date32(),
        "chance": pa.float64(),
    }
)
ELIGIBLE = pa.schema({"person_key": pa.string()})
# The scores that give how likely reoffending within a year is, the one to be taken first.
OF_ONE_YEAR = ("ogrs4g", "ogrs3")


def equality(*, folder: Path, scope: Scope) -> dict[str, Path]:
    """What the fairness of selection is worked out from: the people and their history, who is `eligible` in the current
    ranking of any scheme, and `nominations`: each with where the ranking had the person, and their time in the cohort.

    In the caller's transaction, as far as the acting scope may see; without anybody whose records some agency must keep
    and may not use.
    """
    files = people.snapshot(folder=folder, scope=scope)
    candidates = in_use(Candidate.objects.visible_to(scope)).filter(run__is_current=True, standing=Standing.ELIGIBLE)
    keys = candidates.values_list("person__person_key").distinct().order_by("person__person_key")
    files["eligible"] = written(keys.iterator(chunk_size=10_000), ELIGIBLE, folder / "eligible.parquet")
    reds = first_reds(scope)
    found = in_use(Nomination.objects.visible_to(scope)).order_by("pk")
    columns = (
        "person__person_key", "nominated_at", "snapshot__standing", "snapshot__within_capacity", "state", "closed_at",
        "membership__pk", "membership__started_on", "membership__ended_on", "membership__rag", "snapshot__scores",
    )  # fmt: skip
    rows = (
        (
            key, localdate(nominated), standing, within, state, closed and localdate(closed), start, end,
            reds.get(membership, start if rag == Rag.RED else None), chance_of(scores or ()),
        )
        for key, nominated, standing, within, state, closed, membership, start, end, rag, scores in found.values_list(
            *columns
        ).iterator(chunk_size=1000)
    )  # fmt: skip
    files["nominations"] = written(rows, NOMINATIONS, folder / "nominations.parquet")
    return files


def in_use(found: Any) -> Any:
    """Rows of people who are there, and whose records may be used."""
    held = Restriction.objects.filter(person_id=OuterRef("person_id"), lifted_at__isnull=True)
    return found.filter(person__erased_at__isnull=True, person__merged_into__isnull=True).filter(~Exists(held))


def first_reds(scope: Scope) -> dict[int, date | None]:
    """Of each membership whose rating was changed, the day from which it was first red; None where it never was."""
    changes = MembershipChange.objects.visible_to(scope).filter(change=Change.RAG).order_by("membership_id", "at", "pk")
    found: dict[int, date | None] = {}
    for membership, before, after, at, start in changes.values_list(
        "membership_id", "before", "after", "at", "membership__started_on"
    ).iterator(chunk_size=10_000):
        if membership not in found:
            found[membership] = start if before == Rag.RED else None
        if found[membership] is None and after == Rag.RED:
            found[membership] = localdate(at)
    return found


def chance_of(scores: Iterable[Mapping[str, Any]]) -> float | None:
    """How likely reoffending within a year was by the score that a nomination keeps, 0 to 1."""
    known = {
        score["predictor"]: score["percent"] / 100
        for score in scores
        if score["horizon_months"] == 12 and score["percent"] is not None
    }
    return next((known[name] for name in OF_ONE_YEAR if name in known), None)


def written(rows: Iterable[tuple[Any, ...]], schema: pa.Schema, path: Path) -> Path:
    columns = [*zip(*rows, strict=True)] or [()] * len(schema)
    table = pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema)
    pq.write_table(table, path)
    return path
