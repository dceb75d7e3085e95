"""What the person frame shows. Plain values: whoever fills it has already asked what this reader may see."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

# The order in which warnings are read: who walks through the door is told first what may happen to them.
ABOUT = ("staff", "others", "the person", "handling")
About = Literal["staff", "others", "the person", "handling"]
RagRating = Literal["red", "amber", "green", "blue"]


@dataclass(frozen=True)
class Section:
    """One entry of the frame's sub-navigation: a plain noun and where it leads."""

    text: str
    href: str
    active: bool = False


@dataclass(frozen=True)
class Identifier:
    """A number the person is known by, and what kind it is ("PNC", "CRN", "Prison number")."""

    name: str
    value: str


@dataclass(frozen=True)
class PersonWarning:
    """A thing to know before anything else. `about` says who is at risk, or that the record needs careful handling."""

    text: str
    about: About
    since: dt.date | None = None
    href: str | None = None


@dataclass(frozen=True)
class PersonFrame:
    """The identity and standing of one person, shown on every page about them; there is no photograph.

    `None` is shown as not recorded (date of birth, custody status, lead professional) or left out (cohort type, RAG):
    a person who is not in a cohort has neither.
    """

    name: str
    href: str
    date_of_birth: dt.date | None = None
    age: int | None = None
    also_known_as: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    cohort_type: str | None = None
    rag: RagRating | None = None
    custody_status: str | None = None
    lead_professional: str | None = None
    warnings: tuple[PersonWarning, ...] = ()
    sections: tuple[Section, ...] = ()
    marking: str = ""

    @property
    def warnings_by_urgency(self) -> list[PersonWarning]:
        """Risk to staff first, then to others, then to the person, then handling; in each the newest first."""
        newest_first = sorted(self.warnings, key=lambda warning: warning.since or dt.date.min, reverse=True)
        return sorted(newest_first, key=lambda warning: ABOUT.index(warning.about))
