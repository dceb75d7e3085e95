"""What the board looks at."""

from typing import Any, ClassVar

from django.db import models

from iom.partnerships.models import Partnership, PartnershipQuerySet


class BoardFigures(models.Model):
    """What the board looks at, as it was known on one day: every figure as it may leave. The latest is shown."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(help_text="Only what was known by this day counts")
    made_at = models.DateTimeField()
    figures = models.JSONField(help_text="Each aim's measure as rows, or why there are none")
    manifest = models.JSONField()

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partnership", "on"], name="boardfigures_once_a_day")]

    def __str__(self) -> str:
        return f"Board figures {self.on}"
