"""Addresses of requests, subject access, retention and the audit record."""

from django.urls import path

from iom.sharing.views import audit, retention

urlpatterns = [
    path("audit/", audit.search, name="sharing-audit"),
    path("audit/export/<slug:kind>", audit.export, name="sharing-audit-export"),
    path("audit/<int:event_id>", audit.event, name="sharing-audit-event"),
    path("audit/looks/", audit.looks, name="sharing-looks"),
    path("audit/looks/draw", audit.draw, name="sharing-looks-draw"),
    path("audit/looks/<int:review_id>", audit.look, name="sharing-look"),
    path("admin/retention/", retention.retention, name="sharing-retention"),
    path("admin/retention/reviews/<int:review_id>", retention.review, name="sharing-review"),
    path("admin/retention/holds/new/<uuid:public_id>", retention.place_hold, name="sharing-place-hold"),
    path("admin/retention/holds/<int:hold_id>/lift", retention.lift_hold, name="sharing-lift-hold"),
    path("admin/retention/lists/<int:list_id>", retention.destruction, name="sharing-destruction"),
    path("admin/retention/lists/<int:list_id>/approve", retention.approve, name="sharing-approve-destruction"),
    path("admin/retention/lists/<int:list_id>/withdraw", retention.withdraw, name="sharing-withdraw-destruction"),
    path("admin/retention/lists/<int:list_id>/certificate", retention.certificate, name="sharing-certificate"),
]
