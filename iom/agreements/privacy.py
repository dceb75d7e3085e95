"""How each field of agreements is treated. What agencies agree says nothing about who is shared.

That a record was limited or opened outlives it; why does not.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from iom.access.scope import Scope
from iom.agreements import models
from iom.common.privacy import MARKING, SENSITIVE, STAFF, SYSTEM, all_of
from iom.common.registries import (
    PrivacyDeclaration,
    SubjectAccessGatherer,
    privacy_declarations,
    subject_access_gatherers,
)
from iom.common.subject_access import Gathered, Table, rows_of

FIELDS = {
    "agreements.SharingAgreement": {
        **all_of(SYSTEM, "id", "partnership", "owner", "reference", "title", "purposes", "gateways", "retention"),
        **all_of(SYSTEM, "security", "quality", "complaints", "rights"),
        **all_of(SYSTEM, "start_date", "end_date", "review_on", "state", "withdraw_reason"),
        **all_of(SYSTEM, "drafted_at", "put_in_force_at", "withdrawn_at"),
        **all_of(STAFF, "drafted_by", "put_in_force_by", "withdrawn_by"),
    },
    "agreements.AgreementParty": {
        **all_of(SYSTEM, "id", "partnership", "agreement", "agency", "gives", "receives", "marking", "audience"),
        **all_of(STAFF, "signed_by", "signed_on"),
    },
    "agreements.PartyCondition": all_of(SYSTEM, "id", "partnership", "party", "category", "condition"),
    "agreements.AgreementDocument": {
        **all_of(SYSTEM, "id", "partnership", "agreement", "title", "kept_at", "file_kind", "file_bytes"),
        **all_of(SYSTEM, "file_sha256", "added_at"),
        "added_by": STAFF,
    },
    "agreements.ImpactAssessment": {
        **all_of(SYSTEM, "id", "partnership", "owner", "agreement", "follows", "title", "processing", "risks"),
        **all_of(SYSTEM, "consulted", "residual_risk", "commissioner_on", "outcome", "review_on", "drafted_at"),
        "approved_at": SYSTEM,
        **all_of(STAFF, "drafted_by", "approved_by"),
    },
    "agreements.LimitedAccess": {
        **MARKING,
        **all_of(SYSTEM, "person_id", "kind", "agency_ids", "tells_reader", "review_on", "copied_from"),
        **all_of(SYSTEM, "placed_at", "confirmed_at", "lapses_at", "lifted_at"),
        **all_of(STAFF, "user_ids", "contact", "placed_by", "confirmed_by", "lifted_by"),
        **all_of(SENSITIVE, "reason", "wording", "lift_reason"),
    },
    "agreements.EmergencyAccess": {
        **MARKING,
        **all_of(SYSTEM, "person_id", "emergency", "opened_at", "closes_at", "closed_at", "told_agencies"),
        **all_of(SYSTEM, "review_due_on", "finding", "reviewed_at"),
        **all_of(STAFF, "user_id", "reviewed_by"),
        **all_of(SENSITIVE, "reason", "note"),
    },
}
TABLES = (
    Table(models.LimitedAccess, ("person_id",), _("Limit on who may see your record"), on="placed_at", restricted=True),
    Table(
        models.EmergencyAccess, ("person_id",), _("Your record opened in an emergency"), on="opened_at", restricted=True
    ),
)


def gather(*, scope: Scope, person_id: int) -> Iterator[Gathered]:
    """What this app holds about somebody, as far as the scope may see it."""
    return rows_of(TABLES, scope=scope, person_id=person_id)


def register() -> None:
    for name, fields in FIELDS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
    subject_access_gatherers.register(SubjectAccessGatherer("agreements", gather, 80))
