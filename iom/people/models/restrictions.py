"""What one agency may keep of a person and no longer use."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from iom.agreements.models import Marked, MarkedQuerySet
from iom.people.models.index import Person


class Restriction(Marked):
    """From then on the owner's records of the person are kept and shown, and used in no ranking or score.

    Another agency's records are not touched: each controller decides about its own.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="restrictions")
    reason = models.TextField()
    placed_by = models.IntegerField()
    placed_at = models.DateTimeField()
    told_on = models.DateField(null=True, help_text="When the person was told that it would be lifted")
    lifted_by = models.IntegerField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False, told_on__isnull=False),
                name="restriction_lifted_once_the_person_was_told",
            ),
        ]
        indexes = [
            models.Index(fields=["person"], condition=Q(lifted_at__isnull=True), name="restriction_in_force"),
        ]

    def __str__(self) -> str:
        return f"Restriction {self.pk}"
