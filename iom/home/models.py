"""What a user typed and could not save, until they come back to it."""

import uuid
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from iom.access.scope import Scope
from iom.partnerships.models import Agency, User


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, scope: Scope) -> "DraftQuerySet":
        """The user's own, for whichever of their agencies; not for one they have left."""
        still_there = models.Q(agency__memberships__user_id=scope.user_id, agency__memberships__ended_at__isnull=True)
        return self.filter(still_there, user_id=scope.user_id)


class Draft(models.Model):
    """One form that came when its user was signed out: where it was going, and the names and values it held.

    `agency` is for whom the user acted when they typed it. Nobody else ever sees it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=500, help_text="Where it was going: a page of ours, with its query")
    pairs = models.JSONField(help_text="[[name, value], ...] as sent; no password, no token")
    files = ArrayField(models.CharField(max_length=200), default=list, help_text="Names of files, which are not kept")
    kept_at = models.DateTimeField()

    objects: ClassVar[Any] = DraftQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["user", "-kept_at"], name="draft_of_user")]

    def __str__(self) -> str:
        return f"draft {self.pk}"
