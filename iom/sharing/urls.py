"""Addresses of requests, subject access, retention and the audit record."""

from django.urls import path

from iom.sharing.views import audit

urlpatterns = [
    path("audit/", audit.search, name="sharing-audit"),
    path("audit/export/<slug:kind>", audit.export, name="sharing-audit-export"),
    path("audit/<int:event_id>", audit.event, name="sharing-audit-event"),
    path("audit/reviews/", audit.reviews, name="sharing-reviews"),
    path("audit/reviews/draw", audit.draw, name="sharing-reviews-draw"),
    path("audit/reviews/<int:review_id>", audit.review, name="sharing-review"),
]
