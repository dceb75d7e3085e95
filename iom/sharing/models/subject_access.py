"""A person's request for their own data, the times its clock stood still, and every item that was gathered for it."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iom.agreements.models import Marked, MarkedQuerySet
from iom.partnerships.models import Agency
from iom.people.models import Person
from iom.sharing.choices.subject_access import Channel, Concern, IdentityCheck, PauseReason, RequestState, Treatment


class SubjectAccessRequest(Marked):
    """A request made to one agency, which answers it for all whose records it may see; seen by that agency alone."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.RECEIVED)
    received_on = models.DateField()
    channel = models.CharField(max_length=16, choices=Channel.choices)
    asked_for = models.TextField()
    identity_check = models.CharField(max_length=12, choices=IdentityCheck.choices)
    identity_note = models.TextField(blank=True)
    identity_checked_by = models.IntegerField(null=True)
    recorded_by = models.IntegerField()
    recorded_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True)
    extension_reason = models.TextField(blank=True, help_text="Told to the person")
    extension_told_on = models.DateField(null=True)
    gathered_at = models.DateTimeField(null=True)
    prepared_by = models.IntegerField(null=True, help_text="Who prepared the answer, or proposed to refuse it")
    prepared_at = models.DateTimeField(null=True)
    closed_by = models.IntegerField(null=True, help_text="Who released it, or refused it, or recorded the withdrawal")
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.TextField(blank=True)
    exported_at = models.DateTimeField(null=True, help_text="When the files of the answer were made")
    outdated_at = models.DateTimeField(
        null=True, help_text="When the person was merged or split after the release: it is not given again"
    )
    export_sha256 = models.JSONField(default=dict, help_text="The hash of each file of the answer, by its kind")

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[RequestState.RELEASED, RequestState.REFUSED])
                | Q(prepared_by__isnull=False, closed_by__isnull=False) & ~Q(closed_by=models.F("prepared_by")),
                name="subject_access_ended_by_a_second_person",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "state", "received_on"], name="subject_access_by_state")]

    def __str__(self) -> str:
        return f"Subject access request {self.pk}"


class SubjectAccessPause(Marked):
    """A time in which the clock of a request stood still."""

    about_people = ("request__person",)

    request = models.ForeignKey(SubjectAccessRequest, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=16, choices=PauseReason.choices)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(ended_on__isnull=True), name="subject_access_one_pause_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="subject_access_pause_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"Pause of request {self.request_id}"


class SubjectAccessItem(Marked):
    """One row that some app holds about the person, in words, with what was decided about it.

    `controller` is the agency whose row it is, and `regime` and `marking` are the row's. Like its request it is seen
    only by the agency that answers, whoever else sees the row it was made from.
    """

    about_people = ("request__person",)

    request = models.ForeignKey(SubjectAccessRequest, on_delete=models.CASCADE, related_name="items")
    controller = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    title = models.CharField(max_length=120)
    on = models.DateField(null=True)
    fields = models.JSONField(help_text="Of each field its name, label, text, and whether it must be looked at")
    concern = models.CharField(max_length=12, choices=Concern.choices, blank=True)
    treatment = models.CharField(max_length=10, choices=Treatment.choices, blank=True)
    redacted = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    exemption = models.CharField(max_length=40, blank=True)
    reason = models.TextField(blank=True)
    consulted = models.TextField(
        blank=True, help_text="Who at the agency that owns the row was asked, and what they said"
    )
    decided_by = models.IntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "source", "row_id"], name="subject_access_item_once"),
            models.CheckConstraint(
                condition=~Q(treatment__in=[Treatment.REDACT, Treatment.WITHHOLD])
                | ~Q(exemption="") & ~Q(reason="") & Q(decided_by__isnull=False),
                name="subject_access_left_out_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.row_id} of request {self.request_id}"
