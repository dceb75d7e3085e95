"""What information governance is asked to look into: anomalies found by rule, and looks drawn at random."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iom.access.scope import Scope
from iom.partnerships.models import Partnership, PartnershipQuerySet
from iom.sharing.choices.looks import Doubt, Finding


class LookReviewQuerySet(PartnershipQuerySet):
    """Reviews of the partnership, but for those about somebody with limited access whom who asks is shut out of."""

    def visible_to(self, scope: Scope) -> "LookReviewQuerySet":
        found = self.filter(partnership_id=scope.partnership_id)
        return found.exclude(person_id__in=scope.people_shut_out) if scope.people_shut_out else found


class LookReview(models.Model):
    """One user's looks on one day that somebody should ask about, and what was found. Never deleted."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    doubt = models.CharField(max_length=16, choices=Doubt.choices)
    actor_id = models.BigIntegerField()
    on = models.DateField()
    person_id = models.BigIntegerField(null=True, help_text="Whose record, where the doubt is about one person")
    event_ids = ArrayField(models.BigIntegerField())
    people = models.PositiveIntegerField(help_text="How many people were looked at")
    found_at = models.DateTimeField()
    finding = models.CharField(max_length=10, choices=Finding.choices, blank=True)
    note = models.TextField(blank=True)
    reviewed_by = models.BigIntegerField(null=True)
    reviewed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = LookReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            # Looking for anomalies again finds the same ones.
            models.UniqueConstraint(
                fields=["partnership", "doubt", "actor_id", "on", "person_id"],
                nulls_distinct=False,
                condition=~Q(doubt=Doubt.DIP_SAMPLE),
                name="review_once_for_each_doubt",
            ),
            models.CheckConstraint(
                condition=Q(finding="", reviewed_by=None, reviewed_at=None)
                | ~Q(finding="") & Q(reviewed_by__isnull=False, reviewed_at__isnull=False),
                name="review_found_by_and_at_together",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "finding", "-on", "id"], name="review_queue")]

    def __str__(self) -> str:
        return f"{self.doubt} {self.actor_id} {self.on}"
