"""What one agency asks another about a person, what the other chooses to give, and what was disclosed."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from iom.agreements.models import Marked, MarkedQuerySet
from iom.partnerships.models import Agency
from iom.people.models import Person
from iom.sharing.choices.requests import AskState, DisclosureKind, Give, Refusal, Urgency


class InformationRequest(Marked):
    """One agency's question to another about a person, with its clock. Seen by the two agencies, and nobody else."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who is asked")
    who = models.CharField(max_length=400, help_text="The person, in words: the agency asked may not see them")
    state = models.CharField(max_length=12, choices=AskState.choices, default=AskState.ASKED)
    urgency = models.CharField(max_length=10, choices=Urgency.choices)
    purpose = models.TextField()
    necessity = models.TextField(help_text="Why it is needed, and no less would do")
    question = models.TextField()
    kinds = ArrayField(models.CharField(max_length=40), help_text="The kinds of record asked for")
    gateway = models.CharField(max_length=60, help_text="The power or basis the asker rests on, by slug")
    roles = ArrayField(models.CharField(max_length=40), help_text="The asker's roles: who of the agency may read it")
    asked_by = models.IntegerField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    escalated_at = models.DateTimeField(null=True, help_text="When its being late was put before the managers")
    taken_by = models.IntegerField(null=True, help_text="Who of the agency asked works on it")
    clarify = models.TextField(blank=True, help_text="What the agency asked must know first")
    clarify_at = models.DateTimeField(null=True, help_text="Since when the asker is awaited: the clock stands")
    reply = models.TextField(blank=True)
    refusal = models.CharField(max_length=20, choices=Refusal.choices, blank=True)
    refusal_reason = models.TextField(blank=True)
    closed_by = models.IntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(agency=F("owner_agency")), name="informationrequest_asks_another_agency"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[AskState.ASKED, AskState.CLARIFYING], closed_at__isnull=True)
                | ~Q(state__in=[AskState.ASKED, AskState.CLARIFYING]) & Q(closed_at__isnull=False),
                name="informationrequest_closed_when_answered",
            ),
            models.CheckConstraint(
                condition=~Q(state=AskState.CLARIFYING) | Q(clarify_at__isnull=False),
                name="informationrequest_clock_stands_while_clarifying",
            ),
        ]
        indexes = [models.Index(fields=["partnership", "state", "due_at"], name="informationrequest_open")]

    def __str__(self) -> str:
        return f"Request {self.pk}"


class AnswerItem(Marked):
    """One row that the agency asked holds, and whether it is given. Seen by that agency alone."""

    about_people: ClassVar[tuple[str, ...]] = ("request__person",)

    request = models.ForeignKey(InformationRequest, on_delete=models.CASCADE, related_name="items")
    source = models.CharField(max_length=60)
    row_id = models.BigIntegerField()
    title = models.CharField(max_length=120)
    on = models.DateField(null=True)
    fields = models.JSONField(help_text="Of each field its name, label and text")
    give = models.CharField(max_length=10, choices=Give.choices, default=Give.LEAVE)
    blacked_out = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.IntegerField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "source", "row_id"], name="answeritem_once"),
            models.CheckConstraint(
                condition=~Q(give=Give.PART) | ~Q(reason="") & Q(decided_by__isnull=False),
                name="answeritem_blacked_out_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.row_id} of request {self.request_id}"


class DisclosureQuerySet(MarkedQuerySet):
    def readable_by(self, scope: Any) -> Any:
        """Those whose content this user may open: the giver's own, or given to one of the roles they hold."""
        found = self.visible_to(scope)
        return found if scope.because else found.filter(Q(owner_agency=scope.agency_id) | Q(roles__overlap=scope.roles))


class Disclosure(Marked):
    """That something was disclosed: when, by whom, to whom, under what. It is added to and never changed or removed.

    Seen by who gave and who received. What was given lies apart (`Given`), for the roles it was given to.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    request = models.OneToOneField(InformationRequest, on_delete=models.PROTECT, null=True, related_name="disclosure")
    kind = models.CharField(max_length=10, choices=DisclosureKind.choices)
    to_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    recipient = models.CharField(max_length=200, help_text="The agency, or who outside the partnership")
    purpose = models.TextField()
    gateway = models.CharField(max_length=60)
    agreement_id = models.IntegerField(null=True, help_text="The sharing agreement; none outside the partnership")
    kinds = ArrayField(models.CharField(max_length=60), help_text="The kinds of record given")
    rows = models.PositiveIntegerField()
    left_out = models.BooleanField(help_text="Whether something that was asked for was not given")
    disclosed_by = models.IntegerField()
    disclosed_at = models.DateTimeField()

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["partnership", "-disclosed_at"], name="disclosure_log")]

    def __str__(self) -> str:
        return f"Disclosure {self.pk}"


class Given(Marked):
    """What was disclosed, as it was given: to read, for certain roles of the receiving agency, for a time."""

    about_people: ClassVar[tuple[str, ...]] = ("disclosure__person",)

    disclosure = models.OneToOneField(Disclosure, on_delete=models.PROTECT, related_name="given")
    roles = ArrayField(models.CharField(max_length=40), help_text="Who of the receiving agency may read it")
    text = models.TextField(blank=True)
    items = models.JSONField(help_text="Each: title, date, marking, fields with label and text")
    expires_on = models.DateField(help_text="The first day on which it can no longer be read")
    first_opened_at = models.DateTimeField(null=True)
    first_opened_by = models.IntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.IntegerField(null=True)
    withdrawn_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = DisclosureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="given_both_withdrawn_at_and_withdrawn_by_set",
            )
        ]

    def __str__(self) -> str:
        return f"Given {self.pk}"
