"""How each field of this app is treated."""

from iom.common.privacy import SENSITIVE, STAFF, SYSTEM
from iom.common.registries import PrivacyDeclaration, privacy_declarations

FIELDS = {
    "sharing.Review": {
        **dict.fromkeys(("id", "partnership", "doubt", "on", "person_id", "event_ids", "people", "found_at"), SYSTEM),
        **dict.fromkeys(("actor_id", "finding", "reviewed_by", "reviewed_at"), STAFF),
        # What a user says about why they looked may speak of the person.
        "note": SENSITIVE,
    }
}


def register() -> None:
    for name, fields in FIELDS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
