"""`iom-analytics rank`: everyone under a scheme on a date, with the working behind each place."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import pyarrow.csv as pa_csv
import typer

from iom_analytics import cohorts
from iom_analytics.cli.inputs import PEOPLE_TABLES, read_day, read_table
from iom_analytics.engine import open_engine
from iom_analytics.errors import InputError
from iom_analytics.history import Records, career_history
from iom_analytics.provenance import manifest, whole_file
from iom_analytics.tables import PERSONS, Table

Feed = Annotated[Path | None, typer.Option(help="CSV or Parquet file")]


def rank(
    persons: Annotated[Path, typer.Option(help="CSV or Parquet file of the table persons")],
    sanctions: Annotated[Path, typer.Option(help="CSV or Parquet file of the table sanctions")],
    on: Annotated[str, typer.Option(help="The date, like 2026-04-01: only what was known by then counts")],
    scheme: Annotated[str, typer.Option(help="A scheme file (YAML), or the id of a shipped scheme")],
    out: Annotated[Path, typer.Option(help="The folder to write to")],
    arrests: Feed = None,
    custody_spells: Feed = None,
    drug_tests: Feed = None,
    assessments: Feed = None,
    registers: Feed = None,
    intelligence_counts: Feed = None,
    against: Annotated[str | None, typer.Option(help="A second scheme: who would enter and leave under it")] = None,
    working: Annotated[str, typer.Option(help="Whose working to write: everyone or candidates")] = "everyone",
    engine: Annotated[str, typer.Option(help="duckdb or spark")] = "duckdb",
) -> None:
    """Rank everyone under a scheme.

    Writes ranked.parquet (a row per person), working.parquet (a row per person and factor, with its source rows),
    fairness.csv (selection by sex, age and ethnicity, small numbers suppressed) and manifest.json to the folder OUT;
    with --against also what_if.parquet.
    """
    day = read_day(on, "--on")
    if working not in ("everyone", "candidates"):
        raise InputError(f"--working is 'everyone' or 'candidates', not '{working}'.")
    chosen = cohorts.load_scheme(scheme)
    other = None if against is None else cohorts.load_scheme(against)
    paths = {
        "persons": persons,
        "sanctions": sanctions,
        "arrests": arrests,
        "custody_spells": custody_spells,
        "drug_tests": drug_tests,
        "assessments": assessments,
        "registers": registers,
        "intelligence_counts": intelligence_counts,
    }
    given = {name: path for name, path in paths.items() if path is not None}
    with open_engine(engine) as opened:
        records = Records(**{name: read_table(opened, path, as_linked(name)) for name, path in given.items()})
        history = career_history(
            opened,
            persons=records.persons,
            sanctions=records.sanctions,
            custody_spells=records.custody_spells,
            on=day,
        )
        history = opened.cache(history, "history")
        schemes = (chosen,) if other is None else (chosen, other)
        if predictors := cohorts.predictors_of(*schemes):
            scores = cohorts.scores_for(opened, records, predictors=predictors, on=day, history=history)
            records = replace(records, scores=opened.cache(scores, "scores"))
        ranking = cohorts.rank(opened, records, scheme=chosen, on=day, history=history)
        whose: Any = working
        opened.write(ranking.ranked.order_by("rank", "person_key"), out / "ranked.parquet")
        opened.write(
            cohorts.working(ranking, people=whose).order_by("person_key", "part", "factor"), out / "working.parquet"
        )
        with whole_file(out / "fairness.csv") as part:
            pa_csv.write_csv(cohorts.fairness(ranking), part)
        results = summary(ranking)
        if other is not None:
            compared = cohorts.what_if(ranking, cohorts.rank(opened, records, scheme=other, on=day, history=history))
            opened.write(compared.order_by("change", "person_key"), out / "what_if.parquet")
            results["against"] = {row["change"]: row["people"] for row in cohorts.changes(compared).to_pylist()}
    manifest(
        task="rank",
        at=datetime.now(UTC),  # noqa: TID251 (an entry point)
        parameters={"on": day.isoformat(), "scheme": chosen.label, "engine": engine, "working": working},
        inputs=list(given.values()),
        results=results,
        definitions={f"scheme {chosen.id}": chosen.version},
    ).write(out / "manifest.json")
    typer.echo(
        f"{chosen.name}, version {chosen.version}: {results['eligible']:,} of {results['people']:,} people are "
        f"eligible, {results['near_misses']:,} nearly; room for {chosen.capacity.people:,}."
    )
    if ranking.missing_feeds:
        typer.echo(f"Not known for anyone, for want of a table: {', '.join(ranking.missing_feeds)}.")
    if not chosen.is_in_force(day):
        typer.echo(f"This version of the scheme is not in force on {day.isoformat()}.")


def as_linked(name: str) -> Table:
    """The table as it is after linkage: a person with two records in a system may have there twice what is once in a
    file. Counts add up, spells and registers are counted once, and of two answers on a day the higher is taken.
    """
    table = PEOPLE_TABLES[name]
    return table if table is PERSONS else replace(table, key=())


def summary(ranking: cohorts.Ranking) -> dict[str, Any]:
    """What the manifest says of a ranking: counts, missing feeds, and rows about people who are not in persons."""
    ranked = ranking.ranked
    counted = ranked.aggregate(
        people=ranked.count(),
        eligible=ranked.count(where=ranked.eligible),
        near_misses=ranked.count(where=ranked.near_miss),
        within_capacity=ranked.count(where=ranked.within_capacity),
    )
    people = ranking.feeds.records.persons
    strangers = {
        name: table.anti_join(people, "person_key").count().execute()
        for name, table in ranking.feeds.records.tables().items()
        if name != "persons"
    }
    return {
        **{name: int(value) for name, value in counted.to_pyarrow().to_pylist()[0].items()},
        "missing_feeds": list(ranking.missing_feeds),
        "rows_about_people_not_in_persons": {name: int(count) for name, count in strangers.items() if count},
        "local_placeholders": list(ranking.scheme.placeholders),
    }
