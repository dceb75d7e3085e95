"""The study population: who was treated, who could be compared, and what was known of them before.

Covariates must have been known before treatment began. Nothing here reads an outcome: a match is designed without one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from iom_analytics.disclosure import SMALL
from iom_analytics.errors import InputError
from iom_analytics.evaluation.arrays import Flags, Numbers, Places
from iom_analytics.tables import NO, YES


@dataclass(frozen=True)
class Covariate:
    """One column of numbers. A category becomes one of these for each of its levels, called `race=white`.

    `in_model` is false for a category's first level, which the others already say.
    """

    name: str
    values: Numbers
    in_model: bool = True

    @cached_property
    def is_binary(self) -> bool:
        return bool(np.all((self.values == 0) | (self.values == 1)))


@dataclass(frozen=True)
class Study:
    """The study population, one place per unit. `stratum` numbers the groups to be matched exactly within."""

    units: pa.Array
    treated: Flags
    covariates: tuple[Covariate, ...]
    stratum: Places | None = None

    @property
    def modelled(self) -> tuple[Covariate, ...]:
        return tuple(covariate for covariate in self.covariates if covariate.in_model)


def read_study(
    table: pa.Table,
    *,
    treatment: str,
    covariates: Sequence[str],
    exact: Sequence[str] = (),
    unit: str | None = None,
    categorical: Sequence[str] = (),
    at_least: int = SMALL,
) -> Study:
    """The study population in a table with one row per unit.

    Text and yes-or-no columns, and those named in `categorical`, become indicators; their first level in alphabetical
    order is the one that the model leaves out. Without `unit`, rows are numbered from 1. Raises InputError where a
    column is not there, a value is missing, a covariate is the same for everybody, a unit is there twice (or on both
    sides), or a side has fewer than `at_least` units.
    """
    if not covariates:
        raise InputError("Name at least one covariate: without any there is nothing to match on.")
    for name in (treatment, *covariates, *exact, *([unit] if unit else [])):
        if name not in table.column_names:
            raise InputError(f"There is no column {name}. The data have {', '.join(table.column_names)}.")
    for name, times in {name: [*covariates].count(name) for name in covariates}.items():
        if times > 1 or name == treatment:
            what = "the treatment" if name == treatment else "named twice"
            raise InputError(f"The covariate {name} is {what}: name each covariate once, and the treatment not at all.")
    treated = read_treatment(table, treatment)
    units = read_units(table, unit, treated)
    raise_for_few(treated, at_least)
    found = [each for name in covariates for each in read_covariate(table, name, is_category=name in categorical)]
    return Study(units, treated, tuple(found), read_strata(table, exact) if exact else None)


def read_treatment(table: pa.Table, name: str) -> Flags:
    """Who was treated. Raises InputError where it is missing or neither yes nor no."""
    column = filled(table, name)
    said = pc.utf8_lower(pc.cast(column, pa.string()))
    yes, no = pc.is_in(said, pa.array(YES)), pc.is_in(said, pa.array(NO))
    neither = pc.invert(pc.or_(yes, no))
    if pc.any(neither).as_py():
        example = column.filter(neither)[0].as_py()
        raise InputError(f"The treatment {name} must be yes or no (1 or 0) on every row; '{example}' is neither.")
    return np.asarray(yes.to_numpy(), bool)


def read_units(table: pa.Table, name: str | None, treated: Flags) -> pa.Array:
    if name is None:
        return pa.array(np.arange(1, table.num_rows + 1))
    column = filled(table, name).combine_chunks()
    codes = pc.dictionary_encode(column)
    if len(codes.dictionary) == len(column):
        return column
    place = codes.indices.to_numpy(zero_copy_only=False)
    times = np.bincount(place)
    on_both = (np.bincount(place, weights=treated) > 0) & (np.bincount(place, weights=~treated) > 0)
    if on_both.any():
        raise InputError(
            f"{on_both.sum():,} of the treated are also in the comparison pool (the same {name}), for instance "
            f"{codes.dictionary[int(np.argmax(on_both))].as_py()}. Nobody can be compared with themselves: take them "
            "out of the pool."
        )
    raise InputError(
        f"{(times > 1).sum():,} values of {name} are there more than once, for instance "
        f"{codes.dictionary[int(np.argmax(times > 1))].as_py()}. Each unit must have one row."
    )


def raise_for_few(treated: Flags, at_least: int) -> None:
    for number, who in ((int(treated.sum()), "treated"), (int((~treated).sum()), "not treated")):
        if number < max(at_least, 2):
            raise InputError(
                f"Only {number} {'unit is' if number == 1 else 'units are'} {who}; a comparison needs at least "
                f"{max(at_least, 2)}. Fewer say nothing, and could be recognised."
            )


def read_covariate(table: pa.Table, name: str, *, is_category: bool) -> list[Covariate]:
    """The columns of numbers that a covariate becomes."""
    column = filled(table, name)
    kind = column.type
    if is_category or not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)):
        if pa.types.is_temporal(kind):
            raise InputError(f"The covariate {name} is a date. Turn it into a number, such as an age in years.")
        return indicators(name, column)
    values = np.asarray(pc.cast(column, pa.float64()).to_numpy(), np.float64)
    if not np.isfinite(values).all():
        raise InputError(f"The covariate {name} is not a finite number on {(~np.isfinite(values)).sum():,} rows.")
    if values.min() == values.max():
        raise InputError(f"The covariate {name} is the same for everybody: leave it out.")
    return [Covariate(name, values)]


def indicators(name: str, column: pa.ChunkedArray) -> list[Covariate]:
    """A covariate for each level of a category; of two levels one says all, and only the second is given."""
    codes = pc.dictionary_encode(pc.cast(column, pa.string()).combine_chunks())
    place = codes.indices.to_numpy(zero_copy_only=False)
    levels = sorted((level, number) for number, level in enumerate(codes.dictionary.to_pylist()))
    if len(levels) == 1:
        raise InputError(f"The covariate {name} is the same for everybody: leave it out.")
    found = [
        Covariate(f"{name}={level}", (place == number).astype(np.float64), in_model=rank > 0)
        for rank, (level, number) in enumerate(levels)
    ]
    return found if len(found) > 2 else found[1:]


def read_strata(table: pa.Table, names: Sequence[str]) -> Places:
    """A number for each combination of the values of some columns."""
    numbers = np.zeros(table.num_rows, np.int64)
    for name in names:
        codes = pc.dictionary_encode(filled(table, name).combine_chunks()).indices.to_numpy(zero_copy_only=False)
        numbers = np.unique(numbers * (int(codes.max()) + 1) + codes, return_inverse=True)[1]
    return numbers


def filled(table: pa.Table, name: str) -> pa.ChunkedArray:
    """A column without gaps. Raises InputError where a value is missing; empty text and not-a-number are."""
    if not table.num_rows:
        raise InputError("The data have no rows.")
    column = table[name]
    empty = pc.is_null(column, nan_is_null=True)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        empty = pc.or_(empty, pc.fill_null(pc.equal(pc.utf8_trim_whitespace(column), ""), fill_value=True))
    if missing := pc.sum(empty).as_py():
        raise InputError(
            f"{name} is missing on {missing:,} of {table.num_rows:,} rows. Fill it in, make 'not known' a value of "
            "its own, or leave those units out and say so: nothing is dropped silently."
        )
    return column
