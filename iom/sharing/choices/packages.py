"""The words of sharing outside the partnership."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PackageState(models.TextChoices):
    DRAFT = "draft", _("Being put together")
    CHECK = "check", _("Waiting for a second person")
    READY = "ready", _("Ready to be sent")
    OVER = "over", _("Over: it can no longer be fetched")
    DROPPED = "dropped", _("Dropped")
