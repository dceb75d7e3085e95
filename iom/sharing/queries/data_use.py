"""Reads what the partnership says of how data is used."""

from iom.access.scope import Scope
from iom.sharing.choices.data_use import Point
from iom.sharing.models import DataUseAnswer


def answers(*, scope: Scope, until: int | None = None) -> dict[Point, DataUseAnswer]:
    """The newest answer to each point, of those that were ever answered; with `until`, as it was at that id."""
    found = DataUseAnswer.objects.visible_to(scope).order_by("point", "-pk").distinct("point")
    if until is not None:
        found = found.filter(pk__lte=until)
    return {Point(each.point): each for each in found}
