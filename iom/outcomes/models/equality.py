"""How the way into the cohort and out of it falls on groups, as looked at for the public sector equality duty."""

from typing import Any, ClassVar

from django.db import models

from iom.partnerships.models import Partnership, PartnershipQuerySet


class EqualityEvidence(models.Model):
    """Selection and what followed by group, as it was known on one day: every figure as it may leave.

    The latest is shown; an entry of the equality evidence log cites that of its day, and keeps a copy of what it said.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(help_text="Only what was known by this day counts")
    made_at = models.DateTimeField()
    figures = models.JSONField(help_text="The way into the cohort and what followed as rows, or why there are none")
    manifest = models.JSONField()

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "on"], name="equalityevidence_once_a_day")]

    def __str__(self) -> str:
        return f"Equality evidence {self.on}"
