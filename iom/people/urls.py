"""Addresses of the person index."""

from django.urls import path

from iom.people.views import linking, matches, merging, person, search

urlpatterns = [
    path("", search.search, name="people-search"),
    path("export.<str:kind>", search.export, name="people-export"),
    path("matches/", matches.queue, name="people-matches"),
    path("matches/<int:match_id>", matches.review, name="people-match"),
    path("matches/export.<str:kind>", matches.export, name="people-matches-export"),
    path("matches/link", linking.link_again, name="people-link"),
    path("matches/link/progress", linking.progress, name="people-link-progress"),
    path("matches/link/<int:run_id>/cancel", linking.cancel, name="people-link-cancel"),
    path("decisions/<int:decision_id>/undo", matches.undo, name="people-undo"),
    path("<uuid:public_id>", person.overview, name="people-person"),
    path("<uuid:public_id>/offending", person.offending, name="people-offending"),
    path("<uuid:public_id>/timeline", person.timeline, name="people-timeline"),
    path("<uuid:public_id>/index-history", person.index_history, name="people-index-history"),
    path("<uuid:public_id>/merge", merging.choose, name="people-merge-choose"),
    path("<uuid:public_id>/merge/<uuid:other_id>", merging.merge, name="people-merge"),
    path("<uuid:public_id>/split", merging.split, name="people-split"),
]
