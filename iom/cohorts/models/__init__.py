"""The cohort: how candidates are ranked, who is nominated, what the panel decides, and who is in."""

from iom.cohorts.models.draws import DrawEntrant, DrawSeed, EntryDraw
from iom.cohorts.models.membership import CohortMembership, MembershipChange
from iom.cohorts.models.panel import AgencyReturn, Nomination, PanelDecision, PanelIntelligence, ReturnRequest
from iom.cohorts.models.ranking import Candidate, CandidateWorking, RankRun, Score
from iom.cohorts.models.schemes import Scheme, SchemeVersion, WhatIfPerson

__all__ = [
    "AgencyReturn",
    "Candidate",
    "CandidateWorking",
    "CohortMembership",
    "DrawEntrant",
    "DrawSeed",
    "EntryDraw",
    "MembershipChange",
    "Nomination",
    "PanelDecision",
    "PanelIntelligence",
    "RankRun",
    "ReturnRequest",
    "Scheme",
    "SchemeVersion",
    "Score",
    "WhatIfPerson",
]
