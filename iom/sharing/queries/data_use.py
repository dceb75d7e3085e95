"""Reads what the partnership says of how data is used."""

from iom.access.scope import Scope
from iom.sharing.choices.data_use import Point
from iom.sharing.models import DataUseAnswer


def answers(*, scope: Scope) -> dict[Point, DataUseAnswer]:
    """The newest answer to each point, of those that were ever answered."""
    found = DataUseAnswer.objects.visible_to(scope).order_by("point", "-pk").distinct("point")
    return {Point(each.point): each for each in found}
