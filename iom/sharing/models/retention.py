"""When each record is to be reviewed, what reviewers decided, and what was destroyed by whose leave.

Every row is its agency's own: when an agency's record of somebody ends is for that agency to know and decide.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from iom.agreements.models import Marked, MarkedQuerySet
from iom.people.models import Person
from iom.sharing.choices.retention import ItemState, LeftBecause, ListState, Record, ReviewOutcome


class RetentionReview(Marked):
    """One record of one person for one agency, and the day from which it is to be looked at.

    Worked out anew every night from what happened; `due_on` is empty while something about the person still goes on.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    record = models.CharField(max_length=12, choices=Record.choices)
    rule = models.CharField(max_length=40, help_text="Id of the rule in the retention schedule")
    last_on = models.DateField(help_text="When something last happened")
    due_on = models.DateField(null=True)
    of_child = models.BooleanField(help_text="The person was under 18 when something last happened")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "owner_agency", "record"], name="retentionreview_once_per_record"
            ),
        ]
        indexes = [models.Index(fields=["partnership", "owner_agency", "due_on"], name="retentionreview_due")]

    def __str__(self) -> str:
        return f"Review of {self.record} record of person {self.person_id}"


class RetentionDecision(Marked):
    """What a reviewer decided about one record, and why. It outlives the record: that it was reviewed must be known."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    record = models.CharField(max_length=12, choices=Record.choices)
    outcome = models.CharField(max_length=8, choices=ReviewOutcome.choices)
    reason = models.TextField()
    next_on = models.DateField(null=True)
    decided_by = models.IntegerField()
    decided_at = models.DateTimeField()

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=ReviewOutcome.KEEP) | Q(next_on__isnull=False),
                name="retentiondecision_keep_says_until_when",
            ),
        ]
        indexes = [models.Index(fields=["person", "record", "-decided_at"], name="retentiondecision_of_record")]

    def __str__(self) -> str:
        return f"{self.outcome} record of person {self.person_id}"


class LegalHold(Marked):
    """Nothing about a person is destroyed while one stands, whichever agency placed it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    until = models.DateField(null=True, help_text="The first day on which it no longer holds; empty: until lifted")
    placed_by = models.IntegerField()
    placed_at = models.DateTimeField()
    lifted_by = models.IntegerField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason=""),
                name="legalhold_lifted_says_who_when_and_why",
            ),
        ]

    def __str__(self) -> str:
        return f"Legal hold {self.pk}"


class DestructionList(Marked):
    """Records of one agency that are proposed for destruction together; two people approve it, then it is carried out.

    Its certificate is made from it and its items, which hold no word of what was destroyed.
    """

    about_people = ()

    state = models.CharField(max_length=10, choices=ListState.choices, default=ListState.PROPOSED)
    proposed_by = models.IntegerField()
    proposed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    withdrawn_by = models.IntegerField(null=True)
    withdraw_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_by__isnull=True) | ~Q(withdraw_reason=""),
                name="destructionlist_withdrawn_says_why",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "owner_agency", "-id"], name="destructionlist_recent")]

    def __str__(self) -> str:
        return f"Destruction list {self.pk}"


class DestructionItem(Marked):
    """One record on a destruction list, and what became of it: how many rows of each table, and which fields."""

    list = models.ForeignKey(DestructionList, on_delete=models.PROTECT, related_name="items")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    record = models.CharField(max_length=12, choices=Record.choices)
    rule = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=ItemState.choices, default=ItemState.WAITING)
    left_because = models.CharField(max_length=8, choices=LeftBecause.choices, blank=True)
    counts = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "owner_agency", "record"],
                condition=Q(state=ItemState.WAITING),
                name="destructionitem_once_while_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"Item {self.pk} of list {self.list_id}"


class DestructionApproval(Marked):
    about_people = ()

    list = models.ForeignKey(DestructionList, on_delete=models.PROTECT, related_name="approvals")
    approved_by = models.IntegerField()
    approved_at = models.DateTimeField()

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["list", "approved_by"], name="destructionapproval_by_different_people"),
        ]

    def __str__(self) -> str:
        return f"Approval {self.pk} of list {self.list_id}"
