"""Entries of the equality evidence log for tests, made through the product's own operation; what a page showed."""

import re
from datetime import date, datetime
from typing import Any

from iom.partnerships.models import Agency
from iom.sharing.models import EqualityEntry
from iom.sharing.operations import equality
from iom.sharing.operations.equality import Entered
from tests.factories.agreements import drafter


def entered(**fields: Any) -> Entered:
    """What an entry could say."""
    return Entered(
        **{
            "subject": "scheme",
            "title": "Neighbourhood crime, version 1",
            "looked_on": date(2026, 11, 20),
            "aims": ["eliminate"],
            "characteristics": ["sex", "race"],
            "evidence": "survey",
            "source": "Survey of members, partnership office, file 7",
            "figures_key": "",
            "showed": "Women say that meetings clash with school hours.",
            "decided": "Meetings are at ten.",
            "decided_by": "IOM board",
            "decided_on": date(2026, 11, 21),
            "review_on": date(2035, 1, 1),
            **fields,
        }
    )


def make_equality_entry(agency: Agency, *, at: datetime, **fields: Any) -> EqualityEntry:
    """An entry. Call inside `act_in` of a scope of the partnership."""
    return equality.record(entered=entered(**fields), by=drafter(agency), at=at)


def seen_on(page: str) -> dict[str, str]:
    """What a page that asks a second person sends back to say what it showed."""
    found = re.search(r'name="seen" value="([^"]+)"', page)
    assert found, "the page says what it shows"
    return {"seen": found[1]}
