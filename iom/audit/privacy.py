"""How each field of the audit record is treated. Events hold ids, so they outlive what they are about."""

from iom.common.privacy import STAFF, SYSTEM
from iom.common.registries import PrivacyDeclaration, privacy_declarations


def register() -> None:
    fields = dict.fromkeys(
        (
            "id", "at", "kind", "action", "partnership_id", "agency_id", "subject_type", "subject_id", "person_id",
            "fields", "reason", "detail",
        ),
        SYSTEM,
    )  # fmt: skip
    privacy_declarations.register(PrivacyDeclaration("audit.Event", {**fields, "actor_id": STAFF}))
