"""How intelligence is graded: by source, by information, by handling code.

Under 3x5x2 the source is a digit, the information and the handling letters; under the 5x5x5 that it replaced in 2016
the source is a letter, the others digits. So a code says by itself which it is of. Source: College of Policing,
authorised professional practice on intelligence management.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SourceEvaluation(models.TextChoices):
    RELIABLE = "1", _("Reliable")
    UNTESTED = "2", _("Untested")
    NOT_RELIABLE = "3", _("Not reliable")
    OLD_ALWAYS = "A", _("Always reliable")
    OLD_MOSTLY = "B", _("Mostly reliable")
    OLD_SOMETIMES = "C", _("Sometimes reliable")
    OLD_UNRELIABLE = "D", _("Unreliable")
    OLD_UNTESTED = "E", _("Untested source")


class InformationAssessment(models.TextChoices):
    KNOWN_DIRECTLY = "A", _("Known directly to the source")
    CORROBORATED = "B", _("Known indirectly to the source, but corroborated")
    KNOWN_INDIRECTLY = "C", _("Known indirectly to the source")
    NOT_KNOWN = "D", _("Not known")
    SUSPECTED_FALSE = "E", _("Suspected to be false")
    OLD_TRUE = "1", _("Known to be true without reservation")
    OLD_TO_SOURCE = "2", _("Known personally to the source, not to who reports it")
    OLD_CORROBORATED = "3", _("Not known personally to the source, but corroborated")
    OLD_NOT_JUDGED = "4", _("Cannot be judged")
    OLD_SUSPECTED_FALSE = "5", _("Suspected to be false or malicious")


class Handling(models.TextChoices):
    PERMITTED = "P", _("Lawful sharing permitted")
    CONDITIONS = "C", _("Lawful sharing permitted with conditions")
    OLD_POLICE = "1", _("May go to other law enforcement agencies")
    OLD_NON_PROSECUTING = "2", _("May go to non-prosecuting parties")
    OLD_ABROAD = "3", _("May go to law enforcement abroad")
    OLD_OWN = "4", _("Only within the agency it came from")
    OLD_CONDITIONS = "5", _("May go on, under the conditions given")


PARTS = ((_("Source"), SourceEvaluation), (_("Information"), InformationAssessment), (_("Handling"), Handling))


def in_words(*codes: str) -> list[str]:
    """The codes of source, information and handling, each with what it means; one that is missing is left out."""
    return [f"{part} {code}: {words(code).label}" for (part, words), code in zip(PARTS, codes, strict=True) if code]
