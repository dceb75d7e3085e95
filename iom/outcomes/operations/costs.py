"""What a scheme costs, entered beside a question that is answered. A new set takes the place of the one before."""

from datetime import datetime

from django.db import transaction

from iom.access.scope import Scope
from iom.outcomes import evaluation, queries, rules
from iom.outcomes.models import Costs
from iom.outcomes.operations.records import ASK, locked, record


@transaction.atomic
def set_costs(
    *, study_id: int, given: evaluation.Inputs, source: str, seen: int | None, by: Scope, at: datetime
) -> Costs:
    """Keeps a set of costs. `seen` is the set that counted when this one was begun, so that none is replaced unseen."""
    by.check(ASK)
    study = locked(study_id=study_id, by=by)
    rules.check_can_cost(state=study.state)
    before = queries.costs_of(study=study, scope=by)
    rules.check_unchanged(current=before.pk if before else None, seen=seen)
    check(given)
    rules.check_says_why(source, field="source", message="Enter where the figures come from")
    if before is not None:
        Costs.objects.filter(pk=before.pk).update(replaced_by=by.user_id, replaced_at=at)
    made: Costs = Costs.objects.create(
        partnership_id=by.partnership_id,
        study=study,
        staff=[vars(post) for post in given.staff],
        other_pounds=given.other_pounds,
        as_usual_pounds=given.as_usual_pounds,
        mean_caseload=given.mean_caseload,
        price_year=given.price_year,
        mix=[
            {"crime": each.crime, "percent": round(100 * each.share, 2), "multiplier": each.multiplier}
            for each in given.mix
        ],
        uncosted_percent=round(100 * given.uncosted, 2),
        source=source.strip(),
        written_by=by.user_id,
        written_at=at,
    )
    detail = {"costs": made.pk} | ({"in_place_of": before.pk} if before else {})
    record(study=study, action="set_costs", by=by, at=at, detail=detail)
    return made


def check(given: evaluation.Inputs) -> None:
    """Raises `InvalidInput` where what was typed does not hold together."""
    rules.check_costs(
        staff=[(post.fte, post.yearly_pounds) for post in given.staff],
        other=given.other_pounds,
        as_usual=given.as_usual_pounds,
    )
    rules.check_caseload(given.mean_caseload)
    rules.check_price_year(given.price_year, years=evaluation.price_years())
    rules.check_mix(
        {each.crime: (100 * each.share, each.multiplier) for each in given.mix},
        uncosted=100 * given.uncosted,
        crimes=evaluation.crimes(),
    )
