"""What a partnership asks of its outcomes, what was found, what it costs, and what of it may leave."""

from iom.outcomes.models.board import BoardFigures
from iom.outcomes.models.costs import Costs
from iom.outcomes.models.equality import EqualityEvidence
from iom.outcomes.models.releases import DataLabExport, Release
from iom.outcomes.models.studies import Study
from iom.outcomes.models.watches import Watch, WatchResult

__all__ = ["BoardFigures", "Costs", "DataLabExport", "EqualityEvidence", "Release", "Study", "Watch", "WatchResult"]
