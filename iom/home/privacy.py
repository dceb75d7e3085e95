"""How each field of a draft is treated: what was typed may be anything about anybody, and is kept for days."""

from iom.common.privacy import SENSITIVE, STAFF, SYSTEM
from iom.common.registries import PrivacyDeclaration, privacy_declarations

FIELDS = {
    "home.Draft": {
        **dict.fromkeys(("id", "agency", "kept_at"), SYSTEM),
        **dict.fromkeys(("path", "pairs", "files"), SENSITIVE),
        "user": STAFF,
    }
}


def register() -> None:
    for name, fields in FIELDS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
