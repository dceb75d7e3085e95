"""What Today shows: one merged, dated list of what needs this user's attention."""

import re
from datetime import date
from typing import Any

from django.forms.utils import pretty_name
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop

from iom.access import roles
from iom.access.permissions import DESCRIPTIONS, EXTENTS, REACHES, Permission
from iom.access.scope import Scope
from iom.common import registries
from iom.common.registries import Attention
from iom.govuk import filters
from iom.govuk.forms import SHOWN_AGAIN
from iom.home import queries
from iom.home.drafts import CONTINUED
from iom.home.models import Draft
from iom.partnerships.models import Membership

SHOWN = 30
CODE = re.compile("[a-z0-9-]*")
SHORT_CUTS = (
    (gettext_noop("Ranked candidates"), "cohorts-candidates", Permission.CANDIDATES_VIEW),
    (gettext_noop("Nominations"), "cohorts-nominations", Permission.COHORT_VIEW),
    (gettext_noop("Possible matches"), "people-matches", Permission.MATCH_REVIEW),
    (gettext_noop("Upload an extract"), "imports-upload", Permission.IMPORT_MANAGE),
    (gettext_noop("Schemes"), "cohorts-schemes", Permission.SCHEME_VIEW),
    (gettext_noop("Equality evidence"), "sharing-equality", Permission.EQUALITY_VIEW),
)


def today(*, scope: Scope, on: date) -> dict[str, Any]:
    """What is to be done and, beside it, what is new, as every app says: at most `SHOWN` lines of each."""
    found = registries.list_attention(scope=scope, on=on)
    to_do = [item for item in found if not item.is_news]
    news = [item for item in found if item.is_news]
    return {
        "items": to_do[:SHOWN],
        "more": max(0, len(to_do) - SHOWN),
        "news": news[:SHOWN],
        "more_news": max(0, len(news) - SHOWN),
        "news_days": registries.NEWS_DAYS,
        "on": on,
        "links": links(scope),
    }


def admin_pages(scope: Scope) -> list[dict[str, str]]:
    """The pages of the section Admin that are this user's, in words of their language."""
    return [
        {"text": gettext(page.text), "purpose": gettext(page.purpose), "href": reverse(page.url_name)}
        for page in registries.admin_pages
        if scope.allows(Permission(page.permission))
    ]


def permission_table() -> list[dict[str, Any]]:
    """Each role with what it may do, and which records of whom that opens: role x permission x scope."""
    return [
        {
            "slug": role.slug,
            "name": gettext(role.display_name),
            "description": gettext(role.description),
            "rows": [
                {
                    "may": gettext(DESCRIPTIONS[permission]),
                    "reach": gettext(REACHES[permission].words),
                    "extents": [gettext(EXTENTS[extent]) for extent in REACHES[permission].extents],
                }
                for permission in Permission
                if permission in role.permissions
            ],
        }
        for role in roles.ALL
    ]


def shown_people(context: dict[str, Any]) -> list[int]:
    """The ids of the people whom Today names."""
    shown = [*context["items"], *context["news"]]
    return sorted({item.person_id for item in shown if item.person_id is not None})


def attention(*, scope: Scope, on: date, person_id: int | None = None) -> list[Attention]:
    """The user's own forms that were not saved. They are about the user's work, and on no person's page."""
    if person_id is not None:
        return []
    return [
        Attention(
            text=gettext("You have an unfinished form from %(time)s") % {"time": filters.time(draft.kept_at)},
            url=reverse("draft", args=[draft.pk]),
            on=timezone.localdate(draft.kept_at),
            kind=gettext("Not saved"),
        )
        for draft in queries.list_drafts(scope=scope)
    ]


def draft(found: Draft, *, scope: Scope, memberships: list[Membership]) -> dict[str, Any]:
    """What was typed, to read; and what goes back into the form. It goes back only for the agency it was typed for."""
    return {
        "draft": found,
        "words": words(found.pairs),
        "shown_again": SHOWN_AGAIN,
        "continued": CONTINUED,
        "act_for": None
        if found.agency_id == scope.agency_id
        else next(each.pk for each in memberships if each.agency_id == found.agency_id),
    }


def words(pairs: list[list[str]]) -> list[dict[str, str]]:
    """What reads as text, under its field's name. Choices and dates were sent as codes, which say nothing here."""
    return [{"key": pretty_name(name), "value": value} for name, value in pairs if not CODE.fullmatch(value.strip())]


def links(scope: Scope) -> list[dict[str, str]]:
    """Where this role goes most often from here, beyond the navigation."""
    return [
        {"text": gettext(text), "href": reverse(url_name)}
        for text, url_name, permission in SHORT_CUTS
        if scope.allows(permission)
    ]
