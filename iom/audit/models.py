"""The append-only record of what was done, to what, by whom, when and why. Ids only: no names, no foreign keys."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from iom.audit.choices import Kind


class Event(models.Model):
    """One thing done. `subject` is what it was done to; `person_id` is the person it is about, if one.

    The database lets the application add events and read them; never change or remove one.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    action = models.CharField(max_length=64)
    partnership_id = models.IntegerField()
    agency_id = models.IntegerField()
    actor_id = models.IntegerField()
    subject_type = models.CharField(max_length=64)
    subject_id = models.CharField(max_length=64)
    person_id = models.BigIntegerField(null=True)
    fields = ArrayField(models.CharField(max_length=64), default=list)
    reason = models.TextField(default="")
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["partnership_id", "-id"], name="audit_event_recent"),
            models.Index(
                fields=["person_id", "-id"], name="audit_event_person", condition=models.Q(person_id__isnull=False)
            ),
            models.Index(fields=["actor_id", "-id"], name="audit_event_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type}:{self.subject_id}"
