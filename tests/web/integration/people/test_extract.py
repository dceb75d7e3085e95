"""The partnership's people and history as library tables: pseudonymous, whole, as the acting scope sees them."""

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from iom.access.scope import act_in
from iom.people import extract
from iom.people.models import Arrest, DrugTest, Sanction
from iom_analytics.tables import EVENTS, PERSONS
from tests.factories.partnerships import Place, Worker
from tests.factories.people import add_event, link_people, make_record

pytestmark = pytest.mark.slow


def test_a_snapshot_holds_every_row_and_no_name(place: Place, bob: Worker, tmp_path: Path) -> None:
    with act_in(place.system()):
        police = make_record(
            place, given_names="Nameless", family_name="Secretname", date_of_birth=date(1985, 3, 12), area_name="North"
        )
        unlinked = make_record(place)
        arrest = add_event(Arrest, police, arrest_date=date(2026, 1, 2), domestic_abuse=True)
        add_event(Arrest, unlinked, arrest_date=date(2026, 1, 3))
        add_event(Sanction, police, sanction_date=date(2020, 1, 1), sanction_type="caution", offence_code="00100")
        add_event(DrugTest, police, test_date=date(2020, 1, 1), audience="own", result="positive", opiates=False)
    link_people(place, {"key1": [police]})
    with act_in(place.system()):
        files = extract.snapshot(folder=tmp_path, scope=place.system())
    assert set(files) == {"persons", *(table.name for table in EVENTS)}
    rows = {name: pq.read_table(path).to_pylist() for name, path in files.items()}
    assert rows["persons"] == [
        {"person_key": "key1", "sex": "M", "date_of_birth": date(1985, 3, 12), "ethnicity": None, "area": "North"}
    ]
    assert rows["arrests"] == [
        {
            "person_key": "key1",
            "arrest_date": date(2026, 1, 2),
            "offence_code": None,
            "domestic_abuse": True,
            "victim_ref": None,
            "row_id": str(arrest.pk),
        }
    ]
    assert [row["offence_code"] for row in rows["sanctions"]] == ["00100"], "leading zeros are kept"
    assert [(row["result"], row["opiates"], row["cocaine"]) for row in rows["drug_tests"]] == [
        ("positive", False, None)
    ]
    for table in (PERSONS, *EVENTS):
        assert tuple(pq.read_schema(files[table.name]).names)[: len(table.columns)] == table.column_names
    assert not any(b"Secretname" in path.read_bytes() for path in files.values())

    with act_in(bob.scope):
        files = extract.snapshot(folder=tmp_path, scope=bob.scope)
    assert pq.read_table(files["drug_tests"]).num_rows == 0, "what its agency keeps to itself"
    assert pq.read_table(files["arrests"]).num_rows == 1
