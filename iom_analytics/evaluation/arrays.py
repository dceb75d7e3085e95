"""Arrays as the evaluation takes them: read, checked, and refused in words where they are not what they should be."""

import numpy as np
import numpy.typing as npt

from iom_analytics.errors import InputError

Numbers = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]


def numbers(values: npt.ArrayLike, name: str) -> Numbers:
    """One dimension of finite numbers."""
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1:
        raise InputError(f"{name} must be one list of numbers.")
    if not np.isfinite(found).all():
        raise InputError(f"{name} has a number that is missing or not finite, in row {first(~np.isfinite(found))}.")
    return found


def counts(values: npt.ArrayLike, name: str) -> Numbers:
    """Whole numbers, 0 or more."""
    found = numbers(values, name)
    wrong = (found < 0) | (found != np.floor(found))
    if wrong.any():
        raise InputError(f"{name} must be whole numbers, 0 or more; row {first(wrong)} is not.")
    return found


def positive(values: npt.ArrayLike, name: str) -> Numbers:
    """Numbers over 0: exposures, standard errors."""
    found = numbers(values, name)
    if (found <= 0).any():
        raise InputError(f"{name} must be over 0; row {first(found <= 0)} is not.")
    return found


def happened(values: npt.ArrayLike, name: str) -> Numbers:
    """Zeros and ones."""
    found = numbers(values, name)
    wrong = (found != 0) & (found != 1)
    if wrong.any():
        raise InputError(f"{name} must be 0 or 1; row {first(wrong)} is not.")
    return found


def probabilities(values: npt.ArrayLike, name: str) -> Numbers:
    """Numbers between 0 and 1, neither of them: a predictor is never certain."""
    found = numbers(values, name)
    wrong = (found <= 0) | (found >= 1)
    if wrong.any():
        raise InputError(f"{name} must lie between 0 and 1; row {first(wrong)} does not.")
    return found


def finite(**figures: float | None) -> None:
    """Raises InputError where one of the figures is not a number or not finite; None says that there is none."""
    for name, value in figures.items():
        if value is not None and not np.isfinite(value):
            raise InputError(f"{name.replace('_', ' ').capitalize()} must be a finite number, not {value}.")


def alike(**lists: Numbers | Flags) -> None:
    """Raises InputError where the lists are not of one length."""
    lengths = {name: len(values) for name, values in lists.items()}
    if len(set(lengths.values())) > 1:
        raise InputError("These must be of one length: " + ", ".join(f"{n} ({k})" for n, k in lengths.items()) + ".")


def first(wrong: Flags) -> int:
    """The row, counted from 1, that is wrong first."""
    return int(np.argmax(wrong)) + 1


def share(value: float, name: str) -> float:
    """A number between 0 and 1, neither of them."""
    if not 0 < value < 1:
        raise InputError(f"{name} must lie between 0 and 1; it is {value}.")
    return value


def errors_either_side(level: float) -> float:
    """How many standard errors an interval of this level reaches to either side, by the normal distribution."""
    from scipy.stats import norm  # takes a second to import, which commands without it should not

    return float(norm.isf((1 - share(level, "The level")) / 2))


def percentiles(draws: Numbers, level: float) -> tuple[float, float]:
    """The limits that leave equal parts of the draws outside."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
