"""The words of reviewing what people did in the record."""

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
