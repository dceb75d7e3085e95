"""The synthetic force area: the same again from one seed, true to its contracts, mistakes as often as stated."""

from datetime import date
from hashlib import sha256
from pathlib import Path

import pyarrow.compute as pc
import pytest
import yaml

from iom_analytics.errors import InputError
from iom_analytics.synthetic import Area, Part, make_area, write_area

pytestmark = pytest.mark.slow

AS_OF = date(2026, 9, 30)


@pytest.fixture(scope="module")
def area() -> Area:
    return make_area(people=2_000, seed=7, as_of=AS_OF)


@pytest.fixture(scope="module")
def part(area: Area) -> Part:
    return next(area.parts())


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_writes_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        write_area(make_area(people=300, seed=seed, as_of=AS_OF), tmp_path / name)
    assert digests(tmp_path / "one") == digests(tmp_path / "again")
    one, other = digests(tmp_path / "one"), digests(tmp_path / "other")
    same = {name for name in one if one[name] == other[name]}
    assert all(name.startswith("layouts/") for name in same)


def test_an_area_has_exactly_as_many_people_as_asked_for(part: Part) -> None:
    persons = part.truth["persons"]
    assert persons.num_rows == 2_000
    assert pc.count_distinct(persons["person_key"]).as_py() == 2_000


def test_every_record_an_agency_holds_is_in_the_truth_and_belongs_to_one_person(part: Part) -> None:
    truth = part.truth["identities"]
    assert set(truth["person_key"].to_pylist()) == set(part.truth["persons"]["person_key"].to_pylist())
    keys = list(zip(truth["source"].to_pylist(), truth["source_id"].to_pylist(), strict=True))
    assert len(set(keys)) == len(keys)
    held = part.sent["identities"]
    assert list(zip(held["source"].to_pylist(), held["source_id"].to_pylist(), strict=True)) == keys


def test_events_hang_on_records_that_the_agency_holds(part: Part) -> None:
    held = part.sent["identities"]
    keys = set(zip(held["source"].to_pylist(), held["source_id"].to_pylist(), strict=True))
    for name, events in part.sent.items():
        sent = set(zip(events["source"].to_pylist(), events["source_id"].to_pylist(), strict=True))
        assert sent <= keys, name


def test_twins_share_birth_and_family_name_but_not_the_given_name(part: Part) -> None:
    persons = {row["person_key"]: row for row in part.truth["persons"].to_pylist()}
    twins = part.truth["twins"].to_pylist()
    assert len(twins) >= 3
    for pair in twins:
        one, other = persons[pair["person_key"]], persons[pair["twin_person_key"]]
        assert one["date_of_birth"] == other["date_of_birth"]
        assert one["area"] == other["area"]


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match="not empty"):
        write_area(make_area(people=10, seed=1, as_of=AS_OF), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("people", "seed", "as_of"), [(0, 1, AS_OF), (5_000_001, 1, AS_OF), (10, -1, AS_OF), (10, 1, date(1999, 1, 1))]
)
def test_an_area_that_cannot_be_made_says_why(people: int, seed: int, as_of: date) -> None:
    with pytest.raises(InputError):
        make_area(people=people, seed=seed, as_of=as_of)


def test_each_file_has_a_layout_that_names_its_columns(area: Area, tmp_path: Path) -> None:
    write_area(make_area(people=50, seed=1, as_of=AS_OF), tmp_path / "area")
    layouts = sorted((tmp_path / "area" / "layouts").glob("*.yaml"))
    assert layouts
    for path in layouts:
        file = path.read_text().splitlines()[0].removeprefix("# Reads ")
        layout = yaml.safe_load(path.read_text())
        first = (tmp_path / "area" / file).read_bytes().decode(layout["encoding"]).splitlines()[0]
        header = [name.strip('"') for name in first.split(layout["delimiter"])]
        named = [name for sent in layout["columns"].values() for name in ([sent] if isinstance(sent, str) else sent)]
        assert set(named) <= set(header), path.name
