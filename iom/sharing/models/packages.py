"""What an agency gives to somebody outside the partnership: one file, signed, encrypted, and there for a few days."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from iom.agreements.models import Marked, MarkedQuerySet
from iom.people.models import Person
from iom.sharing.choices.packages import PackageState
from iom.sharing.models.requests import Disclosure


class Package(Marked):
    """One package, seen by the agency that makes it. What is in it is a snapshot; the file lies in the store."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=PackageState.choices, default=PackageState.DRAFT)
    organisation = models.CharField(max_length=200)
    recipient = models.CharField(max_length=200, help_text="Who there receives it, by name and post")
    certificate = models.TextField(help_text="The recipient's certificate (PEM): only its key opens the package")
    fingerprint = models.CharField(max_length=64, help_text="Of the certificate, to be read out by telephone")
    purpose = models.TextField()
    necessity = models.TextField()
    gateway = models.CharField(max_length=60, help_text="The power in law, by slug")
    basis = models.CharField(max_length=60, blank=True, help_text="The lawful basis, by slug")
    special = ArrayField(
        models.CharField(max_length=12), default=list, help_text="The special categories that its words hold"
    )
    conditions = ArrayField(
        models.CharField(max_length=60), default=list, help_text="On which special categories are given, by slug"
    )
    kinds = ArrayField(models.CharField(max_length=40))
    days = models.PositiveSmallIntegerField(help_text="For how many days the file can be fetched")
    text = models.TextField(blank=True)
    items = models.JSONField(default=list, help_text="The rows that were ticked: source, row, title, date, fields")
    made_by = models.IntegerField(help_text="Who began it, with whose certificate")
    made_at = models.DateTimeField()
    filled_by = models.IntegerField(null=True, help_text="Who last said what goes in")
    approved_by = models.IntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    expires_on = models.DateField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the file")
    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, null=True, related_name="package")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[PackageState.READY])
                | Q(approved_by__isnull=False, expires_on__isnull=False)
                & ~Q(approved_by=F("made_by"))
                & ~Q(approved_by=F("filled_by")),
                name="package_ready_by_a_second_person",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "state", "-made_at"], name="package_by_state")]

    def __str__(self) -> str:
        return f"Package {self.pk}"
