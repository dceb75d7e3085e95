"""What partners say happened: the library's event tables, as imported. Spans are half-open."""

from typing import Any, ClassVar

from django.db import models

from iom.agreements.models import Graded, Marked, MarkedQuerySet
from iom.agreements.models.grading import BOUND
from iom.people.models.index import Person


class SourceEvent(Marked):
    """One row of an extract about one person. `person` follows the source record it hangs on."""

    opens_in_emergency = True

    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="%(class)ss")
    batch_id = models.BigIntegerField()
    row_hash = models.BinaryField(max_length=16, help_text="Of the whole row: the same row twice is one row")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["partnership", "source", "row_hash"], name="%(class)s_row_once"),
        ]
        indexes = [models.Index(fields=["partnership", "source", "source_id"], name="%(class)s_by_record")]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"


class Sanction(SourceEvent):
    sanction_date = models.DateField()
    sanction_type = models.CharField(max_length=20)
    offence_code = models.CharField(max_length=5)
    offence_date = models.DateField(null=True)
    disposal = models.CharField(max_length=30, blank=True)
    custody_days = models.IntegerField(null=True)
    release_date = models.DateField(null=True)
    court = models.CharField(max_length=120, blank=True)


class Arrest(SourceEvent):
    arrest_date = models.DateField()
    offence_code = models.CharField(max_length=5, blank=True)
    domestic_abuse = models.BooleanField(null=True)
    victim_ref = models.CharField(max_length=40, blank=True)


class CustodySpell(SourceEvent):
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    prison = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20, blank=True)


class DrugTest(SourceEvent):
    test_date = models.DateField()
    occasion = models.CharField(max_length=20, blank=True)
    result = models.CharField(max_length=20, blank=True)
    opiates = models.BooleanField(null=True)
    cocaine = models.BooleanField(null=True)
    required_assessment = models.BooleanField(null=True)
    assessment_attended = models.BooleanField(null=True)


class Assessment(SourceEvent):
    assessment_date = models.DateField()
    instrument = models.CharField(max_length=40)
    version = models.CharField(max_length=20, blank=True)
    item = models.CharField(max_length=60)
    score = models.FloatField(null=True)
    band = models.CharField(max_length=20, blank=True)
    kind = models.CharField(max_length=20, blank=True)


class Registration(SourceEvent):
    """An entry on a register; the library calls the table `registers`."""

    register = models.CharField(max_length=20)
    start_date = models.DateField()
    end_date = models.DateField(null=True)
    level = models.CharField(max_length=40, blank=True)


class IntelligenceCount(SourceEvent, Graded):
    """How many reports of one grading name the person in a month; what they say stays with their owner."""

    month = models.DateField()
    reports = models.IntegerField()
    crime_type = models.CharField(max_length=60, blank=True)

    class Meta(SourceEvent.Meta):
        constraints = [
            *SourceEvent.Meta.constraints,
            models.CheckConstraint(condition=BOUND, name="intelligencecount_with_conditions_not_for_all"),
        ]
