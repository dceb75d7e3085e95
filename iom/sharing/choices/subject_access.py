"""The words of a subject access request: how it came, how far it is, and what becomes of each item."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    POST = "post", _("Post")
    EMAIL = "email", _("Email")
    FORM = "form", _("Online form")
    SPOKEN = "spoken", _("Spoken, in person or by telephone")
    REPRESENTATIVE = "representative", _("Through a solicitor or another representative")


class IdentityCheck(models.TextChoices):
    NOT_YET = "not-yet", _("Not yet checked: the clock does not start until it is")
    DOCUMENTS = "documents", _("Identity documents were seen")
    KNOWN = "known", _("Known to a member of staff, who confirmed it")
    IN_CUSTODY = "in-custody", _("Confirmed by the prison")
    AUTHORITY = "authority", _("Representative's signed authority and the person's identity were seen")


class RequestState(models.TextChoices):
    RECEIVED = "received", _("Received")
    REVIEW = "review", _("Being reviewed")
    CHECK = "check", _("Waiting for a second person")
    REFUSAL = "refusal", _("Refusal waiting for a second person")
    RELEASED = "released", _("Released")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PauseReason(models.TextChoices):
    IDENTITY = "identity", _("Proof of identity is awaited")
    FEE = "fee", _("A fee is awaited")
    CLARIFICATION = "clarification", _("The person was asked what they mean")


class Concern(models.TextChoices):
    NONE = "", _("None")
    THIRD_PARTY = "third-party", _("Speaks of somebody else")
    RESTRICTED = "restricted", _("Restricted: intelligence")


class Treatment(models.TextChoices):
    UNDECIDED = "", _("Not decided")
    GIVE = "give", _("Give")
    REDACT = "redact", _("Give with fields left out")
    WITHHOLD = "withhold", _("Withhold")
