"""The documents exist, their links lead somewhere, and decision records are numbered without gaps."""

import re
from pathlib import Path

import pytest

from tests.repository.code import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
REQUIRED = "README ARCHITECTURE DEVELOPERS TESTING GLOSSARY THREAT_MODEL SECURITY CHANGELOG".split()


@pytest.mark.parametrize("name", REQUIRED)
def test_the_document_is_there(name: str) -> None:
    assert len((ROOT / f"{name}.md").read_text(encoding="utf-8")) > 200


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert broken == []


def test_decision_records_are_numbered_without_gaps() -> None:
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [int(record.name[:4]) for record in records]
    assert numbers == list(range(1, len(records) + 1))
    for number, record in zip(numbers, records, strict=True):
        assert record.read_text(encoding="utf-8").startswith(f"# {number}. ")


def test_no_page_names_a_path_of_somebodys_machine() -> None:
    found = [
        str(page.relative_to(ROOT))
        for page in PAGES
        if re.search(r"/(home|root|work|Users)/", page.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_what_has_an_owner_is_there() -> None:
    lines = (ROOT / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    owned = [line.split()[0].lstrip("/") for line in lines if line and not line.startswith("#")]
    assert [pattern for pattern in owned if not any(ROOT.glob(pattern.rstrip("/")))] == []
    # Every app's own words on how its fields are treated.
    assert "iom/*/privacy.py" in owned
