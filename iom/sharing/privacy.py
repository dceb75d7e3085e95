"""How each field of sharing is treated. That a record was reviewed and destroyed outlives the record; why does not."""

from iom.common.privacy import STAFF, SYSTEM, Kind, Retention, SubjectAccess, Treatment
from iom.common.registries import PrivacyDeclaration, privacy_declarations

# A reviewer's words speak of the person, and perhaps of others.
REASON = Treatment(Kind.SENSITIVE, SubjectAccess.REVIEW, Retention.REMOVE)
MARKING = dict.fromkeys(
    ("id", "partnership", "owner_agency", "regime", "marking", "audience", "audience_agencies"), SYSTEM
)


def all_of(treatment: Treatment, *names: str) -> dict[str, Treatment]:
    return dict.fromkeys(names, treatment)


LOOKS = {
    "sharing.LookReview": {
        **dict.fromkeys(("id", "partnership", "doubt", "on", "person_id", "event_ids", "people", "found_at"), SYSTEM),
        **dict.fromkeys(("actor_id", "finding", "reviewed_by", "reviewed_at"), STAFF),
        # What a user says about why they looked may speak of the person.
        "note": REASON,
    }
}

RETENTION = {
    "sharing.RetentionReview": {
        **MARKING,
        **all_of(SYSTEM, "person", "record", "rule", "last_on", "due_on", "of_child"),
    },
    "sharing.RetentionDecision": {
        **MARKING,
        **all_of(SYSTEM, "person", "record", "outcome", "next_on", "decided_at"),
        "decided_by": STAFF,
        "reason": REASON,
    },
    "sharing.LegalHold": {
        **MARKING,
        **all_of(SYSTEM, "person", "until", "placed_at", "lifted_at"),
        **all_of(STAFF, "placed_by", "lifted_by"),
        **all_of(REASON, "reason", "lift_reason"),
    },
    "sharing.DestructionList": {
        **MARKING,
        **all_of(SYSTEM, "state", "proposed_at", "finished_at", "withdraw_reason"),
        **all_of(STAFF, "proposed_by", "withdrawn_by"),
    },
    "sharing.DestructionItem": {
        **MARKING,
        **all_of(SYSTEM, "list", "person", "record", "rule", "state", "left_because", "counts", "done_at"),
    },
    "sharing.DestructionApproval": {**MARKING, **all_of(SYSTEM, "list", "approved_at"), "approved_by": STAFF},
}


def register() -> None:
    for name, fields in {**LOOKS, **RETENTION}.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
