"""`openiom audit`: is the record whole, and where do its chains end?"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import django
import typer

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False, help=__doc__)


def main(arguments: list[str]) -> None:
    django.setup()
    cli(arguments, prog_name="openiom audit")


@cli.command()
def verify(
    anchor: Annotated[Path | None, typer.Option(help="A file of anchored heads, one a line", exists=True)] = None,
    sink: Annotated[Path | None, typer.Option(help="The second sink's file, to compare with", exists=True)] = None,
) -> None:
    """Checks every chain, names whatever was altered, removed, inserted or moved, the first first; ends with 1 if any.

    Without an anchor the chain is checked against itself alone: whoever can rewrite the whole of it is not found.
    """
    from django.db import transaction

    from iom.access.scope import act_in
    from iom.audit import queries, verification
    from iom.partnerships import queries as partnerships

    anchored = read_anchors(anchor)
    faults = 0
    for scope in partnerships.scopes_of_every_partnership(because="verifying the audit record"):
        with transaction.atomic(), act_in(scope):
            head = queries.head(scope=scope)
            count, oldest = queries.waiting(scope=scope)
            sealed = f"{head.last:,} events sealed in {head.number:,} seals" if head else "nothing sealed"
            since = f", the oldest since {oldest:%Y-%m-%d %H:%M:%S}" if oldest else ""
            typer.echo(f"chain {scope.partnership_id}: {sealed}; {count:,} not yet sealed{since}")
            found = [*verification.verify(scope=scope, anchored=anchored)]
            if sink is not None:
                found += verification.missing_from(read_sink(sink), scope=scope)
            for fault in found:
                typer.echo(f"  {fault}")
            faults += len(found)
    if not anchored:
        typer.echo("No anchor was given: the chains agree with themselves, which a complete forgery would too.")
    typer.echo(f"{faults:,} faults" if faults else "whole")
    sys.exit(1 if faults else 0)


@cli.command()
def head() -> None:
    """Prints where each chain ends, to be kept where the database cannot reach it."""
    from iom.access.scope import act_in
    from iom.audit import queries
    from iom.partnerships import queries as partnerships

    for scope in partnerships.scopes_of_every_partnership(because="anchoring the audit record"):
        with act_in(scope):
            found = queries.head(scope=scope)
        if found:
            typer.echo(found.line())


def read_anchors(path: Path | None) -> list[Any]:
    from iom.audit.rules import Head

    if path is None:
        return []
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    try:
        return [Head.parse(line) for line in lines]
    except ValueError as error:
        raise typer.BadParameter(f"{path} holds a line that is not the head of a chain: {error}") from error


def read_sink(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise typer.BadParameter(f"line {number} of {path} is not an event: {error}") from error
