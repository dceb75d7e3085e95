"""How each field of outcomes is treated: totals of groups, and who of the partnership's own people did what."""

from iom.common.privacy import STAFF, SYSTEM, all_of
from iom.common.registries import PrivacyDeclaration, privacy_declarations

DECLARATIONS = {
    "outcomes.Study": {
        **all_of(SYSTEM, "id", "partnership", "title", "state", "scheme", "first_month", "last_month", "method"),
        **all_of(SYSTEM, "ratio", "primary", "secondary", "purpose", "follows", "written_at", "registered_at"),
        **all_of(SYSTEM, "known_to", "stage", "progress", "message", "design", "accepted_at", "acceptance", "result"),
        **all_of(SYSTEM, "manifest", "ended_at", "end_reason"),
        **all_of(STAFF, "written_by", "registered_by", "accepted_by", "ended_by"),
    },
    "outcomes.BoardFigures": all_of(SYSTEM, "id", "partnership", "on", "made_at", "figures", "manifest"),
    "outcomes.EqualityEvidence": all_of(SYSTEM, "id", "partnership", "on", "made_at", "figures", "manifest"),
    "outcomes.Release": {
        **all_of(SYSTEM, "id", "partnership", "study", "state", "recipient", "says", "sha256", "asked_at"),
        **all_of(SYSTEM, "decided_at", "reason"),
        **all_of(STAFF, "asked_by", "decided_by"),
    },
    "outcomes.Watch": {
        **all_of(SYSTEM, "id", "partnership", "title", "scheme", "area", "direction", "chance", "cases", "purpose"),
        **all_of(SYSTEM, "known_to", "registered_at", "state", "ended_at", "end_reason"),
        **all_of(STAFF, "registered_by", "ended_by"),
    },
    "outcomes.WatchResult": {
        **all_of(SYSTEM, "id", "partnership", "watch", "on", "made_at", "known_to", "cases", "is_alarmed"),
        **all_of(SYSTEM, "figures", "manifest"),
    },
    # Whom it is about it holds by id; that their data was given stands in the log of disclosures, which they may see.
    "outcomes.DataLabExport": {
        **all_of(SYSTEM, "id", "partnership", "study", "agency", "state", "purpose", "agreement", "gateway", "basis"),
        **all_of(SYSTEM, "people", "number", "left_out", "sha256", "asked_at", "decided_at", "reason", "taken_at"),
        "dropped": SYSTEM,
        **all_of(STAFF, "asked_by", "decided_by", "taken_by"),
    },
    # Posts are kinds of posts, and no person.
    "outcomes.Costs": {
        **all_of(SYSTEM, "id", "partnership", "study", "staff", "other_pounds", "as_usual_pounds", "mean_caseload"),
        **all_of(SYSTEM, "price_year", "mix", "uncosted_percent", "source", "written_at", "replaced_at"),
        **all_of(STAFF, "written_by", "replaced_by"),
    },
}


def register() -> None:
    for name, fields in DECLARATIONS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
