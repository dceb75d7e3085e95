"""The words of data protection impact assessments."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Risk(models.TextChoices):
    """What is left for the people concerned once every measure is taken."""

    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")


class ImpactOutcome(models.TextChoices):
    GO = "go", _("The processing goes ahead")
    GO_WITH_MEASURES = "go-with-measures", _("It goes ahead once the measures are in place")
    STOP = "stop", _("It does not go ahead")
