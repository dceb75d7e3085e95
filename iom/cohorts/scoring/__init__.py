"""The one call from the cohort into the library: reading a scheme, ranking everybody, checking a proposed version."""

from iom.cohorts.scoring.checks import MOST_MOVED, Checked, check
from iom.cohorts.scoring.definitions import Definition, predictors, read_definition, shipped, shipped_values
from iom.cohorts.scoring.figures import is_large, publishable, publishable_profile
from iom.cohorts.scoring.ranking import CannotRank, Ranked, rank
from iom.cohorts.scoring.records import snapshot
from iom_analytics.cohorts.scheme import unit_for
from iom_analytics.disclosure import rounded

__all__ = [
    "MOST_MOVED",
    "CannotRank",
    "Checked",
    "Definition",
    "Ranked",
    "check",
    "is_large",
    "predictors",
    "publishable",
    "publishable_profile",
    "rank",
    "read_definition",
    "rounded",
    "shipped",
    "shipped_values",
    "snapshot",
    "unit_for",
]
