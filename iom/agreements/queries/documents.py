"""Reads the documents of an agreement."""

from iom.access.scope import Scope
from iom.agreements.models import AgreementDocument, SharingAgreement
from iom.common.errors import NotVisible


def list_documents(*, agreement: SharingAgreement, scope: Scope) -> list[AgreementDocument]:
    """The documents of an agreement, in the order they were added."""
    return list(AgreementDocument.objects.visible_to(scope).filter(agreement=agreement).order_by("pk"))


def get_document(*, document_id: int, scope: Scope) -> AgreementDocument:
    """One document. Raises `NotVisible` where it is not the partnership's."""
    found: AgreementDocument | None = AgreementDocument.objects.visible_to(scope).filter(pk=document_id).first()
    if found is None:
        raise NotVisible()
    return found
