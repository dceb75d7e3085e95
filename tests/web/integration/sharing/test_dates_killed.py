"""The nightly work on review dates killed for real between two of its steps: begun again, it ends as if it had not."""

from pathlib import Path

import pytest

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.people.models import Person, SourceRecord
from iom.sharing import tasks
from iom.sharing.models import RetentionReview
from iom.sharing.operations.retention import AT_ONCE
from tests.factories.partnerships import AT, Place, make_place
from tests.web.integration.imports.conftest import administrator, is_waiting, until
from tests.web.integration.imports.test_kill import worker_process

pytestmark = pytest.mark.slow
PEOPLE = AT_ONCE + 20  # one whole step, and a second that is killed


@pytest.fixture
def db(committed: None) -> None:
    """Every fixture of this module commits: a worker in another process must see it."""


def make_people(place: Place) -> list[Person]:
    """So many people with a record of the police, in two statements."""
    police = place.agencies["Police"]
    marking = {"partnership": place.partnership, "owner_agency": police, "regime": police.regime, "audience": "own"}
    with act_in(place.system()):
        people = Person.objects.bulk_create(
            Person(person_key=f"k{number}", created_at=AT, family_name="Ashdown", **marking) for number in range(PEOPLE)
        )
        SourceRecord.objects.bulk_create(
            SourceRecord(
                source="police", source_id=f"{person.pk}", person=person, batch_id=0, received_at=AT, **marking
            )
            for person in people
        )
    return sorted(people, key=lambda person: person.pk)


def hold_back(holder, place: Place, person: Person) -> None:  # type: ignore[no-untyped-def]
    """Writes, and does not commit, the review of one person: whoever would write it too must wait."""
    police = place.agencies["Police"]
    holder.execute(
        "insert into sharing_retentionreview (partnership_id, owner_agency_id, regime, marking, descriptor, audience,"
        " audience_agencies, person_id, record, rule, last_on, of_child) values (%s, %s, 'law-enforcement', 'official',"
        " '', 'own', '{}', %s, 'agency', '', '2020-01-01', false)",
        [place.partnership.pk, police.pk, person.pk],
    )


def reviews(place: Place) -> list[int]:
    with act_in(place.system()):
        return list(RetentionReview.objects.order_by("person").values_list("person", flat=True))


def made(place: Place) -> int:
    """How many reviews were made, by the audit record."""
    with act_in(place.system()):
        return sum(each.detail["new"] for each in Event.objects.filter(action="sharing.set_review_dates"))


def test_a_worker_killed_between_two_steps(db: None, tmp_path: Path) -> None:
    place = make_place("Westmarch")
    people = make_people(place)
    tasks.set_review_dates.defer(timestamp=0)
    with worker_process(tmp_path) as process, administrator() as holder:
        hold_back(holder, place, people[-1])
        until(lambda: is_waiting(holder, "sharing_retentionreview"))
        process.kill()
        process.wait()
        holder.rollback()
    assert reviews(place) == [person.pk for person in people[:AT_ONCE]], "the first step whole, the second not at all"
    assert made(place) == AT_ONCE
    with worker_process(tmp_path):
        until(lambda: len(reviews(place)) == PEOPLE)
    assert reviews(place) == [person.pk for person in people]
    assert made(place) == PEOPLE, "nothing was made twice"
