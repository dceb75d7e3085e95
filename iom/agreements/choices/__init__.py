"""The words of this app, one module for each subject."""

from iom.agreements.choices.impact_assessments import ImpactOutcome, Risk
from iom.agreements.choices.marking import Audience, Descriptor, Marking
from iom.agreements.choices.sharing_agreements import AgreementState, Answers, Category, RecordKind

__all__ = [
    "AgreementState",
    "Answers",
    "Audience",
    "Category",
    "Descriptor",
    "ImpactOutcome",
    "Marking",
    "RecordKind",
    "Risk",
]
