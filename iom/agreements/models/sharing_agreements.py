"""Information sharing agreements: who gives what to whom, by which law, from when until when.

They belong to the partnership as a whole and hold no data about the people it works with.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from iom.agreements.choices import AgreementState, Audience, Category, Marking, RecordKind
from iom.partnerships.models import Agency, Partnership, PartnershipQuerySet


def both_or_neither(who: str, when: str) -> models.CheckConstraint:
    """Somebody did it at a time, or nobody did."""
    return models.CheckConstraint(
        condition=Q(**{f"{who}__isnull": True, f"{when}__isnull": True})
        | Q(**{f"{who}__isnull": False, f"{when}__isnull": False}),
        name=f"%(class)s_both_{who}_and_{when}_set",
    )


class SharingAgreement(models.Model):
    """One agreement. Changed while it is a draft; what is in force stands as it was signed."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who keeps the agreement")
    reference = models.CharField(max_length=40, help_text="What the partners call it, for instance ISA 2026/04")
    title = models.CharField(max_length=200)
    purposes = models.TextField(help_text="What the sharing is for")
    gateways = ArrayField(models.CharField(max_length=60), help_text="Slugs of the register of gateways")
    retention = models.TextField(help_text="How long receivers keep what they get, and what they do with it then")
    security = models.TextField(blank=True, help_text="How what is shared is kept safe, by whom and where")
    quality = models.TextField(blank=True, help_text="How it is kept right, and who is told where it was wrong")
    complaints = models.TextField(blank=True, help_text="Who deals with complaints, and with breaches within 72 hours")
    rights = models.TextField(blank=True, help_text="Who answers people's requests about their data, and under FOI")
    start_date = models.DateField(help_text="The first day in force")
    end_date = models.DateField(null=True, blank=True, help_text="The first day it no longer holds; empty: until ended")
    review_on = models.DateField()
    state = models.CharField(max_length=10, choices=AgreementState.choices, default=AgreementState.DRAFT)
    drafted_by = models.BigIntegerField()
    drafted_at = models.DateTimeField()
    put_in_force_by = models.BigIntegerField(null=True)
    put_in_force_at = models.DateTimeField(null=True)
    withdrawn_by = models.BigIntegerField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdraw_reason = models.TextField(blank=True)

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "reference"], name="sharingagreement_reference_once_in_partnership"
            ),
            models.CheckConstraint(
                condition=Q(end_date__isnull=True) | Q(end_date__gt=F("start_date")),
                name="sharingagreement_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=~Q(state="expired"), name="sharingagreement_expiry_is_never_stored"),
            models.CheckConstraint(
                condition=Q(state="draft") | Q(state="withdrawn") | Q(put_in_force_at__isnull=False),
                name="sharingagreement_somebody_put_it_in_force",
            ),
            models.CheckConstraint(
                condition=Q(put_in_force_by__isnull=True) | ~Q(put_in_force_by=F("drafted_by")),
                name="sharingagreement_second_person_puts_it_in_force",
            ),
            models.CheckConstraint(
                condition=Q(state="withdrawn", withdrawn_at__isnull=False) | ~Q(state="withdrawn"),
                name="sharingagreement_somebody_withdrew_it",
            ),
            both_or_neither("put_in_force_by", "put_in_force_at"),
            both_or_neither("withdrawn_by", "withdrawn_at"),
        ]

    def __str__(self) -> str:
        return self.reference


class AgreementParty(models.Model):
    """One agency of an agreement: what it gives, whether it receives, and how what it gives is marked by default."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(SharingAgreement, on_delete=models.CASCADE, related_name="parties")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    gives = ArrayField(
        models.CharField(max_length=40, choices=RecordKind.choices), default=list, help_text="Kinds of record it gives"
    )
    receives = models.BooleanField(default=False)
    marking = models.CharField(max_length=20, choices=Marking.choices, default=Marking.OFFICIAL_SENSITIVE)
    audience = models.CharField(max_length=10, choices=Audience.choices, default=Audience.PARTNERS)
    signed_by = models.CharField(max_length=120, blank=True, help_text="Name and post of who signed for the agency")
    signed_on = models.DateField(null=True)

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "agency"], name="agreementparty_agency_once_in_agreement"),
            models.CheckConstraint(
                condition=Q(signed_by="", signed_on__isnull=True) | (~Q(signed_by="") & Q(signed_on__isnull=False)),
                name="agreementparty_both_signed_by_and_signed_on_set",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency} in {self.agreement}"


class PartyCondition(models.Model):
    """The condition in law on which a party gives a special category of data."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    party = models.ForeignKey(AgreementParty, on_delete=models.CASCADE, related_name="conditions")
    category = models.CharField(max_length=12, choices=Category.choices)
    condition = models.CharField(max_length=60, help_text="Slug of the register of gateways")

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "category"], name="partycondition_category_once")]

    def __str__(self) -> str:
        return f"{self.category} by {self.condition}"
