"""People and source records for tests. Call inside `act_in(place.system())`."""

from datetime import datetime
from hashlib import md5
from typing import Any

import pyarrow as pa

from iom.access.scope import act_in
from iom.people.linkage import Linked, Pair
from iom.people.models import Person, RecordedCrime, SourceRecord
from iom.people.operations import linking
from iom.people.queries.decisions import mark_of
from tests.factories.partnerships import AT, Place

_count = 0


def make_person(place: Place, *, agency: str = "Police", audience: str = "partners", **fields: Any) -> Person:
    """A person with one source record of `agency`; names and dates as given, or plain ones."""
    global _count
    _count += 1
    owner = place.agencies[agency]
    marking = {
        "partnership": place.partnership,
        "owner_agency": owner,
        "regime": owner.regime,
        "audience": audience,
        "audience_agencies": fields.pop("audience_agencies", []),
    }
    who = {"given_names": "Jordan", "family_name": f"Ashdown{_count}", "sex": "M", **fields}
    person = Person.objects.create(person_key=f"p{_count:06d}", created_at=AT, **marking, **who)
    SourceRecord.objects.create(
        source=agency.lower(), source_id=f"{_count:06d}", person=person, batch_id=0, received_at=AT, **marking, **who
    )
    return person


def make_record(place: Place, *, agency: str = "Police", audience: str = "partners", **fields: Any) -> SourceRecord:
    """A source record that no run of linkage has seen yet. Call inside `act_in(place.system())`."""
    global _count
    _count += 1
    owner = place.agencies[agency]
    values = {"source": agency.lower(), "source_id": f"{_count:06d}", "batch_id": 1, "received_at": AT, **fields}
    record: SourceRecord = SourceRecord.objects.create(
        partnership=place.partnership,
        owner_agency=owner,
        regime=owner.regime,
        audience=audience,
        **{"given_names": "Jordan", "family_name": f"Ashdown{_count}", "sex": "M", **values},
    )
    return record


def link_people(
    place: Place, clusters: dict[str, list[SourceRecord]], *pairs: Pair, at: datetime = AT
) -> dict[str, Person]:
    """The people these clusters make, by key: what a run of linkage would have found, applied as the product does."""
    scope = place.system()
    with act_in(scope):
        run = linking.begin_linking(by=scope, at=at)
        found = linked_as(clusters, *pairs)
        mark = mark_of(scope.partnership_id)
        assert linking.apply_links(run=run, linked=found, decisions_mark=mark, by=scope, at=at)
        return {person.person_key: person for person in Person.objects.filter(person_key__in=clusters)}


def linked_as(clusters: dict[str, list[SourceRecord]], *pairs: Pair) -> Linked:
    """What a run of linkage that finds these clusters and possible matches hands over."""
    rows = [(record.pk, key) for key, records in clusters.items() for record in records]
    table = pa.table(
        {
            "record_id": pa.array([record_id for record_id, _ in rows], pa.int64()),
            "person_key": pa.array([key for _, key in rows], pa.string()),
        }
    )
    return Linked(table, pairs)


def add_event(model: Any, record: SourceRecord, **values: Any) -> Any:
    """A row of an extract about a record, with its audience; linkage gives it its person."""
    row = repr((record.pk, sorted(values.items(), key=str))).encode()
    return model.objects.create(
        partnership=record.partnership,
        owner_agency=record.owner_agency,
        regime=record.regime,
        source=record.source,
        source_id=record.source_id,
        batch_id=1,
        row_hash=md5(row, usedforsecurity=False).digest(),
        **values,
    )


def add_crime(place: Place, *, area: str, when: datetime, agency: str = "Police", **values: Any) -> RecordedCrime:
    """A crime as its extract told of it. Call inside `act_in(place.system())`."""
    global _count
    _count += 1
    owner = place.agencies[agency]
    crime: RecordedCrime = RecordedCrime.objects.create(
        partnership=place.partnership,
        owner_agency=owner,
        regime=owner.regime,
        source=f"{agency.lower()}-crime",
        crime_ref=f"{_count:06d}",
        area=area,
        from_time=when,
        batch_id=1,
        row_hash=md5(str(_count).encode(), usedforsecurity=False).digest(),
        **values,
    )
    return crime
