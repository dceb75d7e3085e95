"""The words in which an app declares how each of its fields is treated.

Every model field is declared once, in its app's `privacy` module. The declaration drives the data dictionary, subject
access, retention, what `extract` may take, and the scrubbing of copies.
"""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a field holds."""

    SYSTEM = "system"  # keys, states, counters: nothing about a person by itself
    PERSONAL = "personal"
    SENSITIVE = "sensitive"  # sensitive processing (DPA 2018 s35) or special category (UK GDPR Article 9)
    STAFF = "staff"  # about somebody who works here


class SubjectAccess(Enum):
    """What a subject access request does with it."""

    GIVE = "give"
    REVIEW = "review"  # may speak of others, or prejudice policing: a person decides
    LEAVE = "leave"  # not about the person


class Retention(Enum):
    """What happens to it when the person's record reaches its end."""

    REMOVE = "remove"
    KEEP = "keep"
    GENERALISE = "generalise"  # a date to its year, a postcode to its area


@dataclass(frozen=True)
class Treatment:
    kind: Kind
    subject_access: SubjectAccess
    retention: Retention


SYSTEM = Treatment(Kind.SYSTEM, SubjectAccess.LEAVE, Retention.KEEP)
STAFF = Treatment(Kind.STAFF, SubjectAccess.LEAVE, Retention.KEEP)
PERSONAL = Treatment(Kind.PERSONAL, SubjectAccess.GIVE, Retention.REMOVE)
PERSONAL_DATE = Treatment(Kind.PERSONAL, SubjectAccess.GIVE, Retention.GENERALISE)
SENSITIVE = Treatment(Kind.SENSITIVE, SubjectAccess.REVIEW, Retention.REMOVE)

# What every record about a person carries (`iom.agreements.models.Marked`), and its key.
MARKING = dict.fromkeys(
    ("id", "partnership", "owner_agency", "regime", "marking", "descriptor", "audience", "audience_agencies"), SYSTEM
)


def all_of(treatment: Treatment, *names: str) -> dict[str, Treatment]:
    """The same treatment for each of these fields."""
    return dict.fromkeys(names, treatment)
