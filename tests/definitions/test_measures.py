"""Every definition of a measure loads, holds together, and says of each exclusion whence it is."""

from importlib import resources

import pytest

from iom_analytics import measures, reference
from iom_analytics.errors import DefinitionError
from iom_analytics.measures.contracts import EVENTS
from iom_analytics.measures.definition import read_definition

FOLDER = resources.files(measures) / "definitions"
NAMES = sorted(file.name.removesuffix(".yaml") for file in FOLDER.iterdir() if file.name.endswith(".yaml"))
TEXT = (FOLDER / "proven-reoffending.yaml").read_text(encoding="utf-8")


def test_there_is_a_definition() -> None:
    assert "proven-reoffending" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_definition_holds_together(name: str) -> None:
    found = measures.load_definition(name)
    assert found.id == name
    assert found.version
    assert found.name
    assert found.source
    assert found.label == f"{name} {found.version}"
    assert min(found.follow_up_months, found.waiting_months) > 0
    assert found.exits_that_end_exposure
    codes = set(reference.offence_codes()["offence_code"].to_pylist())
    for part in found.exclusions:
        assert part.what
        assert part.source
        assert set(part.offence_codes) <= codes, part.what
        if part.where:
            assert EVENTS.column(part.where).type == "yes_no"
            assert isinstance(part.excluded_value, bool)
    sent = [sent for sent, _ in found.proves] + [sent for part in found.exclusions for sent in part.sanction_types]
    assert all(each == each.strip().lower().replace("_", " ") for each in sent), "as they are compared"


def test_the_ministrys_measure_is_12_and_6_months() -> None:
    found = measures.load_definition()
    assert (found.follow_up_months, found.waiting_months, found.proof_months) == (12, 6, 18)
    assert {code for _, code in found.proves} == {"conviction", "caution", "reprimand", "warning"}
    excluded = {sent for part in found.exclusions for sent in part.sanction_types}
    assert {"recall", "pnd"} <= excluded
    assert len(found.unconfirmed) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TEXT.replace("waiting_months: 6", "waiting: 6"), "waiting_months"),
        (TEXT.replace("waiting_months: 6", "waiting_months: six"), "does not hold together"),
        (TEXT.replace("reprimand: [reprimand]", "reprimand: [conviction]"), "names a sanction type twice"),
        (TEXT.replace("    sanction_types: [recall, recalled, licence recall]\n", ""), "excludes nothing"),
        ("[", "does not hold together"),
    ],
)
def test_a_definition_that_does_not_is_refused(text: str, message: str) -> None:
    assert text != TEXT
    with pytest.raises(DefinitionError, match=message):
        read_definition(text, definition="changed.yaml")
