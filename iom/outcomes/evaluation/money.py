"""What a scheme costs beside what it was found to do: worked out on display, from what was typed and what was found.

Cost and effect are both of a year: the running cost of one, the mean caseload in it, and the reoffences avoided in the
year after somebody joined. Nothing is worked out of the effect where it may not be told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from iom.outcomes.evaluation.studies import SEED, CannotAnswer, in_plain_words
from iom_analytics import reference
from iom_analytics.evaluation import money
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.money import Avoided, Worth
from iom_analytics.evaluation.verdict import Word

FREQUENCY = "reoffences"
GRADES = {each.label: each for each in Grade}
REFUSED = Word.REFUSED.value


@dataclass(frozen=True)
class Post:
    """A kind of post: how many full-time equivalents, and what one of them costs a year."""

    what: str
    fte: float
    yearly_pounds: float


@dataclass(frozen=True)
class Mixed:
    """A crime among reoffences: its share, from 0 to 1, and how many there are for each one counted."""

    crime: str
    share: float
    multiplier: float


@dataclass(frozen=True)
class Inputs:
    """What somebody said a scheme costs in a year, and of what crimes reoffences are; `uncosted` as in the library."""

    staff: Sequence[Post]
    other_pounds: float
    as_usual_pounds: float
    mean_caseload: float
    price_year: int
    mix: Sequence[Mixed]
    uncosted: float


@dataclass(frozen=True)
class CrimePrice:
    """A crime's unit cost as published, in the prices of the year asked, and whether it is confirmed."""

    mixed: Mixed
    published: float
    pounds: float
    confirmed: str


@dataclass(frozen=True)
class Effect:
    """Reoffences avoided a person in a year, and how many are expected of one without the scheme."""

    avoided: Avoided
    expected: float
    decides: bool


@dataclass(frozen=True)
class AtMultiplier:
    """What follows from counting so many crimes for each reoffence; `multiplier` None: by each crime's own.

    `needed` are reoffences a year, None where the scheme costs no more than business as usual.
    """

    multiplier: float | None
    reoffence_pounds: float
    needed: float | None
    reduction: float | None = None
    is_possible: bool | None = None
    worth: Worth | None = None


@dataclass(frozen=True)
class Reckoned:
    """All that follows, or of the effect `why` nothing does. `levels` begin with multiplier 1, end with the largest."""

    cost: float
    per_person: float
    prices: list[CrimePrice]
    unconfirmed: tuple[str, ...]
    levels: list[AtMultiplier]
    effect: Effect | None
    why: str


def price_years() -> list[int]:
    """The years whose prices can be told, the last first."""
    return sorted((row["year"] for row in reference.gdp_deflator().to_pylist()), reverse=True)


def crimes() -> list[str]:
    """The crimes that have a unit cost, in the order of their table."""
    return list(money.crime_costs())


def editions() -> dict[str, str]:
    """Which edition of the deflator and of the unit costs is in use."""
    return {"deflator": reference.edition("gdp_deflator"), "unit_costs": reference.edition("unit_costs")}


def running_cost(given: Inputs) -> float:
    staff = [(post.fte, post.yearly_pounds) for post in given.staff]
    return money.running_cost(staff=staff, other=given.other_pounds, as_usual=given.as_usual_pounds)


@in_plain_words
def reckon(given: Inputs, *, result: Mapping[str, Any], names: Sequence[str]) -> Reckoned:
    """What follows from what was typed and from what was found; `names` are the measures of the result's rows."""
    cost = running_cost(given)
    effect, why = None, ""
    try:
        effect = effect_of(result, names)
    except CannotAnswer as error:
        why = error.message
    mix = {each.crime: each.share for each in given.mix}
    own = {each.crime: each.multiplier for each in given.mix}
    as_given = money.cost_of_a_reoffence(mix, multipliers=own, year=given.price_year, uncosted=given.uncosted)
    ladder = sorted({1.0, *own.values()})
    alike = money.at_each_multiplier(mix, multipliers=ladder, year=given.price_year, uncosted=given.uncosted)
    priced: list[tuple[float | None, float]] = [(each, alike[each].pounds) for each in ladder]
    if len(set(own.values())) > 1:
        priced.insert(1, (None, as_given.pounds))
    return Reckoned(
        cost=cost,
        per_person=money.cost_per_person(cost, mean_caseload=given.mean_caseload),
        prices=[priced_in(each, year=given.price_year) for each in given.mix],
        unconfirmed=as_given.unconfirmed,
        levels=[
            at_multiplier(each, pounds, cost=cost, caseload=given.mean_caseload, effect=effect)
            for each, pounds in priced
        ],
        effect=effect,
        why=why,
    )


def priced_in(mixed: Mixed, *, year: int) -> CrimePrice:
    row = money.crime_costs()[mixed.crime]
    return CrimePrice(mixed, row["cost"], money.in_prices_of(row["cost"], year=year), row["confirmed"])


def at_multiplier(
    multiplier: float | None, pounds: float, *, cost: float, caseload: float, effect: Effect | None
) -> AtMultiplier:
    if effect is None:
        return AtMultiplier(multiplier, pounds, cost / pounds if cost > 0 else None)
    worth = money.worth(cost, people=caseload, avoided=effect.avoided, cost_of_reoffence=pounds, seed=SEED)
    if cost <= 0:
        return AtMultiplier(multiplier, pounds, None, worth=worth)
    even = money.break_even(cost, cost_of_reoffence=pounds, expected_offences=effect.expected * caseload)
    return AtMultiplier(multiplier, pounds, even.offences, even.reduction, even.is_possible, worth)


def effect_of(result: Mapping[str, Any], names: Sequence[str]) -> Effect:
    """Reoffences avoided a person. Raises `CannotAnswer` where the result says no effect on their number.

    A result's difference is of who joined minus who did not, so what was avoided is minus that.
    """
    if result["verdict"]["word"] == REFUSED:
        raise CannotAnswer(
            _("Nothing may be said of what the scheme did, so no money is reckoned from it: %(reason)s.")
            % {"reason": result["verdict"]["reason"]}
        )
    grade = GRADES.get(result["grade"]["label"])
    if grade is None or not grade.is_effect:
        raise CannotAnswer(
            _("No money is reckoned from this, because it is not the effect of anything: %(sentence)s")
            % {"sentence": result["grade"]["sentence"]}
        )
    if FREQUENCY not in names:
        raise CannotAnswer(
            _(
                "This question did not ask how many reoffences there were, and whether somebody reoffended does not say"
                " how many were avoided. Ask a question that has the number of proven reoffences among its measures."
            )
        )
    row = result["rows"][list(names).index(FREQUENCY)]
    if row["treat_number"] is None or row["difference_lower"] is None:
        raise CannotAnswer(
            _("Nothing may be said of how many reoffences there were, so no money is reckoned from it: %(reason)s.")
            % {"reason": row["reason"].rstrip(".")}
        )
    if row["comparison_mean"] <= 0:
        raise CannotAnswer(_("People like those who joined committed no reoffences, so none could be avoided."))
    avoided = Avoided(-row["difference_means"], -row["difference_upper"], -row["difference_lower"], grade)
    return Effect(avoided, row["comparison_mean"], decides=names[0] == FREQUENCY)
