"""How each field of sharing is treated.

What was gathered for an answer repeats rows that other apps declare, so a request for access is not gathered from it;
that a request was made, and how it was answered, is the person's own to know.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from iom.access.scope import Scope
from iom.common.privacy import PERSONAL, PERSONAL_DATE, STAFF, SYSTEM, Kind, Retention, SubjectAccess, Treatment
from iom.common.registries import (
    PrivacyDeclaration,
    SubjectAccessGatherer,
    privacy_declarations,
    subject_access_gatherers,
)
from iom.common.subject_access import Gathered, Table, rows_of
from iom.sharing import models

MARKING = dict.fromkeys(
    ("id", "partnership", "owner_agency", "regime", "marking", "audience", "audience_agencies"), SYSTEM
)
COPY = Treatment(Kind.SENSITIVE, SubjectAccess.LEAVE, Retention.REMOVE)

SUBJECT_ACCESS = {
    "sharing.SubjectAccessRequest": {
        **MARKING,
        **dict.fromkeys(
            ("person", "recorded_at", "gathered_at", "prepared_at", "exported_at", "export_sha256"), SYSTEM
        ),
        **dict.fromkeys(("recorded_by", "identity_checked_by", "prepared_by", "closed_by"), STAFF),
        **dict.fromkeys(
            ("state", "channel", "asked_for", "identity_check", "extension_reason", "closing_reason"), PERSONAL
        ),
        "identity_note": Treatment(Kind.PERSONAL, SubjectAccess.REVIEW, Retention.REMOVE),
        **dict.fromkeys(("received_on", "extended_at", "closed_at"), PERSONAL_DATE),
    },
    "sharing.SubjectAccessPause": {**MARKING, **dict.fromkeys(("request", "reason", "started_on", "ended_on"), SYSTEM)},
    "sharing.SubjectAccessItem": {
        **MARKING,
        **dict.fromkeys(("request", "controller", "source", "row_id", "treatment", "exemption", "decided_at"), SYSTEM),
        **dict.fromkeys(("title", "on", "fields", "concern", "redacted", "reason", "consulted"), COPY),
        "decided_by": STAFF,
    },
}
TABLES = (Table(models.SubjectAccessRequest, ("person",), _("Your request for your data"), on="received_on"),)


def gather(*, scope: Scope, person_id: int) -> Iterator[Gathered]:
    """What sharing holds about somebody, as far as the scope may see it."""
    return rows_of(TABLES, scope=scope, person_id=person_id)


def register() -> None:
    for name, fields in SUBJECT_ACCESS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
    subject_access_gatherers.register(SubjectAccessGatherer("sharing", gather, 90))
