"""What is held about places, and how far it reaches: what a page asks before it works anything out."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Min
from django.db.models.functions import TruncDate

from iom.access.scope import Scope
from iom.people.models import ConfidenceEstimate, RecordedCrime, VictimCount


@dataclass(frozen=True)
class Held:
    """The rows of one table that the reader may see, how many systems sent them, and the first and last day they are
    of; None without a row. Two systems that tell of the same crimes make them count twice."""

    rows: int
    sources: int
    first: date | None
    last: date | None

    def until(self, on: date) -> date | None:
        """The first of the month after the last whole one that is held, as seen `on` a day; None without a row.

        The month that runs is never whole, whatever came of it already.
        """
        if self.last is None:
            return None
        return min(following(self.last), on.replace(day=1))


def following(day: date) -> date:
    """The first of the month after a day's."""
    return day.replace(year=day.year + day.month // 12, month=day.month % 12 + 1, day=1)


def held(*, scope: Scope) -> dict[str, Held]:
    """What is held of each of the library's tables about places: `recorded_crimes`, `victims`, `confidence`."""
    zone = ZoneInfo(settings.TIME_ZONE)
    crimes = RecordedCrime.objects.visible_to(scope).annotate(day=TruncDate("from_time", tzinfo=zone))
    return {
        "recorded_crimes": Held(
            **crimes.aggregate(
                rows=Count("pk"), sources=Count("source", distinct=True), first=Min("day"), last=Max("day")
            )
        ),
        "victims": Held(
            **VictimCount.objects.visible_to(scope).aggregate(
                rows=Count("pk"), sources=Count("source", distinct=True), first=Min("month"), last=Max("month")
            )
        ),
        "confidence": Held(
            **ConfidenceEstimate.objects.visible_to(scope).aggregate(
                rows=Count("pk"), sources=Count("source", distinct=True), first=Min("wave_start"), last=Max("wave_end")
            )
        ),
    }
