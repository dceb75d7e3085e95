"""Nominations, what each agency returns on them, and what the panel decides."""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from iom.agreements.models import Graded, Marked, MarkedQuerySet
from iom.agreements.models.grading import BOUND
from iom.cohorts.choices import (
    Known,
    LawfulBasis,
    NominationState,
    Origin,
    OtherArrangement,
    Outcome,
    Rag,
    Supervision,
    TellingMethod,
    Told,
    View,
)
from iom.cohorts.models.ranking import RankRun
from iom.cohorts.models.schemes import Scheme
from iom.partnerships.models import Agency, Membership
from iom.people.models import Person


class Nomination(Marked):
    """A partner's proposal that a person be selected. `snapshot` keeps the rank, points and scores it was made with."""

    opens_in_emergency = True

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(RankRun, on_delete=models.PROTECT, null=True, related_name="+")
    origin = models.CharField(max_length=12, choices=Origin.choices)
    state = models.CharField(max_length=12, choices=NominationState.choices, default=NominationState.OPEN)
    nominated_by = models.IntegerField()
    nominated_at = models.DateTimeField()
    returns_due_on = models.DateField()
    deferred_until = models.DateField(null=True)
    reason = models.TextField()
    proposed_type = models.CharField(max_length=40, blank=True)
    supervision = models.CharField(max_length=15, choices=Supervision.choices)
    sentence_ends_on = models.DateField(null=True)
    licence_ends_on = models.DateField(null=True)
    index_offence = models.CharField(max_length=200, blank=True)
    other_arrangements = ArrayField(models.CharField(max_length=20, choices=OtherArrangement.choices), default=list)
    victims = models.TextField(blank=True)
    needs = models.TextField(blank=True)
    engagement = models.TextField(blank=True)
    protective_factors = models.TextField(blank=True)
    lawful_basis = models.CharField(max_length=20, choices=LawfulBasis.choices)
    agreement_reference = models.CharField(max_length=120, blank=True)
    endorsed_by = models.CharField(max_length=120, blank=True, help_text="The supervisor who agrees")
    snapshot = models.JSONField(default=dict)
    redirected_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="redirected_to")
    previous_membership = models.ForeignKey(
        "cohorts.CohortMembership", on_delete=models.PROTECT, null=True, related_name="+"
    )
    closed_by = models.IntegerField(null=True)
    closed_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "scheme"],
                condition=Q(state__in=[NominationState.OPEN, NominationState.DEFERRED]),
                name="nomination_once_undecided",
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="nomination_both_closed_at_and_closed_by_set",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[NominationState.OPEN, NominationState.DEFERRED],
                    closed_at__isnull=True,
                )
                | Q(closed_at__isnull=False) & ~Q(state__in=[NominationState.OPEN, NominationState.DEFERRED]),
                name="nomination_closed_only_when_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state=NominationState.DEFERRED) | Q(deferred_until__isnull=False),
                name="nomination_deferred_until_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["partnership", "state", "returns_due_on"], name="nomination_by_state"),
        ]

    def __str__(self) -> str:
        return f"Nomination {self.pk}"


class ReturnRequest(Marked):
    """What one agency was asked on one nomination, by when, and whether it has answered.

    Who sees the nomination sees this. The answer itself has its own audience: all partners may know that an agency
    answered, not what it said.
    """

    about_people = ("nomination__person",)
    opens_in_emergency = True

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="return_requests")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_on = models.DateField()
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["nomination", "agency"], name="returnrequest_once_per_agency")]
        indexes = [
            models.Index(
                fields=["agency", "due_on"], condition=Q(answered_at__isnull=True), name="returnrequest_waiting"
            )
        ]

    def __str__(self) -> str:
        return f"Return of agency {self.agency_id} on nomination {self.nomination_id}"


