"""What was said a scheme costs, beside a question."""

from iom.access.scope import Scope
from iom.outcomes.models import Costs, Study


def costs_of(*, study: Study, scope: Scope) -> Costs | None:
    """The set that counts; None where nobody has entered one."""
    found: Costs | None = Costs.objects.visible_to(scope).filter(study=study, replaced_at__isnull=True).first()
    return found


def earlier_costs(*, study: Study, scope: Scope) -> list[Costs]:
    """The sets whose place another took, the last first."""
    found = Costs.objects.visible_to(scope).filter(study=study, replaced_at__isnull=False)
    return list(found.order_by("-written_at", "-pk"))
