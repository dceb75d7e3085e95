"""The words of retention: reviews, destruction lists and what became of each record on them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    MEMBER = "member", _("They are nominated or in the cohort, and this is the last record of who they are")
    MERGED = "merged", _("The person was merged into another")
    ASKED = "asked", _("The person has asked for their data or about it, and is not answered yet")
