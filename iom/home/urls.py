"""Addresses of the home pages."""

from django.urls import path

from iom.home import views

urlpatterns = [
    path("", views.today, name="today"),
    path("admin/", views.admin, name="admin"),
    path("admin/permissions", views.permissions, name="permissions"),
    path("hidden", views.hidden, name="hidden"),
    path("health", views.health, name="health"),
    path("account", views.account, name="account"),
    path("account/postcode", views.home_postcode, name="home-postcode"),
    path("keep-alive", views.keep_alive, name="keep-alive"),
    path("leave", views.leave, name="leave"),
    path("drafts/<uuid:draft_id>", views.draft, name="draft"),
    path("drafts/<uuid:draft_id>/discard", views.discard_draft, name="discard-draft"),
    path("membership", views.choose_membership, name="choose-membership"),
]
