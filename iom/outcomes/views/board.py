"""What the board looks at: each aim of the partnership, with what is known of it and how surely."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, requires
from iom.outcomes import operations, queries
from iom.outcomes.choices import StudyState
from iom.outcomes.presenters import board as present
from iom.outcomes.presenters import charts, studies
from iom.outcomes.views import shared


@require_GET
@requires(Permission.OUTCOMES_VIEW)
def board(request: ScopedRequest) -> HttpResponse:
    """The three aims, and the answers there are, the newest first."""
    scope = request.scope
    figures = queries.latest_board(scope=scope)
    done = queries.list_studies(scope=scope, states=[StudyState.DONE])[:5]
    context = {
        "sections": shared.sections("outcomes"),
        "figures": figures,
        "aims": present.aims(figures) if figures else [],
        "until": present.until(figures) if figures else "",
        "picture": charts.picture(
            "outcomes-crime-chart", figures.pk, text=_("Recorded crimes of each month, and the mean of twelve months.")
        )
        if figures and charts.months(figures)
        else None,
        "areas": present.areas(figures) if figures else None,
        "areas_picture": charts.picture("outcomes-areas-chart", figures.pk, text=charts.areas_text())
        if figures and charts.shown_areas(figures)
        else None,
        "answers": [studies.row(study) for study in done],
        "may_ask": scope.allows(Permission.OUTCOMES_ASK),
    }
    return render(request, "outcomes/board.html", context)


@require_POST
@requires(Permission.OUTCOMES_ASK)
def work_out(request: ScopedRequest) -> HttpResponse:
    """Has the figures worked out anew."""
    operations.ask_for_board(by=request.scope, at=timezone.now())
    messages.success(request, _("The figures are being worked out. Look again in a minute."))
    return redirect("outcomes")
