"""Papers put with an agreement, in any state: a signed copy often comes after the last day. None is taken away."""

from datetime import datetime
from typing import Any

from django.db import transaction

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.agreements.adapters import documents as store
from iom.agreements.models import AgreementDocument, SharingAgreement
from iom.agreements.operations.marking import locked
from iom.agreements.rules import documents as rules
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import InvalidInput


@transaction.atomic
def add_document(
    *, agreement: SharingAgreement, title: str, kept_at: str, upload: Any | None, by: Scope, at: datetime
) -> AgreementDocument:
    """Puts a file with an agreement, or says where a paper is kept."""
    by.check(Permission.AGREEMENT_MANAGE)
    agreement = locked(row=agreement, by=by)
    if upload is None and not kept_at.strip():
        message = "Choose a file, or say where it is kept"
        raise InvalidInput(message, {"file": message})
    read = store.read(upload, most=rules.LARGEST) if upload is not None else None
    if read is not None:
        rules.check_can_keep(size=len(read.content), kind=read.kind)
    document = AgreementDocument.objects.create(
        partnership_id=agreement.partnership_id,
        agreement=agreement,
        title=title,
        kept_at=kept_at,
        file_kind=read.kind if read else "",
        file_bytes=len(read.content) if read else None,
        file_sha256=read.sha256 if read else "",
        added_by=by.user_id,
        added_at=at,
    )
    _record(document, "agreements.add_document", by=by, at=at)
    if read is not None:
        store.keep(read, document_id=document.pk)
    return document


@transaction.atomic
def record_download(*, document: AgreementDocument, by: Scope, at: datetime) -> None:
    """Records that a document was taken out."""
    by.check(Permission.AGREEMENT_VIEW)
    _record(document, "agreements.download_document", by=by, at=at)


def _record(document: AgreementDocument, action: str, *, by: Scope, at: datetime) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action=action,
        subject_type="agreements.AgreementDocument",
        subject_id=document.pk,
        detail={"agreement": document.agreement_id},
    )
