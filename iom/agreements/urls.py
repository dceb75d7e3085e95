"""Addresses of the gateways, of sharing agreements with their documents, and of impact assessments."""

from django.urls import path

from iom.agreements.views import documents, impact_assessments, sharing_agreements

HERE = "admin/agreements"
IMPACT = "admin/impact-assessments"
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
    path(f"{HERE}/<int:agreement_id>/review", sharing_agreements.review, name="agreements-review"),
    path(f"{HERE}/<int:agreement_id>/withdraw", sharing_agreements.withdraw, name="agreements-withdraw"),
    path(f"{HERE}/<int:agreement_id>/documents/new", documents.add, name="agreements-add-document"),
    path(f"{HERE}/documents/<int:document_id>", documents.download, name="agreements-document"),
    path(f"{IMPACT}/", impact_assessments.assessments, name="agreements-assessments"),
    path(f"{IMPACT}/new", impact_assessments.new, name="agreements-new-assessment"),
    path(f"{IMPACT}/<int:assessment_id>", impact_assessments.assessment, name="agreements-assessment"),
    path(f"{IMPACT}/<int:assessment_id>/review", impact_assessments.review, name="agreements-review-assessment"),
    path(f"{IMPACT}/<int:assessment_id>/change", impact_assessments.change, name="agreements-change-assessment"),
    path(f"{IMPACT}/<int:assessment_id>/approve", impact_assessments.approve, name="agreements-approve-assessment"),
]
