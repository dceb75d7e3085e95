"""The words of imports: where a batch stands."""

from django.db import models


class BatchStatus(models.TextChoices):
    UPLOADED = "uploaded", "Waiting to be checked"
    CHECKING = "checking", "Being checked"
    CHECKED = "checked", "Checked: waiting for somebody to accept it"
    REFUSED = "refused", "Cannot be read"
    ACCEPTING = "accepting", "Being taken in"
    ACCEPTED = "accepted", "Taken in"
    CANCELLED = "cancelled", "Cancelled"
