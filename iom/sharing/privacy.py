"""How each field of sharing is treated. That a record was reviewed and destroyed outlives the record; why does not.

What was gathered for an answer repeats rows that other apps declare, so a request for access is not gathered from it;
that a request was made, and how it was answered, is the person's own to know.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from iom.access.scope import Scope
from iom.common.privacy import (
    MARKING,
    PERSONAL,
    PERSONAL_DATE,
    SENSITIVE,
    STAFF,
    SYSTEM,
    Kind,
    Retention,
    SubjectAccess,
    Treatment,
    all_of,
)
from iom.common.registries import (
    PrivacyDeclaration,
    SubjectAccessGatherer,
    privacy_declarations,
    subject_access_gatherers,
)
from iom.common.subject_access import Gathered, Table, rows_of
from iom.sharing import models

LOOKS = {
    "sharing.LookReview": {
        **all_of(SYSTEM, "id", "partnership", "doubt", "on", "person_id", "event_ids", "people", "found_at"),
        **all_of(STAFF, "actor_id", "finding", "reviewed_by", "reviewed_at"),
        # What a user says about why they looked may speak of the person.
        "note": SENSITIVE,
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
        "reason": SENSITIVE,
    },
    "sharing.LegalHold": {
        **MARKING,
        **all_of(SYSTEM, "person", "until", "placed_at", "lifted_at"),
        **all_of(STAFF, "placed_by", "lifted_by"),
        **all_of(SENSITIVE, "reason", "lift_reason"),
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

OWN_KEPT = Treatment(Kind.PERSONAL, SubjectAccess.GIVE, Retention.KEEP)
COPY = Treatment(Kind.SENSITIVE, SubjectAccess.LEAVE, Retention.REMOVE)

SUBJECT_ACCESS = {
    "sharing.SubjectAccessRequest": {
        **MARKING,
        **all_of(SYSTEM, "person", "recorded_at", "gathered_at", "prepared_at", "exported_at", "export_sha256"),
        "outdated_at": SYSTEM,
        **all_of(STAFF, "recorded_by", "identity_checked_by", "prepared_by", "closed_by"),
        # That there was a request, and how it ended, is counted for years; its words end with the record.
        **all_of(OWN_KEPT, "state", "channel", "identity_check"),
        **all_of(PERSONAL, "asked_for", "extension_reason", "closing_reason"),
        "identity_note": Treatment(Kind.PERSONAL, SubjectAccess.REVIEW, Retention.REMOVE),
        **all_of(PERSONAL_DATE, "received_on", "extended_at", "extension_told_on", "closed_at"),
    },
    "sharing.SubjectAccessPause": {**MARKING, **all_of(SYSTEM, "request", "reason", "started_on", "ended_on")},
    "sharing.SubjectAccessItem": {
        **MARKING,
        **all_of(SYSTEM, "request", "controller", "source", "row_id", "treatment", "exemption", "decided_at"),
        **all_of(COPY, "title", "on", "fields", "concern", "redacted", "reason", "consulted"),
        "decided_by": STAFF,
    },
}
REQUESTS = {
    "sharing.InformationRequest": {
        **MARKING,
        **all_of(SYSTEM, "person", "agency", "state", "urgency", "kinds", "gateway", "roles", "refusal"),
        **all_of(SYSTEM, "due_at", "escalated_at", "clarify_at"),
        **all_of(PERSONAL_DATE, "asked_at", "closed_at"),
        **all_of(STAFF, "asked_by", "taken_by", "closed_by"),
        "who": Treatment(Kind.PERSONAL, SubjectAccess.LEAVE, Retention.REMOVE),
        **all_of(SENSITIVE, "purpose", "necessity", "question", "clarify", "reply", "refusal_reason"),
    },
    "sharing.AnswerItem": {
        **MARKING,
        **all_of(SYSTEM, "request", "source", "row_id", "give"),
        **all_of(COPY, "title", "on", "fields", "blacked_out", "reason"),
        "decided_by": STAFF,
    },
    "sharing.Disclosure": {
        **MARKING,
        **all_of(SYSTEM, "person", "request", "kind", "to_agency", "gateway", "agreement_id", "kinds"),
        # To whom data went is the person's to know, unless it would tip them off.
        "recipient": Treatment(Kind.PERSONAL, SubjectAccess.REVIEW, Retention.KEEP),
        **all_of(SYSTEM, "rows", "left_out", "disclosed_at"),
        "disclosed_by": STAFF,
        "purpose": SENSITIVE,
    },
    "sharing.Package": {
        **MARKING,
        **all_of(SYSTEM, "person", "state", "gateway", "kinds", "days", "expires_on", "sha256", "disclosure"),
        **all_of(SYSTEM, "certificate", "fingerprint", "made_at", "approved_at", "organisation"),
        **all_of(SYSTEM, "basis", "special", "conditions"),
        **all_of(STAFF, "recipient", "made_by", "filled_by", "approved_by"),
        "items": COPY,
        **all_of(SENSITIVE, "purpose", "necessity", "text"),
    },
    "sharing.Given": {
        **MARKING,
        **all_of(SYSTEM, "disclosure", "roles", "expires_on", "first_opened_at", "withdrawn_at"),
        **all_of(STAFF, "first_opened_by", "withdrawn_by"),
        **all_of(COPY, "items"),
        **all_of(SENSITIVE, "text", "withdrawn_reason"),
    },
}

RIGHTS = {
    "sharing.RightsRequest": {
        **MARKING,
        **all_of(SYSTEM, "person", "recorded_at", "decision", "prepared_at", "tell_agencies"),
        "tell_what": SENSITIVE,
        **all_of(STAFF, "recorded_by", "identity_checked_by", "prepared_by", "closed_by"),
        **all_of(OWN_KEPT, "kind", "state", "channel", "identity_check", "outcome", "matter", "ground"),
        **all_of(PERSONAL, "asked_for", "extension_reason", "reasons", "closing_reason"),
        "done": SENSITIVE,
        **all_of(PERSONAL_DATE, "received_on", "identity_checked_on", "extended_at", "extension_told_on", "closed_at"),
    },
    "sharing.RightsNotice": {
        **MARKING,
        **all_of(SYSTEM, "person", "request", "agency", "dealt_with_at"),
        "dealt_with_by": STAFF,
        "right": OWN_KEPT,
        "who": Treatment(Kind.PERSONAL, SubjectAccess.LEAVE, Retention.REMOVE),
        "what": SENSITIVE,
        "told_at": PERSONAL_DATE,
    },
    "sharing.RightsPause": {**MARKING, **all_of(SYSTEM, "request", "reason", "started_on", "ended_on")},
    "sharing.InformationGiven": {
        **MARKING,
        **all_of(SYSTEM, "person", "recorded_at"),
        "recorded_by": STAFF,
        "how": OWN_KEPT,
        "what": PERSONAL,
        "given_on": PERSONAL_DATE,
    },
}
# Evidence about groups of people: none of it is about one.
EQUALITY = {
    "sharing.EqualityEntry": {
        **all_of(
            SYSTEM, "id", "partnership", "owner", "earlier", "link", "correction", "subject", "title", "looked_on"
        ),
        **all_of(
            SYSTEM, "aims", "characteristics", "evidence", "source", "version", "run", "outcomes", "figures", "showed"
        ),
        **all_of(SYSTEM, "decided", "decided_on", "review_on", "recorded_at"),
        **all_of(STAFF, "decided_by", "recorded_by"),
    }
}
# About the system itself.
DATA_USE = {
    "sharing.DataUseAnswer": {
        **all_of(SYSTEM, "id", "partnership", "owner", "point", "text", "written_at"),
        "written_by": STAFF,
    }
}
TABLES = (
    Table(models.RightsRequest, ("person",), _("Your request about your data"), on="received_on"),
    Table(models.RightsNotice, ("person",), _("An agency was told what became of your request"), on="told_at"),
    Table(models.InformationGiven, ("person",), _("What you were told of scores and decisions"), on="given_on"),
    Table(models.SubjectAccessRequest, ("person",), _("Your request for your data"), on="received_on"),
    Table(
        models.InformationRequest, ("person",), _("An agency asked another about you"), on="asked_at", restricted=True
    ),
    Table(models.Disclosure, ("person",), _("Your data was disclosed"), on="disclosed_at", restricted=True),
    Table(
        models.Package, ("person",), _("Package for somebody outside the partnership"), on="made_at", restricted=True
    ),
    Table(models.Given, ("disclosure__person",), _("What was disclosed about you"), restricted=True),
    Table(models.RetentionDecision, ("person",), _("Decision to keep a record or to destroy it"), on="decided_at"),
    Table(models.LegalHold, ("person",), _("Records held from destruction"), on="placed_at", restricted=True),
)


def gather(*, scope: Scope, person_id: int) -> Iterator[Gathered]:
    """What sharing holds about somebody, as far as the scope may see it."""
    return rows_of(TABLES, scope=scope, person_id=person_id)


def register() -> None:
    for name, fields in {**LOOKS, **RETENTION, **SUBJECT_ACCESS, **REQUESTS, **RIGHTS, **EQUALITY, **DATA_USE}.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
    subject_access_gatherers.register(SubjectAccessGatherer("sharing", gather, 90))
