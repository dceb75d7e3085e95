"""The bridge to `iom_analytics`: the comparison of a question and what was found, watches, what the board looks at, how
selection falls on groups, what a scheme costs beside what it did, charts.
"""

from iom.outcomes.evaluation.board import Board, board
from iom.outcomes.evaluation.charts import (
    WIDTHS,
    areas_chart,
    balance_chart,
    crime_chart,
    effects_chart,
    timing_chart,
    watch_chart,
)
from iom.outcomes.evaluation.fairness import Equality, equality
from iom.outcomes.evaluation.literature import other_studies
from iom.outcomes.evaluation.money import (
    AtMultiplier,
    CrimePrice,
    Effect,
    Inputs,
    Mixed,
    Post,
    Reckoned,
    crimes,
    editions,
    price_years,
    reckon,
    running_cost,
)
from iom.outcomes.evaluation.studies import (
    COVARIATES,
    SMALL,
    CannotAnswer,
    Found,
    Made,
    detectable,
    displayed,
    findings,
    folder,
    make,
    may_hold,
    publishable_count,
    remove,
    sweep,
)
from iom.outcomes.evaluation.watches import FITTED_TO_BEFORE, Looked, first_final_on, look
from iom.outcomes.evaluation.watches import parameters as watch_parameters

__all__ = [
    "COVARIATES",
    "FITTED_TO_BEFORE",
    "SMALL",
    "WIDTHS",
    "AtMultiplier",
    "Board",
    "CannotAnswer",
    "CrimePrice",
    "Effect",
    "Equality",
    "Found",
    "Inputs",
    "Looked",
    "Made",
    "Mixed",
    "Post",
    "Reckoned",
    "areas_chart",
    "balance_chart",
    "board",
    "crime_chart",
    "crimes",
    "detectable",
    "displayed",
    "editions",
    "effects_chart",
    "equality",
    "findings",
    "first_final_on",
    "folder",
    "look",
    "make",
    "may_hold",
    "other_studies",
    "price_years",
    "publishable_count",
    "reckon",
    "remove",
    "running_cost",
    "sweep",
    "timing_chart",
    "watch_chart",
    "watch_parameters",
]
