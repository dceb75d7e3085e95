"""The words that say who may see a record and how it is to be handled."""

from django.db import models


class Marking(models.TextChoices):
    OFFICIAL = "official", "OFFICIAL"
    OFFICIAL_SENSITIVE = "official-sensitive", "OFFICIAL-SENSITIVE"


class Descriptor(models.TextChoices):
    """Why OFFICIAL-SENSITIVE information is sensitive; of two, the later in the alphabet is the more to be guarded."""

    COMMERCIAL = "commercial", "COMMERCIAL"
    PERSONAL = "personal", "PERSONAL"


class Audience(models.TextChoices):
    PARTNERS = "partners", "All partners"
    LISTED = "listed", "Listed agencies"
    OWN = "own", "Own agency"
