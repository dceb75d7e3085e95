"""Addresses of the home pages."""

from django.urls import path

from iom.home import views

urlpatterns = [
    path("", views.today, name="today"),
    path("hidden", views.hidden, name="hidden"),
    path("health", views.health, name="health"),
    path("account", views.account, name="account"),
    path("keep-alive", views.keep_alive, name="keep-alive"),
    path("membership", views.choose_membership, name="choose-membership"),
]
