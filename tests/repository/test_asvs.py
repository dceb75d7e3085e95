"""The table of the security standard: every requirement of levels 1 and 2 once, and every test it names is there."""

import re

from tests.repository.code import ROOT

PAGE = (ROOT / "docs" / "reference" / "asvs.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)


def test_every_requirement_has_one_line() -> None:
    numbers = [number for number, *_ in ROWS]
    assert len(numbers) == len(set(numbers)) == 253
    assert {number.split(".")[0] for number in numbers} == {str(chapter) for chapter in range(1, 18)}


def test_the_count_of_what_is_assessed_is_true() -> None:
    assessed = sum(answer != "Not assessed yet." for *_, answer in ROWS)
    assert f"{assessed} of {len(ROWS)} are assessed." in PAGE


def test_every_test_it_names_is_there() -> None:
    """The file, and where a line names one test of it, that test."""
    named = set(re.findall(r"`((?:tests|bin)/[^`]+)`", PAGE))
    assert len(named) > 10
    assert len([name for name in named if "::" in name]) > 10
    assert [name for name in sorted(named) if not is_there(*name.split("::"))] == []


def is_there(path: str, test: str = "") -> bool:
    file = ROOT / path
    if not test:
        return file.exists()
    return file.is_file() and re.search(rf"^def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE) is not None
