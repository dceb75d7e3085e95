"""What somebody said a scheme costs, beside a question that is answered."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from iom.outcomes.models.studies import Study
from iom.outcomes.rules import LEAST_CASELOAD
from iom.partnerships.models import Partnership, PartnershipQuerySet


class Costs(models.Model):
    """One set of what a scheme costs in a year. A new set takes its place, and it stays on record as it was.

    It holds what was typed and nothing that follows from it: that is worked out each time it is shown.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="costs")
    staff = models.JSONField(help_text="Each kind of post: `what`, `fte` and `yearly_pounds` of one full-time post")
    other_pounds = models.DecimalField(max_digits=11, decimal_places=2, help_text="A year, besides staff")
    as_usual_pounds = models.DecimalField(
        max_digits=11, decimal_places=2, help_text="A year, what would be spent on these people without the scheme"
    )
    mean_caseload = models.DecimalField(max_digits=6, decimal_places=1, help_text="People on the scheme at one time")
    price_year = models.PositiveSmallIntegerField(help_text="Whose prices all these are in")
    mix = models.JSONField(help_text="Of what crimes reoffences are: `crime`, `percent` and `multiplier`")
    uncosted_percent = models.DecimalField(
        max_digits=5, decimal_places=2, help_text="Share of reoffences that no unit cost is of"
    )
    source = models.TextField(help_text="Where the figures come from")
    written_by = models.IntegerField()
    written_at = models.DateTimeField()
    replaced_by = models.IntegerField(null=True, help_text="Who entered the set that took its place")
    replaced_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study"], condition=Q(replaced_at__isnull=True), name="costs_one_set_of_study_counts"
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True, replaced_at__isnull=True)
                | Q(replaced_by__isnull=False, replaced_at__isnull=False),
                name="costs_replaced_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(other_pounds__gte=0, as_usual_pounds__gte=0, uncosted_percent__gte=0),
                name="costs_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(uncosted_percent__lt=100) & ~Q(mix=[]), name="costs_of_some_crime_at_least"
            ),
            # Nothing of fewer people is shown, and a cost for each of them would give their number away.
            models.CheckConstraint(condition=Q(mean_caseload__gte=LEAST_CASELOAD), name="costs_not_of_a_few_people"),
            models.CheckConstraint(condition=~Q(source=""), name="costs_say_where_from"),
        ]
        indexes = [models.Index(fields=["study", "-written_at"], name="costs_of_study")]

    def __str__(self) -> str:
        return f"Costs {self.pk}"
