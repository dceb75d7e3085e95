"""The words of the cohort: schemes, nominations, agency returns, decisions and membership, and their states."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionStatus(models.TextChoices):
    """Where a version of a scheme stands. One version of a scheme is active at a time."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RunStatus(models.TextChoices):
    """Where a piece of background work stands."""

    WAITING = "waiting", _("Waiting to start")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Stopped by a problem")
    CANCELLED = "cancelled", _("Cancelled")


class Standing(models.TextChoices):
    """Where a ranking puts a person. It selects nobody."""

    ELIGIBLE = "eligible", _("Eligible")
    NEAR_MISS = "near-miss", _("Near miss")
    NOT_ELIGIBLE = "not-eligible", _("Not eligible")


class AgeBand(models.TextChoices):
    UNDER_18 = "under-18", _("Under 18")
    A18 = "18-20", _("18 to 20")
    A21 = "21-24", _("21 to 24")
    A25 = "25-34", _("25 to 34")
    A35 = "35-49", _("35 to 49")
    A50 = "50-plus", _("50 and over")


class NominationState(models.TextChoices):
    """Where a nomination stands. Only a person moves it on, and says why."""

    OPEN = "open", _("With the agencies and the panel")
    DEFERRED = "deferred", _("Deferred")
    SELECTED = "selected", _("Selected")
    DECLINED = "declined", _("Declined")
    REDIRECTED = "redirected", _("Redirected to another scheme")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class DrawState(models.TextChoices):
    """Where a draw for places stands. It says in which order places are offered, and selects nobody."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("List closed")
    DRAWN = "drawn", _("Drawn")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class MembershipState(models.TextChoices):
    ACTIVE = "active", _("In the cohort")
    DESELECTED = "deselected", _("De-selected")


class Outcome(models.TextChoices):
    """What a panel can decide about a nomination."""

    SELECT = "select", _("Select")
    DECLINE = "decline", _("Decline")
    DEFER = "defer", _("Defer")
    REDIRECT = "redirect", _("Redirect to another scheme")


class Origin(models.TextChoices):
    """How a nomination came about."""

    CANDIDATES = "candidates", _("From the ranked candidates")
    REFERRAL = "referral", _("Referral by a partner")
    RESELECTION = "reselection", _("Re-selection of a former member")
    REDIRECTED = "redirected", _("Redirected from another scheme")


class CohortType(models.TextChoices):
    """How a person came within the 2021 strategy, or the strand of the 2004 criteria."""

    FIXED = "fixed", _("Fixed")
    FLEX = "flex", _("Flex")
    FREE = "free", _("Free")
    CATCH_AND_CONVICT = "catch-and-convict", _("Catch and convict")
    REHABILITATE_AND_RESETTLE = "rehabilitate-and-resettle", _("Rehabilitate and resettle")
    PREVENT_AND_DETER = "prevent-and-deter", _("Prevent and deter")


def type_name(slug: str) -> str:
    """A cohort type or a strand in words, whichever scheme it is from; nothing for nothing."""
    if slug in CohortType.values:
        return str(CohortType(slug).label)
    return slug.replace("-", " ").capitalize()


class Rag(models.TextChoices):
    RED = "red", _("Red")
    AMBER = "amber", _("Amber")
    GREEN = "green", _("Green")
    BLUE = "blue", _("Blue")


RAG_MEANING: dict[str, Any] = {
    Rag.RED: _("Actively offending, strong current intelligence, not complying, or just released or in crisis"),
    Rag.AMBER: _("Some risk, and engaging in part"),
    Rag.GREEN: _("Stable and complying, with nothing new known"),
    Rag.BLUE: _("In custody: release to be planned"),
}


class Supervision(models.TextChoices):
    """Who, if anybody, may tell the person what to do: decides which agency leads."""

    STATUTORY = "statutory", _("On licence or an order")
    NON_STATUTORY = "non-statutory", _("Not under supervision")
    CUSTODY = "custody", _("Serving a sentence in custody")
    REMAND = "remand", _("Remanded in custody")
    UNKNOWN = "unknown", _("Not known")


class LawfulBasis(models.TextChoices):
    """Why the information in a nomination may be shared."""

    LAW_ENFORCEMENT = "law-enforcement", _("Law enforcement purpose (Data Protection Act 2018, Part 3)")
    PUBLIC_TASK = "public-task", _("Public task (UK GDPR Article 6(1)(e))")
    CRIME_AND_DISORDER = "crime-and-disorder", _("Crime and Disorder Act 1998, section 115")


class OtherArrangement(models.TextChoices):
    """Other arrangements the person may be under; the panel must know of them before it decides."""

    MAPPA = "mappa", _("MAPPA")
    MARAC = "marac", _("MARAC")
    MATAC = "matac", _("MATAC")
    GANG = "gang", _("Gang or county lines management")
    SERIOUS_ORGANISED_CRIME = "soc", _("Serious and organised crime")
    CHILD_PROTECTION = "child-protection", _("Child protection")
    PREVENT = "prevent", _("Prevent")


class Known(models.TextChoices):
    """Whether the person is known to an agency."""

    YES = "yes", _("Yes, known to us")
    FORMERLY = "formerly", _("Known in the past, not now")
    NO = "no", _("No, not known to us")


class View(models.TextChoices):
    """What an agency thinks of a nomination."""

    SUPPORT = "support", _("Supports selection")
    OPPOSE = "oppose", _("Does not support selection")
    NEUTRAL = "neutral", _("No view either way")


class Told(models.TextChoices):
    """Whether the person has been told of the panel's decision."""

    NOT_YET = "not-yet", _("Not yet")
    YES = "yes", _("Yes")
    WITHHELD = "withheld", _("No, and will not be")


class TellingMethod(models.TextChoices):
    IN_PERSON = "in-person", _("In person")
    LETTER = "letter", _("By letter")
    PHONE = "phone", _("By phone")
    VIDEO = "video", _("By video call")


class EndReason(models.TextChoices):
    """Why somebody leaves the cohort."""

    SUSTAINED_REDUCTION = "sustained-reduction", _("Sustained reduction in offending")
    NO_OFFENDING = "no-offending", _("No offending or intelligence for the agreed time")
    LONG_CUSTODY = "long-custody", _("Long time in custody ahead")
    MOVED_AREA = "moved-area", _("Moved to another area")
    OTHER_SCHEME = "other-scheme", _("Led by another arrangement, for instance MAPPA")
    DISPLACED = "displaced", _("Higher risk elsewhere, with the cohort at capacity")
    DECEASED = "deceased", _("Deceased")
    INELIGIBLE = "ineligible", _("Not eligible, or selected in error")
    SAME_PERSON = "same-person", _("Found to be the same person as another member")


class Change(models.TextChoices):
    """What about a membership changed."""

    RAG = "rag", _("Rating")
    LEAD = "lead", _("Lead professional")
    REVIEW = "review", _("Next review")


class Movement(models.TextChoices):
    """What a proposed scheme version would change for a person."""

    ENTERS = "enters", _("Would come above the capacity line")
    LEAVES = "leaves", _("Would fall below the capacity line")
