"""Whose record is kept from whom, and whose was opened in an emergency.

People are ids here: the index of people is higher on the ladder.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from iom.agreements.choices.limits import AccessFinding, Emergency, LimitKind
from iom.agreements.models.marking import Marked, MarkedQuerySet


class LimitedAccess(Marked):
    """One person's whole record kept from users, or for some alone; placed by one and confirmed by another.

    Its audience is the person's; who is shut out does not see this row either.
    """

    about_people: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=LimitKind.choices)
    user_ids = ArrayField(models.IntegerField(), default=list, blank=True)
    agency_ids = ArrayField(models.IntegerField(), default=list, blank=True)
    reason = models.TextField()
    tells_reader = models.BooleanField(
        default=False, help_text="Whether who is shut out is told that there is a record, in the words below"
    )
    wording = models.TextField(blank=True, help_text="What the reader is told; it names nobody")
    contact = models.CharField(max_length=200, help_text="Whom to ask: a post and a telephone number")
    review_on = models.DateField()
    placed_by = models.IntegerField()
    placed_at = models.DateTimeField()
    confirmed_by = models.IntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    lapses_at = models.DateTimeField(null=True, help_text="When it ends by itself, unless somebody confirms it")
    lifted_by = models.IntegerField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(blank=True)
    copied_from = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", help_text="Of a person merged or split"
    )

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True, lapses_at__isnull=False)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, lapses_at__isnull=True),
                name="limitedaccess_lapses_until_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("placed_by")),
                name="limitedaccess_confirmed_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="limitedaccess_both_lifted_at_and_lifted_by_set",
            ),
        ]
        indexes = [
            models.Index(fields=["partnership"], condition=Q(lifted_at__isnull=True), name="limitedaccess_in_force")
        ]

    def __str__(self) -> str:
        return f"Limited access {self.pk} to person {self.person_id}"


class EmergencyAccess(Marked):
    """One user's reading of one person's whole record for a few hours, which somebody else then reviews.

    Seen by the user's agency, and by those whose records were opened.
    """

    about_people: ClassVar[tuple[str, ...]] = ("person_id",)

    person_id = models.BigIntegerField()
    user_id = models.IntegerField()
    emergency = models.CharField(max_length=10, choices=Emergency.choices)
    reason = models.TextField()
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="When the user closed it before its time")
    told_agencies = ArrayField(
        models.IntegerField(), default=list, help_text="Whose records were opened; they were told at once"
    )
    review_due_on = models.DateField()
    finding = models.CharField(max_length=10, choices=AccessFinding.choices, blank=True)
    note = models.TextField(blank=True)
    reviewed_by = models.IntegerField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")), name="emergencyaccess_closes_after_it_opens"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by__isnull=True, reviewed_at__isnull=True, finding="")
                | Q(reviewed_by__isnull=False, reviewed_at__isnull=False)
                & ~Q(finding="")
                & ~Q(reviewed_by=F("user_id")),
                name="emergencyaccess_reviewed_by_a_second_person",
            ),
        ]
        indexes = [
            models.Index(fields=["user_id", "-closes_at"], name="emergencyaccess_of_user"),
            models.Index(fields=["partnership", "-opened_at"], name="emergencyaccess_recent"),
        ]

    def __str__(self) -> str:
        return f"Emergency access {self.pk} to person {self.person_id}"
