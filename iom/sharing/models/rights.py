"""A person's requests about their own data other than to see it, and what they were told of scoring and selection."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iom.agreements.models import Marked, MarkedQuerySet
from iom.cohorts.models import PanelDecision
from iom.partnerships.models import Agency
from iom.people.models import Person
from iom.sharing.choices.rights import InformedHow, Matter, Right, RightOutcome, RightState
from iom.sharing.choices.subject_access import Channel, IdentityCheck, PauseReason


class RightsRequest(Marked):
    """A request made to one agency about its own records, decided by a second person; seen by that agency alone."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Right.choices)
    state = models.CharField(max_length=10, choices=RightState.choices, default=RightState.RECEIVED)
    received_on = models.DateField()
    channel = models.CharField(max_length=16, choices=Channel.choices)
    asked_for = models.TextField(help_text="In the person's words; of a decision, what they say against it")
    identity_check = models.CharField(max_length=12, choices=IdentityCheck.choices)
    identity_checked_on = models.DateField(null=True)
    identity_checked_by = models.IntegerField(null=True)
    recorded_by = models.IntegerField()
    recorded_at = models.DateTimeField()
    extended_at = models.DateTimeField(null=True)
    extension_reason = models.TextField(blank=True, help_text="Told to the person")
    extension_told_on = models.DateField(null=True)
    decision = models.ForeignKey(
        PanelDecision, on_delete=models.PROTECT, null=True, related_name="+", help_text="What is to be looked at again"
    )
    matter = models.CharField(max_length=8, choices=Matter.choices, blank=True)
    outcome = models.CharField(max_length=8, choices=RightOutcome.choices, blank=True)
    ground = models.CharField(max_length=40, blank=True, help_text="The ground in law on which it is refused")
    reasons = models.TextField(blank=True, help_text="Told to the person")
    done = models.TextField(blank=True, help_text="What was put right, noted or changed")
    tell_agencies = ArrayField(models.IntegerField(), default=list, help_text="Who had the data and must be told")
    tell_what = models.TextField(blank=True, help_text="What they are told was put right, erased or restricted")
    prepared_by = models.IntegerField(null=True)
    prepared_at = models.DateTimeField(null=True)
    closed_by = models.IntegerField(null=True, help_text="Who decided, or recorded the withdrawal")
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=RightState.DECIDED)
                | Q(prepared_by__isnull=False, closed_by__isnull=False) & ~Q(closed_by=models.F("prepared_by")),
                name="rights_decided_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(kind=Right.REVIEW, decision__isnull=False)
                | ~Q(kind=Right.REVIEW) & Q(decision__isnull=True),
                name="rights_review_is_of_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(extended_at__isnull=True) | Q(extension_told_on__isnull=False),
                name="rights_extended_once_the_person_was_told",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "state", "received_on"], name="rights_by_state")]

    def __str__(self) -> str:
        return f"Rights request {self.pk}"


class RightsPause(Marked):
    """A time in which the person was awaited: for a fee, or for what they mean. That of identity is the request's."""

    about_people = ("request__person",)

    request = models.ForeignKey(RightsRequest, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=16, choices=PauseReason.choices)
    started_on = models.DateField()
    ended_on = models.DateField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(ended_on__isnull=True), name="rights_one_pause_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("started_on")),
                name="rights_pause_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return f"Pause of rights request {self.request_id}"


class RightsNotice(Marked):
    """That an agency which was given data is told what became of it, until it says that it has dealt with its copy.

    Data Protection Act 2018 s48(5), UK GDPR Article 19. Seen by the two agencies; the request itself is not.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(RightsRequest, on_delete=models.PROTECT, related_name="notices")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who is told")
    who = models.CharField(max_length=400, help_text="The person, in words: the agency told may not see them")
    right = models.CharField(max_length=10, choices=Right.choices)
    what = models.TextField(help_text="What was put right, erased or restricted")
    told_at = models.DateTimeField()
    dealt_with_by = models.IntegerField(null=True)
    dealt_with_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "agency"], name="rightsnotice_once"),
            models.CheckConstraint(
                condition=Q(dealt_with_at__isnull=True, dealt_with_by__isnull=True)
                | Q(dealt_with_at__isnull=False, dealt_with_by__isnull=False),
                name="rightsnotice_both_dealt_with_by_and_at_set",
            ),
        ]
        indexes = [models.Index(fields=["agency"], condition=Q(dealt_with_at__isnull=True), name="rightsnotice_open")]

    def __str__(self) -> str:
        return f"Notice {self.pk}"


class InformationGiven(Marked):
    """That a person was told how scores and panels decide about them, when and how (DPA 2018 s50C, UK GDPR 22C)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    given_on = models.DateField()
    how = models.CharField(max_length=8, choices=InformedHow.choices)
    what = models.TextField(help_text="What was told")
    recorded_by = models.IntegerField()
    recorded_at = models.DateTimeField()

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Information given {self.pk}"
