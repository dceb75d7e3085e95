"""The words of a person's requests about their own data other than to see it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Right(models.TextChoices):
    RECTIFY = "rectify", _("Put right what is wrong")
    ERASE = "erase", _("Erase data")
    RESTRICT = "restrict", _("Keep data and not use it")
    OBJECT = "object", _("Object to the use of data")
    REVIEW = "review", _("Have a decision looked at again by a person")


class RightState(models.TextChoices):
    RECEIVED = "received", _("Received")
    CHECK = "check", _("Waiting for a second person")
    DECIDED = "decided", _("Decided")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RightOutcome(models.TextChoices):
    GRANTED = "granted", _("Granted")
    PARTLY = "partly", _("Granted in part")
    REFUSED = "refused", _("Refused")


class Matter(models.TextChoices):
    """What is disputed (Data Protection Act 2018 s38): a fact is put right, an opinion is annotated."""

    FACT = "fact", _("A fact")
    OPINION = "opinion", _("An opinion or assessment")


class InformedHow(models.TextChoices):
    SPOKEN = "spoken", _("In person")
    POST = "post", _("By post")
    EMAIL = "email", _("By email")
    OTHER = "other", _("Another way")
