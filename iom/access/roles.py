"""The roles, as policy: who may do what. Owned by information governance; stored by slug, never by name or path."""

from dataclasses import dataclass

from iom.access.permissions import Permission as P


@dataclass(frozen=True)
class Role:
    slug: str
    display_name: str
    description: str
    permissions: frozenset[P]


EVERYONE = frozenset({P.TODAY_VIEW})
CASEWORK = EVERYONE | {
    P.PERSON_SEARCH,
    P.PERSON_VIEW,
    P.COHORT_VIEW,
    P.NOMINATE,
    P.AGENCY_RETURN,
    P.REQUEST_ASK,
    P.REQUEST_ANSWER,
}

PRACTITIONER = Role(
    "practitioner",
    "Probation practitioner",
    "Manages people on the cohort who are under statutory supervision.",
    CASEWORK | {P.PERSON_SCORES_VIEW, P.COHORT_MANAGE, P.EMERGENCY_OPEN},
)
POLICE_OFFENDER_MANAGER = Role(
    "police-offender-manager",
    "Police offender manager",
    "Manages people on the cohort for the police, statutory or not.",
    CASEWORK | {P.PERSON_SCORES_VIEW, P.COHORT_MANAGE, P.EMERGENCY_OPEN},
)
COORDINATOR = Role(
    "coordinator",
    "IOM co-ordinator",
    "Runs the cohort: extracts, matches, candidates, nominations, the panel's papers.",
    CASEWORK
    | {
        P.PERSON_SCORES_VIEW,
        P.MATCH_REVIEW,
        P.PERSON_MERGE,
        P.IMPORT_VIEW,
        P.IMPORT_MANAGE,
        P.CANDIDATES_VIEW,
        P.DRAW_RUN,
        P.COHORT_MANAGE,
        P.SCHEME_VIEW,
        P.EXPORT,
        P.USERS_VIEW,
        P.ADMIN_VIEW,
        P.SUBJECT_ACCESS_CHECK,
        P.RIGHTS_DECIDE,
        P.LIMITED_ACCESS_PLACE,
        P.PACKAGE_MAKE,
        P.LIMITED_ACCESS_CONFIRM,
        P.EMERGENCY_OPEN,
        P.AGREEMENT_VIEW,
        P.OUTCOMES_VIEW,
    },
)
ANALYST = Role(
    "analyst",
    "Analyst",
    "Designs schemes, checks fairness, ranks candidates, and asks whether it works.",
    EVERYONE
    | {
        P.PERSON_SEARCH,
        P.PERSON_VIEW,
        P.PERSON_SCORES_VIEW,
        P.MATCH_REVIEW,
        P.IMPORT_VIEW,
        P.IMPORT_MANAGE,
        P.COHORT_VIEW,
        P.CANDIDATES_VIEW,
        P.SCHEME_VIEW,
        P.SCHEME_PROPOSE,
        P.EXPORT,
        P.AGREEMENT_VIEW,
        P.EQUALITY_VIEW,
        P.EQUALITY_RECORD,
        P.OUTCOMES_VIEW,
        P.OUTCOMES_ASK,
    },
)
PANEL_CHAIR = Role(
    "panel-chair",
    "Panel chair",
    "Records what the panel decides and why, and activates schemes others propose.",
    CASEWORK
    | {
        P.PERSON_SCORES_VIEW,
        P.CANDIDATES_VIEW,
        P.PANEL_DECIDE,
        P.COHORT_MANAGE,
        P.SCHEME_VIEW,
        P.SCHEME_ACTIVATE,
        P.EQUALITY_VIEW,
        P.OUTCOMES_VIEW,
    },
)
MANAGER = Role(
    "manager",
    "Manager",
    "Oversees a team's people and work.",
    CASEWORK
    | {
        P.PERSON_SCORES_VIEW,
        P.CANDIDATES_VIEW,
        P.DRAW_RUN,
        P.COHORT_MANAGE,
        P.SCHEME_VIEW,
        P.SCHEME_ACTIVATE,
        P.EXPORT,
        P.USERS_VIEW,
        P.ADMIN_VIEW,
        P.SUBJECT_ACCESS_CHECK,
        P.RIGHTS_DECIDE,
        P.LIMITED_ACCESS_PLACE,
        P.PACKAGE_MAKE,
        P.LIMITED_ACCESS_CONFIRM,
        P.EMERGENCY_OPEN,
        P.EMERGENCY_REVIEW,
        P.PACKAGE_APPROVE,
        P.DISCLOSURE_VIEW,
        P.AGREEMENT_VIEW,
        P.AGREEMENT_APPROVE,
        P.EQUALITY_VIEW,
        P.OUTCOMES_VIEW,
        P.OUTCOMES_RELEASE,
    },
)
PARTNER_WORKER = Role(
    "partner-worker",
    "Partner worker",
    "Works with people on the cohort for a council, health, treatment or voluntary service.",
    CASEWORK,
)
BOARD_MEMBER = Role(
    "board-member",
    "Board member",
    "Sees schemes, totals and the evidence on equality; no person's record.",
    EVERYONE | {P.SCHEME_VIEW, P.EQUALITY_VIEW, P.OUTCOMES_VIEW},
)
INFORMATION_GOVERNANCE = Role(
    "information-governance",
    "Information governance lead",
    "Sees who has access and what was done, and answers people's requests about their own data; no casework.",
    EVERYONE
    | {
        P.SCHEME_VIEW,
        P.IMPORT_VIEW,
        P.USERS_VIEW,
        P.AUDIT_VIEW,
        P.AUDIT_EXPORT,
        P.ADMIN_VIEW,
        P.RETENTION_VIEW,
        P.RETENTION_REVIEW,
        P.RETENTION_APPROVE,
        P.SUBJECT_ACCESS_MANAGE,
        P.RIGHTS_MANAGE,
        P.SUBJECT_ACCESS_CHECK,
        P.RIGHTS_DECIDE,
        P.LIMITED_ACCESS_CONFIRM,
        P.EMERGENCY_REVIEW,
        P.PACKAGE_APPROVE,
        P.DISCLOSURE_VIEW,
        P.AGREEMENT_VIEW,
        P.AGREEMENT_MANAGE,
        P.AGREEMENT_APPROVE,
        P.EQUALITY_VIEW,
        P.EQUALITY_RECORD,
        P.DATA_USE_ANSWER,
        P.OUTCOMES_VIEW,
        P.OUTCOMES_RELEASE,
    },
)
ADMINISTRATOR = Role(
    "administrator",
    "Administrator",
    "Gives and removes access; sees no person's record.",
    EVERYONE | {P.USERS_VIEW, P.USERS_MANAGE, P.ADMIN_VIEW},
)

ALL = (
    PRACTITIONER,
    POLICE_OFFENDER_MANAGER,
    COORDINATOR,
    ANALYST,
    PANEL_CHAIR,
    MANAGER,
    PARTNER_WORKER,
    BOARD_MEMBER,
    INFORMATION_GOVERNANCE,
    ADMINISTRATOR,
)
BY_SLUG = {role.slug: role for role in ALL}


def permissions_of(slugs: list[str]) -> frozenset[P]:
    """Everything these roles may do together; a slug that no longer exists gives nothing."""
    return frozenset(permission for slug in slugs if slug in BY_SLUG for permission in BY_SLUG[slug].permissions)
