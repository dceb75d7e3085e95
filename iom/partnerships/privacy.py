"""How each field of the partnership's own records is treated: about those who work here, not those they work with."""

from iom.common.privacy import STAFF, SYSTEM, all_of
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
    "partnerships.SystemToken": {
        **all_of(SYSTEM, "id", "agency", "system", "scopes", "token_hash", "expires_on", "last_used_on"),
        **all_of(STAFF, "made_by", "made_at", "revoked_by", "revoked_at"),
    },
}


def register() -> None:
    for name, fields in FIELDS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
