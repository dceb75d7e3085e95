"""What agencies get wrong about synthetic people: as often as the settings state, and never unrecorded."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from math import sqrt
from typing import Any

import pytest

from iom_analytics.reference.check_letters import cro_check_letter, cro_file_check_letter, pnc_check_letter
from iom_analytics.synthetic import MISTAKES, Area, Part
from iom_analytics.synthetic.names import accents, nicknames
from iom_analytics.synthetic.settings import settings

pytestmark = pytest.mark.slow

AREA = Area(people=12_000, seed=5, as_of=date(2026, 9, 30))
SOURCES = ("police", "probation", "prison", "treatment")
Row = dict[str, Any]


@pytest.fixture(scope="module")
def part() -> Part:
    return next(AREA.parts())


@pytest.fixture(scope="module")
def records(part: Part) -> list[tuple[Row, Row]]:
    """Every record, beside what it would say without a mistake."""
    true = {row["person_key"]: row for row in part.truth["names"].to_pylist()}
    return [(row, true[row["person_key"]]) for row in part.truth["identities"].to_pylist()]


def always(_: Row, __: Row) -> bool:
    return True


# Where each mistake can happen at all; mistakes that depend on what an earlier one left are judged by what is left.
CAN: dict[str, Callable[[Row, Row], bool]] = {
    "typo in given name": always,
    "typo in family name": always,
    "nickname": lambda row, true: "alias for name" not in row["mistakes"] and true["given_name"] in nicknames(),
    "names swapped": always,
    "other family name": lambda _, true: bool(true["other_family_name"]),
    "alias for name": lambda _, true: bool(true["alias"]),
    "day and month swapped": lambda _, true: (
        true["date_of_birth"].day <= 12 and true["date_of_birth"].day != true["date_of_birth"].month
    ),
    "date of birth mistyped": always,
    "born 1 January": lambda _, true: (true["date_of_birth"].month, true["date_of_birth"].day) != (1, 1),
    "no date of birth": always,
    "sex wrong": always,
    "no sex": lambda row, _: True,
    "postcode mistyped": always,
    "postcode without its space": always,
    "no postcode": always,
    "PNC ID missing": always,
    "PNC ID mistyped": lambda row, _: "PNC ID missing" not in row["mistakes"],
    "PNC ID of another person": lambda row, _: "PNC ID missing" not in row["mistakes"],
    "CRO missing": lambda _, true: bool(true["cro"]),
    "initials only": always,
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("mistake", CAN)
def test_each_mistake_is_as_frequent_as_stated(mistake: str, source: str, records: list[tuple[Row, Row]]) -> None:
    stated = settings()["sources"][source]["mistakes"].get(mistake, 0.0)
    where = [row for row, true in records if row["source"] == source and CAN[mistake](row, true)]
    found = sum(mistake in row["mistakes"] for row in where) / len(where)
    # Four standard errors, and a little for the slips that happen to change nothing.
    assert found == pytest.approx(stated, abs=4 * sqrt(stated * (1 - stated) / len(where)) + 0.06 * stated)


def test_a_record_without_mistakes_says_what_is_true(records: list[tuple[Row, Row]]) -> None:
    clean = [(row, true) for row, true in records if not row["mistakes"]]
    assert len(clean) > 2_000
    for row, true in clean:
        assert row["given_names"] == " ".join(filter(None, (true["given_name"], true["middle_name"])))
        assert row["family_name"] == true["family_name"]
        assert row["date_of_birth"] == true["date_of_birth"]
        assert row["postcode"] == true["postcode"]
        assert row["cro"] == (true["cro"] or None)


def test_a_record_that_differs_from_the_truth_says_why(records: list[tuple[Row, Row]]) -> None:
    about = {
        "date_of_birth": {"day and month swapped", "date of birth mistyped", "born 1 January", "no date of birth"},
        "postcode": {"former address", "postcode mistyped", "postcode without its space", "no postcode"},
        "family_name": {
            *("typo in family name", "family name by ear", "names swapped", "initials only", "other family name"),
            *("alias for name", "half of a double name", "written with its accent"),
        },
    }
    for column, mistakes in about.items():
        for row, true in records:
            if row[column] != true[column]:
                assert mistakes & set(row["mistakes"]), (column, row["source"], row["source_id"])


def letter_of(pnc_id: str) -> str:
    year, _, rest = pnc_id.partition("/")
    return pnc_check_letter(int(year), int(rest[:-1]))


def test_a_pnc_id_without_a_mistake_has_its_check_letter(records: list[tuple[Row, Row]]) -> None:
    wrong = {"PNC ID mistyped", "PNC ID with a wrong check letter"}
    seen = Counter[bool]()
    for row, _ in records:
        if row["pnc_id"]:
            right = row["pnc_id"][-1] == letter_of(row["pnc_id"])
            assert right or wrong & set(row["mistakes"]), row["pnc_id"]
            seen[right] += 1
    assert seen[True] > 10_000
    assert seen[False] > 50


def test_a_cro_number_without_a_mistake_has_its_check_letter(records: list[tuple[Row, Row]]) -> None:
    forms = Counter[str]()
    for row, true in records:
        cro = true["cro"]
        if not cro or row["cro"] is None or "CRO mistyped" in row["mistakes"]:
            continue
        if cro.startswith("SF"):
            year, _, rest = cro[2:].partition("/")
            assert cro[-1] == cro_file_check_letter(int(year), int(rest[:-1]))
        else:
            serial, _, rest = cro.partition("/")
            assert cro[-1] == cro_check_letter(int(rest[:2]), int(serial))
        forms["file" if cro.startswith("SF") else "standard"] += 1
    assert forms["standard"] > 1_000
    assert forms["file"] > 50


def test_no_two_people_share_an_identifier(part: Part) -> None:
    names = part.truth["names"].to_pylist()
    for column in ("pnc_id", "cro"):
        values = [row[column] for row in names if row[column]]
        assert len(set(values)) == len(values), column


def test_twins_are_never_both_an_initial_only(part: Part, records: list[tuple[Row, Row]]) -> None:
    names = {row["person_key"]: row["given_name"] for row in part.truth["names"].to_pylist()}
    twins = part.truth["twins"].to_pylist()
    alike = {
        key
        for pair in twins
        for key in pair.values()
        if names[pair["person_key"]][0] == names[pair["twin_person_key"]][0]
    }
    assert alike, "some twins share an initial: the hardest pairs to keep apart"
    assert all(names[pair["person_key"]] != names[pair["twin_person_key"]] for pair in twins)
    assert not [row for row, _ in records if row["person_key"] in alike and "initials only" in row["mistakes"]]


def test_names_are_many_and_as_uneven_as_in_life(part: Part) -> None:
    names = part.truth["names"].to_pylist()
    family = Counter(row["family_name"] for row in names)
    assert len(family) > 3_000
    # The commonest British family name is borne by about 1.2 % of people, the hundredth by about 0.1 %.
    assert 0.006 < family["Smith"] / len(names) < 0.016
    full = Counter((row["given_name"], row["family_name"]) for row in names)
    shared = sum(count for count in full.values() if count > 1) / len(names)
    assert 0.05 < shared < 0.35


def test_every_mistake_that_has_a_rate_is_a_known_one() -> None:
    for source in SOURCES:
        assert set(settings()["sources"][source]["mistakes"]) <= set(MISTAKES)
    assert set(accents()) & set(accents().values()) == set()
