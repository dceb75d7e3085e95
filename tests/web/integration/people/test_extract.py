"""The partnership's people and history as library tables: pseudonymous, whole, as the acting scope sees them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.test import Client

from iom.access.scope import Scope, act_in
from iom.people import extract
from iom.people.models import Arrest, DrugTest, Sanction
from iom_analytics.tables import EVENTS, PERSONS
from tests.factories.partnerships import Place, Worker, make_worker
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


BORN, OTHER = date(1985, 3, 12), date(1990, 1, 1)
KNOWN_ONLY_TO_SOME = {
    "two agencies' own": (
        [("Police", "own", {"date_of_birth": BORN, "sex": "F"}), ("Treatment", "own", {"date_of_birth": OTHER})],
        (BORN, "F"),
    ),
    "one shared without a date, one not": (
        [("Probation", "partners", {"sex": ""}), ("Police", "own", {"date_of_birth": BORN, "sex": "F"})],
        (BORN, "F"),
    ),
    "a record with fingerprints before one without": (
        [
            ("Probation", "own", {"date_of_birth": OTHER, "sex": ""}),
            ("Police", "own", {"date_of_birth": BORN, "sex": "F", "pnc_id": "1979/0163001B"}),
        ],
        (BORN, "F"),
    ),
    "what the person's whole audience may see comes first": (
        [("Police", "partners", {"date_of_birth": OTHER}), ("Police", "own", {"date_of_birth": BORN, "sex": "F"})],
        (OTHER, "M"),
    ),
    "nobody's but services' under UK GDPR": (
        [("Council", "own", {"date_of_birth": BORN}), ("Treatment", "own", {"date_of_birth": BORN})],
        (None, None),
    ),
}


@pytest.mark.parametrize(("known", "expected"), KNOWN_ONLY_TO_SOME.values(), ids=KNOWN_ONLY_TO_SOME)
def test_analysis_has_the_age_that_a_score_needs_and_no_page_gains_it(
    place: Place,
    as_user: Callable[[Worker], Client],
    tmp_path: Path,
    known: list[tuple[str, str, dict[str, Any]]],
    expected: tuple[date | None, str | None],
) -> None:
    with act_in(place.system()):
        records = [make_record(place, agency=agency, audience=audience, **who) for agency, audience, who in known]
    pat = make_worker(place, "pat", agency="Prison", roles=["partner-worker"])
    person = link_people(place, {"k": records})["k"]

    def persons(scope: Scope) -> list[tuple[date | None, str | None]]:
        with act_in(scope):
            files = extract.snapshot(folder=tmp_path, scope=scope)
        return [(row["date_of_birth"], row["sex"]) for row in pq.read_table(files["persons"]).to_pylist()]

    assert persons(place.system()) == [expected]
    assert person.date_of_birth in (None, OTHER)
    assert all(BORN not in row for row in persons(pat.scope)), "what the prison may not see"
    assert "12 March 1985" not in as_user(pat).get(f"/people/{person.public_id}").content.decode()
