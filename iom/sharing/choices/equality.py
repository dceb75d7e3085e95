"""The words of the equality evidence log (Equality Act 2010: sections 4 and 149)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LookedAt(models.TextChoices):
    """What of the partnership's work was looked at."""

    SCHEME = "scheme", _("A version of a scheme")
    SCORE = "score", _("A score or predictor")
    SELECTION = "selection", _("Who is selected, declined and de-selected")
    POLICY = "policy", _("A policy")
    PRACTICE = "practice", _("How something is done")


class Characteristic(models.TextChoices):
    """The protected characteristics (s4). The last one counts for the first aim of the duty alone (s149(7))."""

    AGE = "age", _("Age")
    DISABILITY = "disability", _("Disability")
    REASSIGNMENT = "reassignment", _("Gender reassignment")
    PREGNANCY = "pregnancy", _("Pregnancy and maternity")
    RACE = "race", _("Race")
    RELIGION = "religion", _("Religion or belief")
    SEX = "sex", _("Sex")
    ORIENTATION = "orientation", _("Sexual orientation")
    MARRIAGE = "marriage", _("Marriage and civil partnership")


class Aim(models.TextChoices):
    """What a public authority must have due regard to (s149(1))."""

    ELIMINATE = "eliminate", _("Eliminate discrimination, harassment and victimisation")
    ADVANCE = "advance", _("Advance equality of opportunity")
    RELATIONS = "relations", _("Foster good relations")


class Evidence(models.TextChoices):
    FIGURES = "figures", _("Figures of how groups fare")
    SURVEY = "survey", _("A survey")
    CONSULTATION = "consultation", _("A consultation")
    FINDING = "finding", _("A finding of a court, an inspector or a regulator")
    RESEARCH = "research", _("Published research")
    OTHER = "other", _("Something else")


class Link(models.TextChoices):
    """How an entry stands to the one before it."""

    FIRST = "first", _("First entry")
    AGAIN = "again", _("Looked at again")
    CORRECTION = "correction", _("Correction")
