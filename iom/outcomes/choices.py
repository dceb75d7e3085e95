"""The words of outcomes."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class StudyState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    DESIGNING = "designing", _("Making the comparison")
    DESIGNED = "designed", _("Comparison to be looked at")
    ESTIMATING = "estimating", _("Working out what was found")
    DONE = "done", _("Done")
    REFUSED = "refused", _("Cannot be answered")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Method(models.TextChoices):
    RADIUS = "radius", _("With everybody who is alike enough")
    NEAREST = "nearest", _("With the one person who is most alike")
    ENTROPY = "entropy", _("With everybody, weighted so that averages are the same")
    OVERLAP = "overlap", _("With everybody, weighted to those who could have been on either side")


METHOD_HINTS: dict[str, Any] = {
    Method.RADIUS: _(
        "Each person who joined is compared with all who were about as likely to join and did not. The Justice Data"
        " Lab's way, and the usual choice."
    ),
    Method.NEAREST: _(
        "Each person who joined is compared with one, two or three others. Easy to explain; with few people the two"
        " sides often differ by chance."
    ),
    Method.ENTROPY: _(
        "Everybody who did not join counts, some more than others, so that both sides are the same on average. For"
        " small cohorts with a large pool."
    ),
    Method.OVERLAP: _(
        "Counts most the people of whom it was open whether they would join. Steadiest, but it speaks of those people"
        " only."
    ),
}


class Measure(models.TextChoices):
    """What a study may ask of; the names are the library's."""

    REOFFENDED = "reoffended", _("Whether they reoffended within a year")
    REOFFENCES = "reoffences", _("How many proven reoffences within a year")
    DAYS_TO_FIRST = "days_to_first_reoffence", _("Days until the first reoffence")
    CUSTODY_FOR = "custody_for_reoffence", _("Whether they were sent to custody for a reoffence")
    DAYS_IN_CUSTODY = "days_in_custody", _("Days in custody within the year")


class ReleaseState(models.TextChoices):
    ASKED = "asked", _("Waits for a second person")
    RELEASED = "released", _("Released")
    REFUSED = "refused", _("Not released")


class LeftOut(models.TextChoices):
    """Why somebody who took part is not in the file for the Data Lab."""

    GONE = "gone", _("No longer in the index, or no longer among those who joined in these months")
    KEPT_BACK = "kept-back", _("Their data may not be used, they asked that it be not, or who may see it is limited")
    NOT_SHARED = "not-shared", _("Another agency keeps to some agencies that they took part")
    NO_RECORD = "no-record", _("The agency that gives the file has no record of its own of them")
    NOT_MATCHED = "not-matched", _("No forename, surname, date of birth or sex, so that they could not be found")


class WatchState(models.TextChoices):
    WATCHING = "watching", _("Watching")
    ENDED = "ended", _("Ended")


class Direction(models.TextChoices):
    """What a watch looks for among those who join."""

    WORSE = "worse", _("More reoffend than were to be expected")
    BETTER = "better", _("Fewer reoffend than were to be expected")


DIRECTION_HINTS: dict[str, Any] = {
    Direction.WORSE: _("It looks for odds of reoffending that are twice as high."),
    Direction.BETTER: _("It looks for odds of reoffending that are half as high."),
}
