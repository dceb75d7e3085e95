"""The papers of a sharing agreement: the signed copy, an annex. The file, or where it is kept."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from iom.agreements.models.sharing_agreements import SharingAgreement
from iom.partnerships.models import Partnership, PartnershipQuerySet


class AgreementDocument(models.Model):
    """A file that lies in the store under this row's id, or a paper kept elsewhere, with where."""

    partnership = models.ForeignKey(Partnership, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(SharingAgreement, on_delete=models.PROTECT, related_name="documents")
    title = models.CharField(max_length=200)
    kept_at = models.CharField(max_length=400, blank=True, help_text="Where it is kept, if it is not here")
    file_kind = models.CharField(max_length=4, blank=True, help_text="pdf, docx or odt, told from its content")
    file_bytes = models.BigIntegerField(null=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    added_by = models.BigIntegerField()
    added_at = models.DateTimeField()

    objects: ClassVar[Any] = PartnershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file_kind="", file_bytes__isnull=True, file_sha256="") & ~Q(kept_at="")
                | ~Q(file_kind="") & Q(file_bytes__isnull=False) & ~Q(file_sha256=""),
                name="agreementdocument_is_here_or_says_where",
            )
        ]

    def __str__(self) -> str:
        return self.title
