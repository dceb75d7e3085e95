"""Addresses of requests, subject access, retention and the audit record."""

from django.urls.resolvers import URLPattern

urlpatterns: list[URLPattern] = []
