"""How soon people reoffended, as a section of the report, and the same as a chart."""

from typing import Any

from django.utils.translation import gettext as _

from iom.outcomes.models import Study
from iom.outcomes.presenters import words
from iom.outcomes.presenters.words import as_printed, percent


def points(study: Study) -> list[dict[str, Any]]:
    """Both sides at the ends of months; none where nothing may be said, or it was answered before there was this."""
    if study.result is None or study.result["verdict"]["word"] == "refused":
        return []
    found = study.result.get("timing")
    return found if isinstance(found, list) else []


def sides() -> dict[str, str]:
    return {"treated": _("Who joined"), "comparison": _("Like them, did not join")}


def how_soon(study: Study) -> dict[str, Any]:
    """The section; an empty one where nothing may be said."""
    assert study.result is not None
    said = study.result.get("timing")
    if said is None or study.result["verdict"]["word"] == "refused":
        return {}
    heading = _("How soon did they reoffend?")
    if isinstance(said, str):
        return {"heading": heading, "paragraphs": [_("It is not shown: %(why)s") % {"why": said}], "tables": []}
    return {
        "heading": heading,
        "paragraphs": [
            _(
                "The share who had not reoffended at the end of each month after the start. It says when, beside how"
                " many: that the two sides differ is tested by the measure that decides and not by this."
            ),
            _(
                "Time in custody is in it: somebody who is inside cannot reoffend. A month is left out where fewer than"
                " ten people of a side reoffended since the one before."
            ),
        ],
        "tables": [table(said)],
        "chart": "timing",
    }


def table(found: list[dict[str, Any]]) -> dict[str, Any]:
    headings = [_("Months after the start")]
    for name in sides().values():
        headings += [name, _("95% interval"), _("Had not, people")]
    return {
        "caption": _("Who had not reoffended"),
        "headings": headings,
        "rows": [[str(each["month"]), *(cell for side in sides() for cell in cells(each[side]))] for each in found],
    }


def cells(side: dict[str, Any]) -> list[str]:
    interval = _("%(low)s to %(high)s") % {"low": percent(side["low"]), "high": percent(side["high"])}
    return [percent(side["share"]), interval, words.count(side["at_risk"])]


def rows(study: Study) -> list[dict[str, Any]]:
    """What the chart is of, by side and month, as the table has it."""
    return [
        {
            "group": name,
            "time": float(each["month"]),
            **{end: as_printed(each[side][end], times=100) for end in ("share", "low", "high")},
            "at_risk": each[side]["at_risk"],
        }
        for side, name in sides().items()
        for each in points(study)
    ]
