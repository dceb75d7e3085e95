"""Schemes, and the versions of each: who wrote, proposed and activated it, and what was checked before it went live."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from iom.agreements.models import Marked, MarkedQuerySet
from iom.cohorts.choices import Movement, RunStatus, VersionStatus
from iom.partnerships.models import Partnership, PartnershipQuerySet
from iom.people.models import Person


class Scheme(models.Model):
    """One way of choosing people, for instance Neighbourhood crime. What it says is in its versions."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    slug = models.SlugField(max_length=60, help_text="The scheme's id in the library it started from")
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "slug"], name="scheme_slug_once_in_partnership")]

    def __str__(self) -> str:
        return self.name


class SchemeVersion(models.Model):
    """What a scheme says, from one activation to the next. Once proposed its text never changes.

    A version goes live only through two people, and only once its fairness and its effect were worked out.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    text = models.TextField(help_text="The definition, as YAML")
    text_sha256 = models.CharField(max_length=64)
    definition = models.JSONField(help_text="The text as read: criteria, strands, components, thresholds, capacity")
    reason = models.TextField(blank=True, help_text="Why it differs from the version before")
    written_by = models.IntegerField()
    written_at = models.DateTimeField()
    proposed_by = models.IntegerField(null=True)
    proposed_at = models.DateTimeField(null=True)
    activated_by = models.IntegerField(null=True)
    activated_at = models.DateTimeField(null=True)
    activation_reason = models.TextField(blank=True)
    ended_by = models.IntegerField(null=True, help_text="Who retired or withdrew it")
    ended_at = models.DateTimeField(null=True)
    check_status = models.CharField(max_length=10, choices=RunStatus.choices, blank=True)
    check_message = models.TextField(blank=True)
    fairness = models.JSONField(null=True, help_text="Selection by group against the eligible, with its manifest")
    area_profile = models.JSONField(null=True, help_text="Offending and harm by type of crime, beside the points")
    what_if = models.JSONField(null=True, help_text="Counts of who would enter and leave, with its manifest")

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number"], name="schemeversion_number_once"),
            models.UniqueConstraint(
                fields=["scheme"], condition=Q(status=VersionStatus.ACTIVE), name="schemeversion_one_active"
            ),
            models.UniqueConstraint(
                fields=["scheme"], condition=Q(status=VersionStatus.PROPOSED), name="schemeversion_one_proposed"
            ),
            *(
                models.CheckConstraint(
                    condition=Q(**{f"{name}_at__isnull": True, f"{name}_by__isnull": True})
                    | Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False}),
                    name=f"schemeversion_both_{name}_at_and_{name}_by_set",
                )
                for name in ("proposed", "activated", "ended")
            ),
            models.CheckConstraint(
                condition=Q(activated_by__isnull=True) | ~Q(activated_by=F("proposed_by")),
                name="schemeversion_activated_by_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(activated_at__isnull=True)
                | Q(proposed_at__isnull=False, fairness__isnull=False, what_if__isnull=False),
                name="schemeversion_checked_before_active",
            ),
            models.CheckConstraint(
                condition=~Q(status=VersionStatus.ACTIVE) | Q(activated_at__isnull=False),
                name="schemeversion_active_was_activated",
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number} of scheme {self.scheme_id}"


class WhatIfPerson(Marked):
    """Somebody a proposed version would bring above the capacity line, or drop below it."""

    version = models.ForeignKey(SchemeVersion, on_delete=models.CASCADE, related_name="moved_people")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    movement = models.CharField(max_length=10, choices=Movement.choices)
    rank_before = models.IntegerField(null=True)
    rank_after = models.IntegerField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "person"], name="whatifperson_once")]

    def __str__(self) -> str:
        return f"Person {self.person_id} {self.movement}"
