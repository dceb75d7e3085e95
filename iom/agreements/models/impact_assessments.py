"""The register of data protection impact assessments (UK GDPR Article 35; Data Protection Act 2018 s64).

They belong to the partnership as a whole and hold no data about the people it works with.
"""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from iom.agreements.choices import ImpactOutcome, Risk
from iom.agreements.models.sharing_agreements import SharingAgreement, both_or_neither
from iom.partnerships.models import Agency, Partnership, PartnershipQuerySet


class ImpactAssessment(models.Model):
    """One assessment. Changed until a second person has approved it; then it stands, and a new one follows it."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", help_text="Who keeps it")
    agreement = models.ForeignKey(
        SharingAgreement, on_delete=models.PROTECT, null=True, blank=True, related_name="impact_assessments"
    )
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followed_by", help_text="What it reviews"
    )
    title = models.CharField(max_length=200)
    processing = models.TextField(help_text="What is done with whose data, why, and whether it is needed")
    risks = models.TextField(help_text="What could happen to the people concerned, and the measures against it")
    consulted = models.TextField(help_text="Who was asked: data protection officers, agencies, people concerned")
    residual_risk = models.CharField(max_length=6, choices=Risk.choices)
    commissioner_on = models.DateField(null=True, help_text="When the Information Commissioner was consulted")
    outcome = models.CharField(max_length=16, choices=ImpactOutcome.choices)
    review_on = models.DateField()
    drafted_by = models.BigIntegerField()
    drafted_at = models.DateTimeField()
    approved_by = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            both_or_neither("approved_by", "approved_at"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("drafted_by")),
                name="impactassessment_second_person_approves",
            ),
        ]

    def __str__(self) -> str:
        return self.title
