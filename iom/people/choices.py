"""The words of the person index: what a decision about two records can be, and the kinds of history a person has."""

from django.db import models

from iom.govuk.frames import About


class Sex(models.TextChoices):
    MALE = "M", "Male"
    FEMALE = "F", "Female"


class Verdict(models.TextChoices):
    """What a person decided about two records."""

    SAME = "same", "The same person"
    DIFFERENT = "different", "Different people"
    UNSURE = "unsure", "Not sure"


class ReviewStatus(models.TextChoices):
    OPEN = "open", "Waiting for a decision"
    UNSURE = "unsure", "Not sure"  # somebody looked and could not tell: still to be decided
    DECIDED = "decided", "Decided"
    SETTLED = "settled", "No longer in doubt"  # later evidence joined or parted the two without a decision


class IndexChange(models.TextChoices):
    """Why a source record moved from one person to another."""

    LINKED = "linked", "Linked by the model"
    MERGED = "merged", "Merged by a person"
    SPLIT = "split", "Split by a person"
    UNDONE = "undone", "Moved back: a decision was undone"


class RunStatus(models.TextChoices):
    """How far a run of linkage is."""

    WAITING = "waiting", "Waiting to start"
    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"
    FAILED = "failed", "Stopped before it finished"
    CANCELLED = "cancelled", "Cancelled"


class LinkStep(models.TextChoices):
    """What a run of linkage does, in this order."""

    READING = "reading", "Reading the source records"
    CLEANING = "cleaning", "Cleaning names, dates and numbers"
    PAIRING = "pairing", "Finding pairs to compare"
    WEIGHING = "weighing", "Weighing how far each pair agrees"
    DRAWING = "drawing", "Drawing records together"
    APPLYING = "applying", "Writing the result into the index"


class Conflict(models.TextChoices):
    """Why the model holds two records apart, however much they agree."""

    TWINS = "twins", "May be twins or relatives"
    PNC_IDS = "pnc_ids", "Different PNC IDs"
    BIRTHS = "births", "Born years apart"


class TermKind(models.TextChoices):
    """What a search term is: each is looked up by equality, so that the index holds under row-level security."""

    NAME = "name", "Name"
    SOUND = "sound", "Sound or letters of a name"
    DATE_OF_BIRTH = "dob", "Date of birth"
    IDENTIFIER = "identifier", "Identifier"
    POSTCODE = "postcode", "Postcode"


# The registers of probation's case management system that say a risk, in the order in which they are read out.
# Code -> what it says, and who is at risk ("staff", "others", "the person") or that the record needs careful handling.
# Source: the register codes published with the probation tier calculation (ministryofjustice/hmpps-tier).
REGISTER_WARNINGS: dict[str, tuple[str, About]] = {
    "AV2S2": ("Risk to staff", "staff"),
    "RVHR": ("Very high risk of serious harm", "others"),
    "RHRH": ("High risk of serious harm", "others"),
    "MAPP": ("Multi-agency public protection (MAPPA)", "others"),
    "IMAR": ("Multi-agency risk assessment conference (MARAC)", "others"),
    "ADVP": ("Domestic abuse perpetrator", "others"),
    "WEAP": ("Weapons", "others"),
    "ARSO": ("Registered sex offender", "others"),
    "REG26": ("Organised crime", "others"),
    "STRG": ("Street gangs", "others"),
    "RCHD": ("Risk to children", "others"),
    "RCCO": ("Child concerns", "others"),
    "RCPR": ("Child protection", "others"),
    "REG15": ("Risk to a known adult", "others"),
    "REG16": ("Risk to prisoners", "others"),
    "REG17": ("Risk to the public", "others"),
    "ALSH": ("Suicide or self-harm", "the person"),
    "RVLN": ("Vulnerable", "the person"),
    "RMDO": ("Mentally disordered", "the person"),
    "RPIR": ("Public interest", "handling"),
    "INVI": ("Victim contact", "handling"),
}
OTHER_REGISTERS: dict[str, str] = {
    "IIOM": "Integrated offender management",
    "APPO": "Prolific and other priority offender",
    "RMRH": "Medium risk of serious harm",
    "RLRH": "Low risk of serious harm",
    "ADVV": "Domestic abuse victim",
    "AVIS": "ViSOR",
    "INLL": "Life sentence",
}


def register_name(code: str) -> str:
    """What a register is called; its code where nobody listed it."""
    return REGISTER_WARNINGS.get(code, (OTHER_REGISTERS.get(code, code), ""))[0]
