"""Reads the wheel's dependencies from requirements/*.in: one list, written once."""

from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

REQUIREMENTS = Path(__file__).parent / "requirements"


def names_in(file: str) -> list[str]:
    """The requirement lines of one `.in` file, without comments and options."""
    lines = (line.split("#")[0].strip() for line in (REQUIREMENTS / file).read_text().splitlines())
    return [line for line in lines if line and not line.startswith("-")]


class RequirementsHook(MetadataHookInterface):
    def update(self, metadata: dict[str, Any]) -> None:
        metadata["dependencies"] = names_in("prod.in")
        metadata["optional-dependencies"] = {"spark": names_in("spark.in")}
