"""The person index: people, the partners' records behind them, how they were linked, and the imported history."""

from iom.people.models.history import (
    Arrest,
    Assessment,
    CustodySpell,
    DrugTest,
    IntelligenceCount,
    Registration,
    Sanction,
)
from iom.people.models.index import IndexEvent, LinkDecision, LinkRun, Person, PossibleMatch, SearchTerm, SourceRecord
from iom.people.models.places import ConfidenceEstimate, RecordedCrime, VictimCount
from iom.people.models.restrictions import Restriction

__all__ = [
    "Arrest",
    "Assessment",
    "ConfidenceEstimate",
    "CustodySpell",
    "DrugTest",
    "IndexEvent",
    "IntelligenceCount",
    "LinkDecision",
    "LinkRun",
    "Person",
    "PossibleMatch",
    "RecordedCrime",
    "Registration",
    "Restriction",
    "Sanction",
    "SearchTerm",
    "SourceRecord",
    "VictimCount",
]
