"""Charts, as pictures of their own, so that the page with their table need not wait for them."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, requires
from iom.outcomes import queries
from iom.outcomes.presenters import charts as present

SVG = "image/svg+xml"


@require_GET
@requires(Permission.OUTCOMES_VIEW)
def of_study(request: ScopedRequest, study_id: int, chart: str, width: int) -> HttpResponse:
    """A chart of a question."""
    found = queries.get_study(study_id=study_id, scope=request.scope)
    return HttpResponse(present.drawn(found, chart=chart, width=width), content_type=SVG)


@require_GET
@requires(Permission.OUTCOMES_VIEW)
def crime(request: ScopedRequest, figures_id: int, width: int) -> HttpResponse:
    """Recorded crime by month."""
    found = queries.get_board(figures_id=figures_id, scope=request.scope)
    return HttpResponse(present.crime(found, width=width), content_type=SVG)


@require_GET
@requires(Permission.OUTCOMES_VIEW)
def areas(request: ScopedRequest, figures_id: int, width: int) -> HttpResponse:
    """Areas beside each other."""
    found = queries.get_board(figures_id=figures_id, scope=request.scope)
    return HttpResponse(present.areas(found, width=width), content_type=SVG)
