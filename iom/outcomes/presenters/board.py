"""The board's page: each aim with its measure, what that says, and how it was worked out."""

from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from iom.outcomes.evaluation import displayed
from iom.outcomes.models import BoardFigures
from iom.outcomes.presenters import words
from iom.outcomes.presenters.words import NONE, signed

WHOLE = "All"


def aims(figures: BoardFigures) -> list[dict[str, Any]]:
    """Fewer victims, less local crime, more confidence: each a heading, sentences, and tables."""
    found = figures.figures
    return [
        {"id": "victims", "heading": _("Fewer victims"), **victims(found["victims"])},
        {"id": "crime", "heading": _("Less local crime"), **crime(found["crime"], found["harm"], found["share"])},
        {"id": "confidence", "heading": _("More confidence"), **confidence(found["confidence"])},
    ]


def nothing(why: str) -> dict[str, Any]:
    return {"says": why, "tables": []}


def says_words(says: str | None) -> str:
    said = {
        "more": _("More than in the year before"),
        "fewer": _("Fewer than in the year before"),
        "no change can be told": _("No change can be told from chance"),
        "too few to say": _("Too few to say"),
        "rose": _("Rose"),
        "fell": _("Fell"),
        "first wave": _("First wave"),
        "waves overlap": _("Not compared: the waves overlap"),
    }
    return said.get(says or "", _("Not known"))


def trend(
    rows: list[dict[str, Any]], *, now: str, before: str, caption: str, headings: tuple[str, str]
) -> dict[str, Any]:
    """A table of the last year beside the one before, the whole first, then areas, then types of crime."""
    ordered = sorted(
        rows, key=lambda row: (row["area"] != WHOLE or row["crime_type"] != WHOLE, row["crime_type"] != WHOLE)
    )
    return {
        "caption": caption,
        "headings": [_("Where, or what"), *headings, _("Change"), _("What can be said")],
        "rows": [
            [place(row), count(row[now]), count(row[before]), change(row), says_words(row["says"])] for row in ordered
        ],
    }


def place(row: dict[str, Any]) -> str:
    if row["area"] == WHOLE and row["crime_type"] == WHOLE:
        return _("The whole partnership")
    return str(row["crime_type"] if row["area"] == WHOLE else row["area"]).capitalize()


def count(number: int | None) -> str:
    return NONE if number is None else f"{number:,}"


def change(row: dict[str, Any]) -> str:
    """A ratio of daily rates as a change in per cent, with its interval."""
    if row["ratio"] is None:
        return NONE
    point, low, high = (signed(100 * (row[name] - 1)) for name in ("ratio", "ratio_low", "ratio_high"))
    return _("%(point)s%% (%(low)s to %(high)s)") % {"point": point, "low": low, "high": high}


