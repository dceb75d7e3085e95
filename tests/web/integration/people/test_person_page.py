"""The pages about one person: what each reader sees, and that it is recorded."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from iom.access.scope import act_in
from iom.audit.models import Event
from iom.people.linkage import Pair
from iom.people.models import Arrest, CustodySpell, DrugTest, Person, Registration, Sanction, SourceRecord
from tests.factories.partnerships import Place, Worker
from tests.factories.people import add_event as add
from tests.factories.people import link_people, make_record

pytestmark = pytest.mark.slow
PAGES = ("", "/offending", "/timeline", "/index-history")


@pytest.fixture
def person(place: Place) -> Person:
    with act_in(place.system()):
        police = make_record(
            place,
            given_names="Stephen",
            family_name="Poole",
            date_of_birth=date(1985, 3, 12),
            pnc_id="1979/0163001B",
            area_name="north",
            aliases="Steve Vane",
        )
        probation = make_record(
            place, agency="Probation", given_names="Steven", family_name="POOLE", date_of_birth=date(1985, 3, 12)
        )
        treatment = make_record(
            place, agency="Treatment", audience="own", given_names="Stevie", family_name="Secretname", crn="X765432"
        )
        other = make_record(place, agency="Prison", given_names="Stefan", family_name="Pool")
        add(Sanction, police, sanction_date=date(2020, 5, 1), sanction_type="conviction", offence_code="02801",
            disposal="custody", custody_days=90, court="Westmarch")  # fmt: skip
        add(Sanction, police, sanction_date=date(2020, 5, 1), sanction_type="conviction", offence_code="02802")
        add(Sanction, police, sanction_date=date(2003, 4, 1), sanction_type="caution", offence_code="04910")
        add(Arrest, police, arrest_date=date(2026, 6, 1), offence_code="02801", domestic_abuse=True)
        add(CustodySpell, probation, start_date=date(2026, 7, 1), prison="LEI", kind="remand")
        add(Registration, probation, register="MAPP", start_date=date(2021, 1, 1), level="M2")
        add(Registration, probation, register="AV2S2", start_date=date(2020, 1, 1))
        add(Registration, probation, register="WEAP", start_date=date(2019, 1, 1), end_date=date(2020, 1, 1))
        add(DrugTest, treatment, audience="own", test_date=date(2026, 8, 1), result="positive", opiates=True)
    pair = Pair(police.pk, other.pk, 4.0, 0.9)
    return link_people(place, {"k1": [police, probation, treatment], "k2": [other]}, pair)["k1"]


def test_sources_stand_side_by_side_with_what_differs_marked(
    person: Person, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    page = as_user(alice).get(f"/people/{person.public_id}").content.decode()
    given, family = page.partition("Given names")[2][:200], page.partition("Family name")[2][:200]
    assert "Differs" in given
    assert "Differs" not in family, "capitals are no difference"
    assert "Secretname" not in page
    assert "X765432" not in page
    assert "This person may be in the index twice" in page


def test_the_frame_shows_identity_custody_and_risk_to_staff_first(
    person: Person, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    page = as_user(alice).get(f"/people/{person.public_id}").content.decode()
    assert "1979/0163001B" in page
    assert "In custody since 1 July 2026, LEI, on remand" in page
    assert page.index("Risk to staff") < page.index("Multi-agency public protection (MAPPA) (M2)")
    assert "Weapons" not in page.partition("</section>")[0], "a registration that ended warns of nothing"
    age = timezone.localdate().year - 1985 - (timezone.localdate() < date(timezone.localdate().year, 3, 12))
    assert f"(age {age})" in page


def test_the_career_counts_days_of_sanction_not_offences(
    person: Person, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    page = " ".join(as_user(alice).get(f"/people/{person.public_id}/offending").content.decode().split())
    assert "1 April 2003, aged 18" in page
    for key, value in (("Sanctions", 2), ("Of these, convictions", 1), ("Offences sanctioned", 3), ("Arrests", 1)):
        row = page.partition(f"> {key} <")[2][:150]
        assert f"> {value} <" in row, key
    assert "Custody, 90 days" in page
    assert "positive" not in page.lower(), "another agency's drug test"


def test_the_timeline_merges_every_kind_and_keeps_to_one_when_asked(
    person: Person, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    client = as_user(alice)
    page = client.get(f"/people/{person.public_id}/timeline").content.decode()
    titles = ["Into custody", "Arrested", "Registered: Multi-agency", "Conviction", "Caution"]
    places = [page.index(title) for title in titles]
    assert places == sorted(places), "newest first"
    assert "Drug test" not in page
    only = client.get(f"/people/{person.public_id}/timeline", {"kind": "Arrest"}).content.decode()
    assert "Flagged as domestic abuse" in only
    assert "Into custody" not in only


def test_each_agency_sees_its_own(person: Person, tracy: Worker, as_user: Callable[[Worker], Client]) -> None:
    client = as_user(tracy)
    assert "Secretname" in client.get(f"/people/{person.public_id}").content.decode()
    assert "Drug test: positive" in client.get(f"/people/{person.public_id}/timeline").content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_every_view_is_recorded_and_nobody_elsewhere_gets_in(
    person: Person, alice: Worker, charlie: Worker, as_user: Callable[[Worker], Client], page: str
) -> None:
    address = f"/people/{person.public_id}{page}"
    assert as_user(charlie).get(address).status_code == 404
    assert as_user(alice).get(address).status_code == 200
    with act_in(alice.scope):
        event = Event.objects.get(action__startswith="view.", person_id=person.pk)
    assert (event.actor_id, event.action) == (alice.user.pk, f"view.people.{page[1:] or 'overview'}")


def test_a_person_whose_name_no_one_may_show_to_all_is_named_to_each_by_their_own_record(
    place: Place, alice: Worker, tracy: Worker, as_user: Callable[[Worker], Client]
) -> None:
    with act_in(place.system()):
        records = [
            make_record(place, audience="own", given_names="Policename", family_name="Vane"),
            make_record(place, agency="Treatment", audience="own", given_names="Healthname", family_name="Vane"),
        ]
    person = link_people(place, {"k9": records})["k9"]
    for worker, theirs, others in ((alice, "Policename", "Healthname"), (tracy, "Healthname", "Policename")):
        client = as_user(worker)
        for address in (f"/people/{person.public_id}", "/people/?q=vane"):
            text = client.get(address).content.decode()
            assert theirs in text
            assert others not in text


def test_pages_make_a_bounded_number_of_queries(
    person: Person,
    place: Place,
    alice: Worker,
    as_user: Callable[[Worker], Client],
    django_assert_max_num_queries: Callable,
) -> None:
    with act_in(place.system()):
        record = SourceRecord.objects.filter(person=person).order_by("pk").first()
        for day in range(1, 29):
            add(Arrest, record, arrest_date=date(2025, 1, day))
        more = [make_record(place, agency="Probation", family_name="Poole", aliases=f"Al{n} Poole") for n in range(40)]
    link_people(place, {"k1": more[:10], **{f"m{each.pk}": [each] for each in more[10:]}})
    client = as_user(alice)
    for page in (*PAGES, "/split", "/merge?with=poole"):
        with django_assert_max_num_queries(45):
            assert client.get(f"/people/{person.public_id}{page}").status_code == 200
    with django_assert_max_num_queries(25):
        assert client.get("/people/", {"q": "poole"}).status_code == 200


def test_pages_say_how_what_they_show_is_marked_and_who_may_see_it(
    person: Person, place: Place, alice: Worker, tracy: Worker, as_user: Callable[[Worker], Client]
) -> None:
    with act_in(place.system()):
        record = SourceRecord.objects.get(person=person, owner_agency=place.agencies["Treatment"])
        add(DrugTest, record, person=person, audience="own", test_date=date(2026, 3, 1), result="positive")
    overview = as_user(alice).get(f"/people/{person.public_id}").text
    assert '<span class="iom-person__marking">OFFICIAL-SENSITIVE</span>' in overview
    assert "Law enforcement (DPA 2018 Part 3)" in overview
    assert "All partners" in overview
    assert "Own agency" not in overview
    own = as_user(tracy).get(f"/people/{person.public_id}/timeline").text
    assert "Own agency" in own, "what is said of it must stay there"
    assert "Own agency" not in as_user(alice).get(f"/people/{person.public_id}/timeline").text
