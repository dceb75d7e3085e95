"""`iom-analytics score`: everyone in a file by the predictors asked for."""

from pathlib import Path
from typing import Annotated, Any

import duckdb
import typer
from ibis.expr.types import Table as IbisTable

from iom_analytics import scoring
from iom_analytics.engine import Engine, known_suffix, open_engine
from iom_analytics.errors import InputError

EDITIONS = ("service", "9dp")


def score(
    people: Annotated[Path, typer.Argument(help="CSV or Parquet file, one row per person")],
    out: Annotated[Path, typer.Option(help="The CSV or Parquet file to write")],
    predictors: Annotated[
        str, typer.Option(help=f"Which, with commas between: {', '.join(scoring.PREDICTORS)}")
    ] = "ogrs3,arp",
    engine: Annotated[str, typer.Option(help="duckdb or spark")] = "duckdb",
    coefficients: Annotated[
        str, typer.Option(help="The edition of OGRS3: service, or 9dp (nine decimals)")
    ] = "service",
    static_only: Annotated[bool, typer.Option("--static-only", help="Leave the dynamic answers out")] = False,
) -> None:
    """Score people: one row per person, predictor and horizon, with the reasons where there is no score.

    PEOPLE has the columns person_id, sex (M or F), date_of_birth, date_of_conviction, follow_up_start,
    assessment_date, age_at_first_sanction, sanctions, violent_sanctions and offence_code (five digits, as text), as
    far as the predictors need them. The dynamic scores of arp, vrp and svrp also read the assessment's answers, each
    in a column of its name, for instance suitability_of_accommodation (NO_PROBLEMS, SOME_PROBLEMS,
    SIGNIFICANT_PROBLEMS, or 0, 1, 2) and is_unemployed (yes or no). All of them are in docs/explanation/scores.md.

    OUT has the columns person_id, predictor, version, kind, horizon_months, probability, percent, band, provisional,
    errors and missing.
    """
    if coefficients not in EDITIONS:
        raise InputError(f"--coefficients is {' or '.join(EDITIONS)}, not '{coefficients}'.")
    names = [name.strip() for name in predictors.split(",") if name.strip()]
    if not names:
        raise InputError(f"--predictors names none. Choose from {', '.join(scoring.PREDICTORS)}.")
    known_suffix(out)
    edition: Any = coefficients
    with open_engine(engine) as opened:
        try:
            table = read_people(opened, people)
            scores = scoring.score_people(table, names, engine=opened, coefficients=edition, static_only=static_only)
            opened.write(scores, out)
        except (duckdb.InvalidInputException, duckdb.IOException) as error:
            raise InputError(f"{people.name} cannot be read: {str(error).splitlines()[0]}") from error
        typer.echo(summary(opened, out))


def read_people(engine: Engine, path: Path) -> IbisTable:
    """The file's rows; a CSV file's columns stay text, so that offence codes keep their zeros."""
    if not path.exists():
        raise InputError(f"There is no file {path}.")
    return engine.read(path, as_text=known_suffix(path) == ".csv")


def summary(engine: Engine, out: Path) -> str:
    scores = engine.read(out)
    counted = scores.aggregate(rows=scores.count(), given=scores.probability.count()).to_pyarrow().to_pylist()[0]
    lost = counted["rows"] - counted["given"]
    return f"{out.name}: {counted['rows']:,} rows, {lost:,} of them without a score (see the column errors)."
