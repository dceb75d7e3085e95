"""A marking in words, on a page and on a file."""

from types import SimpleNamespace
from typing import Any

from iom.agreements.presenters import marking

NAMES = {1: "Police", 2: "Probation", 3: "Council"}


def row(**given: Any) -> Any:
    found = SimpleNamespace(
        marking="official-sensitive", descriptor="", owner_agency_id=1, audience="partners", audience_agencies=[],
        get_regime_display=lambda: "UK GDPR",
    )  # fmt: skip
    vars(found).update(given)
    found.marked_as = f"{found.marking.upper()} {found.descriptor.upper()}".strip()
    return found


def test_a_row_says_how_it_is_marked_whose_it_is_under_which_law_and_who_may_see_it() -> None:
    shared = row(audience="listed", audience_agencies=[3, 2, 9], descriptor="personal")
    assert marking.handling_line(shared, agencies=NAMES) == (
        "OFFICIAL-SENSITIVE PERSONAL. Owner: Police. UK GDPR. May be seen by: Police, Council, Probation."
    )
    assert marking.audience_words(row(), agencies=NAMES) == "all partners"
    assert marking.audience_words(row(audience="own"), agencies=NAMES) == "Police alone"


def test_the_highest_of_several_markings_holds_for_all() -> None:
    plain, sensitive = row(marking="official"), row(descriptor="commercial")
    assert marking.highest([plain]) == "OFFICIAL"
    assert marking.highest([plain, sensitive, row()]) == "OFFICIAL-SENSITIVE COMMERCIAL"
    assert marking.highest([sensitive, row(descriptor="personal")]) == "OFFICIAL-SENSITIVE PERSONAL"
