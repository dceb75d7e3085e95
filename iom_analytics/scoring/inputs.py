"""What a score is calculated from: the inputs of one person, and how written values are read.

An empty input is None. One that is filled but cannot be read is None too, and is named in `unreadable`.
`reading` does the same for a table.
"""

import math
import re
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Kind = Literal["date", "count", "code", "sex", "answer", "convictions"]

SEXES = ("M", "F")
PROBLEMS = {"NO_PROBLEMS": 0, "SOME_PROBLEMS": 1, "SIGNIFICANT_PROBLEMS": 2, "0": 0, "1": 1, "2": 2}
MOTIVATION = {"FULL_MOTIVATION": 0, "PARTIAL_MOTIVATION": 1, "NO_MOTIVATION": 2, "0": 0, "1": 1, "2": 2}
YES_NO = {"FALSE": 0, "NO": 0, "N": 0, "0": 0, "TRUE": 1, "YES": 1, "Y": 1, "1": 1}
RELATIONSHIP = {
    "NOT_IN_RELATIONSHIP": 0,
    "IN_RELATIONSHIP_NOT_LIVING_TOGETHER": 0,
    "IN_RELATIONSHIP_LIVING_TOGETHER": 1,
}
PREVIOUS_CONVICTIONS = (
    "HOMICIDE",
    "WOUNDING_GBH",
    "KIDNAPPING",
    "FIREARMS",
    "ROBBERY",
    "AGGRAVATED_BURGLARY",
    "WEAPON",
    "CRIMINAL_DAMAGE",
    "ARSON",
)
NO_PREVIOUS_CONVICTIONS = "NONE"

# Wider than anything real, and narrow enough that no engine's arithmetic overflows.
LARGEST_COUNT = 999_999_999
COUNT = re.compile(r"[+-]?[0-9]{1,9}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T].*)?")


@dataclass(frozen=True)
class Input:
    """One input: its column name, what kind of value it holds, what it means; for an answer, its words and points."""

    name: str
    kind: Kind
    meaning: str
    words: Mapping[str, int] = field(default_factory=dict)

    @property
    def most_points(self) -> int:
        return max(self.words.values())


def answer(name: str, meaning: str, words: Mapping[str, int] = PROBLEMS) -> Input:
    return Input(name, "answer", meaning, words)


STATIC = (
    Input("sex", "sex", "M or F"),
    Input("date_of_birth", "date", "Date of birth"),
    Input("date_of_conviction", "date", "Date of the current conviction"),
    Input("follow_up_start", "date", "Start of the community sentence or release; may lie ahead"),
    Input("assessment_date", "date", "Day the score is for"),
    Input("age_at_first_sanction", "count", "Age at the first sanction, completed years"),
    Input("sanctions", "count", "Sanctions (convictions and cautions), the current one included"),
    Input("violent_sanctions", "count", "How many of those sanctions were for violence"),
    Input("offence_code", "code", "Home Office code of the current offence, five digits, as text"),
)

DYNAMIC = (
    answer("did_offence_involve_carrying_or_using_weapon", "The offence involved carrying or using a weapon", YES_NO),
    answer("suitability_of_accommodation", "Problems with the suitability of accommodation"),
    answer("is_unemployed", "Unemployed", YES_NO),
    answer("current_relationship_with_partner", "Problems in the current relationship with a partner"),
    answer("evidence_of_domestic_abuse", "Evidence of domestic abuse", YES_NO),
    answer("current_relationship_status", "Whether in a relationship, and living together", RELATIONSHIP),
    answer("regular_offending_activities", "Regular activities encourage offending"),
    answer("motivation_to_tackle_drug_misuse", "Motivation to tackle drug misuse", MOTIVATION),
    answer("has_heroin_usage", "Uses heroin", YES_NO),
    answer("has_methadone_usage", "Uses methadone that is not prescribed", YES_NO),
    answer("has_other_opiate_usage", "Uses other opiates", YES_NO),
    answer("has_crack_cocaine_usage", "Uses crack cocaine", YES_NO),
    answer("has_powder_cocaine_usage", "Uses powder cocaine", YES_NO),
    answer("has_misused_prescription_drug_usage", "Misuses prescription drugs", YES_NO),
    answer("has_benzodiazepines_usage", "Uses benzodiazepines", YES_NO),
    answer("has_cannabis_usage", "Uses cannabis", YES_NO),
    answer("has_steroids_usage", "Uses steroids", YES_NO),
    answer("has_other_drugs_usage", "Uses other drugs", YES_NO),
    answer("has_ketamine_usage", "Uses ketamine", YES_NO),
    answer("has_spice_usage", "Uses spice", YES_NO),
    answer("has_hallucinogens_usage", "Uses hallucinogens", YES_NO),
    answer("has_solvents_usage", "Uses solvents", YES_NO),
    answer("current_alcohol_use_problems", "Problems with current alcohol use"),
    answer("excessive_alcohol_use", "Binge drinking or excessive alcohol use"),
    answer("impulsivity_problems", "Problems with impulsivity"),
    answer("temper_control", "Problems with temper control"),
    answer("pro_criminal_attitudes", "Pro-criminal attitudes"),
    Input(
        "previous_convictions",
        "convictions",
        f"Kinds of earlier conviction, with ; between: {', '.join(PREVIOUS_CONVICTIONS)}; or {NO_PREVIOUS_CONVICTIONS}",
    ),
)

