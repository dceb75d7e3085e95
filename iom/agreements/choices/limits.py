"""The words of keeping somebody's record from people, and of opening one in an emergency."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LimitKind(models.TextChoices):
    EXCLUDED = "excluded", _("Kept from the people named")
    RESTRICTED = "restricted", _("Only for the agencies and people named")


class Emergency(models.TextChoices):
    """What makes it an emergency."""

    LIFE = "life", _("Risk to somebody's life or of serious harm")
    CHILD = "child", _("A child or an adult at risk must be protected now")
    CUSTODY = "custody", _("The person is in custody or at court now, and a decision cannot wait")
    OTHER = "other", _("Something else that cannot wait")


class AccessFinding(models.TextChoices):
    """What a second person found about an emergency access."""

    JUSTIFIED = "justified", _("It was an emergency, and what was opened was needed")
    TOO_WIDE = "too-wide", _("It was an emergency, but more was opened or kept open than was needed")
    MISUSE = "misuse", _("It was not an emergency: passed on")
