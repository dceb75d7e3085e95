"""The words in which agencies agree what they share, and by which law."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Answers(models.TextChoices):
    """Which question of law a gateway answers."""

    POWER = "power", _("Power to share")
    BASIS = "basis", _("Lawful basis")
    SPECIAL = "special", _("Condition for special categories")


class Category(models.TextChoices):
    """Special categories (UK GDPR Article 9, sensitive processing of DPA 2018 s35(8)), and criminal offence data."""

    RACE = "race", _("Race or ethnic origin")
    POLITICS = "politics", _("Political opinions")
    RELIGION = "religion", _("Religion or belief")
    TRADE_UNION = "trade-union", _("Trade union membership")
    GENETIC = "genetic", _("Genetic data")
    BIOMETRIC = "biometric", _("Biometric data")
    HEALTH = "health", _("Health")
    SEX_LIFE = "sex-life", _("Sex life or sexual orientation")
    CRIMINAL = "criminal", _("Criminal offences (UK GDPR Article 10)")


class RecordKind(models.TextChoices):
    """What an agency can give: the contracts of feeds, and what it says when it is asked."""

    RECORDS = "records", _("Who people are: names, dates of birth, identifiers, addresses, ethnicity")
    SANCTIONS = "sanctions", _("Sanctions: convictions, cautions and their disposals")
    ARRESTS = "arrests", _("Arrests")
    CUSTODY_SPELLS = "custody_spells", _("Spells in custody")
    DRUG_TESTS = "drug_tests", _("Drug tests and required assessments")
    ASSESSMENTS = "assessments", _("Assessments of needs and risk")
    REGISTERS = "registers", _("Entries on registers, such as MAPPA")
    INTELLIGENCE_COUNTS = "intelligence_counts", _("Counts of intelligence reports")
    ANSWERS = "answers", _("Answers to a partner's request")
    RECORDED_CRIMES = "recorded_crimes", _("Recorded crime, by area")
    VICTIMS = "victims", _("How many people suffered crime, by area and month")
    CONFIDENCE = "confidence", _("What the public says in surveys, by area")

    @classmethod
    def about_people(cls) -> "list[RecordKind]":
        """The kinds that somebody's record may hold; the others are about places."""
        return [kind for kind in cls if kind not in (cls.RECORDED_CRIMES, cls.VICTIMS, cls.CONFIDENCE)]


class AgreementState(models.TextChoices):
    """`EXPIRED` is never stored: an agreement past its last day is not in force, whether or not a job has run."""

    DRAFT = "draft", _("Draft")
    IN_FORCE = "in-force", _("In force")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")
