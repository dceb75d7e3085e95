"""How each field of the audit record is treated. Events hold ids, so they outlive what they are about."""

from iom.common.privacy import SENSITIVE, STAFF, SYSTEM
from iom.common.registries import PrivacyDeclaration, privacy_declarations

BESIDE = {
    "audit.Mention": dict.fromkeys(("person_id", "event_id", "partnership_id"), SYSTEM),
    "audit.Pending": dict.fromkeys(("event_id", "partnership_id", "since"), SYSTEM),
    "audit.Seal": dict.fromkeys(
        ("id", "partnership_id", "number", "at", "first", "event_ids", "leaves", "root", "before", "hash"), SYSTEM
    ),
    "audit.Value": {
        **dict.fromkeys(("id", "event_id", "partnership_id", "agency_id", "person_id", "field"), SYSTEM),
        # Erased with the person, salt and all: then the hashes in the event say nothing.
        **dict.fromkeys(("salt", "before", "after"), SENSITIVE),
    },
}


def register() -> None:
    fields = dict.fromkeys(
        (
            "id", "at", "kind", "action", "partnership_id", "agency_id", "subject_type", "subject_id", "person_id",
            "fields", "reason", "detail", "changes",
        ),
        SYSTEM,
    )  # fmt: skip
    privacy_declarations.register(PrivacyDeclaration("audit.Event", {**fields, "actor_id": STAFF}))
    for name, columns in BESIDE.items():
        privacy_declarations.register(PrivacyDeclaration(name, columns))
