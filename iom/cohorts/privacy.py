"""How each field of the cohort is treated.

Ranks and scores are worked out from sanctions, tests and assessments: sensitive processing (Data Protection Act 2018,
s35), given out only after somebody has looked. Schemes and runs are about nobody.
"""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as _

from iom.access.scope import Scope
from iom.cohorts import models
from iom.common.privacy import (
    MARKING,
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

# Dates of nomination, membership and review: kept to the year, to measure whether IOM works.
SENSITIVE_DATE = Treatment(Kind.SENSITIVE, SubjectAccess.REVIEW, Retention.GENERALISE)
# When the partnership wrote something down about a person: it says as much as what it wrote, so to the year as well.
WRITTEN_AT = Treatment(Kind.SYSTEM, SubjectAccess.LEAVE, Retention.GENERALISE)
# What kind of member, for how long, and how it ended: counted after the person's record has gone.
COUNTED = Treatment(Kind.SENSITIVE, SubjectAccess.GIVE, Retention.KEEP)


FIELDS = {
    "cohorts.Scheme": all_of(SYSTEM, "id", "partnership", "slug", "name", "created_at"),
    "cohorts.SchemeVersion": {
        **all_of(
            SYSTEM, "id", "partnership", "scheme", "number", "status", "text", "text_sha256", "definition", "reason",
            "written_at", "proposed_at", "activated_at", "activation_reason", "ended_at", "check_status",
            "check_message", "fairness", "what_if", "area_profile",
        ),
        **all_of(STAFF, "written_by", "proposed_by", "activated_by", "ended_by"),
    },
    "cohorts.WhatIfPerson": {
        **MARKING,
        **all_of(SYSTEM, "version", "person"),
        **all_of(SENSITIVE, "movement", "rank_before", "rank_after"),
    },
    "cohorts.RankRun": {
        **all_of(
            SYSTEM, "id", "partnership", "scheme", "version", "on", "status", "is_current", "stage", "progress",
            "message", "asked_at", "started_at", "finished_at", "capacity", "people", "eligible", "near_misses",
            "restricted", "provisional", "manifest", "fairness",
        ),
        "asked_by": STAFF,
    },
    "cohorts.Candidate": {
        **MARKING,
        **all_of(SYSTEM, "run", "person"),
        **all_of(
            SENSITIVE, "standing", "rank", "points", "strand", "place_in_strand", "within_capacity", "threshold",
            "not_known", "provisional", "area", "sex", "age_band", "in_custody", "reasons",
        ),
    },
    "cohorts.CandidateWorking": {**MARKING, "candidate": SYSTEM, **all_of(SENSITIVE, "factors", "criteria")},
    "cohorts.Score": {
        **MARKING,
        **all_of(SYSTEM, "run", "person"),
        # A percentage says nothing without what it is the likelihood of.
        **all_of(
            SENSITIVE, "predictor", "version", "kind", "horizon_months", "percent", "band", "provisional", "missing",
            "problems", "working",
        ),
        **all_of(SENSITIVE_DATE, "scored_on", "assessed_on"),
        "counts": SYSTEM,
    },
    "cohorts.Nomination": {
        **MARKING,
        **all_of(
            SYSTEM, "person", "scheme", "origin", "state", "lawful_basis", "agreement_reference", "redirected_from",
            "previous_membership",
        ),
        # The ranking has its day.
        "run": Treatment(Kind.SYSTEM, SubjectAccess.LEAVE, Retention.REMOVE),
        **all_of(WRITTEN_AT, "returns_due_on", "deferred_until", "closed_at"),
        **all_of(STAFF, "nominated_by", "endorsed_by", "closed_by"),
        **all_of(SENSITIVE_DATE, "nominated_at", "sentence_ends_on", "licence_ends_on"),
        **all_of(
            SENSITIVE, "reason", "proposed_type", "supervision", "index_offence", "other_arrangements",
            "victims", "needs", "engagement", "protective_factors", "snapshot",
            "withdrawal_reason",
        ),
    },
    "cohorts.ReturnRequest": {
        **MARKING,
        **all_of(SYSTEM, "nomination", "agency"),
        **all_of(WRITTEN_AT, "asked_at", "due_on", "answered_at"),
    },
    "cohorts.AgencyReturn": {
        **MARKING,
        "request": SYSTEM,
        **all_of(WRITTEN_AT, "given_at", "replaced_at"),
        "given_by": STAFF,
        **all_of(SENSITIVE, "known", "summary", "view", "view_reason"),
    },
    "cohorts.PanelIntelligence": {
        **MARKING,
        "nomination": SYSTEM,
        **all_of(WRITTEN_AT, "given_at", "withdrawn_at"),
        **all_of(STAFF, "given_by", "withdrawn_by"),
        **all_of(
            SENSITIVE, "text", "source_evaluation", "information_assessment", "handling_code", "handling_conditions"
        ),
    },
    "cohorts.PanelDecision": {
        **MARKING,
        **all_of(SYSTEM, "nomination", "present", "to_scheme"),
        **all_of(WRITTEN_AT, "deferred_until", "decided_at", "told_recorded_at"),
        **all_of(STAFF, "lead", "decided_by", "told_recorded_by"),
        **all_of(COUNTED, "outcome", "cohort_type", "rag"),
        **all_of(SENSITIVE_DATE, "met_on", "review_on"),
        **all_of(SENSITIVE, "reasons", "dissent", "without_returns", "against_draw", "told_note"),
        **all_of(PERSONAL_DATE, "told", "told_on", "told_how"),
    },
    # Of nobody: its keys are made for it by chance, and what it published stays so that anybody can check it.
    "cohorts.EntryDraw": {
        **all_of(
            SYSTEM, "id", "partnership", "scheme", "state", "places", "commitment", "beacon", "beacon_value", "keys",
            "list_hash", "seed", "order", "opened_at", "closed_at", "drawn_at", "withdrawn_at", "withdrawal_reason",
        ),
        **all_of(STAFF, "opened_by", "closed_by", "drawn_by", "withdrawn_by"),
    },
    "cohorts.DrawSeed": all_of(SYSTEM, "id", "partnership", "draw", "seed"),
    "cohorts.DrawEntrant": {
        **MARKING,
        **all_of(SYSTEM, "draw", "nomination"),
        "settled_at": WRITTEN_AT,
        "settled_by": STAFF,
        # The place stays as the membership does: what came of a draw is counted after the person's record has gone.
        **all_of(COUNTED, "key", "place", "is_drawn"),
        "left_out_because": SENSITIVE,
    },
    "cohorts.CohortMembership": {
        **MARKING,
        **all_of(SYSTEM, "person", "scheme", "nomination"),
        "ended_at": WRITTEN_AT,
        **all_of(STAFF, "lead", "ended_by"),
        **all_of(COUNTED, "state", "cohort_type", "rag", "end_reason"),
        **all_of(SENSITIVE_DATE, "rag_since", "review_on", "started_on", "ended_on"),
        **all_of(SENSITIVE, "end_explanation", "agreed_by", "exit_plan", "end_told"),
    },
    "cohorts.MembershipChange": {
        **MARKING,
        **all_of(SYSTEM, "membership", "change"),
        "at": WRITTEN_AT,
        "by_id": STAFF,
        **all_of(SENSITIVE, "before", "after", "rationale"),
    },
}  # fmt: skip


TABLES = (
    Table(models.CohortMembership, ("person",), _("Your place in the cohort"), on="started_on"),
    Table(models.MembershipChange, ("membership__person",), _("Change of rating, lead or review"), on="at"),
    Table(
        models.Nomination,
        ("person",),
        _("Nomination"),
        on="nominated_at",
        third_party=("victims",),
    ),
    Table(
        models.PanelIntelligence,
        ("nomination__person",),
        _("Intelligence given to the panel"),
        on="given_at",
        restricted=True,
    ),
    Table(models.AgencyReturn, ("request__nomination__person",), _("What an agency told the panel"), on="given_at"),
    Table(models.PanelDecision, ("nomination__person",), _("Decision of the panel"), on="decided_at"),
    Table(models.DrawEntrant, ("nomination__person",), _("Place in a draw"), on="settled_at"),
    Table(models.Score, ("person",), _("Score with its working"), on="scored_on"),
    Table(models.Candidate, ("person",), _("Place in a ranking")),
    Table(models.CandidateWorking, ("candidate__person",), _("How a place in a ranking was worked out")),
    Table(models.WhatIfPerson, ("person",), _("Place under a proposed scheme")),
)


def gather(*, scope: Scope, person_id: int) -> Iterator[Gathered]:
    """What the cohort holds about somebody, as far as the scope may see it."""
    return rows_of(TABLES, scope=scope, person_id=person_id)


def register() -> None:
    for name, fields in FIELDS.items():
        privacy_declarations.register(PrivacyDeclaration(name, fields))
    subject_access_gatherers.register(SubjectAccessGatherer("cohorts", gather, 20))
