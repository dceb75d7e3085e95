"""What a dry run tells of rows that its reader may not see."""

from typing import Any

from iom.common import erasure


def says(rows: int) -> dict[str, Any]:
    return {"rows": rows, "deleted": False, "removed": ["text"], "generalised": [], "kept": ["id"]}


def test_rows_that_the_reader_does_not_see_are_one_number_without_their_tables() -> None:
    everything = {"people.Sanction": says(3), "cohorts.PanelIntelligence": says(2), "cohorts.PanelDecision": says(1)}
    seen = {"people.Sanction": says(1), "cohorts.PanelDecision": says(1), "people.Person": says(1)}
    found = erasure.fold(everything, seen)
    assert {table: each["rows"] for table, each in found.items()} == {
        "people.Sanction": 1, "cohorts.PanelDecision": 1, erasure.OTHERS: 4,
    }  # fmt: skip
    assert found[erasure.OTHERS]["removed"] == []
    assert erasure.fold(everything, everything) == everything
