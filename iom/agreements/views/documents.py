"""The documents of an agreement: put one with it, take one out."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.agreements import operations, queries
from iom.agreements.adapters import documents as store
from iom.agreements.forms.documents import DocumentForm
from iom.common.errors import InvalidInput


@require_http_methods(["GET", "POST"])
@requires(Permission.AGREEMENT_MANAGE)
def add(request: ScopedRequest, agreement_id: int) -> HttpResponse:
    """Puts a file with an agreement, or says where a paper is kept."""
    agreement = queries.get_agreement(agreement_id=agreement_id, scope=request.scope)
    form = DocumentForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            operations.add_document(
                agreement=agreement, title=given["title"], kept_at=given["kept_at"], upload=given["file"],
                by=request.scope, at=timezone.now(),
            )  # fmt: skip
        except InvalidInput as error:
            add_errors(form, error)
        else:
            messages.success(request, _("The document was added."))
            return redirect("agreements-agreement", agreement.pk)
    return render(request, "agreements/document.html", {"form": form, "agreement": agreement})


@require_GET
@requires(Permission.AGREEMENT_VIEW)
def download(request: ScopedRequest, document_id: int) -> FileResponse:
    """A document, as a file to keep: never shown in the page's own window."""
    document = queries.get_document(document_id=document_id, scope=request.scope)
    stream = store.open_document(document_id=document.pk)
    operations.record_download(document=document, by=request.scope, at=timezone.now())
    name = f"agreement-{document.agreement_id}-document-{document.pk}.{document.file_kind}"
    return FileResponse(stream, as_attachment=True, filename=name, content_type=store.TYPES[document.file_kind])
