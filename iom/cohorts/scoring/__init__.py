"""The one call from the cohort into the library: reading a scheme, ranking everybody, checking a proposed version."""

from iom.cohorts.scoring.checks import MOST_MOVED, Checked, check
from iom.cohorts.scoring.definitions import Definition, predictors, read_definition, shipped, shipped_values
from iom.cohorts.scoring.draws import Published, commitment, draw_order, list_hash, problem_of, ticket
from iom.cohorts.scoring.figures import is_large, publishable, publishable_profile
from iom.cohorts.scoring.ranking import CannotRank, Ranked, rank
from iom.cohorts.scoring.records import places, snapshot
from iom_analytics.cohorts.scheme import unit_for
from iom_analytics.disclosure import rounded

__all__ = [
    "MOST_MOVED",
    "CannotRank",
    "Checked",
    "Definition",
    "Published",
    "Ranked",
    "check",
    "commitment",
    "draw_order",
    "is_large",
    "list_hash",
    "places",
    "predictors",
    "problem_of",
    "publishable",
    "publishable_profile",
    "rank",
    "read_definition",
    "rounded",
    "shipped",
    "shipped_values",
    "snapshot",
    "ticket",
    "unit_for",
]