INPUTS = {each.name: each for each in (*STATIC, *DYNAMIC)}


@dataclass(frozen=True)
class Inputs:
    """One person's inputs. `answers` holds points by name: 0 to 2 for problems and motivation, 0 or 1 for yes or no."""

    sex: str | None = None
    date_of_birth: date | None = None
    date_of_conviction: date | None = None
    follow_up_start: date | None = None
    assessment_date: date | None = None
    age_at_first_sanction: int | None = None
    sanctions: int | None = None
    violent_sanctions: int | None = None
    offence_code: str | None = None
    answers: Mapping[str, int] = field(default_factory=dict)
    previous_convictions: frozenset[str] | None = None
    unreadable: frozenset[str] = frozenset()

    def given(self, name: str) -> Any:
        """The value of an input by its name, None where there is none."""
        return self.answers.get(name) if INPUTS[name].kind == "answer" else getattr(self, name)


def read(row: Mapping[str, Any]) -> Inputs:
    """One person's inputs from written or typed values by column name; other columns are left alone."""
    values: dict[str, Any] = {}
    unreadable = set()
    for each in INPUTS.values():
        raw = row.get(each.name)
        raw = raw.strip(string.whitespace) if isinstance(raw, str) else raw
        if raw is None or raw == "" or (isinstance(raw, float) and math.isnan(raw)):
            continue
        value = READERS[each.kind](each, raw)
        if value is None:
            unreadable.add(each.name)
        else:
            values[each.name] = value
    answers = {name: values.pop(name) for name in list(values) if INPUTS[name].kind == "answer"}
    return Inputs(**values, answers=answers, unreadable=frozenset(unreadable))


def read_date(_: Input, raw: Any) -> date | None:
    if isinstance(raw, date):
        return raw.date() if isinstance(raw, datetime) else raw
    if isinstance(raw, str) and DATE.fullmatch(raw):
        try:
            return date.fromisoformat(raw[:10])
        except ValueError:
            return None
    return None


def read_count(_: Input, raw: Any) -> int | None:
    if isinstance(raw, str):
        return int(raw) if COUNT.fullmatch(raw) else None
    is_whole = isinstance(raw, int) or (isinstance(raw, float) and raw.is_integer())
    return int(raw) if is_whole and abs(raw) <= LARGEST_COUNT else None


def read_code(_: Input, raw: Any) -> str | None:
    return raw if isinstance(raw, str) else None


def read_sex(_: Input, raw: Any) -> str | None:
    word = str(raw).upper()
    return word if word in SEXES else None


def read_answer(each: Input, raw: Any) -> int | None:
    return each.words.get(word_of(raw))


def read_convictions(_: Input, raw: Any) -> frozenset[str] | None:
    words = raw.split(";") if isinstance(raw, str) else list(raw)
    kinds = frozenset(word_of(word.strip(string.whitespace)) for word in words) - {NO_PREVIOUS_CONVICTIONS}
    return kinds if kinds <= set(PREVIOUS_CONVICTIONS) else None


def word_of(raw: Any) -> str:
    """A written or typed answer as its word: True as TRUE, 1.0 as 1."""
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    return str(raw).upper()


READERS = {
    "date": read_date,
    "count": read_count,
    "code": read_code,
    "sex": read_sex,
    "answer": read_answer,
    "convictions": read_convictions,
}
