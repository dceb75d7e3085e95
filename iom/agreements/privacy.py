"""How each field of agreements is treated: they say what agencies do, and who signed; nothing about who is shared."""

from iom.common.privacy import STAFF, SYSTEM, all_of
from iom.common.registries import PrivacyDeclaration, privacy_declarations

FIELDS = {
    "agreements.SharingAgreement": {
        **all_of(SYSTEM, "id", "partnership", "owner", "reference", "title", "purposes", "gateways", "retention"),
        **all_of(SYSTEM, "start_date", "end_date", "review_on", "state", "withdraw_reason"),
        **all_of(SYSTEM, "drafted_at", "put_in_force_at", "withdrawn_at"),
        **all_of(STAFF, "drafted_by", "put_in_force_by", "withdrawn_by"),
    },
    "agreements.AgreementParty": {
        **all_of(SYSTEM, "id", "partnership", "agreement", "agency", "gives", "receives", "marking", "audience"),
        **all_of(STAFF, "signed_by", "signed_on"),
    },
    "agreements.PartyCondition": all_of(SYSTEM, "id", "partnership", "party", "category", "condition"),
}


def register() -> None:
    for name, fields in FIELDS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
