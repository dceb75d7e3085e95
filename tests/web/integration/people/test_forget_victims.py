"""The number that tells victims apart ends once nobody can be counted as having suffered again by it; crimes stay."""

from datetime import timedelta

from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.people import tasks
from iom.people.models import RecordedCrime
from tests.factories.partnerships import Place
from tests.factories.people import add_crime


def test_victims_are_told_apart_for_two_years_and_their_crimes_stay(place: Place) -> None:
    now = timezone.now()
    with act_in(place.system()):
        for days, victim in ((10, "V1"), (700, "V2"), (740, "V3"), (4000, "V4"), (4001, "")):
            add_crime(place, area="Ashby", when=now - timedelta(days=days), victim_pseudonym=victim)
    for _ in range(2):  # a second night finds nothing, and says nothing
        tasks.forget_victims(0)
    with act_in(place.system()):
        held = RecordedCrime.objects.order_by("-from_time").values_list("victim_pseudonym", flat=True)
        assert list(held) == ["V1", "V2", "", "", ""]
        (told,) = Event.objects.filter(action="people.forget_victims")
        assert told.detail == {"rows": 2}
