"""Addresses of requests, subject access, retention and the audit record."""

from django.urls import path

from iom.sharing.views import audit, retention, subject_access

HERE = "subject-access"
urlpatterns = [
    path("audit/", audit.search, name="sharing-audit"),
    path("audit/export/<slug:kind>", audit.export, name="sharing-audit-export"),
    path("audit/<int:event_id>", audit.event, name="sharing-audit-event"),
    path("audit/looks/", audit.looks, name="sharing-looks"),
    path("audit/looks/draw", audit.draw, name="sharing-looks-draw"),
    path("audit/looks/<int:look_id>", audit.look, name="sharing-look"),
    path("admin/retention/", retention.retention, name="sharing-retention"),
    path("admin/retention/reviews/<int:review_id>", retention.review, name="sharing-review"),
    path("admin/retention/holds/new/<uuid:public_id>", retention.place_hold, name="sharing-place-hold"),
    path("admin/retention/holds/<int:hold_id>/lift", retention.lift_hold, name="sharing-lift-hold"),
    path("admin/retention/lists/<int:list_id>", retention.destruction, name="sharing-destruction"),
    path("admin/retention/lists/<int:list_id>/approve", retention.approve, name="sharing-approve-destruction"),
    path("admin/retention/lists/<int:list_id>/withdraw", retention.withdraw, name="sharing-withdraw-destruction"),
    path("admin/retention/lists/<int:list_id>/certificate", retention.certificate, name="sharing-certificate"),
    path(f"{HERE}/", subject_access.requests, name="sharing-subject-access"),
    path(f"{HERE}/find", subject_access.find, name="sharing-subject-access-find"),
    path(f"{HERE}/new/<uuid:public_id>", subject_access.new, name="sharing-subject-access-new"),
    path(f"{HERE}/<int:request_id>", subject_access.one, name="sharing-subject-access-request"),
    path(f"{HERE}/<int:request_id>/identity", subject_access.identity, name="sharing-subject-access-identity"),
    path(f"{HERE}/<int:request_id>/pause", subject_access.pause, name="sharing-subject-access-pause"),
    path(f"{HERE}/<int:request_id>/resume", subject_access.resume, name="sharing-subject-access-resume"),
    path(f"{HERE}/<int:request_id>/extend", subject_access.extend, name="sharing-subject-access-extend"),
    path(f"{HERE}/<int:request_id>/gather", subject_access.gather, name="sharing-subject-access-gather"),
    path(f"{HERE}/<int:request_id>/prepare", subject_access.prepare, name="sharing-subject-access-prepare"),
    path(f"{HERE}/<int:request_id>/send-back", subject_access.send_back, name="sharing-subject-access-send-back"),
    path(f"{HERE}/<int:request_id>/release", subject_access.release, name="sharing-subject-access-release"),
    path(f"{HERE}/<int:request_id>/close", subject_access.close, name="sharing-subject-access-close"),
    path(f"{HERE}/<int:request_id>/answer.<str:kind>", subject_access.download, name="sharing-subject-access-answer"),
    path(f"{HERE}/items/<int:item_id>", subject_access.decide, name="sharing-subject-access-item"),
    path(f"{HERE}/items/<int:item_id>/give-all", subject_access.give_all, name="sharing-subject-access-give-all"),
]
