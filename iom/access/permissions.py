"""What can be allowed. Every URL and every write names one of these; nothing is allowed that no role lists."""

from enum import StrEnum


class Permission(StrEnum):
    """Stored and compared by value; the value never changes once released."""

    TODAY_VIEW = "today-view"
    PERSON_SEARCH = "person-search"
    PERSON_VIEW = "person-view"
    PERSON_SCORES_VIEW = "person-scores-view"
    MATCH_REVIEW = "match-review"
    PERSON_MERGE = "person-merge"
    IMPORT_VIEW = "import-view"
    IMPORT_MANAGE = "import-manage"
    COHORT_VIEW = "cohort-view"
    CANDIDATES_VIEW = "candidates-view"
    NOMINATE = "nominate"
    AGENCY_RETURN = "agency-return"
    PANEL_DECIDE = "panel-decide"
    COHORT_MANAGE = "cohort-manage"
    SCHEME_VIEW = "scheme-view"
    SCHEME_PROPOSE = "scheme-propose"
    SCHEME_ACTIVATE = "scheme-activate"
    EXPORT = "export"
    USERS_VIEW = "users-view"
    USERS_MANAGE = "users-manage"
    AUDIT_VIEW = "audit-view"
    AUDIT_EXPORT = "audit-export"
    ADMIN_VIEW = "admin-view"
    RETENTION_VIEW = "retention-view"
    RETENTION_REVIEW = "retention-review"
    RETENTION_APPROVE = "retention-approve"
    SUBJECT_ACCESS_MANAGE = "subject-access-manage"
    SUBJECT_ACCESS_CHECK = "subject-access-check"


DESCRIPTIONS: dict[Permission, str] = {
    Permission.TODAY_VIEW: "See their own Today page",
    Permission.PERSON_SEARCH: "Search for people",
    Permission.PERSON_VIEW: "Open a person's record, as far as each agency shares it",
    Permission.PERSON_SCORES_VIEW: "See a person's scores and offending history with their working",
    Permission.MATCH_REVIEW: "Decide whether two records are the same person",
    Permission.PERSON_MERGE: "Merge or split people in the index",
    Permission.IMPORT_VIEW: "See which extracts came in and what was held",
    Permission.IMPORT_MANAGE: "Upload, accept or cancel an extract of their own agency",
    Permission.COHORT_VIEW: "See who is in the cohort, and nominations",
    Permission.CANDIDATES_VIEW: "See the ranked candidates and every factor behind a rank",
    Permission.NOMINATE: "Nominate a person for the cohort",
    Permission.AGENCY_RETURN: "Give their agency's return on a nomination",
    Permission.PANEL_DECIDE: "Record the panel's decision",
    Permission.COHORT_MANAGE: "Change a member's rating, lead or review, and record de-selection",
    Permission.SCHEME_VIEW: "See the schemes, their weights and their fairness reports",
    Permission.SCHEME_PROPOSE: "Propose a scheme version",
    Permission.SCHEME_ACTIVATE: "Activate a scheme version somebody else proposed",
    Permission.EXPORT: "Download lists they can see",
    Permission.USERS_VIEW: "See who has access to the partnership",
    Permission.USERS_MANAGE: "Give and remove access",
    Permission.AUDIT_VIEW: "Search the audit record, and review looks at people's records",
    Permission.AUDIT_EXPORT: "Take what they find in the audit record as a file",
    Permission.RETENTION_VIEW: "See what of their agency is due for review, held and destroyed",
    Permission.RETENTION_REVIEW: "Keep a record at its review or propose it for destruction, and place legal holds",
    Permission.RETENTION_APPROVE: "Be one of the two people who approve a destruction list",
    Permission.ADMIN_VIEW: "See which pages of the section Admin are theirs",
    Permission.SUBJECT_ACCESS_MANAGE: "Record and answer people's requests about their own data",
    Permission.SUBJECT_ACCESS_CHECK: "Check and release an answer about a person's data that somebody else prepared",
}
