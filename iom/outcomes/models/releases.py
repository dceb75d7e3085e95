"""What of a question leaves the partnership: a report, or who took part by name."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from iom.outcomes.choices import ReleaseState
from iom.outcomes.models.studies import Study
from iom.outcomes.rules import DATA_LAB_LEAST
from iom.partnerships.models import Agency, Partnership, PartnershipQuerySet


class Release(models.Model):
    """What of a study may leave the partnership: asked for by one, read and decided by another."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="releases")
    state = models.CharField(max_length=10, choices=ReleaseState.choices, default=ReleaseState.ASKED)
    recipient = models.TextField(help_text="Who is to have it, and what for")
    says = models.JSONField(help_text="Every figure and sentence as they may leave: suppressed and rounded")
    sha256 = models.CharField(max_length=64, help_text="Of what it says, so that what was read is what leaves")
    asked_by = models.IntegerField()
    asked_at = models.DateTimeField()
    decided_by = models.IntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ReleaseState.ASKED, decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state=ReleaseState.ASKED) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="release_decided_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="release_by_two_people"
            ),
            models.UniqueConstraint(
                fields=["study"],
                condition=Q(state__in=[ReleaseState.ASKED, ReleaseState.RELEASED]),
                name="release_once_of_study",
            ),
        ]

    def __str__(self) -> str:
        return f"Release {self.pk}"


class DataLabExport(models.Model):
    """A file of names for the Ministry's Justice Data Lab: asked for by one, decided by another, taken by one of them.

    It keeps whom the file is about, by id, as it was when it was asked for, and no name: names are read when it is
    taken, and the file is kept nowhere. Whoever may not be named by then is left out; nobody is added.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="data_lab_exports")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Whose records it names")
    state = models.CharField(max_length=10, choices=ReleaseState.choices, default=ReleaseState.ASKED)
    purpose = models.TextField(help_text="What the Data Lab is to find out, and why names are needed for it")
    agreement = models.CharField(max_length=200, help_text="The agreement with the Ministry, by its reference")
    gateway = models.CharField(max_length=60, help_text="The power in law, by slug")
    basis = models.CharField(max_length=60, help_text="The lawful basis, by slug")
    people = ArrayField(models.BigIntegerField(), help_text="Who is in it, by id; emptied where it may not leave")
    number = models.PositiveIntegerField(help_text="How many people were in it when it was asked for")
    left_out = models.JSONField(help_text="How many who joined were not in it then, by why")
    sha256 = models.CharField(max_length=64, help_text="Of whom, which columns, and all that was read")
    asked_by = models.IntegerField()
    asked_at = models.DateTimeField()
    decided_by = models.IntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)
    taken_by = models.IntegerField(null=True, help_text="Who took it last")
    taken_at = models.DateTimeField(null=True)
    dropped = models.JSONField(default=dict, help_text="How many were left out when it was taken last, by why")

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ReleaseState.ASKED, decided_by__isnull=True, decided_at__isnull=True)
                | ~Q(state=ReleaseState.ASKED) & Q(decided_by__isnull=False, decided_at__isnull=False),
                name="datalabexport_decided_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="datalabexport_by_two_people"
            ),
            models.CheckConstraint(
                condition=~Q(state=ReleaseState.REFUSED) | ~Q(reason="") & Q(people=[]),
                name="datalabexport_refused_says_why_and_keeps_nobody",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(state=ReleaseState.RELEASED, taken_by__isnull=False, taken_at__isnull=False),
                name="datalabexport_taken_only_once_released",
            ),
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(agreement="") & ~Q(gateway="") & ~Q(basis=""),
                name="datalabexport_says_what_for_and_on_what",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=DATA_LAB_LEAST), name="datalabexport_names_as_many_as_are_taken"
            ),
            models.UniqueConstraint(
                fields=["study"], condition=Q(state=ReleaseState.ASKED), name="datalabexport_one_waits_of_study"
            ),
        ]

    def __str__(self) -> str:
        return f"Data Lab export {self.pk}"
