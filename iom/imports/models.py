"""Feeds (what a partner sends, and how it is laid out) and batches (each file that came)."""

from typing import Any, ClassVar

from django.db import models

from iom.agreements.choices import Audience, Descriptor, Marking
from iom.agreements.models.marking import DESCRIBED
from iom.imports.choices import BatchStatus
from iom.partnerships.models import Agency, Partnership, PartnershipQuerySet


class Feed(models.Model):
    """One kind of extract from one agency's system: its table, its saved layout, and the marking its rows get."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    source = models.CharField(max_length=40, help_text="The partner's system, for instance police-custody")
    table = models.CharField(max_length=40, help_text="The contract its rows keep, for instance sanctions")
    layout = models.JSONField(null=True, help_text="How the file's columns map; null until mapped once")
    marking = models.CharField(max_length=20, choices=Marking.choices, default=Marking.OFFICIAL_SENSITIVE)
    descriptor = models.CharField(max_length=12, choices=Descriptor.choices, blank=True, default="")
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PARTNERS)
    drop_name = models.CharField(max_length=120, unique=True, help_text="Its folder among the drop folders")

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="feed_name_once_in_agency"),
            models.CheckConstraint(condition=DESCRIBED, name="feed_only_sensitive_has_descriptor"),
        ]

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """One file that came. Its rows reach the record only when somebody of its agency accepts it.

    The file, the rows that may be accepted and the rows held lie in the store under the batch's id until it ends.
    """

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    feed = models.ForeignKey(Feed, on_delete=models.PROTECT, related_name="batches")
    status = models.CharField(max_length=10, choices=BatchStatus.choices, default=BatchStatus.UPLOADED)
    file_name = models.CharField(max_length=200)
    file_bytes = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    uploaded_by = models.IntegerField()
    uploaded_at = models.DateTimeField()
    drop_claim = models.CharField(
        max_length=40, null=True, unique=True, help_text="The claim on its file in the drop folder, if it came that way"
    )
    layout = models.JSONField(null=True, help_text="The layout it is checked with; null until the feed is mapped")
    progress = models.FloatField(default=0, help_text="Share of the work done, 0 to 1")
    started_at = models.DateTimeField(null=True)
    read_rows = models.BigIntegerField(default=0)
    accepted_rows = models.BigIntegerField(default=0)
    held_rows = models.BigIntegerField(default=0)
    report = models.JSONField(default=dict, help_text="Counts by rule, the first problems, how the file was read")
    refusal = models.TextField(blank=True, help_text="Why the file could not be read, and what to do")
    new_rows = models.BigIntegerField(default=0)
    changed_rows = models.BigIntegerField(default=0)
    decided_by = models.IntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["feed", "file_sha256"],
                condition=models.Q(status__in=["uploaded", "checking", "checked", "accepting", "accepted"]),
                name="batch_file_once",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True, decided_at__isnull=True)
                | models.Q(decided_by__isnull=False, decided_at__isnull=False),
                name="batch_both_decided_at_and_decided_by_set",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "-uploaded_at"], name="batch_recent")]

    def __str__(self) -> str:
        return f"Batch {self.pk}"
