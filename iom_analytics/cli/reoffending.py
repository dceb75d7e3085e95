"""`iom-analytics reoffending`: proven reoffending after each start, or its summary by cohort."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from ibis.expr.types import Table as IbisTable

from iom_analytics import measures
from iom_analytics.cli.inputs import read_day, read_table
from iom_analytics.cli.match import NOT_FOR_PUBLICATION
from iom_analytics.engine import known_suffix, open_engine
from iom_analytics.errors import InputError
from iom_analytics.measures.reoffending import CUSTODIAL, NOT_CUSTODIAL, as_compared, disposal_as_compared
from iom_analytics.provenance import manifest


def reoffending(
    events: Annotated[Path, typer.Argument(help="CSV or Parquet file, one row per offence dealt with")],
    index: Annotated[Path, typer.Option(help="CSV or Parquet file, one row per start")],
    out: Annotated[Path, typer.Option(help="The CSV or Parquet file to write")],
    summary: Annotated[bool, typer.Option("--summary", help="Write the summary by cohort, not each start")] = False,
    one_entry: Annotated[
        bool, typer.Option("--one-entry", help="Only each person's first start in the window")
    ] = False,
    window: Annotated[str, typer.Option(help="For --one-entry: index (the whole file) or quarter")] = "index",
    known_to: Annotated[str | None, typer.Option(help="Events are complete to this day, like 2026-03-31")] = None,
    custody_spells: Annotated[Path | None, typer.Option(help="CSV or Parquet file: adds time at liberty")] = None,
    base_percent: Annotated[float | None, typer.Option(help="The base's mean score, for adjusted rates")] = None,
    engine: Annotated[str, typer.Option(help="duckdb or spark")] = "duckdb",
) -> None:
    """Measure proven reoffending: committed within 12 months of the start, proven within 18.

    EVENTS has the columns person_id, offence_date, sanction_date, sanction_type and offence_code; where there are any,
    also disposal, custody_days, severity_tier, offence_ref, outside_england_wales and recordable. INDEX has person_id,
    start_date and start_type; also exit_date, exit_reason and expected_percent. Files keyed by person_key do too.

    OUT has the index's columns and the measures, or with --summary a row per quarter and per year. A start whose 18
    months end after --known-to has no figure; without it, after the last day on which an event was dealt with. A
    manifest is written beside it. Small numbers are in it: what leaves the partnership needs disclosure control first.
    """
    now = datetime.now(UTC)  # noqa: TID251 (an entry point)
    day = None if known_to is None else read_day(known_to, "--known-to")
    if day is not None and day > now.date():
        raise InputError(f"--known-to is the last day to which events are complete; {day} is yet to come.")
    if window not in ("index", "quarter"):
        raise InputError(f"--window is 'index' or 'quarter', not '{window}'.")
    if base_percent is not None and not 0 <= base_percent <= 100:  # nor is not-a-number
        raise InputError(f"--base-percent is a score from 0 to 100, not {base_percent}.")
    known_suffix(out)
    rules = measures.load_definition()
    inputs = [events, index, *([custody_spells] if custody_spells else [])]
    with open_engine(engine) as opened:
        given = read_table(opened, index, measures.INDEX, also_called=ALSO_CALLED)
        starts = given
        if not starts.count().execute():
            raise InputError(f"{index.name} has no rows: there is no start to follow.")
        if one_entry:
            whose: Any = window
            starts = measures.one_entry(starts, window=whose)
        happened = read_table(opened, events, measures.EVENTS, also_called=ALSO_CALLED)
        known = day or last_day(happened, events, today=now.date())
        found = measures.proven_reoffending(opened, index=starts, events=happened, known_to=known, definition=rules)
        if custody_spells:
            spells = read_table(opened, custody_spells, measures.CUSTODY, also_called=ALSO_CALLED)
            found = measures.time_at_liberty(found, spells, definition=rules)
        found = opened.cache(found, "reoffending")
        written = measures.summary(found, base_percent=base_percent) if summary else found.order_by(*in_order(found))
        opened.write(written, out)
        results = counts(given, found, happened, rules) | {"taken_as_known_to": known.isoformat()}
    manifest(
        task="reoffending",
        at=now,
        parameters={
            "known_to": None if day is None else day.isoformat(),
            "one_entry": window if one_entry else None,
            "summary": summary,
            "base_percent": base_percent,
            "engine": engine,
        },
        inputs=inputs,
        results=results,
        definitions={rules.id: rules.version},
    ).write(out.with_name(f"{out.name}.manifest.json"))
    typer.echo(said(out, results))
    if day is None:
        typer.echo(
            f"Nobody said to which day the events are complete (--known-to). They are taken to be complete to {known}, "
            "the last day on which one was dealt with: if they are not, figures are not final."
        )


def last_day(events: IbisTable, path: Path, *, today: date) -> date:
    """The last day that the events reach: what can be known at most where nobody says to when they are complete."""
    last: date | None = events.sanction_date.max().to_pyarrow().as_py()
    if last is None:
        raise InputError(f"{path.name} has no rows, so it cannot say how far the events reach: give --known-to.")
    return min(last, today)


ALSO_CALLED = {"person_key": "person_id"}


def in_order(found: IbisTable) -> list[str]:
    return [name for name in measures.INDEX.column_names if name in found.columns]


def counts(given: IbisTable, found: IbisTable, events: IbisTable, rules: measures.Definition) -> dict[str, Any]:
    """What the manifest says: starts, what is too early to say, reoffenders, and which events proved nothing."""
    starts = found.aggregate(
        starts=found.count(),
        people=found.person_id.nunique(),
        not_mature=found.count(where=~found.is_mature.fill_null(True)),
        reoffenders=found.count(where=found.reoffended),
    )
    proving = [sent for sent, _ in rules.proves]
    kind = as_compared(events.sanction_type).fill_null("(empty)")
    other = events.select(kind=kind).filter(kind.notin(proving)).group_by("kind").aggregate(rows=lambda t: t.count())
    backwards = events.sanction_date < events.offence_date
    rows_given = int(given.count().execute())
    result: dict[str, Any] = {name: int(value) for name, value in starts.to_pyarrow().to_pylist()[0].items()}
    return {
        **result,
        "starts_left_out_by_one_entry": rows_given - result["starts"],
        "events_without_offence_date": int(events.count(where=events.offence_date.isnull()).execute()),
        "events_proven_before_committed": int(events.count(where=backwards.fill_null(False)).execute()),
        "disposals_not_known": disposals_not_known(events, proving),
        "events_that_prove_nothing": {row["kind"]: row["rows"] for row in other.to_pyarrow().to_pylist()},
        "starts_given_twice": rows_given - int(given.distinct().count().execute()),
        "not_confirmed": [*rules.unconfirmed, "Tiers of offences that the table of tiers has from memory of an Act"],
        "not_for_publication": NOT_FOR_PUBLICATION,
    }


def disposals_not_known(events: IbisTable, proving: list[str]) -> dict[str, int]:
    """The disposals of what proves an offence that say neither custody nor anything else that is known here."""
    if "disposal" not in events.columns:
        return {}
    rows = events.filter(as_compared(events.sanction_type).isin(proving) & events.disposal.notnull())
    rows = rows.mutate(kind=disposal_as_compared(rows.disposal))
    rows = rows.filter(rows.kind.notin((*CUSTODIAL, *NOT_CUSTODIAL)))
    found = rows.group_by("kind").aggregate(rows=rows.count()).to_pyarrow().to_pylist()
    return {row["kind"]: row["rows"] for row in found}


def said(out: Path, results: dict[str, Any]) -> str:
    starts = (
        f"{out.name}: {results['starts']:,} starts of {results['people']:,} people, {results['reoffenders']:,} with a "
        f"proven reoffence; {results['not_mature']:,} starts are not mature and have no figure."
    )
    lines = [starts]
    if twice := results["starts_given_twice"]:
        lines.append(f"{twice:,} rows of the index repeat another: such a start counts each time it is there.")
    if results["events_without_offence_date"]:
        lines.append(f"{results['events_without_offence_date']:,} events have no offence date and are not counted.")
    if backwards := results["events_proven_before_committed"]:
        lines.append(f"{backwards:,} events were dealt with before they were committed and are not counted.")
    if unknown := results["disposals_not_known"]:
        kinds = ", ".join(f"{kind} ({rows:,})" for kind, rows in sorted(unknown.items()))
        lines.append(f"Disposals that are not known, so that custody is left empty for them: {kinds}.")
    if nothing := results["events_that_prove_nothing"]:
        kinds = ", ".join(f"{kind} ({rows:,})" for kind, rows in sorted(nothing.items()))
        lines.append(f"Sanction types that prove nothing, not counted: {kinds}.")
    return "\n".join(lines)
