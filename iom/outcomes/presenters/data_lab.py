"""A file for the Justice Data Lab in words: what leaves, of how many, who is left out. Never a name."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from iom.agreements import rules as sharing_rules
from iom.outcomes import operations, rules
from iom.outcomes.adapters import data_lab
from iom.outcomes.choices import LeftOut
from iom.outcomes.models import DataLabExport, Study
from iom.outcomes.presenters import words

FORMAT = "j F Y"


def left_out(counts: Mapping[str, int]) -> list[dict[str, str]]:
    """How many are not in a file, by every reason there is: so that a reason that is named tells of nobody."""
    return [
        {"key": str(reason.label), "value": words.count(counts.get(reason.value, 0)).capitalize()} for reason in LeftOut
    ]


def number_of(people: int) -> str:
    """How many people a file has: in full where it is large enough to leave."""
    return f"{people:,}" if people >= rules.DATA_LAB_LEAST else words.count(people)


def too_few(people: int) -> str:
    """Why so many cannot be asked for; empty where they can."""
    if people >= rules.DATA_LAB_LEAST:
        return ""
    return _(
        "The Justice Data Lab takes no file of fewer than %(least)s people, and fewer than that who joined in these"
        " months can be named to it."
    ) % {"least": rules.DATA_LAB_LEAST}


def period(study: Study) -> str:
    return _("%(first)s to %(last)s") % {"first": words.month(study.first_month), "last": words.month(study.last_month)}


def columns() -> list[str]:
    return [_(name) for name in data_lab.COLUMNS]


def gateway(slug: str) -> str:
    """A power or basis by name and citation; by its slug where the register has it no more."""
    found = sharing_rules.gateways().get(slug)
    return f"{found.name} ({found.citation})" if found else slug


def settled(export: DataLabExport) -> list[dict[str, str]]:
    """What was asked for: all that who decides reads, beside who is left out."""
    study = export.study
    rows = [
        (_("To"), operations.DATA_LAB),
        (_("From"), _("%(agency)s, from its own records") % {"agency": export.agency.name}),
        (_("Who"), study.scheme.name if study.scheme else _("Every scheme")),
        (_("Joined"), period(study)),
        (_("How many people"), number_of(export.number)),
        (_("What it says of each"), "; ".join(columns())),
        (_("What for"), export.purpose),
        (_("Agreement"), export.agreement),
        (_("Power in law"), gateway(export.gateway)),
        (_("Lawful basis"), gateway(export.basis)),
    ]
    return [{"key": key, "value": value} for key, value in rows]


def until(export: DataLabExport) -> date | None:
    """The first day on which it can no longer be taken."""
    return rules.taken_until(timezone.localdate(export.decided_at)) if export.decided_at else None


def dropped(export: DataLabExport) -> str:
    """That whoever may not be named any more was left out when it was taken; empty where nobody took it."""
    if export.taken_at is None:
        return ""
    number = sum(export.dropped.values())
    if not number:
        return _("Everybody who was in it when it was asked for was in it when it was taken.")
    return _(
        "Left out when it was taken, because since it was asked for their data may no longer be used or is no longer"
        " there: %(number)s. Nobody was added."
    ) % {"number": words.count(number)}


def context(export: DataLabExport) -> dict[str, Any]:
    end = until(export)
    return {
        "export": export,
        "settled": settled(export),
        "left_out": left_out(export.left_out),
        "until": formats.date_format(end, FORMAT) if end else "",
        "dropped": dropped(export),
    }
