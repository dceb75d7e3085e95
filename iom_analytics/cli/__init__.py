"""Every piece of the library from a terminal, on Parquet or CSV files: the command `iom-analytics`."""

import sys

import typer

from iom_analytics.cli.effect import effect
from iom_analytics.cli.key import key
from iom_analytics.cli.link import link
from iom_analytics.cli.match import match
from iom_analytics.cli.rank import rank
from iom_analytics.cli.reoffending import reoffending
from iom_analytics.cli.score import score
from iom_analytics.cli.synthetic import synthetic
from iom_analytics.cli.validate import validate
from iom_analytics.errors import AnalyticsError

COMMANDS = (
    effect,
    key,
    link,
    match,
    rank,
    reoffending,
    score,
    synthetic,
    validate,
)

app = typer.Typer(
    name="iom-analytics",
    help="Integrated Offender Management analysis: tables in, tables out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def root() -> None:
    """One command per piece of the library; each says what it reads and what it writes."""


for command in COMMANDS:
    app.command()(command)


def main() -> None:
    """The entry point: an `AnalyticsError` is a message and exit code 2, never a traceback."""
    try:
        app()
    except AnalyticsError as error:
        typer.echo(f"iom-analytics: {error}", err=True)
        sys.exit(2)
