"""Entries of the equality log and disclosures for tests, made through the product's operations; what a page showed."""

import re
from datetime import date, datetime
from typing import Any

from iom.access.scope import act_in
from iom.partnerships.models import Agency
from iom.people.models import Person
from iom.sharing.models import Disclosure, EqualityEntry
from iom.sharing.operations import equality, requests
from iom.sharing.operations.equality import Entered
from iom.sharing.operations.requests import Asking
from tests.factories.agreements import drafter
from tests.factories.partnerships import AT, Worker


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


def given_to(by: Worker, to: Worker, person: Person) -> Disclosure:
    """What one agency asked of another, answered in full."""
    asking = Asking(
        who="Robin Marsh", purpose="To plan", necessity="The plan rests on it", question="What is known?",
        kinds=["sanctions", "answers"], gateway="crime-and-disorder-s115", urgency="routine",
    )  # fmt: skip
    with act_in(to.scope):
        asked = requests.ask(
            person=person, agency=Agency.objects.get(pk=by.scope.agency_id), asking=asking, by=to.scope, at=AT
        )
    with act_in(by.scope):
        requests.gather(request=asked, by=by.scope, at=AT)
        return requests.send(
            request=asked, text="Two.", special=[], is_part=True, reason="No more", kept_days=30, by=by.scope, at=AT
        )
