"""Addresses of the cohort."""

from django.urls import path

from iom.cohorts.views import candidates, members, nominations, panel, schemes

urlpatterns = [
    path("cohort/", members.members, name="cohort"),
    path("cohort/members.<str:kind>", members.export, name="cohorts-members-export"),
    path("cohort/members/<int:membership_id>", members.member, name="cohorts-member"),
    path("cohort/members/<int:membership_id>/rating", members.change_rag, name="cohorts-change-rag"),
    path("cohort/members/<int:membership_id>/review", members.set_review, name="cohorts-set-review"),
    path("cohort/members/<int:membership_id>/lead", members.set_lead, name="cohorts-set-lead"),
    path("cohort/members/<int:membership_id>/de-select", members.deselect, name="cohorts-deselect"),
    path("cohort/members/<int:membership_id>/re-select", members.reselect, name="cohorts-reselect"),
    path("cohort/candidates/", candidates.candidates, name="cohorts-candidates"),
    path("cohort/candidates.<str:kind>", candidates.export, name="cohorts-candidates-export"),
    path("cohort/rankings/<int:run_id>", candidates.ranking, name="cohorts-ranking"),
    path("cohort/rankings/<int:run_id>/cancel", candidates.cancel_ranking, name="cohorts-cancel-ranking"),
    path("cohort/nominations/", nominations.nominations, name="cohorts-nominations"),
    path("cohort/nominations.<str:kind>", nominations.export, name="cohorts-nominations-export"),
    path("cohort/nominations/<int:nomination_id>", nominations.nomination, name="cohorts-nomination"),
    path("cohort/nominations/<int:nomination_id>/return", nominations.give_return, name="cohorts-return"),
    path(
        "cohort/nominations/<int:nomination_id>/intelligence",
        nominations.give_intelligence,
        name="cohorts-give-intelligence",
    ),
    path(
        "cohort/intelligence/<int:intelligence_id>/withdraw",
        nominations.withdraw_intelligence,
        name="cohorts-withdraw-intelligence",
    ),
    path("cohort/nominations/<int:nomination_id>/transfer", nominations.transfer, name="cohorts-transfer"),
    path("cohort/nominations/<int:nomination_id>/withdraw", nominations.withdraw, name="cohorts-withdraw"),
    path("cohort/nominations/<int:nomination_id>/decide", panel.decide, name="cohorts-decide"),
    path("cohort/decisions/<int:decision_id>/told", panel.told, name="cohorts-told"),
    path("cohort/schemes/", schemes.schemes, name="cohorts-schemes"),
    path("cohort/schemes/add", schemes.adopt, name="cohorts-adopt"),
    path("cohort/schemes/<slug:slug>", schemes.scheme, name="cohorts-scheme"),
    path("cohort/schemes/<slug:slug>/rank", candidates.start_ranking, name="cohorts-start-ranking"),
    path("cohort/schemes/<slug:slug>/write", schemes.write_version, name="cohorts-write-version"),
    path("cohort/schemes/<slug:slug>/<int:number>", schemes.version, name="cohorts-version"),
    path("cohort/schemes/<slug:slug>/<int:number>/edit", schemes.edit_version, name="cohorts-edit-version"),
    path("cohort/schemes/<slug:slug>/<int:number>/propose", schemes.propose, name="cohorts-propose"),
    path("cohort/schemes/<slug:slug>/<int:number>/check", schemes.check_again, name="cohorts-check-again"),
    path("cohort/schemes/<slug:slug>/<int:number>/activate", schemes.activate, name="cohorts-activate"),
    path("cohort/schemes/<slug:slug>/<int:number>/withdraw", schemes.withdraw, name="cohorts-withdraw-version"),
    path("people/<uuid:public_id>/cohort", members.person, name="cohorts-person"),
    path("people/<uuid:public_id>/scores", candidates.scores, name="cohorts-scores"),
    path("people/<uuid:public_id>/nominate", nominations.nominate, name="cohorts-nominate"),
]
