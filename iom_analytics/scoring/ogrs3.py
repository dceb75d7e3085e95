"""OGRS3: the Offender Group Reconviction Scale, version 3, over one and two years.

Source: ministryofjustice/hmpps-arns-risk-actuarial-api at 52792f49 (17 June 2026), the last state that holds OGRS3.
The formula is written twice: `terms` for one person, with its working, and `total_column` for a table.
"""

import math

import ibis
from ibis.expr.types import FloatingValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.scoring.coefficients import Coefficients
from iom_analytics.scoring.facts import Facts
from iom_analytics.scoring.rounding import half_up, half_up_column, log_rate_column
from iom_analytics.scoring.score import Term

# The first age of each band at the start of follow-up.
AGE_BANDS = (10, 12, 14, 16, 18, 21, 25, 30, 35, 40, 50)

# Probabilities are rounded to five decimals before they become a percentage.
DECIMALS = 100_000


def age_band(age: int) -> int:
    """The first age of the band that an age falls in; there is none under ten."""
    if age < AGE_BANDS[0]:
        raise ValueError(f"OGRS3 has no weight for the age of {age}")
    return max(first for first in AGE_BANDS if first <= age)


def terms(facts: Facts, coefficients: Coefficients) -> tuple[Term, ...]:
    """Every named weight of one person whose inputs passed the checks, in the order they are added."""
    assert facts.sanctions is not None
    assert facts.age_at_follow_up is not None
    age = f"age_{facts.sex}_{age_band(facts.age_at_follow_up)}"
    status = "first_sanction" if facts.sanctions == 1 else "repeat_sanction"
    offence = f"offence:{facts.ogrs3_category}"
    years = facts.career_years + int(coefficients["career_boost"])
    rate = math.log(facts.sanctions / years)
    return (
        Term("age_and_sex", coefficients.labels[age], coefficients[age]),
        Term("conviction_status", coefficients.labels[status], coefficients[status]),
        Term("copas_rate", f"Copas rate: {facts.sanctions} in {years} years", coefficients["copas"] * rate),
        Term("offence", coefficients.labels[offence], coefficients[offence]),
    )


def percent(probability: float) -> float:
    """Whole per cent from 1 to 99: rounded half up to five decimals, and then to whole per cent."""
    rounded = half_up(probability, DECIMALS) / DECIMALS
    return float(min(max(half_up(rounded, 100), 1), 99))


def total_column(people: IbisTable, coefficients: Coefficients, offence_weight: FloatingValue) -> FloatingValue:
    """The sum of the terms for every row whose inputs passed the checks."""
    rate = log_rate_column(people.sanctions, people.career_years + coefficients["career_boost"])
    status = (people.sanctions == 1).ifelse(coefficients["first_sanction"], coefficients["repeat_sanction"])
    by_sex = [age_column(people, sex, coefficients) for sex in ("M", "F")]
    return (people.sex == "M").ifelse(*by_sex) + status + rate * coefficients["copas"] + offence_weight


def age_column(people: IbisTable, sex: str, coefficients: Coefficients) -> FloatingValue:
    weights = [coefficients[f"age_{sex}_{first}"] for first in AGE_BANDS]
    branches = [(people.age_at_follow_up < end, weight) for end, weight in zip(AGE_BANDS[1:], weights, strict=False)]
    return ibis.cases(*branches, else_=weights[-1])


def rounded_column(probability: FloatingValue) -> FloatingValue:
    return half_up_column(probability, DECIMALS) / float(DECIMALS)


def percent_column(rounded: FloatingValue) -> FloatingValue:
    return half_up_column(rounded, 100).clip(1.0, 99.0)
