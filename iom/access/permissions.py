"""What can be allowed. Every URL and every write names one of these; nothing is allowed that no role lists."""

from dataclasses import dataclass
from enum import StrEnum


def _(text: str) -> str:
    """Marks words for the catalogues. Django's own asks for the settings, which `openiom demo` has yet to make."""
    return text


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
    DRAW_RUN = "draw-run"
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
    REQUEST_ASK = "request-ask"
    REQUEST_ANSWER = "request-answer"
    DISCLOSURE_VIEW = "disclosure-view"
    PACKAGE_MAKE = "package-make"
    PACKAGE_APPROVE = "package-approve"
    RIGHTS_MANAGE = "rights-manage"
    RIGHTS_DECIDE = "rights-decide"
    EQUALITY_VIEW = "equality-view"
    EQUALITY_RECORD = "equality-record"
    DATA_USE_ANSWER = "data-use-answer"
    LIMITED_ACCESS_PLACE = "limited-access-place"
    LIMITED_ACCESS_CONFIRM = "limited-access-confirm"
    EMERGENCY_OPEN = "emergency-open"
    EMERGENCY_REVIEW = "emergency-review"
    AGREEMENT_VIEW = "agreement-view"
    AGREEMENT_MANAGE = "agreement-manage"
    AGREEMENT_APPROVE = "agreement-approve"
    OUTCOMES_VIEW = "outcomes-view"
    OUTCOMES_ASK = "outcomes-ask"
    OUTCOMES_RELEASE = "outcomes-release"


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
    Permission.DRAW_RUN: "Run a draw for places of a scheme: open it, settle who is in it, close its list, draw",
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
    Permission.REQUEST_ASK: "Ask another agency for information about a person, and read what was given to their role",
    Permission.REQUEST_ANSWER: "Answer what their agency is asked about a person, or refuse",
    Permission.DISCLOSURE_VIEW: "See the log of what their agency disclosed and received",
    Permission.PACKAGE_MAKE: "Put together what goes to somebody outside the partnership, and fetch it once approved",
    Permission.PACKAGE_APPROVE: "Approve what somebody else put together for outside the partnership",
    Permission.RIGHTS_MANAGE: "Record people's requests to correct, erase or restrict data or contest a decision",
    Permission.RIGHTS_DECIDE: "Decide such a request that somebody else prepared, and lift restrictions",
    Permission.EQUALITY_VIEW: "Read the log of equality evidence, and download it",
    Permission.EQUALITY_RECORD: "Add equality evidence to the log, and correct it by a new entry",
    Permission.DATA_USE_ANSWER: "Fill in what only the partnership knows of how data is used",
    Permission.LIMITED_ACCESS_PLACE: "Limit who may see a person's record at all",
    Permission.LIMITED_ACCESS_CONFIRM: "Confirm a limit that somebody else placed, and lift limits",
    Permission.EMERGENCY_OPEN: "Open a record they may not see, in an emergency, for some hours",
    Permission.EMERGENCY_REVIEW: "Review emergency access by others of their agency, or to its records",
    Permission.AGREEMENT_VIEW: "See the gateways in law, and which agencies agreed to share what",
    Permission.AGREEMENT_MANAGE: "Draft sharing agreements and data protection impact assessments, and withdraw them",
    Permission.AGREEMENT_APPROVE: "Put in force an agreement, or approve an assessment, that somebody else drafted",
    Permission.OUTCOMES_VIEW: "See what is known of outcomes, in totals of groups, and take released reports",
    Permission.OUTCOMES_ASK: (
        "Ask a question of outcomes, accept its comparison, and ask for a report's release or a file of names for the"
        " Justice Data Lab"
    ),
    Permission.OUTCOMES_RELEASE: (
        "Release a report on outcomes, or a file of their agency's names for the Justice Data Lab, that somebody else"
        " asked for"
    ),
}


class Extent(StrEnum):
    """What a permission opens of one agency's records."""

    ALL = "all"
    SHARED = "shared"  # what the audience of each record lets the user's agency see
    NOTHING = "nothing"


EXTENTS: dict[Extent, str] = {
    Extent.ALL: _("All"),
    Extent.SHARED: _("Shared with them"),
    Extent.NOTHING: _("None"),
}
EXTENT_MEANINGS: dict[Extent, str] = {
    Extent.ALL: _("every such record."),
    Extent.SHARED: _("those whose audience is all partners, or lists the agency."),
    Extent.NOTHING: _("such a record answers as if it were not there, and is not counted."),
}


