"""A look at a watch: those who joined, block by block, against what was to be expected of them."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from iom.outcomes.evaluation.studies import KEPT, SEED
from iom_analytics.engine import open_engine
from iom_analytics.errors import AnalyticsError
from iom_analytics.evaluation import watching
from iom_analytics.history import Records
from iom_analytics.provenance import manifest

FITTED_TO_BEFORE = watching.BEFORE


@dataclass(frozen=True)
class Looked:
    """What a look gave: people and blocks as they may be shown, or why there are none; and the manifest of the run,
    which has besides the exact track that the next look goes on from."""

    cases: int
    is_alarmed: bool
    figures: dict[str, Any]
    manifest: dict[str, Any]


def parameters(
    *,
    registered_on: date,
    known_to_then: date,
    scheme_id: int | None,
    area: str | None,
    odds_ratio: float,
    chance: float,
    cases: int,
    known_to: date,
    earlier: dict[str, Any] | None,
) -> dict[str, Any]:
    """All that a look needs besides the record, as the manifest keeps it.

    `earlier` is the manifest of the look before, from which it goes on; None: it is the first.
    """
    carried = earlier["results"] if earlier else {}
    return {
        "scheme_id": scheme_id,
        "known_to": known_to.isoformat(),
        "question": {
            "registered_on": registered_on.isoformat(),
            "known_to": known_to_then.isoformat(),
            "area": area,
            "odds_ratio": odds_ratio,
            "chance": chance,
            "cases": cases,
            "seed": SEED,
        },
        "from": carried or None,
    }


def look(*, files: dict[str, Path], parameters: dict[str, Any], at: datetime) -> Looked:
    """What the record says of a watch; `parameters` are this module's, new ones or those of a manifest.

    With those of a manifest and the record as it was then, it gives the same figures again.
    """
    asked, carried = parameters["question"], parameters["from"] or {}
    days = {name: date.fromisoformat(asked[name]) for name in ("registered_on", "known_to")}
    since, before = (watching.Track.read(carried[n]) if carried else watching.Track() for n in ("since", "before"))
    results, why = carried, ""
    is_all_but_few = carried.get("is_all_but_few", True)
    try:
        with open_engine("duckdb") as engine:
            tables = {name: engine.read(path) for name, path in files.items()}
            found = watching.watched(
                engine,
                Records(**{name: tables[name] for name in KEPT}),
                tables["entries"],
                question=watching.Question(**(asked | days)),
                known_to=date.fromisoformat(parameters["known_to"]),
                basis=watching.Basis.read(carried["basis"]) if carried else None,
                since=since,
                before=before,
            )
    except AnalyticsError as error:  # what was told before stays
        why = str(error)
    else:
        since, before, is_all_but_few = found.since, found.before, found.is_all_but_few
        results = {
            "basis": asdict(found.basis),
            "since": since.to_dict(),
            "before": before.to_dict(),
            "is_all_but_few": is_all_but_few,
        }
    told = [asdict(block.told()) for block in since.blocks]
    back = [asdict(block.told()) for block in before.blocks]
    figures = {
        "why": why,
        "since": told,
        # A look back raises no alarm, and a height of it would be taken for one.
        "before": [{name: block[name] for name in block if name != "tenths"} for block in back if not is_all_but_few],
        "is_all_but_few": bool(back) and is_all_but_few,
    }
    run = manifest(task="outcomes watch", at=at, parameters=parameters, inputs=list(files.values()), results=results)
    return Looked(told[-1]["cases"] if told else 0, any(block.is_alarm for block in since.blocks), figures, asdict(run))


def first_final_on(registered_on: date) -> date:
    """The first day on which the outcome of somebody who joined after it can be final."""
    return watching.day_of_first(registered_on)
