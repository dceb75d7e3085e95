"""Addresses of the pages that give other systems access."""

from django.urls import path

from iom.partnerships import views

urlpatterns = [
    path("admin/systems/", views.tokens, name="partnerships-tokens"),
    path("admin/systems/new", views.make_token, name="partnerships-make-token"),
    path("admin/systems/<int:token_id>/revoke", views.revoke_token, name="partnerships-revoke-token"),
]
