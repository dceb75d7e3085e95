"""Who could be in the cohort: schemes, the people ranked under them, and whether the scheme is fair.

A scheme ranks and explains; a person decides.
"""

from iom_analytics.cohorts.area import area_profile
from iom_analytics.cohorts.comparison import changes, what_if
from iom_analytics.cohorts.definition import load_scheme, read_scheme, shipped_schemes
from iom_analytics.cohorts.factors import FACTORS, Factor, Parameter
from iom_analytics.cohorts.fairness import fairness
from iom_analytics.cohorts.ranking import Ranking, rank
from iom_analytics.cohorts.scheme import (
    Band,
    Capacity,
    Component,
    Criterion,
    Provenance,
    Scheme,
    Strand,
    Threshold,
    Use,
)
from iom_analytics.cohorts.scores import predictors_of, score_inputs, scores_for
from iom_analytics.cohorts.working import working

__all__ = [
    "FACTORS",
    "Band",
    "Capacity",
    "Component",
    "Criterion",
    "Factor",
    "Parameter",
    "Provenance",
    "Ranking",
    "Scheme",
    "Strand",
    "Threshold",
    "Use",
    "area_profile",
    "changes",
    "fairness",
    "load_scheme",
    "predictors_of",
    "rank",
    "read_scheme",
    "score_inputs",
    "scores_for",
    "shipped_schemes",
    "what_if",
    "working",
]
