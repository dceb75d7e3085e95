"""What must be known of a scheme version before it goes live: whom it would change, on whom it falls, and the place."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from iom.cohorts.scoring.ranking import Prepared, in_plain_words, prepared
from iom_analytics import cohorts
from iom_analytics.history import monthly_counts
from iom_analytics.provenance import manifest

MOST_MOVED = 2000


@dataclass(frozen=True)
class Checked:
    """The checks as plain values. `moved`: `person_key, change, rank_before, rank_after` of who enters or leaves."""

    fairness: dict[str, Any]
    what_if: dict[str, Any]
    area_profile: list[dict[str, Any]]
    moved: list[dict[str, Any]]


@in_plain_words
def check(*, files: dict[str, Path], text: str, against: str | None, on: date, at: datetime) -> Checked:
    """The version written in `text`, beside the one in force (`against`), for everybody in `files` as known `on`."""
    scheme = cohorts.read_scheme(text, definition="The scheme")
    with prepared(files, on=on) as ready:
        after, _scores = ready.ranking(scheme)
        before = ready.ranking(cohorts.read_scheme(against, definition="The scheme in force"))[0] if against else None
        what_if, moved = compared(before, after)
        kept = manifest(
            task="check",
            at=at,
            parameters={"on": on.isoformat(), "scheme": scheme.label},
            inputs=list(files.values()),
            definitions={f"scheme {scheme.id}": scheme.version},
            results={"missing_feeds": list(after.missing_feeds)},
        )
        run = {"on": on.isoformat(), "manifest": dict(kept.__dict__), "missing_feeds": list(after.missing_feeds)}
        return Checked(
            fairness={**run, "rows": cohorts.fairness(after).to_pylist()},
            what_if={**run, **what_if},
            area_profile=profile(ready, scheme, files.get("recorded_crimes")),
            moved=moved,
        )


def compared(before: cohorts.Ranking | None, after: cohorts.Ranking) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Counts of who is eligible and of who enters, leaves and stays above the line; and who enters and leaves."""
    counts = {"eligible_before": 0, "eligible_after": eligible(after)}
    if before is None:
        within = after.ranked.filter(after.ranked.within_capacity)
        entering = within.select("person_key", rank_after=within["rank"]).order_by("rank_after").limit(MOST_MOVED)
        moved = [{**row, "change": "enters", "rank_before": None} for row in entering.to_pyarrow().to_pylist()]
        return counts | {"enters": int(within.count().execute()), "leaves": 0, "stays": 0}, moved
    counts["eligible_before"] = eligible(before)
    both = cohorts.what_if(before, after)
    counts |= {row["change"]: row["people"] for row in cohorts.changes(both).to_pylist()}
    crossing = both.filter(both.change != "stays").select("person_key", "change", "rank_before", "rank_after")
    listed = crossing.order_by("change", "rank_after", "rank_before", "person_key").limit(MOST_MOVED)
    return counts, listed.to_pyarrow().to_pylist()


def eligible(ranking: cohorts.Ranking) -> int:
    return int(ranking.ranked.count(where=ranking.ranked.eligible).execute())


def profile(ready: Prepared, scheme: cohorts.Scheme, recorded: Path | None) -> list[dict[str, Any]]:
    """The area profile: a row per area and type of crime, beside the points the scheme can give for it.

    With what the police recorded there, where they send it.
    """
    crimes = None if recorded is None else ready.engine.read(recorded)
    counts = None if crimes is None or not crimes.count().execute() else monthly_counts(ready.engine, crimes)
    found = cohorts.area_profile(ready.engine, ready.found, on=ready.on, scheme=scheme, recorded_crime=counts)
    return found.order_by("area", "crime_type").to_pyarrow().to_pylist()
