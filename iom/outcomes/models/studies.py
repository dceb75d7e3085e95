"""A question of outcomes, and what was found."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from iom.cohorts.models import Scheme
from iom.outcomes.choices import Measure, Method, StudyState
from iom.partnerships.models import Partnership, PartnershipQuerySet


class Study(models.Model):
    """One question, from the day it was written down to what was found. Registered, what it asks never changes.

    It holds totals of groups and no person. What is shown of them is withheld where fewer than ten are behind it.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=StudyState.choices, default=StudyState.DRAFT)
    scheme = models.ForeignKey(
        Scheme, on_delete=models.PROTECT, null=True, related_name="+", help_text="Whose members; none: every scheme's"
    )
    first_month = models.DateField(help_text="First day of the first month of joining")
    last_month = models.DateField(help_text="First day of the last month of joining")
    method = models.CharField(max_length=10, choices=Method.choices, default=Method.RADIUS)
    ratio = models.PositiveSmallIntegerField(default=1, help_text="How many others for each who joined, in pairs")
    primary = models.CharField(max_length=30, choices=Measure.choices, default=Measure.REOFFENDED)
    secondary = ArrayField(models.CharField(max_length=30, choices=Measure.choices), default=list)
    purpose = models.TextField(blank=True, help_text="What will be decided on the answer")
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        related_name="followed_by",
        help_text="The question it asks again with another comparison",
    )
    written_by = models.IntegerField()
    written_at = models.DateTimeField()
    registered_by = models.IntegerField(null=True)
    registered_at = models.DateTimeField(null=True)
    known_to = models.DateField(null=True, help_text="Day to which convictions are known, as it was then")
    stage = models.CharField(max_length=60, blank=True, help_text="What it is doing, in words")
    progress = models.FloatField(default=0, help_text="Share of the work done, 0 to 1")
    message = models.TextField(blank=True, help_text="Why it cannot be answered, and what to do")
    design = models.JSONField(null=True, help_text="Who is compared: numbers, who is left out, balance")
    accepted_by = models.IntegerField(null=True)
    accepted_at = models.DateTimeField(null=True)
    acceptance = models.TextField(blank=True, help_text="Why the comparison is good enough")
    result = models.JSONField(null=True, help_text="What was found, part by part")
    manifest = models.JSONField(default=dict)
    ended_by = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_month__gte=F("first_month")), name="study_last_month_not_before_first"
            ),
            models.CheckConstraint(
                condition=Q(registered_by__isnull=True, registered_at__isnull=True)
                | Q(registered_by__isnull=False, registered_at__isnull=False) & ~Q(purpose=""),
                name="study_registered_says_who_when_and_what_for",
            ),
            models.CheckConstraint(
                condition=Q(accepted_by__isnull=True, accepted_at__isnull=True, acceptance="")
                | Q(accepted_by__isnull=False, accepted_at__isnull=False, design__isnull=False) & ~Q(acceptance=""),
                name="study_accepted_says_who_when_and_why",
            ),
            # Nothing is found of a comparison that nobody looked at.
            models.CheckConstraint(
                condition=Q(result__isnull=True) | Q(accepted_at__isnull=False, state=StudyState.DONE),
                name="study_result_only_once_accepted",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "-written_at"], name="study_recent")]

    def __str__(self) -> str:
        return self.title
