"""What Today shows: one merged, dated list of what needs this user's attention."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.common import registries

SHOWN = 30
SHORT_CUTS = (
    (gettext_noop("Ranked candidates"), "cohorts-candidates", Permission.CANDIDATES_VIEW),
    (gettext_noop("Nominations"), "cohorts-nominations", Permission.COHORT_VIEW),
    (gettext_noop("Possible matches"), "people-matches", Permission.MATCH_REVIEW),
    (gettext_noop("Upload an extract"), "imports-upload", Permission.IMPORT_MANAGE),
    (gettext_noop("Schemes"), "cohorts-schemes", Permission.SCHEME_VIEW),
)


def today(*, scope: Scope, on: date) -> dict[str, Any]:
    """The attention list of every app, what is overdue first, then by date; at most `SHOWN` lines."""
    found = [item for source in registries.attention_sources for item in source.items(scope=scope, on=on)]
    found.sort(key=lambda item: (not item.overdue, item.on or date.max, item.text))
    return {"items": found[:SHOWN], "more": max(0, len(found) - SHOWN), "on": on, "links": links(scope)}


def links(scope: Scope) -> list[dict[str, str]]:
    """Where this role goes most often from here, beyond the navigation."""
    return [
        {"text": gettext(text), "href": reverse(url_name)}
        for text, url_name, permission in SHORT_CUTS
        if scope.allows(permission)
    ]
