"""What a scheme costs beside what it was found to do; entered by who asks, seen by who may see outcomes."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.common.errors import InvalidInput, WrongState
from iom.outcomes import evaluation, operations, queries, rules
from iom.outcomes.forms import CostsForm, typed_before
from iom.outcomes.presenters import money as present
from iom.outcomes.presenters import studies
from iom.outcomes.views import shared
from iom.partnerships import queries as partnerships


@require_GET
@requires(Permission.OUTCOMES_VIEW)
def money(request: ScopedRequest, study_id: int) -> HttpResponse:
    """What follows from the costs that were entered and from what was found."""
    scope = request.scope
    found = queries.get_study(study_id=study_id, scope=scope)
    rules.check_can_cost(state=found.state)
    costs = queries.costs_of(study=found, scope=scope)
    earlier = queries.earlier_costs(study=found, scope=scope)
    sets = [*([costs] if costs else []), *earlier]
    names = partnerships.user_names(
        user_ids={pk for each in sets for pk in (each.written_by, each.replaced_by) if pk is not None}
    )
    context = {
        "sections": shared.sections("outcomes-studies"),
        "study": found,
        "row": studies.row(found),
        "costs": costs,
        "entered": present.by_and_on(costs.written_by, costs.written_at, names=names) if costs else "",
        "report": present.document(found, costs) if costs else None,
        "earlier": present.earlier(earlier, names=names) if earlier else None,
        "may_ask": scope.allows(Permission.OUTCOMES_ASK),
    }
    return render(request, "outcomes/money.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.OUTCOMES_ASK)
def costs(request: ScopedRequest, study_id: int) -> HttpResponse:
    """Takes down what the scheme costs, in the place of what was entered before."""
    scope = request.scope
    found = queries.get_study(study_id=study_id, scope=scope)
    rules.check_can_cost(state=found.state)
    before = queries.costs_of(study=found, scope=scope)
    form = CostsForm(request.POST or None, crimes=evaluation.crimes(), initial=typed_before(before) if before else None)
    current = str(before.pk) if before else ""
    # A form that is shown again was begun beside what counted then.
    seen = request.POST.get("seen", "") if request.method == "POST" else current
    if request.method == "POST" and form.is_valid():
        try:
            operations.set_costs(
                study_id=study_id,
                seen=int(seen) if seen.isdecimal() else None,
                by=scope,
                at=timezone.now(),
                **form.chosen(),
            )
        except InvalidInput as error:
            add_errors(form, error)
        except WrongState as error:
            # What was typed stays on the page, with what it would now replace.
            form.add_error(None, error.message)
            seen = current
        else:
            messages.success(request, _("The costs are kept."))
            return redirect("outcomes-money", study_id)
    context = {
        "sections": shared.sections("outcomes-studies"),
        "form": form,
        "study": found,
        "row": studies.row(found),
        "seen": seen,
        "years": evaluation.price_years(),
        "back": reverse("outcomes-money", args=[study_id]),
    }
    return render(request, "outcomes/costs.html", context)
