"""The dynamic half of ARP, VRP and SVRP: what the assessment's answers add, and what missing ones could add.

Unanswered drug questions count as no use, and in ARP as full motivation: the official rule. Every other answer that is
missing leaves the static score standing. Either way `least_and_most` says how far the missing answers could move it.
The rules read answers through a function, so they are the same for one person (numbers) and for a table (columns).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from iom_analytics.scoring.coefficients import Coefficients
from iom_analytics.scoring.inputs import INPUTS, PREVIOUS_CONVICTIONS

# Reads the points of an answer by its name.
Answers = Callable[[str], Any]

STATUS = "current_relationship_status"
RELATIONSHIP = "current_relationship_with_partner"
LIVING_TOGETHER = "living_together"
LIVING_TOGETHER_WITH_PROBLEMS = "living_together_with_problems"
TOGETHER_TERMS = (LIVING_TOGETHER, RELATIONSHIP, LIVING_TOGETHER_WITH_PROBLEMS)

OTHER_DRUGS = (
    "has_other_drugs_usage",
    "has_ketamine_usage",
    "has_spice_usage",
    "has_hallucinogens_usage",
    "has_solvents_usage",
)
COMMON_DRUGS = (
    "has_other_opiate_usage",
    "has_crack_cocaine_usage",
    "has_powder_cocaine_usage",
    "has_misused_prescription_drug_usage",
    "has_benzodiazepines_usage",
    "has_cannabis_usage",
    "has_steroids_usage",
    *OTHER_DRUGS,
)
MOTIVATION = "motivation_to_tackle_drug_misuse"


@dataclass(frozen=True)
class Questions:
    """What one predictor asks: answers it cannot do without, in the official order, and those that count as none.

    `drugs` are the drug questions: a yes to one of them without an answer on motivation is inconsistent.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return self.required + self.optional


def terms_of(coefficients: Coefficients) -> tuple[str, ...]:
    """The dynamic terms a model has, in the order they are added."""
    return tuple(
        term
        for term in coefficients
        if (term in INPUTS and INPUTS[term].kind == "answer")
        or term in (*TOGETHER_TERMS, "other_drugs")
        or term.startswith("previous:")
    )


def points(term: str, answers: Answers) -> Any:
    """How often a term's weight counts."""
    if term == "is_unemployed":
        return answers(term) * 2
    if term == LIVING_TOGETHER:
        return answers(STATUS)
    if term == LIVING_TOGETHER_WITH_PROBLEMS:
        return answers(STATUS) * answers(RELATIONSHIP)
    if term == "other_drugs":
        first, *others = (answers(drug) for drug in OTHER_DRUGS)
        for other in others:
            first = first | other
        return first
    return answers(term)


def most_points(name: str) -> int:
    """The most points an answer can have; one for a kind of previous conviction."""
    return 1 if name.startswith("previous:") else INPUTS[name].most_points


def previous(kind: str) -> str:
    """The name under which a kind of previous conviction is read as an answer of 0 or 1."""
    assert kind in PREVIOUS_CONVICTIONS
    return f"previous:{kind}"


def least_and_most(
    coefficients: Coefficients, low: Answers, high: Answers, least: Callable[..., Any], most: Callable[..., Any]
) -> tuple[Any, Any]:
    """The least and the most the answers can add, where `low` and `high` read a missing one as its two extremes."""
    lows: list[Any] = []
    highs: list[Any] = []
    for term in terms_of(coefficients):
        if term not in TOGETHER_TERMS:
            weight = coefficients[term]
            smaller, larger = (low, high) if weight > 0 else (high, low)
            lows.append(points(term, smaller) * weight)
            highs.append(points(term, larger) * weight)
    if LIVING_TOGETHER in coefficients:
        # Living together lowers the score and problems then raise it: the extremes are at the corners.
        corners = [
            together(coefficients, {STATUS: status, RELATIONSHIP: quality})
            for status in (low(STATUS), high(STATUS))
            for quality in (low(RELATIONSHIP), high(RELATIONSHIP))
        ]
        lows.append(least(*corners))
        highs.append(most(*corners))
    return total(lows), total(highs)


def together(coefficients: Coefficients, answers: Mapping[str, Any]) -> Any:
    return total([points(term, answers.__getitem__) * coefficients[term] for term in TOGETHER_TERMS])


def total(values: list[Any]) -> Any:
    first, *others = values
    for other in others:
        first = first + other
    return first
