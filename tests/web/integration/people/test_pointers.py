"""An agency holds something; ask it. A pointer tells no more, and of nobody whom the reader does not see."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.people.models import Person, SourceRecord
from tests.factories.partnerships import AT, Place, Worker, make_worker
from tests.factories.people import make_person

AsUser = Callable[[Worker], Client]
CONTACT = "Duty worker, 01632 960 002"


def add_record(person: Person, place: Place, agency: str, audience: str) -> None:
    owner = place.agencies[agency]
    with act_in(place.system()):
        SourceRecord.objects.create(
            partnership=place.partnership, owner_agency=owner, regime=owner.regime, audience=audience, source=agency,
            source_id="9", person=person, batch_id=0, received_at=AT, family_name="Quayle",
        )  # fmt: skip


def test_an_agency_that_lets_it_be_told_is_pointed_to(place: Place, alice: Worker, as_user: AsUser) -> None:
    with act_in(place.system()):
        person = make_person(place, agency="Probation")
        hidden = make_person(place, agency="Treatment", audience="own")
    add_record(person, place, "Treatment", "own")
    add_record(person, place, "Council", "partners")
    reader, page = as_user(alice), reverse("people-person", args=[person.public_id])
    assert "Other agencies hold information" not in reader.get(page).text, "nobody has allowed it"
    lead = as_user(make_worker(place, "ian", agency="Treatment", roles=["information-governance"]))
    address = reverse("sharing-contact")
    assert "Enter a post" in lead.post(address, {"contact": " ", "points": "yes"}).text
    assert lead.post(address, {"contact": CONTACT, "points": "yes"}).status_code == 302
    shown = reader.get(page).text
    assert "Other agencies hold information" in shown
    assert CONTACT in shown
    assert f"{reverse('sharing-ask', args=[person.public_id])}?agency={place.agencies['Treatment'].pk}" in shown
    assert reader.get(reverse("people-person", args=[hidden.public_id])).status_code == 404
    own = as_user(make_worker(place, "tess", agency="Treatment", roles=["partner-worker"]))
    assert "Other agencies hold information" not in own.get(page).text, "who holds it sees it"
    with act_in(place.system()):
        assert Event.objects.filter(action="partnerships.set_contact").count() == 1
