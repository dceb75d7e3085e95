"""Applying what linkage found: people, their best record, audiences, events, search terms, possible matches."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection

from iom.access.scope import act_in
from iom.people.choices import IndexChange, ReviewStatus, RunStatus, TermKind
from iom.people.linkage import Pair
from iom.people.models import Arrest, IndexEvent, LinkRun, Person, PossibleMatch, SearchTerm, SourceRecord
from iom.people.operations import erasing
from iom.people.queries import restrictions
from tests.factories.partnerships import AT, Place, Worker
from tests.factories.people import add_event, link_people, make_record

pytestmark = pytest.mark.slow


def test_records_become_people_and_their_events_follow(place: Place) -> None:
    with act_in(place.system()):
        one = make_record(place, given_names="Sam", family_name="Poole", date_of_birth=date(1990, 2, 1))
        two = make_record(place, agency="Probation", given_names="Samuel", family_name="Pool", crn="X123456")
        other = make_record(place, given_names="Kit", family_name="Vane")
        event = add_event(Arrest, two, arrest_date=date(2026, 5, 1))
    people = link_people(place, {"k1": [one, two], "k2": [other]})
    with act_in(place.system()):
        assert set(people["k1"].source_records.all()) == {one, two}
        assert (people["k1"].name, people["k1"].date_of_birth) == ("Sam Poole", date(1990, 2, 1))
        event.refresh_from_db()
        assert event.person == people["k1"]
        assert IndexEvent.objects.filter(change=IndexChange.LINKED, from_person=None).count() == 3
        run = LinkRun.objects.get()
        assert (run.status, run.records, run.people) == (RunStatus.FINISHED, 3, 2)
        crn = SearchTerm.objects.get(kind=TermKind.IDENTIFIER)
        assert (crn.person, crn.term, crn.owner_agency) == (people["k1"], "X123456", two.owner_agency)


def test_what_belongs_to_records_of_two_descriptors_carries_the_one_more_to_be_guarded(place: Place) -> None:
    with act_in(place.system()):
        records = [make_record(place, descriptor=why) for why in ("commercial", "personal", "")]
        plain = make_record(place, marking="official")
    people = link_people(place, {"k1": records, "k2": [plain]}, Pair(records[0].pk, plain.pk, 5.0, 0.9))
    assert people["k1"].marked_as == "OFFICIAL-SENSITIVE PERSONAL"
    assert people["k2"].marked_as == "OFFICIAL"
    with act_in(place.system()):
        assert PossibleMatch.objects.get().marked_as == "OFFICIAL-SENSITIVE COMMERCIAL"
        event = IndexEvent.objects.get(source_record=records[1])
        assert event.descriptor == "personal"
        SourceRecord.objects.filter(pk=records[1].pk).update(descriptor="", batch_id=2)
    again = link_people(place, {"k1": records, "k2": [plain]})
    assert again["k1"].descriptor == "commercial", "the person's marking follows its records"
    with act_in(place.system()):
        event.refresh_from_db()
        assert event.descriptor == ""


def test_a_descriptor_that_part_of_the_audience_may_not_see_is_not_told(place: Place) -> None:
    with act_in(place.system()):
        shared = make_record(place)
        own = make_record(place, agency="Treatment", audience="own", descriptor="personal")
    assert link_people(place, {"k1": [shared, own]})["k1"].descriptor == ""


def test_what_was_erased_while_it_was_compared_goes_to_nobody(place: Place) -> None:
    with act_in(place.system()):
        ours, other = make_record(place), make_record(place)
        theirs = make_record(place, agency="Probation", family_name="Kept")
    both = link_people(place, {"k1": [ours, theirs]})["k1"]
    with act_in(place.system()) as system:
        before = AT - timedelta(days=1)
        assert restrictions.out_of_use_since(since=before, scope=system) == []
        erasing.erase(by=system, person_id=both.pk, agency_id=ours.owner_agency_id, at=AT)
        assert restrictions.out_of_use_since(since=before, scope=system) == [both.pk]
        assert restrictions.out_of_use_since(since=AT + timedelta(days=1), scope=system) == []
    pair = Pair(ours.pk, theirs.pk, 5.0, 0.9)
    link_people(place, {"k1": [theirs], "k2": [ours]}, pair)
    with act_in(place.system()) as system:
        ours.refresh_from_db()
        assert ours.person is None
        assert not PossibleMatch.objects.exists()
        assert not Person.objects.filter(person_key="k2").exists()
        erasing.erase(by=system, person_id=both.pk, agency_id=theirs.owner_agency_id, at=AT)
    link_people(place, {"k1": [ours, theirs, other]})
    with act_in(place.system()):
        assert not SourceRecord.objects.filter(person=both).exists(), "nobody comes back under a name that is gone"


def test_the_database_refuses_a_descriptor_on_what_is_not_sensitive(place: Place) -> None:
    with act_in(place.system()), pytest.raises(IntegrityError, match="only_sensitive_has_descriptor"):
        make_record(place, marking="official", descriptor="personal")


def test_the_same_clusters_again_change_nothing(place: Place) -> None:
    with act_in(place.system()):
        records = [make_record(place), make_record(place, agency="Prison")]
    before = link_people(place, {"k1": records})
    with act_in(place.system()):
        terms = set(SearchTerm.objects.values_list("pk", flat=True))
    after = link_people(place, {"k1": records})
    assert before == after
    with act_in(place.system()):
        assert set(SearchTerm.objects.values_list("pk", flat=True)) == terms
        assert IndexEvent.objects.count() == 2


def test_a_record_that_changed_changes_its_person_and_what_they_are_found_by(place: Place) -> None:
    with act_in(place.system()):
        record = make_record(place, family_name="Poole")
    link_people(place, {"k1": [record]})
    with act_in(place.system()):
        SourceRecord.objects.filter(pk=record.pk).update(family_name="Vane", batch_id=2)
    people = link_people(place, {"k1": [record]})
    assert people["k1"].family_name == "Vane"
    with act_in(place.system()):
        names = set(SearchTerm.objects.filter(kind=TermKind.NAME).values_list("term", flat=True))
    assert names == {"JORDAN", "VANE"}


def test_a_person_left_without_records_is_merged_and_one_who_keeps_some_is_not(place: Place) -> None:
    with act_in(place.system()):
        a, b, c, d = (make_record(place) for _ in range(4))
    first = link_people(place, {"k1": [a], "k2": [b], "k3": [c, d]})
    second = link_people(place, {"k1": [a, b], "k3": [c], "k4": [d]})
    with act_in(place.system()):
        gone = Person.objects.get(pk=first["k2"].pk)
        assert gone.merged_into == first["k1"]
        assert second["k3"].merged_into is None
        assert set(second["k4"].source_records.all()) == {d}
        assert SearchTerm.objects.filter(person=gone).count() == 0
    link_people(place, {"k1": [a], "k2": [b], "k3": [c], "k4": [d]})
    with act_in(place.system()):
        gone.refresh_from_db()
        assert gone.merged_into is None, "whoever has records again is a person again"


AUDIENCES = [
    # records as (agency, audience, listed agencies), then who may see the person, then whose name is shown
    ([("Police", "partners", []), ("Treatment", "own", [])], {"alice", "bob", "tracy"}, "Police"),
    ([("Treatment", "own", []), ("Treatment", "own", [])], {"tracy"}, "Treatment"),
    ([("Police", "own", []), ("Treatment", "own", [])], {"alice", "tracy"}, None),
    ([("Treatment", "listed", ["Council"]), ("Council", "own", [])], {"bob", "tracy"}, "Treatment"),
    ([("Police", "own", []), ("Police", "partners", [])], {"alice", "bob", "tracy"}, "Police"),
]


@pytest.mark.parametrize(("records", "seen_by", "shown"), AUDIENCES)
def test_a_person_is_seen_by_whoever_sees_a_record_and_shows_what_all_of_them_may_see(
    place: Place,
    alice: Worker,
    bob: Worker,
    tracy: Worker,
    records: list[tuple[str, str, list[str]]],
    seen_by: set[str],
    shown: str | None,
) -> None:
    with act_in(place.system()):
        made = [
            make_record(
                place,
                agency=agency,
                audience=audience,
                audience_agencies=[place.agencies[name].pk for name in listed],
                given_names=agency,
                family_name=audience,
            )
            for agency, audience, listed in records
        ]
    person = link_people(place, {"k1": made})["k1"]
    for name, worker in (("alice", alice), ("bob", bob), ("tracy", tracy)):
        with act_in(worker.scope):
            assert Person.objects.filter(pk=person.pk).exists() == (name in seen_by), name
    assert person.given_names == (shown or "")
    if records[0][1] == "own" and shown == "Police":
        assert person.family_name == "partners", "never the name that only one agency may see"


def test_possible_matches_are_seen_by_who_sees_both_records_even_without_a_filter(
    place: Place, alice: Worker, bob: Worker, tracy: Worker
) -> None:
    with act_in(place.system()):
        open_one, listed, own, police = (
            make_record(place),
            make_record(place, agency="Treatment", audience="listed", audience_agencies=[place.agencies["Council"].pk]),
            make_record(place, agency="Treatment", audience="own"),
            make_record(place, audience="own"),
        )
    pairs = [Pair(open_one.pk, other.pk, 5.0, 0.9) for other in (listed, own, police)]
    pairs.append(Pair(own.pk, police.pk, 5.0, 0.9))
    link_people(place, {f"k{n}": [record] for n, record in enumerate((open_one, listed, own, police))}, *pairs)
    seen = {}
    for name, worker in (("alice", alice), ("bob", bob), ("tracy", tracy)):
        with act_in(worker.scope):
            seen[name] = set(PossibleMatch.objects.values_list("right", flat=True))
    assert seen == {"alice": {police.pk}, "bob": {listed.pk}, "tracy": {listed.pk, own.pk}}
    with act_in(place.system()):
        assert PossibleMatch.objects.count() == 3, "a pair that nobody may see is not kept"


def test_a_match_that_is_no_longer_in_doubt_is_settled_and_may_come_back(place: Place) -> None:
    with act_in(place.system()):
        a, b = make_record(place), make_record(place)
    pair = Pair(b.pk, a.pk, 5.0, 0.9)
    clusters = {"k1": [a], "k2": [b]}
    link_people(place, clusters, pair)
    with act_in(place.system()):
        match = PossibleMatch.objects.get()
        assert (match.left, match.right) == (a, b)
    for pairs, status in (((), ReviewStatus.SETTLED), ((pair,), ReviewStatus.OPEN)):
        link_people(place, clusters, *pairs)
        with act_in(place.system()):
            match.refresh_from_db()
            assert match.status == status


def test_the_application_makes_no_people_elsewhere(place: Place, elsewhere: Place) -> None:
    """A cluster that names another partnership's record moves nothing there."""
    with act_in(elsewhere.system()):
        theirs = make_record(elsewhere)
    link_people(place, {"k1": [theirs]})
    with act_in(elsewhere.system()):
        theirs.refresh_from_db()
        assert theirs.person is None
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from people_person")
        assert cursor.fetchone() == (0,)
