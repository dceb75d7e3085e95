"""How each field of the imports is treated."""

from iom.common.privacy import STAFF, SYSTEM
from iom.common.registries import PrivacyDeclaration, privacy_declarations

FIELDS = {
    "imports.Feed": dict.fromkeys(
        (
            "id",
            "partnership",
            "agency",
            "name",
            "source",
            "table",
            "layout",
            "marking",
            "descriptor",
            "audience",
            "drop_name",
        ),
        SYSTEM,
    ),
    "imports.Batch": {
        **dict.fromkeys(
            (
                "id",
                "partnership",
                "feed",
                "status",
                "file_name",
                "file_bytes",
                "file_sha256",
                "uploaded_at",
                "drop_claim",
                "layout",
                "progress",
                "started_at",
                "read_rows",
                "accepted_rows",
                "held_rows",
                "report",
                "refusal",
                "new_rows",
                "changed_rows",
                "decided_at",
            ),
            SYSTEM,
        ),
        "uploaded_by": STAFF,
        "decided_by": STAFF,
    },
}


def register() -> None:
    for name, fields in FIELDS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
