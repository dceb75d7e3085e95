"""The OGRS4 family: OGRS4/G and OGRS4/V (version 4.0), ARP, VRP and SVRP (version 4.1), from the criminal record alone.

OGRS4/G and ARP share one formula; OGRS4/V, VRP and SVRP share it but for violence in place of the squared Copas rate.
Which one a model follows is told by the terms it has. Source: ministryofjustice/hmpps-arns-risk-actuarial-api at
016919c5 (4 August 2026) and ministryofjustice/oasys-cypress-test at 77bdc2d2 (23 September 2025).
The formula is written twice: `terms` for one person, with its working, and `total_column` for a table.
"""

import math
from collections.abc import Sequence

import ibis
from ibis.expr.types import FloatingValue, NumericValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.scoring import ages
from iom_analytics.scoring.coefficients import Coefficients
from iom_analytics.scoring.facts import Facts
from iom_analytics.scoring.rounding import half_up, half_up_column, log_rate_column
from iom_analytics.scoring.score import Term

MOST_OFFENCE_FREE_MONTHS = 36

# Percentages have two decimals, and never reach 100.
HIGHEST_PERCENT = 99.99


def offence_free_months(facts: Facts) -> int | None:
    """Whole months in the community before the assessment, at most 36; None where follow-up starts after it."""
    assert facts.followed_up is not None
    assert facts.assessed is not None
    if facts.assessed < facts.followed_up:
        return None
    months: int = ages.whole_months(facts.followed_up, facts.assessed)
    return min(months, MOST_OFFENCE_FREE_MONTHS)


def terms(facts: Facts, coefficients: Coefficients) -> tuple[Term, ...]:
    """Every named static weight of one person whose inputs passed the checks, in the order they are added."""
    sex, age, n = facts.sex, facts.age_at_follow_up, facts.sanctions
    assert age is not None
    assert n is not None
    c, career, months = coefficients, facts.career_years, offence_free_months(facts)
    offence = f"offence:{facts.actuarial_category}"
    years = career + int(c["career_boost"])
    rate = math.log(n / years) if n >= 3 else 0.0
    free = "No time in the community yet" if months is None else f"{months} months free of offences in the community"
    found = [
        Term("age_and_sex", f"Age {age} at the start of follow-up", polynomial(c.polynomial(f"age_{sex}"), age)),
        Term("female", c.labels["female"], c["female"] if sex == "F" else 0.0),
        Term("offence", c.labels[offence], c[offence]),
        Term("sanctions", f"{n} sanctions", c["sanctions"] * n),
        Term("first_sanction", c.labels["first_sanction"], c["first_sanction"] if n == 1 else 0.0),
        Term("second_sanction", c.labels["second_sanction"], c["second_sanction"] if n == 2 else 0.0),
        Term(
            "years_to_second",
            f"{career} years from the first to the second sanction",
            c[f"years_to_second_{sex}"] * career if n == 2 else 0.0,
        ),
        Term("copas_rate", f"Copas rate: {n} in {years} years", c[f"copas_{sex}"] * rate),
    ]
    if f"copas_squared_{sex}" in c:
        found.append(Term("copas_rate_squared", "Copas rate, squared", c[f"copas_squared_{sex}"] * rate**2))
    if "violent_rate" in c:
        found += violent_terms(facts, c)
    found.append(Term("offence_free_months", free, polynomial(c.polynomial("offence_free"), months or 0)))
    return tuple(found)


def violent_terms(facts: Facts, c: Coefficients) -> list[Term]:
    v = facts.violent_sanctions
    assert v is not None
    years = facts.career_years + int(c["violent_career_boost"])
    never, rate = f"never_violent_{facts.sex}", f"Rate of violence: {v} in {years} years"
    return [
        Term("never_violent", c.labels[never], c[never] if v == 0 else 0.0),
        Term("once_violent", c.labels["once_violent"], c["once_violent"] if v == 1 else 0.0),
        Term("violent_sanctions", f"{v} violent sanctions", c["violent_sanctions"] * v),
        Term("violent_rate", rate, c["violent_rate"] * math.log(v / years) if v else 0.0),
    ]


def polynomial(coefficients: Sequence[float], x: int) -> float:
    total = 0.0
    for coefficient in reversed(coefficients):
        total = (total + coefficient) * x
    return total


def percent(probability: float) -> float:
    """Per cent with two decimals, rounded half up; at most 99.99."""
    return min(half_up(probability, 10_000) / 100, HIGHEST_PERCENT)


def total_column(people: IbisTable, coefficients: Coefficients, offence_weight: FloatingValue) -> FloatingValue:
    """The sum of the static terms for every row whose inputs passed the checks."""
    c, n, is_male = coefficients, people.sanctions, people.sex == "M"

    def by_sex(term: str) -> FloatingValue:
        return is_male.ifelse(c[f"{term}_M"], c[f"{term}_F"])

    age = is_male.ifelse(
        polynomial_column(c.polynomial("age_M"), people.age_at_follow_up),
        polynomial_column(c.polynomial("age_F"), people.age_at_follow_up) + c["female"],
    )
    rate = log_rate_column(n, people.career_years + c["career_boost"])
    from_third = by_sex("copas") + (by_sex("copas_squared") * rate if "copas_squared_M" in c else 0.0)
    occasions = ibis.cases(
        (n == 1, c["first_sanction"]),
        (n == 2, by_sex("years_to_second") * people.career_years + c["second_sanction"]),
        else_=from_third * rate,
    )
    free = polynomial_column(c.polynomial("offence_free"), people.offence_free_months)
    total = age + offence_weight + n * c["sanctions"] + occasions + free
    return total + violent_column(people, c, by_sex("never_violent")) if "violent_rate" in c else total


def violent_column(people: IbisTable, c: Coefficients, never_violent: FloatingValue) -> FloatingValue:
    v = people.violent_sanctions
    rate = log_rate_column(v, people.career_years + c["violent_career_boost"])
    violent = v * c["violent_sanctions"] + (v == 1).ifelse(c["once_violent"], 0.0) + rate * c["violent_rate"]
    return (v == 0).ifelse(never_violent, violent)


def polynomial_column(coefficients: Sequence[float], x: NumericValue) -> FloatingValue:
    total = ibis.literal(0.0)
    for coefficient in reversed(coefficients):
        total = (total + coefficient) * x
    return total


def rounded_column(probability: FloatingValue) -> FloatingValue:
    return half_up_column(probability, 10_000)


def percent_column(rounded: FloatingValue) -> FloatingValue:
    return (rounded / 100.0).clip(upper=HIGHEST_PERCENT)
