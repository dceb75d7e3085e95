"""The words of a partnership: kinds of agency, the legal regime each works under, what other systems may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AgencyKind(models.TextChoices):
    POLICE = "police", "Police"
    PROBATION = "probation", "Probation"
    PRISON = "prison", "Prison"
    COUNCIL = "council", "Council"
    HEALTH = "health", "Health"
    TREATMENT = "treatment", "Drug and alcohol treatment"
    YOUTH_JUSTICE = "youth-justice", "Youth justice"
    VOLUNTARY = "voluntary", "Voluntary sector"


class Regime(models.TextChoices):
    """Which part of data protection law governs a record."""

    LAW_ENFORCEMENT = "law-enforcement", "Law enforcement (DPA 2018 Part 3)"
    UK_GDPR = "uk-gdpr", "UK GDPR"


class TokenScope(models.TextChoices):
    """What another system may do with its token."""

    SUBJECT_ACCESS = "subject-access", _("Take released answers to subject access requests")
    DESCRIPTION = "description", _("Read the description of the interface")
