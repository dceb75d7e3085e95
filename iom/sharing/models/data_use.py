"""What the partnership itself says of how data is used. It is about the system, and about nobody."""

from typing import Any, ClassVar

from django.db import models

from iom.partnerships.models import Agency, Partnership, PartnershipQuerySet
from iom.sharing.choices.data_use import Point


class DataUseAnswer(models.Model):
    """What was said of one point, and from when. Never changed and never deleted: the newest of a point holds."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Whose user wrote it")
    point = models.CharField(max_length=16, choices=Point.choices)
    text = models.TextField(blank=True, help_text="Empty where it was taken back")
    written_by = models.BigIntegerField()
    written_at = models.DateTimeField()

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["partnership", "point", "-id"], name="data_use_newest")]

    def __str__(self) -> str:
        return self.get_point_display()
