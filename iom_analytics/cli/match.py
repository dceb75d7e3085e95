"""`iom-analytics match`: a comparison for the treated, and whether it is like them. It reads no outcome."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, get_args

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import typer

from iom_analytics import evaluation
from iom_analytics.disclosure import SMALL
from iom_analytics.errors import InputError
from iom_analytics.evaluation.arrays import Flags
from iom_analytics.evaluation.balance import without_small_groups
from iom_analytics.evaluation.nearest import Order
from iom_analytics.evaluation.propensity import raise_for_one_side
from iom_analytics.provenance import manifest, whole_file

NOT_FOR_PUBLICATION = (
    "Rows of people, and small groups, are in what was written. It is for use inside the partnership: what leaves it "
    "goes through disclosure control first."
)
METHODS = ("nearest", "radius", "subclass", "entropy", "overlap")


def match(
    data: Annotated[Path, typer.Argument(help="CSV or Parquet file, one row per unit")],
    treatment: Annotated[str, typer.Option(help="The column that says who was treated: yes or no, 1 or 0")],
    covariates: Annotated[str, typer.Option(help="The columns to match on, with commas between")],
    out: Annotated[Path, typer.Option(help="The folder to write to")],
    method: Annotated[str, typer.Option(help=f"One of {', '.join(METHODS)}")] = "nearest",
    ratio: Annotated[int, typer.Option(help="nearest: how many others for each treated unit")] = 1,
    caliper: Annotated[
        float | None, typer.Option(help="nearest, radius: how far at most, in standard deviations of the propensity")
    ] = None,
    link: Annotated[str, typer.Option(help="Match on the propensity's probability or its logit")] = "probability",
    replace: Annotated[bool, typer.Option("--replace", help="nearest: others may be chosen more than once")] = False,
    order: Annotated[str, typer.Option(help=f"nearest: who chooses first, {', '.join(get_args(Order))}")] = "largest",
    exact: Annotated[str, typer.Option(help="nearest, radius: only within the same values of these columns")] = "",
    categorical: Annotated[str, typer.Option(help="Covariates whose numbers are codes")] = "",
    unit: Annotated[
        str | None,
        typer.Option(
            help="The column of unit ids; without it nobody can be checked to be there twice or on both sides"
        ),
    ] = None,
    model: Annotated[str, typer.Option(help=f"The propensity by {', '.join(evaluation.MODELS)}")] = "logistic",
    subclasses: Annotated[int, typer.Option(help="subclass: how many")] = 6,
    seed: Annotated[int, typer.Option(help="For a random order, and for boosting's folds")] = 0,
) -> None:
    """Match or weight a comparison pool to the treated.

    Writes matched.parquet (unit, treated, weight, propensity, and the pair or subclass where the method makes them; a
    row for everybody, weight 0 where left out), balance.csv and manifest.json to the folder OUT. No outcome is read:
    `iom-analytics effect` does that afterwards. What is written is not for publication; balance.csv has no figures of
    groups under 10.
    """
    for name, value, allowed in (
        ("method", method, METHODS),
        ("link", link, ("probability", "logit")),
        ("order", order, get_args(Order)),
        ("model", model, evaluation.MODELS),
    ):
        if value not in allowed:
            raise InputError(f"--{name} is one of {', '.join(allowed)}, not '{value}'.")
    columns: dict[str, Any] = {
        "treatment": treatment,
        "covariates": listed(covariates),
        "exact": listed(exact),
        "categorical": listed(categorical),
        "unit": unit,
    }
    study = evaluation.read_study(read_data(data), **columns)
    # The other models fit also where nobody overlaps, and their propensities look like any.
    raise_for_one_side(study)
    if unit is None:
        typer.echo(
            "No --unit was given, so nobody can be checked to be on both sides: who was treated and is in the "
            "comparison pool too would be compared with themselves.",
            err=True,
        )
    chosen: Any = {"model": model, "order": order}
    fitted = evaluation.propensity(study, model=chosen["model"], seed=seed)
    distance = fitted.logit if link == "logit" else fitted.probability
    if method == "nearest":
        matched = evaluation.nearest(
            study, distance, ratio=ratio, caliper=caliper, replace=replace, order=chosen["order"], seed=seed
        )
    elif method == "radius":
        matched = evaluation.radius(study, distance, caliper=caliper)
    elif method == "subclass":
        matched = evaluation.subclass(study, distance, subclasses=subclasses)
    else:
        matched = evaluation.entropy(study) if method == "entropy" else evaluation.overlap(study, fitted)
    used = matched.weights > 0
    raise_for_few_compared(study, used)
    balance = evaluation.balance(study, matched.weights, distance=fitted.probability)
    results: dict[str, Any] = {
        "treated": int(study.treated.sum()),
        "treated_compared": int((used & study.treated).sum()),
        "comparison": int((used & ~study.treated).sum()),
        "comparison_effective": round(evaluation.effective_size(matched.weights[~study.treated]), 1),
        "c_statistic": round(evaluation.c_statistic(fitted.probability, study.treated), 4),
        "not_for_publication": NOT_FOR_PUBLICATION,
        "lights": {light: balance["light"].to_pylist()[1:].count(light) for light in ("green", "amber", "red")},
    }
    table = {"unit": study.units, "treated": study.treated, "weight": matched.weights, "propensity": fitted.probability}
    if matched.group is not None:
        table["subclass" if method == "subclass" else "pair"] = pa.array(matched.group, mask=matched.group == 0)
    with whole_file(out / "matched.parquet") as part:
        pq.write_table(pa.table(table), part)
    with whole_file(out / "balance.csv") as part:
        pa_csv.write_csv(without_small_groups(balance, study, matched.weights), part)
    choices = {"method": method, "ratio": ratio, "caliper": caliper, "link": link, "replace": replace, "order": order,
               "model": model, "subclasses": subclasses, "seed": seed}  # fmt: skip
    manifest(
        task="match",
        at=datetime.now(UTC),  # noqa: TID251 (an entry point)
        parameters={"data": str(data.resolve()), **columns, **choices},
        inputs=[data],
        results=results,
    ).write(out / "manifest.json")
    lights = results["lights"]
    typer.echo(
        f"{results['treated_compared']:,} of {results['treated']:,} treated are compared with "
        f"{results['comparison']:,} others. Balance: {lights['green']} green, {lights['amber']} amber, "
        f"{lights['red']} red."
    )
    if lights["red"]:
        typer.echo("Some covariates are still red: the groups are not alike in them, and an effect may be theirs.")


def raise_for_few_compared(study: evaluation.Study, used: Flags) -> None:
    """An InputError where so few are left on a side that their figures would be those of people."""
    for side, who in ((study.treated, "treated"), (~study.treated, "comparison")):
        if (number := int((used & side).sum())) < SMALL:
            raise InputError(
                f"Only {number} {who} {'unit is' if number == 1 else 'units are'} left to compare; fewer than {SMALL} "
                "say nothing, and could be recognised. Try a wider caliper, or say that there is no overlap."
            )


def listed(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def read_data(path: Path) -> pa.Table:
    """The rows of a CSV or Parquet file."""
    if not path.exists():
        raise InputError(f"There is no file {path}.")
    try:
        table = pq.read_table(path) if path.suffix == ".parquet" else pa_csv.read_csv(path)
        names = table.column_names
    except (pa.ArrowException, OSError, UnicodeError) as error:
        reason = (str(error).splitlines() or ["it is not what its name says"])[0]
        raise InputError(f"{path.name} cannot be read: {reason}") from error
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(f"{path.name} has two columns of one name: {', '.join(twice)}. Rename one of each.")
    return table
