"""The import pages: upload, map once, read the check report, accept."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from iom.access import downloads
from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, requires
from iom.common.errors import InvalidInput, NotVisible
from iom.imports import adapters, presenters, queries, rules
from iom.imports import operations as imports
from iom.imports.choices import BatchStatus
from iom.imports.forms import BatchFilterForm, FeedForm, MappingForm, UploadForm
from iom.partnerships import queries as partnerships

PAGE = 25


@require_GET
@requires(Permission.IMPORT_VIEW)
def batches(request: ScopedRequest) -> HttpResponse:
    """Every extract that came, newest first."""
    form = BatchFilterForm(request.GET)
    status = form.chosen()
    page = Paginator(queries.list_batches(scope=request.scope, status=status), PAGE).get_page(request.GET.get("page"))
    names = partnerships.user_names(user_ids={batch.uploaded_by for batch in page})
    context = {
        "page": page,
        "rows": [presenters.batch_row(batch, names=names) for batch in page],
        "filter_form": form,
        "status": status,
        "can_upload": request.scope.allows(Permission.IMPORT_MANAGE),
        "exports": downloads.export_links(request, "imports-export"),
    }
    return render(request, "imports/batches.html", context)


@require_GET
@requires(Permission.EXPORT)
def export(request: ScopedRequest, kind: str) -> HttpResponse:
    """The list as it is filtered, as a file; for who does not see the list there is none."""
    if not request.scope.allows(Permission.IMPORT_VIEW):
        raise NotVisible
    found = queries.list_batches(scope=request.scope, status=BatchFilterForm(request.GET).chosen())
    names = partnerships.user_names(user_ids={batch.uploaded_by for batch in found})
    rows = [presenters.export_row(batch, names=names) for batch in found]
    return downloads.download(
        request=request, name="extracts", kind=kind, headings=presenters.export_headings(), rows=rows
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT_MANAGE)
def upload(request: ScopedRequest) -> HttpResponse:
    """Choose a feed and a file."""
    feeds = queries.list_own_feeds(scope=request.scope)
    form = UploadForm(request.POST or None, request.FILES or None, feeds=feeds)
    if request.method == "POST" and form.is_valid():
        feed = queries.get_own_feed(scope=request.scope, feed_id=int(form.cleaned_data["feed"]))
        now = timezone.now()
        batch = imports.upload(feed=feed, upload=form.cleaned_data["file"], by=request.scope, at=now)
        if batch.uploaded_at != now:
            messages.info(request, _("This file was uploaded before. Nothing was changed: here it is."))
        return redirect("imports-columns" if presenters.waits_for_layout(batch) else "imports-batch", batch.pk)
    return render(request, "imports/upload.html", {"form": form, "feeds": feeds})


@require_GET
@requires(Permission.IMPORT_VIEW)
def feeds(request: ScopedRequest) -> HttpResponse:
    """The partnership's feeds."""
    found = queries.list_feeds(scope=request.scope)
    context = {
        "feeds": found,
        "drop_folders": presenters.drop_folders(found, scope=request.scope),
        "tables": dict(adapters.tables()),
        "can_manage": request.scope.allows(Permission.IMPORT_MANAGE),
    }
    return render(request, "imports/feeds.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT_MANAGE)
def new_feed(request: ScopedRequest) -> HttpResponse:
    """Adds a feed of the user's own agency."""
    form = FeedForm(request.POST or None, tables=adapters.tables())
    if request.method == "POST" and form.is_valid():
        agency = next(a for a in partnerships.list_agencies(scope=request.scope) if a.pk == request.scope.agency_id)
        try:
            imports.add_feed(agency=agency, **form.cleaned_data, by=request.scope, at=timezone.now())
        except InvalidInput as error:
            for name, problem in error.fields.items():
                form.add_error(name, problem)
        else:
            messages.success(request, _("The feed was added."))
            return redirect("imports-upload")
    return render(request, "imports/new_feed.html", {"form": form})


@require_http_methods(["GET", "POST"])
@requires(Permission.IMPORT_MANAGE)
def columns(request: ScopedRequest, batch_id: int) -> HttpResponse:
    """Says once which column of the file holds what."""
    batch = queries.get_own_batch(scope=request.scope, batch_id=batch_id)
    rules.check_can_move(status=batch.status, to=BatchStatus.CHECKING)  # afterwards its file is gone
    header = adapters.header(batch_id=batch.pk, file_name=batch.file_name)
    if isinstance(header, str):
        batch = imports.refuse(batch_id=batch.pk, refusal=header, by=request.scope, at=timezone.now())
        return redirect("imports-batch", batch.pk)
    form = MappingForm(
        request.POST or None,
        header=header,
        columns=adapters.columns(table=batch.feed.table),
        suggested=adapters.suggest(header=header, table=batch.feed.table, layout=batch.layout),
    )
    if request.method == "POST" and form.is_valid():
        layout = form.layout(table=batch.feed.table, source=batch.feed.source)
        imports.lay_out(batch_id=batch.pk, layout=layout, by=request.scope, at=timezone.now())
        return redirect("imports-batch", batch.pk)
    return render(request, "imports/columns.html", {"form": form, "batch": batch, "file_columns": header})


@require_GET
@requires(Permission.IMPORT_VIEW)
def batch(request: ScopedRequest, batch_id: int) -> HttpResponse:
    """One batch: how far it is, what the check found, and what can be done."""
    found = queries.get_batch(scope=request.scope, batch_id=batch_id)
    names = partnerships.user_names(user_ids={found.uploaded_by, found.decided_by or 0})
    is_own = found.feed.agency_id == request.scope.agency_id and request.scope.allows(Permission.IMPORT_MANAGE)
    now = timezone.now()
    waits = found.status == BatchStatus.CHECKED
    lacks = queries.lacking(feed=found.feed, scope=request.scope, on=timezone.localdate(now)) if waits else ""
    context = presenters.batch_page(found, is_own=is_own, names=names, at=now, lacks=lacks)
    return render(request, "imports/batch.html", context)


@require_GET
@requires(Permission.IMPORT_VIEW)
def batch_progress(request: ScopedRequest, batch_id: int) -> HttpResponse:
    """The progress bar alone, for the page that keeps up by itself; when the work is done, the page is loaded anew."""
    found = queries.get_batch(scope=request.scope, batch_id=batch_id)
    context = presenters.batch_page(found, is_own=False, names={}, at=timezone.now())
    response = render(request, "imports/progress.html", context)
    if not context["running"]:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@requires(Permission.IMPORT_MANAGE)
def accept(request: ScopedRequest, batch_id: int) -> HttpResponse:
    queries.get_own_batch(scope=request.scope, batch_id=batch_id)
    imports.accept(batch_id=batch_id, by=request.scope, at=timezone.now())
    return redirect("imports-batch", batch_id)


@require_POST
@requires(Permission.IMPORT_MANAGE)
def cancel(request: ScopedRequest, batch_id: int) -> HttpResponse:
    queries.get_own_batch(scope=request.scope, batch_id=batch_id)
    imports.cancel(batch_id=batch_id, by=request.scope, at=timezone.now())
    messages.info(request, _("The extract was cancelled. Nothing of it was taken in."))
    return redirect("imports")


@require_GET
@requires(Permission.IMPORT_MANAGE)
def held_rows(request: ScopedRequest, batch_id: int) -> FileResponse:
    """The rows held, as they were sent, each with its reason and what to do; the agency mends and sends them again."""
    found = queries.get_own_batch(scope=request.scope, batch_id=batch_id)
    stream = adapters.open_held_rows(batch_id=found.pk)
    imports.record_download(batch_id=found.pk, by=request.scope, at=timezone.now())
    return FileResponse(stream, as_attachment=True, filename=f"held-rows-{found.pk}.csv", content_type="text/csv")
