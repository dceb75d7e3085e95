"""`iom-analytics effect`: the outcome of the compared, as the Justice Data Lab reports it."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import typer

from iom_analytics import evaluation
from iom_analytics.cli.match import read_data
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.arrays import Flags, Numbers, Places
from iom_analytics.evaluation.data_lab import counted, refused
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.verdict import Word, of_row
from iom_analytics.provenance import sha256, whole_file


def effect(
    folder: Annotated[Path, typer.Argument(help="The folder that `iom-analytics match` wrote")],
    outcome: Annotated[str, typer.Option(help="The column of the outcome: yes or no, or a number")],
    out: Annotated[Path, typer.Option(help="The JSON file to write")],
    cluster: Annotated[
        str | None, typer.Option(help="The column of the person, where people have several rows")
    ] = None,
    areas: Annotated[
        bool, typer.Option("--areas", help="The clusters are areas, or other groups of different people")
    ] = False,
    higher_is_better: Annotated[
        bool, typer.Option("--higher-is-better", help="The outcome is one to be wished for, as work or a home")
    ] = False,
    data: Annotated[Path | None, typer.Option(help="Where the matched data are now, if they were moved")] = None,
) -> None:
    """Compare the outcome of the treated with that of their comparison.

    The outcome is read from the file that was matched, which must not have changed since (its SHA-256 is in the
    folder's manifest). Writes the Data Lab's result row, the verdict, what can and cannot be said, and the doubly
    robust estimate or why there is none. A person with several rows counts once. Nothing may be said where the two
    groups are still unlike in something that was measured.
    """
    if not (folder / "balance.csv").exists():
        raise InputError(
            f"{folder} has no balance.csv: it was not shown that the two groups are alike. Run `iom-analytics match` "
            "first, and look at the balance before the outcome."
        )
    for name in ("manifest.json", "matched.parquet"):
        if not (folder / name).exists():
            raise InputError(f"{folder} has no {name}: run `iom-analytics match` again.")
    said = read_manifest(folder / "manifest.json")
    asked = said["parameters"]
    source = data or Path(asked["data"])
    if not source.exists():
        raise InputError(f"There is no file {source}, which was matched. Say with --data where it is now.")
    if sha256(source) not in said["inputs"].values():
        raise InputError(f"{source.name} is not what it was when it was matched. Match again.")
    table = read_data(source)
    study = evaluation.read_study(
        table, **{name: asked[name] for name in ("treatment", "covariates", "exact", "categorical", "unit")}
    )
    matched = read_data(folder / "matched.parquet")
    if not {"weight", "propensity"} <= set(matched.column_names) or matched.num_rows != table.num_rows:
        raise InputError(f"{folder}/matched.parquet is not of these data: run `iom-analytics match` again.")
    weights, chance = matched["weight"].to_numpy(), matched["propensity"].to_numpy()
    values, groups = numbers(table, outcome), None if cluster is None else codes(table, cluster)
    person = None if areas else groups
    if person is not None:
        raise_for_themselves(matched, study.treated, person, str(cluster))
    tested = evaluation.difference(values, study.treated, weights, cluster=groups)
    people = counted(values > 0, study.treated, weights, is_share=is_yes_or_no(values), person=person)
    row = evaluation.result(
        outcome,
        evaluation.sample(values[study.treated], weights[study.treated]),
        evaluation.sample(values[~study.treated], weights[~study.treated]),
        people=people,
        tested=tested,
    )
    alike = evaluation.balance(study, weights)
    found = of_row(row, people, balance=alike, lower_is_better=not higher_is_better)
    if found.word is Word.REFUSED and row.treat_number is not None:
        row = refused(row, found.reason)
    lights = alike["light"].to_pylist()
    written = {
        **row.to_dict(),
        "verdict": {"word": found.word.value, "reason": found.reason},
        "method": asked["method"],
        "balance": {light: lights.count(light) for light in ("green", "amber", "red")},
        "doubly_robust": None,
    }
    # It needs everybody's outcome, also of those left out by the match.
    if row.treat_number is not None and np.isfinite(values).all():
        try:
            written["doubly_robust"] = asdict(evaluation.doubly_robust(values, study, chance, cluster=groups))
        except EstimateError as error:
            written["doubly_robust"] = str(error)
    written["grade"] = {"method": Grade.COMPARISON.label, "level": Grade.COMPARISON.levels}
    written["at"] = datetime.now(UTC).isoformat(timespec="seconds")  # noqa: TID251 (an entry point)
    written["matched_data"] = said["inputs"]
    with whole_file(out) as part:
        part.write_text(json.dumps(written, indent=2) + "\n", encoding="utf-8")
    typer.echo(f"{row.can_say} {row.cannot_say}")


def raise_for_themselves(matched: pa.Table, treated: Flags, person: Places, name: str) -> None:
    """An InputError where a pair has the same person on both sides; without pairs, a warning where the match has."""
    used, way_out = matched["weight"].to_numpy() > 0, "If these are areas, of different people, say so with --areas."
    pair = np.zeros(len(used), np.int64)
    if "pair" in matched.column_names:
        pair = pc.fill_null(matched["pair"], 0).to_numpy().astype(np.int64)
        used &= pair > 0
    both = pair * (int(person.max()) + 1) + person
    themselves = len(np.intersect1d(both[used & treated], both[used & ~treated]))
    if themselves and "pair" in matched.column_names:
        raise InputError(
            f"In {themselves:,} pairs the same {name} is on both sides. Nobody can be compared with themselves: take "
            f"the treated out of the comparison pool and match again with --unit. {way_out}"
        )
    if themselves:
        typer.echo(
            f"{themselves:,} values of {name} are on both sides of the comparison. Make sure that nobody is compared "
            f"with themselves at the same time. {way_out}",
            err=True,
        )


def read_manifest(path: Path) -> dict[str, Any]:
    """What the match says of itself. Raises InputError where it is broken, or of another command."""
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if said["task"] == "match" and said["results"]["lights"] and said["inputs"] and said["parameters"]["data"]:
            return said
    except (ValueError, KeyError, TypeError):
        pass
    raise InputError(f"{path} is not what `iom-analytics match` wrote: run it again.")


def numbers(table: pa.Table, name: str) -> Numbers:
    """An outcome as numbers, yes as 1; not-a-number where it is missing."""
    if name not in table.column_names:
        raise InputError(f"There is no column {name}. The data have {', '.join(table.column_names)}.")
    try:
        return np.asarray(pc.cast(pc.cast(table[name], pa.int8()) if table[name].type == pa.bool_() else table[name],
                                  pa.float64()).to_numpy(), np.float64)  # fmt: skip
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise InputError(f"The outcome {name} must be a number, or yes or no as 1 and 0.") from error


def is_yes_or_no(values: Numbers) -> bool:
    """Whether an outcome is only ever 1 or 0, where it is known."""
    known = values[np.isfinite(values)]
    return bool(np.isin(known, (0.0, 1.0)).all())


def codes(table: pa.Table, name: str) -> Places:
    if name not in table.column_names:
        raise InputError(f"There is no column {name}. The data have {', '.join(table.column_names)}.")
    if table[name].null_count:
        raise InputError(f"The cluster {name} is missing on {table[name].null_count:,} rows.")
    return np.asarray(pc.dictionary_encode(table[name].combine_chunks()).indices.to_numpy(), np.int64)