@dataclass(frozen=True)
class Reach:
    """How far a permission goes: what it opens of the user's own agency, of another in the partnership, and beyond.

    The permission table, its page of the documents and `tests/web/access` are all made from it. No permission reaches
    another partnership; that column is here so that the table says so, and the tests ask.
    """

    words: str
    own_agency: Extent
    other_agency: Extent
    other_partnership: Extent = Extent.NOTHING

    @property
    def extents(self) -> tuple[Extent, Extent, Extent]:
        return self.own_agency, self.other_agency, self.other_partnership


# As each record's audience says. One's own agency's are open to all of the agency.
AUDIENCE = Reach(_("Records that their audience opens to the user's agency"), Extent.ALL, Extent.SHARED)
PARTNERSHIP = Reach(_("What belongs to the partnership as a whole"), Extent.ALL, Extent.ALL)
OWN_AGENCY = Reach(_("Their own agency's only"), Extent.ALL, Extent.NOTHING)
# Their own account, their own drafts, a list of addresses: it opens nothing of anybody else's.
NO_RECORD = Reach(_("Nobody's record"), Extent.NOTHING, Extent.NOTHING)

REACHES: dict[Permission, Reach] = {
    Permission.TODAY_VIEW: NO_RECORD,
    Permission.PERSON_SEARCH: AUDIENCE,
    Permission.PERSON_VIEW: AUDIENCE,
    Permission.PERSON_SCORES_VIEW: AUDIENCE,
    Permission.MATCH_REVIEW: AUDIENCE,
    Permission.PERSON_MERGE: AUDIENCE,
    Permission.IMPORT_VIEW: PARTNERSHIP,
    Permission.IMPORT_MANAGE: OWN_AGENCY,
    Permission.COHORT_VIEW: AUDIENCE,
    Permission.CANDIDATES_VIEW: AUDIENCE,
    Permission.NOMINATE: AUDIENCE,
    Permission.AGENCY_RETURN: AUDIENCE,
    Permission.PANEL_DECIDE: AUDIENCE,
    Permission.DRAW_RUN: PARTNERSHIP,
    Permission.COHORT_MANAGE: AUDIENCE,
    Permission.SCHEME_VIEW: PARTNERSHIP,
    Permission.SCHEME_PROPOSE: PARTNERSHIP,
    Permission.SCHEME_ACTIVATE: PARTNERSHIP,
    Permission.EXPORT: AUDIENCE,
    Permission.USERS_VIEW: PARTNERSHIP,
    Permission.USERS_MANAGE: PARTNERSHIP,
    Permission.AUDIT_VIEW: PARTNERSHIP,
    Permission.AUDIT_EXPORT: PARTNERSHIP,
    Permission.RETENTION_VIEW: OWN_AGENCY,
    Permission.RETENTION_REVIEW: OWN_AGENCY,
    Permission.RETENTION_APPROVE: OWN_AGENCY,
    Permission.SUBJECT_ACCESS_MANAGE: OWN_AGENCY,
    Permission.SUBJECT_ACCESS_CHECK: OWN_AGENCY,
    Permission.REQUEST_ASK: AUDIENCE,
    Permission.REQUEST_ANSWER: AUDIENCE,
    Permission.DISCLOSURE_VIEW: AUDIENCE,
    Permission.PACKAGE_MAKE: AUDIENCE,
    Permission.PACKAGE_APPROVE: AUDIENCE,
    Permission.RIGHTS_MANAGE: OWN_AGENCY,
    Permission.RIGHTS_DECIDE: OWN_AGENCY,
    Permission.EQUALITY_VIEW: PARTNERSHIP,
    Permission.EQUALITY_RECORD: PARTNERSHIP,
    Permission.DATA_USE_ANSWER: PARTNERSHIP,
    Permission.LIMITED_ACCESS_PLACE: AUDIENCE,
    Permission.LIMITED_ACCESS_CONFIRM: AUDIENCE,
    Permission.EMERGENCY_OPEN: AUDIENCE,
    Permission.EMERGENCY_REVIEW: AUDIENCE,
    Permission.ADMIN_VIEW: NO_RECORD,
    Permission.AGREEMENT_VIEW: PARTNERSHIP,
    Permission.AGREEMENT_MANAGE: PARTNERSHIP,
    Permission.AGREEMENT_APPROVE: PARTNERSHIP,
    Permission.OUTCOMES_VIEW: PARTNERSHIP,
    Permission.OUTCOMES_ASK: PARTNERSHIP,
    Permission.OUTCOMES_RELEASE: PARTNERSHIP,
}