def whole(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    return next((row for row in rows if row["area"] == WHOLE and row["crime_type"] == WHOLE), None)


def victims(rows: list[dict[str, Any]] | str) -> dict[str, Any]:
    if isinstance(rows, str) or not rows:
        return nothing(rows if rows and isinstance(rows, str) else _("No counts of victims have come in."))
    total = whole(rows)
    table = trend(
        rows,
        now="victimisations",
        before="victimisations_before",
        caption=_("Victims of recorded crime"),
        headings=(_("Last 12 months"), _("12 before")),
    )
    return {"says": says_words(total["says"] if total else None), "tables": [table]}


def crime(
    rows: list[dict[str, Any]] | str, harm: list[dict[str, Any]] | str, share: list[dict[str, Any]] | str
) -> dict[str, Any]:
    if isinstance(rows, str) or not rows:
        return nothing(rows if rows and isinstance(rows, str) else _("No recorded crime has come in."))
    total = whole(rows)
    tables = [
        trend(
            rows,
            now="crimes",
            before="crimes_before",
            caption=_("Recorded crime"),
            headings=(_("Last 12 months"), _("12 before")),
        )
    ]
    known = {row["area"] for row in rows if row["crime_type"] == WHOLE and row["crimes"] is not None}
    if not isinstance(harm, str) and harm:
        tables.append(
            {
                "caption": _("Harm of recorded crime, in days of sentence"),
                "headings": [_("Area"), _("Harm, low to high")],
                "rows": [
                    [row["area"] if row["area"] != WHOLE else _("The whole partnership"), days(row)]
                    for row in harm
                    if row["crime_type"] == WHOLE and row["area"] in known
                ],
            }
        )
    if not isinstance(share, str) and share:
        tables.append(
            {
                "caption": _("Proven offences of the last 12 months, and whose they are"),
                "headings": [
                    _("Where people live"),
                    _("Proven offences"),
                    _("By people in the cohort now"),
                    _("Share"),
                ],
                "rows": [
                    [
                        row["area"] if row["area"] != WHOLE else _("The whole partnership"),
                        words.count(row["offences"]) if row["offences"] is not None else NONE,
                        words.count(row["in_scope"]) if row["in_scope"] is not None else NONE,
                        NONE if row["percent"] is None else f"{displayed(row['percent'])}%",
                    ]
                    for row in share
                ],
            }
        )
    return {"says": says_words(total["says"] if total else None), "tables": tables}


def days(row: dict[str, Any]) -> str:
    if row["harm_low"] is None or row["harm_high"] is None:
        return NONE
    return _("%(low)s to %(high)s") % {"low": f"{row['harm_low']:,.0f}", "high": f"{row['harm_high']:,.0f}"}


def confidence(rows: list[dict[str, Any]] | str) -> dict[str, Any]:
    if isinstance(rows, str) or not rows:
        return nothing(rows if rows and isinstance(rows, str) else _("No survey has come in."))
    latest = [row for row in rows if row["wave_end"] == max(each["wave_end"] for each in rows)]
    table = {
        "caption": _("What the public says, by the last wave"),
        "headings": [
            _("Question and area"),
            _("Say so"),
            _("95% interval"),
            _("Change from the wave before"),
            _("What can be said"),
        ],
        "rows": [
            [
                _("%(question)s (%(area)s, %(wave)s)")
                % {"question": row["question"], "area": row["area"], "wave": row["wave"]},
                NONE if row["percent"] is None else f"{displayed(row['percent'])}%",
                NONE
                if row["low"] is None
                else _("%(low)s to %(high)s") % {"low": displayed(row["low"]), "high": displayed(row["high"])},
                NONE
                if row["change"] is None
                else _("%(point)s points (%(low)s to %(high)s)")
                % {
                    "point": signed(row["change"]),
                    "low": signed(row["change_low"]),
                    "high": signed(row["change_high"]),
                },
                says_words(row["says"]),
            ]
            for row in latest
        ],
    }
    said = {row["says"] for row in latest}
    return {
        "says": says_words(said.pop()) if len(said) == 1 else _("It differs by question and area"),
        "tables": [table],
    }


def until(figures: BoardFigures) -> str:
    return formats.date_format(date.fromisoformat(figures.figures["until"]), "j F Y")


def areas(figures: BoardFigures) -> dict[str, Any]:
    """Areas beside each other, by name: what can be said, and a table; or why there is none."""
    rows = figures.figures.get("areas", _("They are worked out with the next figures."))
    if isinstance(rows, str):
        return nothing(rows)
    known = [row for row in rows if row["people"] is not None]
    if not known:
        return nothing(_("In no area did ten people or more reoffend, so nothing of them can be shown."))
    outside = [row["area"] for row in known if row["verdict"] != "inside"]
    said = (
        _("Outside the limits: %(areas)s. That is a reason to look, and says nothing of why.")
        % {"areas": ", ".join(outside)}
        if outside
        else _("No area that is shown lies outside the limits.")
    )
    return {"says": said, "tables": [areas_table(rows)]}


def areas_table(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "caption": _("Proven reoffending of those who were managed, by area"),
        "headings": [
            _("Area"),
            _("People"),
            _("Reoffended, for each expected"),
            _("95% limits"),
            _("What can be said"),
            _("Reoffended"),
            _("Drawn to the mean, with 95% interval"),
        ],
        "rows": [
            [row["area"], *[NONE] * 3, _("Too few to show"), *[NONE] * 2]
            if row["people"] is None
            else [
                row["area"],
                words.count(row["people"]),
                displayed(row["ratio"], places=2),
                between(row["low_95"], row["high_95"], places=2),
                verdict_words(row["verdict"]),
                f"{displayed(row['percent'])}%",
                _("%(point)s%% (%(span)s)")
                % {
                    "point": displayed(row["shrunk"]),
                    "span": between(row["shrunk_low"], row["shrunk_high"]),
                },
            ]
            for row in rows
        ],
    }


def between(low: float, high: float, *, places: int = 0) -> str:
    return _("%(low)s to %(high)s") % {"low": displayed(low, places=places), "high": displayed(high, places=places)}


def verdict_words(verdict: str) -> str:
    said = {
        "inside": _("Cannot be told from the others"),
        "above 95%": _("More than chance usually brings"),
        "above 99.8%": _("Far more than chance usually brings"),
        "below 95%": _("Fewer than chance usually brings"),
        "below 99.8%": _("Far fewer than chance usually brings"),
    }
    return said[verdict]
