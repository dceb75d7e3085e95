"""An estimate as a verdict in plain words: it works, it made things worse, nothing can be told, or refused and why.

One place for the rules, so that no page and no report is more generous than another. A difference is taken to be real
by the Justice Data Lab's three conditions (p at most 0.05, at least 30 treated people with the outcome, at least 10
treated). A verdict is refused where fewer than 10 people could be recognised, where the two groups are not alike, where
follow-up is not over, and where the method can show no effect at all: a fall from before to after, and a description.

Source of the conditions: the Data Lab's reporting code, as in `data_lab`. That a covariate with a red light refuses the
verdict is this project's reading of "balance is shown and accepted before any effect is shown".
"""

from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

from iom_analytics.disclosure import SMALL
from iom_analytics.errors import AnalyticsError, InputError
from iom_analytics.evaluation import arrays
from iom_analytics.evaluation.data_lab import REOFFENDERS, SIGNIFICANT, People, Row
from iom_analytics.evaluation.grade import Grade


class Word(Enum):
    """The four things that may be said."""

    WORKS = "works"
    NO_EVIDENCE = "no evidence either way"
    WORSE = "made it worse"
    REFUSED = "refused"


@dataclass(frozen=True)
class Verdict:
    """What may be said, why it is not more (empty where it is all), and the grade of the method it rests on."""

    word: Word
    reason: str
    grade: Grade

    @property
    def text(self) -> str:
        """The verdict as it is printed, such as "refused: fewer than 10 treated people were compared"."""
        return f"{self.word.value}: {self.reason}" if self.reason else self.word.value


def verdict(
    lower: float | None,
    upper: float | None,
    *,
    grade: Grade,
    p: float | None = None,
    treated: int | None = None,
    comparison: float | None = None,
    reoffenders: int | None = None,
    others: int | None = None,
    balance: pa.Table | None = None,
    mature: bool = True,
    lower_is_better: bool = True,
) -> Verdict:
    """The verdict on a difference (with the scheme less without it) whose 95% interval is `lower` to `upper`.

    Nothing is told from an interval that holds 0, nor where `p` is given and over 0.05. `treated` are the people
    managed and `comparison` how many evenly weighted people they are compared with; `reoffenders` are the treated who
    had the outcome and `others`, of a yes or no, those who had not. What does not apply (areas have no reoffenders) is
    left out. `balance` is that of `balance.balance`, without its row for the distance. Raises InputError where a figure
    is not finite, or the interval is the wrong way round.
    """
    arrays.finite(
        lower=lower, upper=upper, p=p, treated=treated, comparison=comparison, reoffenders=reoffenders, others=others
    )
    if p is not None and not 0 <= p <= 1:
        raise InputError(f"A p-value lies between 0 and 1; this is {p:g}.")
    if lower is not None and upper is not None and lower > upper:
        raise InputError(f"The interval is the wrong way round: {lower:g} to {upper:g}.")
    if reason := why_refused(grade, treated, comparison, reoffenders, others, balance, mature=mature):
        return Verdict(Word.REFUSED, reason, grade)
    if lower is None or upper is None:
        return Verdict(Word.REFUSED, "the difference has no interval: there is nothing to test it by", grade)
    leaves_out_0, is_small = lower > 0 or upper < 0, p is None or p <= SIGNIFICANT
    if not (leaves_out_0 and is_small):
        apart = "" if p is None or leaves_out_0 == is_small else "the p-value and the interval do not agree"
        return Verdict(Word.NO_EVIDENCE, apart, grade)
    if reoffenders is not None and reoffenders < REOFFENDERS:
        few = f"fewer than {REOFFENDERS} of the treated had the outcome, and the test needs as many"
        return Verdict(Word.NO_EVIDENCE, few, grade)
    fell = lower + upper < 0
    return Verdict(Word.WORKS if fell == lower_is_better else Word.WORSE, "", grade)


def of_row(row: Row, people: People, *, balance: pa.Table, lower_is_better: bool = True) -> Verdict:
    """The verdict on a row of the Data Lab's; where it has no interval its own reason refuses it."""
    if row.difference_lower is None:
        return Verdict(Word.REFUSED, row.reason.rstrip("."), Grade.COMPARISON)
    return verdict(
        row.difference_lower,
        row.difference_upper,
        grade=Grade.COMPARISON,
        p=row.difference_p,
        treated=people.treated,
        comparison=people.comparison,
        reoffenders=people.reoffenders,
        others=people.others,
        balance=balance,
        lower_is_better=lower_is_better,
    )


def refused(error: AnalyticsError, *, grade: Grade) -> Verdict:
    """The verdict where an estimator would give no figure: its own words are the reason."""
    return Verdict(Word.REFUSED, str(error).rstrip("."), grade)


def why_refused(
    grade: Grade,
    treated: int | None,
    comparison: float | None,
    reoffenders: int | None,
    others: int | None,
    balance: pa.Table | None,
    *,
    mature: bool,
) -> str:
    """Why nothing may be said; empty where something may."""
    if not grade.is_effect:
        return f"{grade.label.lower()} cannot show an effect"
    if not mature:
        return "the follow-up, and the time for proof after it, are not over for everybody"
    for number, what in (
        (treated, "treated people were compared"),
        (comparison, "people are in the comparison"),
        (reoffenders, "of the treated had the outcome"),
        (others, "of the treated did not have the outcome"),
    ):
        if number is not None and number < SMALL:
            return f"fewer than {SMALL} {what}"
    if balance is not None:
        rows = zip(balance["covariate"].to_pylist(), balance["light"].to_pylist(), strict=True)
        if unlike := [name for name, light in rows if light == "red"]:
            return f"the two groups are not alike in {', '.join(unlike)}"
    return ""