class AgencyReturn(Marked):
    """One agency's answer on one nomination. A changed mind is a new row; the one before is kept."""

    about_people = ("request__nomination__person",)
    opens_in_emergency = True

    request = models.ForeignKey(ReturnRequest, on_delete=models.CASCADE, related_name="answers")
    known = models.CharField(max_length=10, choices=Known.choices)
    summary = models.TextField(blank=True)
    view = models.CharField(max_length=10, choices=View.choices)
    view_reason = models.TextField(blank=True)
    given_by = models.IntegerField()
    given_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=Q(replaced_at__isnull=True), name="agencyreturn_one_stands"
            )
        ]

    def __str__(self) -> str:
        return f"Return {self.pk}"


class PanelIntelligence(Marked, Graded):
    """Intelligence that an agency gives the panel on one nomination, graded, for who its handling code lets read it.

    Taken back, its words are gone and the row says so. Not opened by an emergency: whoever gave it is to be asked.
    """

    about_people = ("nomination__person",)

    nomination = models.ForeignKey(Nomination, on_delete=models.CASCADE, related_name="intelligence")
    text = models.TextField(blank=True, help_text="Sanitised: nothing that could reveal a source")
    handling_conditions = models.TextField(blank=True, help_text="What its reader may and may not do with it")
    given_by = models.IntegerField()
    given_at = models.DateTimeField()
    withdrawn_by = models.IntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=BOUND, name="panelintelligence_with_conditions_not_for_all"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False, text="", handling_conditions=""),
                name="panelintelligence_withdrawn_is_empty",
            ),
        ]

    def __str__(self) -> str:
        return f"Intelligence {self.pk}"


class PanelDecision(Marked):
    """What the panel decided about a nomination, who was there, who dissented, and how the person was told."""

    about_people = ("nomination__person",)
    opens_in_emergency = True

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="decisions")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    met_on = models.DateField()
    present = ArrayField(models.IntegerField(), help_text="Ids of the agencies that were there")
    reasons = models.TextField()
    dissent = models.TextField(blank=True, help_text="Who disagreed, and why")
    without_returns = models.TextField(blank=True, help_text="Why it was decided before all agencies had answered")
    against_draw = models.TextField(
        blank=True, default="", help_text="Why somebody was selected before others whom a draw put first"
    )
    cohort_type = models.CharField(
        max_length=40, blank=True, help_text="Fixed, flex or free, or a strand of the scheme"
    )
    rag = models.CharField(max_length=5, choices=Rag.choices, blank=True)
    lead = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    review_on = models.DateField(null=True)
    deferred_until = models.DateField(null=True)
    to_scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.IntegerField()
    decided_at = models.DateTimeField()
    told = models.CharField(max_length=10, choices=Told.choices, default=Told.NOT_YET)
    told_on = models.DateField(null=True)
    told_how = models.CharField(max_length=10, choices=TellingMethod.choices, blank=True)
    told_note = models.TextField(blank=True, help_text="Who told them; or why they were not told")
    told_recorded_by = models.IntegerField(null=True)
    told_recorded_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = MarkedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.SELECT)
                | Q(lead__isnull=False, review_on__isnull=False) & ~Q(rag="") & ~Q(cohort_type=""),
                name="paneldecision_select_says_type_rag_lead_and_review",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.DEFER) | Q(deferred_until__isnull=False),
                name="paneldecision_defer_says_until_when",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.REDIRECT) | Q(to_scheme__isnull=False),
                name="paneldecision_redirect_says_where",
            ),
            models.CheckConstraint(
                condition=~Q(told=Told.YES) | Q(told_on__isnull=False) & ~Q(told_how=""),
                name="paneldecision_told_says_when_and_how",
            ),
            models.CheckConstraint(
                condition=~Q(told=Told.WITHHELD) | ~Q(told_note=""), name="paneldecision_withheld_says_why"
            ),
            models.CheckConstraint(
                condition=Q(told_recorded_at__isnull=True, told_recorded_by__isnull=True)
                | Q(told_recorded_at__isnull=False, told_recorded_by__isnull=False),
                name="paneldecision_both_told_recorded_at_and_told_recorded_by_set",
            ),
        ]

    def __str__(self) -> str:
        return f"Decision {self.pk}: {self.outcome}"
