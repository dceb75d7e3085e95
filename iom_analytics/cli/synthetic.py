"""`iom-analytics synthetic`: a made-up force area with known truth."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress

from iom_analytics.cli.inputs import read_day
from iom_analytics.synthetic import make_area, write_area


def synthetic(
    people: Annotated[int, typer.Option(help="How many people the area has")],
    out: Annotated[Path, typer.Option(help="The folder to write: new or empty")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same files, byte for byte")] = 1,
    as_of: Annotated[str, typer.Option(help="The day the agencies made their extracts")] = "2026-09-30",
) -> None:
    """Write a made-up force area with known truth: extracts/, layouts/ and truth/ in the folder OUT."""
    day = read_day(as_of, "--as-of")
    area = make_area(people=people, seed=seed, as_of=day)
    with Progress(transient=True) as progress:
        task = progress.add_task("Making people", total=people)
        write_area(area, out, progress=lambda done: progress.update(task, completed=done))
    typer.echo(f"{people:,} people as of {day}: {out}/extracts, {out}/layouts and {out}/truth")
