"""The board's page: each aim with its measure, what that says, and how it was worked out."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from iom.outcomes.evaluation import displayed
from iom.outcomes.models import BoardFigures
from iom.outcomes.presenters import words
from iom.outcomes.presenters.words import NONE, signed

WHOLE = "All"
Row = dict[str, Any]
Table = dict[str, Any]


def aims(figures: BoardFigures) -> list[dict[str, Any]]:
    """Fewer victims, less local crime, more confidence: each a heading, a sentence, tables, and more of them folded."""
    found = figures.figures
    return [
        {
            "id": "victims",
            "heading": _("Fewer victims"),
            "more": _("Victims by area and kind of crime"),
            **victims(found["victims"]),
        },
        {
            "id": "crime",
            "heading": _("Less local crime"),
            "more": _("Crime by area and kind, its harm, and whose proven offences are"),
            **crime(found["crime"], found["harm"], found["share"]),
        },
        {
            "id": "confidence",
            "heading": _("More confidence"),
            "more": _("What the public says, by area"),
            **confidence(found["confidence"]),
        },
    ]


def nothing(why: str) -> dict[str, Any]:
    return {"says": why, "tables": [], "folded": []}


def says_words(says: str | None) -> str:
    said = {
        "more": _("More than in the year before"),
        "fewer": _("Fewer than in the year before"),
        "no change can be told": _("No change can be told from chance"),
        "too few to say": _("Too few to say"),
        "record does not reach": _("Not compared: the record does not reach over both years"),
        "rose": _("Rose"),
        "fell": _("Fell"),
        "first wave": _("First wave"),
        "waves overlap": _("Not compared: the waves overlap"),
    }
    return said.get(says or "", _("Not known"))


def trend(
    rows: list[dict[str, Any]], *, now: str, before: str, caption: str, headings: tuple[str, str]
) -> tuple[list[Table], list[Table]]:
    """The last year beside the one before: a table of the whole, and those by area and by kind of crime."""

    def table(caption: str, first: str, chosen: Iterable[tuple[str, Row]]) -> Table:
        cells = [
            [name, count(row[now]), count(row[before]), change(row), says_words(row["says"])] for name, row in chosen
        ]
        return {
            "caption": caption,
            "headings": [first, *headings, _("Change"), _("What can be said")],
            "rows": cells,
            "words": [4],
        }

    whole = [(place(row["area"]), row) for row in rows if row["area"] == row["crime_type"] == WHOLE]
    by_area = [(row["area"], row) for row in rows if row["crime_type"] == WHOLE != row["area"]]
    by_kind = [(row["crime_type"].capitalize(), row) for row in rows if row["area"] == WHOLE != row["crime_type"]]
    return [table(caption, _("Where"), whole)], [
        each
        for each in (
            table(_("%(what)s, by area") % {"what": caption}, _("Area"), by_area),
            table(_("%(what)s, by kind of crime") % {"what": caption}, _("Kind of crime"), by_kind),
        )
        if each["rows"]
    ]


def place(area: str) -> str:
    return _("The whole partnership") if area == WHOLE else area


def count(number: int | None) -> str:
    return NONE if number is None else f"{number:,}"


def change(row: dict[str, Any]) -> str:
    """A ratio of daily rates as a change in per cent, with its interval."""
    if row["ratio"] is None:
        return NONE
    point, low, high = (whole_or_tenth(100 * (row[name] - 1)) for name in ("ratio", "ratio_low", "ratio_high"))
    return _("%(point)s%% (%(low)s to %(high)s)") % {"point": point, "low": low, "high": high}


def whole_or_tenth(value: float) -> str:
    """A whole number with its sign; one place where that would be nought, so that the end of an interval which leaves
    out no change does not read as none."""
    text = signed(value)
    if text != "0":
        return text
    tenth = displayed(value, places=1)
    return "0" if tenth == "0.0" else tenth if tenth.startswith("-") else f"+{tenth}"


def says_of_whole(rows: list[Row]) -> str:
    total = next((row for row in rows if row["area"] == WHOLE and row["crime_type"] == WHOLE), None)
    return says_words(total["says"] if total else None)


def victims(rows: list[dict[str, Any]] | str) -> dict[str, Any]:
    if isinstance(rows, str) or not rows:
        return nothing(rows if rows and isinstance(rows, str) else _("No counts of victims have come in."))
    tables, folded = trend(
        rows,
        now="victimisations",
        before="victimisations_before",
        caption=_("Victims of recorded crime"),
        headings=(_("Last 12 months"), _("12 before")),
    )
    return {"says": says_of_whole(rows), "tables": tables, "folded": folded}


def crime(
    rows: list[dict[str, Any]] | str, harm: list[dict[str, Any]] | str, share: list[dict[str, Any]] | str
) -> dict[str, Any]:
    if isinstance(rows, str) or not rows:
        return nothing(rows if rows and isinstance(rows, str) else _("No recorded crime has come in."))
    tables, folded = trend(
        rows,
        now="crimes",
        before="crimes_before",
        caption=_("Recorded crime"),
        headings=(_("Last 12 months"), _("12 before")),
    )
    known = {row["area"] for row in rows if row["crime_type"] == WHOLE and row["crimes"] is not None}
    if not isinstance(harm, str) and harm:
        folded.append(
            {
                "caption": _("Harm of recorded crime, in days of sentence"),
                "headings": [_("Area"), _("Harm, low to high")],
                "rows": [
                    [place(row["area"]), days(row)]
                    for row in harm
                    if row["crime_type"] == WHOLE and row["area"] in known
                ],
            }
        )
    if not isinstance(share, str) and share:
        folded.append(
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
                        place(row["area"]),
                        words.count(row["offences"]) if row["offences"] is not None else NONE,
                        words.count(row["in_scope"]) if row["in_scope"] is not None else NONE,
                        NONE if row["percent"] is None else f"{displayed(row['percent'])}%",
                    ]
                    for row in share
                ],
            }
        )
    return {"says": says_of_whole(rows), "tables": tables, "folded": folded}


def days(row: dict[str, Any]) -> str:
    if row["harm_low"] is None or row["harm_high"] is None:
        return NONE
    low, high = (f"{row[name]:,.0f}" for name in ("harm_low", "harm_high"))
    return low if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def confidence(rows: list[dict[str, Any]] | str) -> dict[str, Any]:
    if isinstance(rows, str) or not rows:
        return nothing(rows if rows and isinstance(rows, str) else _("No survey has come in."))
    latest = [row for row in rows if row["wave_end"] == max(each["wave_end"] for each in rows)]
    caption = _("What the public says, by the last wave (%(wave)s)") % {"wave": latest[0]["wave"]}
    of_whole = [(row["question"], row) for row in latest if row["area"] == WHOLE]
    by_question: dict[str, list[tuple[str, Row]]] = {}
    for row in latest:
        if row["area"] != WHOLE:
            by_question.setdefault(row["question"], []).append((row["area"], row))
    said = {row["says"] for row in latest}
    return {
        "says": says_words(said.pop()) if len(said) == 1 else _("It differs by question and area"),
        "tables": [survey(of_whole, caption=caption, first=_("Question"))] if of_whole else [],
        "folded": [survey(found, caption=question, first=_("Area")) for question, found in by_question.items()],
    }


def survey(chosen: Iterable[tuple[str, Row]], *, caption: str, first: str) -> Table:
    return {
        "caption": caption,
        "headings": [
            first,
            _("Say so"),
            _("95% interval"),
            _("Change from the wave before"),
            _("What can be said"),
        ],
        "rows": [
            [
                name,
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
            for name, row in chosen
        ],
        "words": [4],
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
        return nothing(_("Too few people reoffended, or too few did not, for any area to be shown."))
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
        "words": [4],
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
