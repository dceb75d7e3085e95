"""`openiom audit`: is the record whole, and where do its chains end?"""

import json
import sys
from collections.abc import Callable, Iterator
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
    from django.utils import timezone

    from iom.access.scope import act_in
    from iom.audit import queries, verification
    from iom.partnerships import queries as partnerships

    anchored = read_anchors(anchor)
    faults = 0
    unlisted = {head.partnership_id for head in anchored}
    for scope in partnerships.scopes_of_every_partnership(because="verifying the audit record"):
        with transaction.atomic(), act_in(scope):
            head = queries.head(scope=scope)
            count, oldest = queries.waiting(scope=scope)
            sealed = f"{head.last:,} events sealed in {head.number:,} seals" if head else "nothing sealed"
            since = f", the oldest since {oldest:%Y-%m-%d %H:%M:%S}" if oldest else ""
            typer.echo(f"chain {scope.partnership_id}: {sealed}; {count:,} not yet sealed{since}")
            unlisted.discard(scope.partnership_id)
            found = [*verification.verify(scope=scope, anchored=anchored)]
            if verification.is_behind(oldest=oldest, at=timezone.now()):
                found.append(verification.Fault("sealing is behind: is the worker running?"))
            if sink is not None:
                found += verification.missing_from(read_sink(sink), scope=scope)
            for fault in found:
                typer.echo(f"  {fault}")
            faults += len(found)
    bad = [f"chain {number} was anchored, and there is no such partnership" for number in sorted(unlisted)]
    bad += [f"line {number} of {path} cannot be read" for path, number in bad_lines(anchor, sink)]
    for each in bad:
        typer.echo(each)
    faults += len(bad)
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
    """The heads in a file; what cannot be read among them is skipped, and named by `bad_lines`."""
    if path is None:
        return []
    heads = [head for _, head in numbered(path, parse_head) if head is not None]
    if not heads:
        raise typer.BadParameter(f"{path} holds no line that is the head of a chain")
    return heads


def read_sink(path: Path) -> Iterator[dict[str, Any]]:
    """The events in a file; what cannot be read among them is skipped, and named by `bad_lines`."""
    return (event for _, event in numbered(path, parse_event) if event is not None)


def bad_lines(anchor: Path | None, sink: Path | None) -> Iterator[tuple[Path, int]]:
    """Where an anchor or a sink holds what neither is: half a line that a full disk or a crash left, or a forgery."""
    for path, parse in ((anchor, parse_head), (sink, parse_event)):
        if path is not None:
            yield from ((path, number) for number, found in numbered(path, parse) if found is None)


def numbered(path: Path, parse: Callable[[str], Any]) -> Iterator[tuple[int, Any]]:
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, parse(line)


def parse_head(line: str) -> Any:
    """None where the line is not the head of a chain."""
    from iom.audit.rules import Head

    try:
        return Head.parse(line)
    except ValueError:
        return None


def parse_event(line: str) -> Any:
    """None where the line is not an event."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and {"id", "partnership_id", "at"} <= found.keys() else None
