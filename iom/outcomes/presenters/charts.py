"""Which charts there are, in the reader's words. Each is of a table that stands on the same page, and of figures no
finer than are printed there (`as_printed`)."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from iom.common.errors import NotVisible
from iom.outcomes import evaluation
from iom.outcomes.choices import Measure
from iom.outcomes.models import BoardFigures, Study
from iom.outcomes.presenters import report, timing
from iom.outcomes.presenters.words import SHARES, as_printed

BALANCE, EFFECTS, TIMING = "balance", "effects", "timing"


def picture(name: str, *args: Any, text: str) -> dict[str, Any]:
    """Where a chart is in each width, and what it shows for who cannot see it."""
    wide, narrow = (reverse(name, args=[*args, width]) for width in evaluation.WIDTHS)
    return {"wide": wide, "narrow": narrow, "text": text}


def of_study(study: Study) -> dict[str, dict[str, Any]]:
    """The charts of a question, as far as it has got."""
    found = {}
    if study.design is not None:
        found[BALANCE] = picture("outcomes-chart", study.pk, BALANCE, text=balance_text(study))
    if effects(study):
        found[EFFECTS] = picture("outcomes-chart", study.pk, EFFECTS, text=effects_text())
    if timing.points(study):
        found[TIMING] = picture("outcomes-chart", study.pk, TIMING, text=timing_text())
    return found


def balance_text(study: Study) -> str:
    assert study.design is not None
    return _("How far apart the two sides were on each thing known before, and are now. %(words)s") % {
        "words": report.balance_words(study.design)
    }


def effects_text() -> str:
    return _("Each difference with its 95% interval, around the line of no difference. The figures are in the table.")


def timing_text() -> str:
    return _("The share who had not reoffended, falling as the year goes on, of both sides. The table has the figures.")


def effects(study: Study) -> list[dict[str, Any]]:
    """The differences that are told in percentage points."""
    if study.result is None or study.result["verdict"]["word"] == "refused":
        return []
    rows = zip(report.names_of(study), study.result["rows"], strict=True)
    return [
        {
            "measure": str(Measure(name).label),
            "estimate": as_printed(row["difference_means"], times=100),
            "low": as_printed(row["difference_lower"], times=100),
            "high": as_printed(row["difference_upper"], times=100),
        }
        for name, row in rows
        if name in SHARES and row["difference_lower"] is not None
    ]


def drawn(study: Study, *, chart: str, width: int) -> str:
    """A chart of a question. Raises `NotVisible` where it has none of that name."""
    if width not in evaluation.WIDTHS or chart not in of_study(study):
        raise NotVisible
    if chart == EFFECTS:
        return evaluation.effects_chart(
            effects(study),
            title=_("What was found"),
            text=effects_text(),
            x=_("Percentage points: left of the line is less, right of it more"),
            width=width,
        )
    if chart == TIMING:
        return evaluation.timing_chart(
            timing.rows(study),
            title=_("Who had not reoffended"),
            text=timing_text(),
            x=_("Months after the start"),
            y=_("Per cent"),
            at_risk=_("Had not reoffended, people"),
            width=width,
        )
    assert study.design is not None
    rows = [
        {
            "covariate": report.covariate_name(row["covariate"]),
            "smd_before": as_printed(row["smd_before"], places=2),
            "smd": as_printed(row["smd"], places=2),
        }
        for row in study.design["balance"]
        if row["covariate"] != "distance"
    ]
    return evaluation.balance_chart(
        rows,
        title=_("How far apart the two sides are"),
        text=balance_text(study),
        x=_("Per cent of how much people differ"),
        stages=(_("Before"), _("Now")),
        width=width,
    )


def crime(figures: BoardFigures, *, width: int) -> str:
    """Recorded crime of the whole partnership by month. Raises `NotVisible` where there is none."""
    if width not in evaluation.WIDTHS or not months(figures):
        raise NotVisible
    return evaluation.crime_chart(
        [
            {
                "period": formats.date_format(date.fromisoformat(row["month"]), "M Y"),
                "observed": row["crimes"],
                "expected": None if row["rolling"] is None else as_printed(row["rolling"] / 12),
            }
            for row in months(figures)
        ],
        title=_("Recorded crime by month"),
        text=_("Recorded crimes of each month, and the mean of the twelve months that end with it."),
        y=_("Recorded crimes"),
        names=(_("In the month"), _("Mean of twelve months")),
        width=width,
    )


def months(figures: BoardFigures) -> list[dict[str, Any]]:
    """The months of the whole. That in which the record begins need not be a whole one, so neither it nor the mean of
    the twelve months that begin with it is there."""
    rows = figures.figures["crime_by_month"]
    found = [] if isinstance(rows, str) else [dict(row) for row in rows if row["area"] == "All"]
    while found and found[0]["rolling"] is None and found[0]["crimes"] is None:
        found.pop(0)
    if not found or found[0]["rolling"] is not None:
        return found
    for row in found[11:12]:
        row["rolling"] = None
    return found[1:]


def areas(figures: BoardFigures, *, width: int) -> str:
    """Areas in a funnel. Raises `NotVisible` where there is nothing to draw."""
    rows = shown_areas(figures)
    if width not in evaluation.WIDTHS or not rows:
        raise NotVisible
    limits = ("low_95", "high_95", "low_998", "high_998")
    return evaluation.areas_chart(
        [
            {
                "area": row["area"],
                **{name: as_printed(row[name], places=2) for name in limits},
                "size": as_printed(row["expected"]),
                "rate": as_printed(row["ratio"], places=2),
                "outside": row["verdict"] != "inside",
            }
            for row in rows
        ],
        title=_("Proven reoffending by area, beside what was to be expected"),
        text=areas_text(),
        x=_("How many were expected to reoffend: the more, the narrower the limits"),
        y=_("Reoffended, for each who was expected to"),
        width=width,
    )


def areas_text() -> str:
    return _("Each area's proven reoffending over what was to be expected, between the limits of chance around 1.")


def shown_areas(figures: BoardFigures) -> list[dict[str, Any]]:
    """The areas of which there are figures, by name."""
    rows = figures.figures.get("areas", [])
    return [] if isinstance(rows, str) else [row for row in rows if row["people"] is not None]
