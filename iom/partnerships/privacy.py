"""How each field of the partnership's own records is treated: about those who work here, not those they work with."""

from iom.common.privacy import STAFF, SYSTEM
from iom.common.registries import PrivacyDeclaration, privacy_declarations

FIELDS = {
    "partnerships.Partnership": dict.fromkeys(("id", "name", "slug", "capacity"), SYSTEM),
    "partnerships.Area": dict.fromkeys(("id", "partnership", "name", "code"), SYSTEM),
    "partnerships.Agency": dict.fromkeys(
        (
            "id",
            "partnership",
            "name",
            "kind",
            "regime",
            "statutory",
            "contact",
            "points",
        ),
        SYSTEM,
    ),
    "partnerships.Team": dict.fromkeys(("id", "agency", "name"), SYSTEM),
    "partnerships.User": dict.fromkeys(
        ("id", "password", "last_login", "email", "name", "is_active", "postcode_mark"), STAFF
    ),
    "partnerships.Membership": dict.fromkeys(
        ("id", "user", "agency", "team", "roles", "started_at", "ended_at"), STAFF
    ),
}


def register() -> None:
    for name, fields in FIELDS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
