"""Every read of outcomes that is more than a row by its key. All start from `visible_to(scope)`."""

from iom.outcomes.queries.board import get_board, latest_board
from iom.outcomes.queries.costs import costs_of, earlier_costs
from iom.outcomes.queries.data_lab import (
    ToGive,
    TookPart,
    data_lab_asked,
    data_lab_exports,
    get_data_lab_export,
    is_data_lab_waiting,
    own_agency,
    to_give,
)
from iom.outcomes.queries.equality import get_equality, list_equality
from iom.outcomes.queries.releases import get_release, release_of, releases_asked
from iom.outcomes.queries.studies import (
    asked_of_the_same,
    before,
    count_joined,
    draft_that_follows,
    get_study,
    known_to,
    left_lying,
    list_schemes,
    list_studies,
    tried_before,
    under_way,
)
from iom.outcomes.queries.watches import (
    alarms,
    get_result,
    get_watch,
    latest_results,
    list_areas,
    list_watches,
    results_of,
    watching,
)

__all__ = [
    "ToGive",
    "TookPart",
    "alarms",
    "asked_of_the_same",
    "before",
    "costs_of",
    "count_joined",
    "data_lab_asked",
    "data_lab_exports",
    "draft_that_follows",
    "earlier_costs",
    "get_board",
    "get_data_lab_export",
    "get_equality",
    "get_release",
    "get_result",
    "get_study",
    "get_watch",
    "is_data_lab_waiting",
    "known_to",
    "latest_board",
    "latest_results",
    "left_lying",
    "list_areas",
    "list_equality",
    "list_schemes",
    "list_studies",
    "list_watches",
    "own_agency",
    "release_of",
    "releases_asked",
    "results_of",
    "to_give",
    "tried_before",
    "under_way",
    "watching",
]
