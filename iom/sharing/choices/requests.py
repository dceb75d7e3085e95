"""The words of asking another agency for information, and of what it discloses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Urgency(models.TextChoices):
    ROUTINE = "routine", _("Routine")
    URGENT = "urgent", _("Urgent")
    EMERGENCY = "emergency", _("Emergency")


class AskState(models.TextChoices):
    ASKED = "asked", _("Waiting for an answer")
    CLARIFYING = "clarifying", _("The agency asked what you need")
    ANSWERED = "answered", _("Answered in full")
    PART = "part", _("Answered in part")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn by who asked")


class Refusal(models.TextChoices):
    NOTHING_HELD = "nothing-held", _("We hold nothing of this kind")
    NOT_LAWFUL = "not-lawful", _("We see no power or lawful basis to share it")
    NOT_NEEDED = "not-needed", _("It is not necessary or proportionate for the purpose")
    WOULD_HARM = "would-harm", _("Sharing it would put somebody at risk or prejudice an investigation")
    CONSENT = "consent", _("It rests on consent, and the person does not consent")
    NOT_OURS = "not-ours", _("It belongs to another organisation, which must be asked")


class Give(models.TextChoices):
    """What becomes of one item of an answer. Nothing is given that nobody chose."""

    LEAVE = "leave", _("Leave out")
    GIVE = "give", _("Give")
    PART = "part", _("Give with fields blacked out")


class DisclosureKind(models.TextChoices):
    ANSWER = "answer", _("Answer to a request")
    PACKAGE = "package", _("Package for somebody outside the partnership")
    TRANSFER = "transfer", _("Transfer of ownership")
