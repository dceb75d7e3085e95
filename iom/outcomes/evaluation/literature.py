"""What was found elsewhere. The living review of the evidence takes its place here once there is one."""

from typing import Any

from iom_analytics import reference


def other_studies() -> list[dict[str, Any]]:
    """One row per comparison of such a scheme elsewhere, in the columns of `reference.other_studies`, the oldest last
    but those of an unknown year."""
    rows: list[dict[str, Any]] = reference.other_studies().to_pylist()
    return sorted(rows, key=lambda row: (-(row["year"] or 0), row["study"]))
