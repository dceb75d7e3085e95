"""The six predictors: what each needs, in which order its inputs are checked, which models and bands it has."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Literal

from iom_analytics.errors import InputError
from iom_analytics.scoring import checks, dynamic, ogrs3, ogrs4
from iom_analytics.scoring.checks import Check
from iom_analytics.scoring.coefficients import Coefficients, load
from iom_analytics.scoring.dynamic import COMMON_DRUGS, MOTIVATION, Questions

Edition = Literal["service", "9dp"]


@dataclass(frozen=True)
class Predictor:
    """One predictor.

    `required` are the mandatory inputs in the official order. `stages` are the checks: all of a stage are made, and
    the next stage only where nothing failed. `percent_unit` is the step of its percentages; `bounds` begin its bands.
    `formula` is the module with its `terms`, `percent` and their columns.
    """

    name: str
    title: str
    version: str
    formula: ModuleType
    horizons: tuple[int, ...]
    required: tuple[str, ...]
    stages: tuple[tuple[Check, ...], ...]
    bounds: tuple[float, float, float]
    follow_up_defaults_to_conviction: bool = True
    refuses_zero_percent: bool = False
    questions: Questions | None = None

    def model(self, kind: Literal["static", "dynamic"], edition: Edition) -> Coefficients:
        """The coefficients of the static or dynamic model; OGRS3 has two editions."""
        if self.name == "ogrs3":
            return load("ogrs3-9dp" if edition == "9dp" else "ogrs3")
        return load(self.name if self.questions is None else f"{self.name}-{kind}")

    def version_of(self, edition: Edition) -> str:
        return f"{self.version}-9dp" if self.name == "ogrs3" and edition == "9dp" else self.version

    @property
    def inputs(self) -> tuple[str, ...]:
        """Every static input it reads."""
        optional = ("follow_up_start",) if self.follow_up_defaults_to_conviction else ()
        return self.required + optional


GENERAL_RECORD = (
    "date_of_birth",
    "date_of_conviction",
    "age_at_first_sanction",
    "sex",
    "offence_code",
    "sanctions",
)
RECORD = ("assessment_date", *GENERAL_RECORD)
VIOLENT_RECORD = (*RECORD, "violent_sanctions")

GENERAL_CHECKS = (
    checks.CONVICTED_AFTER_BIRTH,
    checks.FIRST_BEFORE_CURRENT,
    checks.CONVICTED_NEAR_ASSESSMENT,
    checks.FIRST_AGE_IN_RANGE,
    checks.CODE_FORMAT,
    checks.MAPPING,
    checks.SANCTIONS_IN_RANGE,
    checks.FOLLOW_UP_GIVEN,
    checks.FOLLOW_UP_AFTER_BIRTH,
    checks.FOLLOW_UP_AGE,
)
VIOLENT_CHECKS = (
    checks.FIRST_AGE_IN_RANGE,
    checks.SANCTIONS_IN_RANGE,
    checks.VIOLENT_IN_RANGE,
    checks.CODE_FORMAT,
    checks.MAPPING,
    checks.CONVICTED_AFTER_BIRTH,
    checks.FIRST_BEFORE_CURRENT,
    checks.CONVICTED_NEAR_ASSESSMENT,
    checks.FOLLOW_UP_GIVEN,
    checks.FOLLOW_UP_AFTER_BIRTH,
    checks.FOLLOW_UP_AGE,
)
SERIOUS_VIOLENT_CHECKS = (
    checks.SANCTIONS_IN_RANGE,
    checks.VIOLENT_IN_RANGE,
    checks.CODE_FORMAT,
    checks.MAPPING,
    checks.FIRST_AGE_IN_RANGE,
    checks.CONVICTED_AFTER_BIRTH,
    checks.FIRST_BEFORE_CURRENT,
    checks.CONVICTED_NEAR_ASSESSMENT,
)

GENERAL_BOUNDS = (50.0, 75.0, 90.0)
VIOLENT_BOUNDS = (30.0, 60.0, 80.0)
SERIOUS_VIOLENT_BOUNDS = (1.0, 3.0, 6.9)

NEEDS = (
    "suitability_of_accommodation",
    "is_unemployed",
    dynamic.RELATIONSHIP,
    "evidence_of_domestic_abuse",
    dynamic.STATUS,
    "regular_offending_activities",
)
DRINK_AND_IMPULSE = ("current_alcohol_use_problems", "excessive_alcohol_use", "impulsivity_problems")
ARP_DRUGS = ("has_heroin_usage", *COMMON_DRUGS)
VRP_DRUGS = (*COMMON_DRUGS, "has_methadone_usage")

OGRS3 = Predictor(
    name="ogrs3",
    title="Offender Group Reconviction Scale 3",
    version="3",
    formula=ogrs3,
    horizons=(12, 24),
    required=(
        "sex",
        "date_of_birth",
        "date_of_conviction",
        "follow_up_start",
        "sanctions",
        "age_at_first_sanction",
        "offence_code",
    ),
    stages=(
        (checks.LEAST_SANCTIONS, checks.CODE_LENGTH),
        (checks.CONVICTION_THROWS,),
        (checks.FOLLOW_UP_THROWS,),
        (checks.CONVICTED_AT_TEN, checks.FIRST_BEFORE_CURRENT, checks.EXACT_OFFENCE, checks.OGRS3_MAPPING),
        (checks.FOLLOWED_UP_AT_TEN,),
    ),
    bounds=GENERAL_BOUNDS,
    follow_up_defaults_to_conviction=False,
)
OGRS4G = Predictor(
    name="ogrs4g",
    title="OGRS4/G: general reoffending",
    version="4.0",
    formula=ogrs4,
    horizons=(12, 24),
    required=RECORD,
    stages=(GENERAL_CHECKS,),
    bounds=GENERAL_BOUNDS,
)
OGRS4V = Predictor(
    name="ogrs4v",
    title="OGRS4/V: violent reoffending",
    version="4.0",
    formula=ogrs4,
    horizons=(12, 24),
    required=VIOLENT_RECORD,
    stages=(VIOLENT_CHECKS,),
    bounds=VIOLENT_BOUNDS,
)
ARP = Predictor(
    name="arp",
    title="All Reoffending Predictor",
    version="4.1",
    formula=ogrs4,
    horizons=(24,),
    required=RECORD,
    stages=(GENERAL_CHECKS,),
    bounds=GENERAL_BOUNDS,
    refuses_zero_percent=True,
    questions=Questions(
        required=(*NEEDS, *DRINK_AND_IMPULSE, "pro_criminal_attitudes"),
        optional=(MOTIVATION, *ARP_DRUGS),
        drugs=ARP_DRUGS,
    ),
)
VRP = Predictor(
    name="vrp",
    title="Violent Reoffending Predictor",
    version="4.1",
    formula=ogrs4,
    horizons=(24,),
    required=VIOLENT_RECORD,
    stages=(VIOLENT_CHECKS,),
    bounds=VIOLENT_BOUNDS,
    refuses_zero_percent=True,
    questions=Questions(
        required=(*NEEDS, MOTIVATION, *DRINK_AND_IMPULSE, "temper_control"),
        optional=VRP_DRUGS,
        drugs=VRP_DRUGS,
    ),
)
SVRP = Predictor(
    name="svrp",
    title="Serious Violent Reoffending Predictor",
    version="4.1",
    formula=ogrs4,
    horizons=(24,),
    required=VIOLENT_RECORD,
    stages=(SERIOUS_VIOLENT_CHECKS, (checks.FOLLOW_UP_THROWS,)),
    bounds=SERIOUS_VIOLENT_BOUNDS,
    questions=Questions(
        required=(
            "did_offence_involve_carrying_or_using_weapon",
            "suitability_of_accommodation",
            "is_unemployed",
            "current_alcohol_use_problems",
            "temper_control",
            "pro_criminal_attitudes",
            "previous_convictions",
        ),
    ),
)

PREDICTORS: Mapping[str, Predictor] = {each.name: each for each in (OGRS3, OGRS4G, OGRS4V, ARP, VRP, SVRP)}


def predictor(name: str) -> Predictor:
    """The predictor of that name."""
    if name not in PREDICTORS:
        raise InputError(f"There is no predictor '{name}'. Choose from {', '.join(PREDICTORS)}.")
    return PREDICTORS[name]
