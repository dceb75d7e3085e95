"""What happens in places, whoever did it: the library's tables about places, as imported. No row is about a person."""

from typing import Any, ClassVar

from django.db import models

from iom.agreements.models import Marked, MarkedQuerySet
from iom.agreements.models.marking import DESCRIBED


class PlaceRow(Marked):
    """One row of an extract about a place. `area` is its name as the partnership writes it; empty where not said."""

    about_people = ()

    source = models.CharField(max_length=40)
    area = models.TextField(blank=True)
    batch_id = models.BigIntegerField()
    row_hash = models.BinaryField(max_length=16, help_text="Of what makes it the same row when it comes again")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["partnership", "source", "row_hash"], name="%(class)s_row_once"),
            models.CheckConstraint(condition=DESCRIBED, name="%(class)s_only_sensitive_has_descriptor"),
        ]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


class RecordedCrime(PlaceRow):
    """A crime as the police recorded it. `victim_pseudonym` is the sender's own, and tells only who suffered again."""

    crime_ref = models.TextField()
    offence_code = models.CharField(max_length=5, blank=True)
    offence_group = models.CharField(max_length=40, blank=True)
    crime_type = models.CharField(max_length=40, blank=True)
    from_time = models.DateTimeField()
    to_time = models.DateTimeField(null=True)
    victim_pseudonym = models.TextField(blank=True)
    force = models.TextField(blank=True)


class VictimCount(PlaceRow):
    """How many people suffered a type of crime in a month; the library calls the table `victims`."""

    month = models.DateField()
    crime_type = models.CharField(max_length=40)
    victims = models.IntegerField()
    repeat_victims = models.IntegerField(null=True)


class ConfidenceEstimate(PlaceRow):
    """What a wave of a survey found; the library calls the table `confidence`."""

    wave = models.TextField()
    wave_start = models.DateField()
    wave_end = models.DateField()
    question = models.TextField()
    percent = models.FloatField()
    effective_sample = models.FloatField()
    sample = models.IntegerField(null=True)
    design_effect = models.FloatField(null=True)
