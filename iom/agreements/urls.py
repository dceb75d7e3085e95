"""Addresses of the gateways and of sharing agreements."""

from django.urls import path

from iom.agreements.views import sharing_agreements

HERE = "admin/agreements"
urlpatterns = [
    path("admin/gateways", sharing_agreements.gateways, name="agreements-gateways"),
    path(f"{HERE}/", sharing_agreements.agreements, name="agreements"),
    path(f"{HERE}/new", sharing_agreements.new, name="agreements-new"),
    path(f"{HERE}/<int:agreement_id>", sharing_agreements.agreement, name="agreements-agreement"),
    path(f"{HERE}/<int:agreement_id>/change", sharing_agreements.change, name="agreements-change"),
    path(f"{HERE}/<int:agreement_id>/parties/<int:agency_id>", sharing_agreements.party, name="agreements-party"),
    path(
        f"{HERE}/<int:agreement_id>/parties/<int:agency_id>/remove",
        sharing_agreements.remove_party,
        name="agreements-remove-party",
    ),
    path(f"{HERE}/<int:agreement_id>/put-in-force", sharing_agreements.put_in_force, name="agreements-put-in-force"),
    path(f"{HERE}/<int:agreement_id>/withdraw", sharing_agreements.withdraw, name="agreements-withdraw"),
]
