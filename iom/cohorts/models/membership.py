"""Who is in the cohort, how they are rated and led, and how they left."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from iom.agreements.models import Marked, MarkedQuerySet
from iom.cohorts.choices import Change, EndReason, MembershipState, Rag
from iom.cohorts.models.panel import Nomination
from iom.cohorts.models.schemes import Scheme
from iom.partnerships.models import Membership
from iom.people.models import Person


class CohortMembership(Marked):
    """One person's time in the cohort, from a panel's selection to de-selection. It ends; it is never removed."""

    opens_in_emergency = True

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="+")
    nomination = models.OneToOneField(Nomination, on_delete=models.PROTECT, related_name="membership")
    state = models.CharField(max_length=10, choices=MembershipState.choices, default=MembershipState.ACTIVE)
    cohort_type = models.CharField(max_length=40)
    rag = models.CharField(max_length=5, choices=Rag.choices)
    rag_since = models.DateField()
    lead = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    review_on = models.DateField()
    started_on = models.DateField()
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=20, choices=EndReason.choices, blank=True)
    end_explanation = models.TextField(blank=True)
    agreed_by = models.TextField(blank=True, help_text="The agencies that agreed to de-select, and any that did not")
    exit_plan = models.TextField(blank=True)
    end_told = models.TextField(blank=True, help_text="How and when the person was told that it ended, or why not")
    ended_by = models.IntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "person"],
                condition=Q(state=MembershipState.ACTIVE),
                name="cohortmembership_once_while_active",
            ),
            models.CheckConstraint(
                condition=Q(state=MembershipState.ACTIVE, ended_on__isnull=True, ended_by__isnull=True)
                | Q(state=MembershipState.DESELECTED, ended_on__isnull=False, ended_by__isnull=False)
                & ~Q(end_reason="")
                & ~Q(end_explanation=""),
                name="cohortmembership_deselected_says_when_who_and_why",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="cohortmembership_both_ended_at_and_ended_by_set",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="cohortmembership_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "state", "review_on"], name="cohortmembership_reviews"),
            models.Index(fields=["lead", "state"], name="cohortmembership_of_lead"),
        ]

    def __str__(self) -> str:
        return f"Cohort membership {self.pk}"


class MembershipChange(Marked):
    """One change of a membership's rating, lead or review: from what to what, why, by whom."""

    about_people = ("membership__person",)
    opens_in_emergency = True

    membership = models.ForeignKey(CohortMembership, on_delete=models.CASCADE, related_name="changes")
    change = models.CharField(max_length=10, choices=Change.choices)
    before = models.CharField(max_length=60, blank=True)
    after = models.CharField(max_length=60)
    rationale = models.TextField()
    by_id = models.IntegerField()
    at = models.DateTimeField()

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["membership", "change", "at"], name="membershipchange_history")]

    def __str__(self) -> str:
        return f"{self.change} of membership {self.membership_id}"
