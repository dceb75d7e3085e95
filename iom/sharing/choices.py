"""The words of sharing: looks to review; retention reviews, destruction lists and what became of each record."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Doubt(models.TextChoices):
    """Why a look at the record is put before information governance."""

    OWN_RECORD = "own-record", _("A record in the user's own name")
    SAME_SURNAME = "same-surname", _("A person with the user's surname")
    SAME_ADDRESS = "same-address", _("A person at the user's own postcode")
    VOLUME = "volume", _("Many more people than usual")
    OUT_OF_HOURS = "out-of-hours", _("Outside working hours")
    DIP_SAMPLE = "dip-sample", _("Drawn at random")


class Finding(models.TextChoices):
    """What a review found."""

    JUSTIFIED = "justified", _("There was a proper reason")
    EXPLAINED = "explained", _("A mistake: explained, and the user was reminded")
    MISUSE = "misuse", _("No proper reason: passed on")


class Record(models.TextChoices):
    """The kinds of record that the retention schedule tells apart."""

    AGENCY = "agency", _("What the agency's system says")
    PARTNERSHIP = "partnership", _("What the partnership decided")


class ReviewOutcome(models.TextChoices):
    KEEP = "keep", _("Keep it")
    PROPOSE = "propose", _("Propose it for destruction")


class ListState(models.TextChoices):
    PROPOSED = "proposed", _("Waiting for approval")
    APPROVED = "approved", _("Being destroyed")
    DONE = "done", _("Destroyed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ItemState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    DONE = "done", _("Destroyed")
    LEFT = "left", _("Left alone")


class LeftBecause(models.TextChoices):
    """Why an approved record was not destroyed after all."""

    HELD = "held", _("A legal hold applies")
    NOT_DUE = "not-due", _("Something new has happened, so it is not due")
    MERGED = "merged", _("The person was merged into another")
