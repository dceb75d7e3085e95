"""The page of fairness: each part as sentences and tables, of one day's figures."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from iom.govuk.filters import date as day
from iom.outcomes.models import EqualityEvidence
from iom.outcomes.presenters.words import NONE

WHOLE = "All"
Row = Mapping[str, Any]
Table = dict[str, Any]


def parts(figures: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The way into the cohort, decisions against the ranking, and what became of those picked, in this order."""
    funnel, follow_up = figures["funnel"], figures["follow_up"]
    since, until = day(date.fromisoformat(figures["since"])), day(date.fromisoformat(figures["until"]))
    window = _("From %(since)s up to %(until)s.") % {"since": since, "until": until}
    of_scored = not isinstance(follow_up, str) and follow_up["is_of_scored"]
    return [
        {"id": "way", "heading": _("From the list to the cohort"), **steps(funnel, way_steps(), window)},
        {"id": "overrides", "heading": _("Decided against the ranking"), **steps(funnel, override_steps(), window)},
        {"id": "score", "heading": _("Does the score mean the same for each group?"), **score(figures, follow_up)},
        {"id": "hits", "heading": _("Were those picked the ones who reoffended?"), **hits(follow_up, of_scored)},
        {"id": "time", "heading": _("How long people were kept"), **kept(follow_up, of_scored)},
    ]


def way_steps() -> list[tuple[str, str, str, str, str]]:
    """Step, base, caption, and the headings of the two counts."""
    eligible, selected = _("Eligible"), _("Selected")
    return [
        ("nominated", "eligible", _("Nominated, of the eligible"), eligible, _("Nominated")),
        ("selected", "eligible", _("Selected, of the eligible"), eligible, selected),
        ("selected", "decided", _("Selected, of those decided on"), _("Decided on"), selected),
        ("highest_rating", "selected", _("Rated red at any time, of those selected"), selected, _("Rated red")),
        ("deselected", "selected", _("De-selected by now, of those selected"), selected, _("De-selected")),
    ]


def override_steps() -> list[tuple[str, str, str, str, str]]:
    return [
        (
            "below_line", "selected", _("Selected though below the line of places, of those selected"), _("Selected"),
            _("Below the line"),
        ),
        (
            "above_line", "declined", _("Declined though above the line of places, of those declined"), _("Declined"),
            _("Above the line"),
        ),
    ]  # fmt: skip


def steps(found: list[Row] | str, wanted: Iterable[tuple[str, str, str, str, str]], window: str) -> dict[str, Any]:
    if isinstance(found, str):
        return {"paragraphs": [found], "tables": []}
    tables = [
        compared(
            [row for row in found if row["step"] == step and row["of"] == base],
            caption=caption,
            headings=(of, chosen),
        )
        for step, base, caption, of, chosen in wanted
    ]
    return {"paragraphs": [window], "tables": tables}


def characteristics() -> dict[str, str]:
    return {"sex": _("Sex"), "age_band": _("Age"), "ethnicity": _("Ethnicity")}


def groups() -> dict[str, str]:
    """The words of groups that are no numbers."""
    return {
        "Female": _("Female"), "Male": _("Male"), "Asian": _("Asian"), "Black": _("Black"), "Mixed": _("Mixed"),
        "Other": _("Other"), "White": _("White"), "Not known": _("Not known"), "Under 18": _("Under 18"),
        "50 and over": _("50 and over"),
    }  # fmt: skip


def name(row: Row) -> str:
    if row["group"] == WHOLE:
        return _("All")
    group = row["group"]
    return f"{characteristics()[row['characteristic']]}: {groups().get(group, group)}"


def in_order(rows: Iterable[Row]) -> list[Row]:
    """The groups of each characteristic, and all of them once, at the end."""
    rows = list(rows)
    return [*(row for row in rows if row["group"] != WHOLE), *[row for row in rows if row["group"] == WHOLE][:1]]


def compared(rows: list[Row], *, caption: str, headings: tuple[str, str]) -> Table:
    """A table of who was chosen of whom, and which groups stand out; no rows where no group's rate is shown."""
    if all(row["rate"] is None for row in rows if row["group"] != WHOLE):
        return {"caption": caption, "says": only_of_all(rows), "headings": [], "rows": []}
    return {
        "caption": caption,
        "says": standing_out(rows),
        "headings": [_("Group"), *headings, _("Rate"), _("Rate index"), _("95% interval")],
        "rows": [
            [
                name(row),
                number(row["base"]),
                number(row["chosen"]),
                percent(row["rate"]),
                index(row),
                interval(row, "relative_rate", 2),
            ]
            for row in in_order(rows)
        ],
    }


def only_of_all(rows: list[Row]) -> str:
    """What there is to say where groups are too small."""
    said = _("Too few people took this step, or did not, for groups to be compared.")
    whole = next((row for row in rows if row["group"] == WHOLE), None)
    if whole is None or whole["rate"] is None:
        return said
    return (
        _("%(chosen)s of %(base)s people, %(rate)s.")
        % {
            "chosen": number(whole["chosen"]),
            "base": number(whole["base"]),
            "rate": percent(whole["rate"]),
        }
        + f" {said}"
    )


def standing_out(rows: list[Row]) -> str:
    """Which groups differ from the one they are compared with by more than chance."""
    told = [row for row in rows if row["relative_rate"] is not None]
    if not told:
        return _("Too few people took this step, or did not, for groups to be compared.")
    more = [name(row) for row in told if row["relative_rate_low"] > 1]
    fewer = [name(row) for row in told if row["relative_rate_high"] < 1]
    said = []
    if more:
        said.append(_("More often than the group compared with: %(groups)s.") % {"groups": ", ".join(more)})
    if fewer:
        said.append(_("Less often than the group compared with: %(groups)s.") % {"groups": ", ".join(fewer)})
    return " ".join(said) or _("No difference between groups can be told from chance.")


def number(count: int | None) -> str:
    return _("Not shown") if count is None else f"{count:,}"


def percent(value: float | None) -> str:
    return NONE if value is None else f"{value:g}%"


def index(row: Row) -> str:
    if row["is_reference"]:
        return _("Compared with")
    return NONE if row["relative_rate"] is None else f"{row['relative_rate']:.2f}"


def interval(row: Row, measure: str, places: int = 0, unit: str = "") -> str:
    low, high = row[f"{measure}_low"], row[f"{measure}_high"]
    if low is None or high is None:
        return NONE
    return _("%(low)s to %(high)s") % {"low": f"{low:.{places}f}{unit}", "high": f"{high:.{places}f}{unit}"}


def with_interval(row: Row, measure: str, places: int, unit: str = "") -> str:
    """A value with its interval in one cell."""
    if row[measure] is None:
        return NONE
    return f"{row[measure]:.{places}f}{unit} ({interval(row, measure, places, unit)})"


def whose(figures: Mapping[str, Any]) -> str:
    first, until = (day(date.fromisoformat(figures[end])) for end in ("followed_from", "followed_to"))
    return _("Of those who first joined from %(first)s up to %(until)s and whose outcome is final.") % {
        "first": first,
        "until": until,
    }


def score(figures: Mapping[str, Any], found: Mapping[str, Any] | str) -> dict[str, Any]:
    if isinstance(found, str):
        return {"paragraphs": [found], "tables": []}
    if found["score"] is None:
        why = _(
            "Fewer than half of those who joined had a score when they were nominated, so how it did for each group"
            " cannot be said."
        )
        return {"paragraphs": [why], "tables": []}
    rows = in_order(found["score"])
    paragraphs = [
        whose(figures),
        _(
            "Where groups reoffend at different rates, no score short of a perfect one can both mean the same for each"
            " group and wrongly flag, or wrongly miss, equally often in each. Which of the two matters more is for the"
            " board to decide and to write down."
        ),
    ]
    calibration = {
        "caption": _("What the score expected, and what was found"),
        "says": off_the_mark(found["score"]),
        "headings": [
            _("Group"), _("People"), _("Expected to reoffend"), _("Reoffended"),
            _("Found over expected (95% interval)"), _("Told apart: AUC (95% interval)"),
        ],
        "rows": [
            [
                name(row), number(row["people"]), percent(row["expected_percent"]), percent(row["found_percent"]),
                with_interval(row, "ratio", 2), with_interval(row, "auc", 2),
            ]
            for row in rows
        ],
    }  # fmt: skip
    limit = f"{100 * figures['threshold']:.0f}%"
    errors = {
        "caption": _("How often the score was wrong, taken at %(limit)s or more") % {"limit": limit},
        "says": "",
        "headings": [
            _("Group"), _("Of those above, reoffended"), _("Of those who did not, above"), _("Of those who did, below"),
        ],
        "rows": [[name(row), *(with_interval(row, each, 0, "%") for each in ("ppv", "fpr", "fnr"))] for row in rows],
    }  # fmt: skip
    return {"paragraphs": paragraphs, "tables": [calibration, errors]}


def off_the_mark(rows: list[Row]) -> str:
    told = [row for row in rows if row["ratio"] is not None and row["group"] != WHOLE]
    if not told:
        return _("Too few people for groups to be compared.")
    more = [name(row) for row in told if row["ratio_low"] > 1]
    fewer = [name(row) for row in told if row["ratio_high"] < 1]
    said = []
    if more:
        said.append(_("Reoffended more often than the score expected: %(groups)s.") % {"groups": ", ".join(more)})
    if fewer:
        said.append(_("Reoffended less often than the score expected: %(groups)s.") % {"groups": ", ".join(fewer)})
    return " ".join(said) or _("In no group can what was found be told from what the score expected.")


def of_joined(found: Mapping[str, Any] | str, work: Callable[[Mapping[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    return {"paragraphs": [found], "tables": []} if isinstance(found, str) else work(found)


def only_scored(of_scored: bool) -> list[str]:
    if not of_scored:
        return []
    return [_("Those who had no score when they were nominated are left out.")]


def hits(found: Mapping[str, Any] | str, of_scored: bool) -> dict[str, Any]:
    def told(said: Mapping[str, Any]) -> dict[str, Any]:
        table = compared(
            said["hit_rates"],
            caption=_("Reoffended within a year of joining, of those who joined"),
            headings=(_("Joined"), _("Reoffended")),
        )
        return {
            "paragraphs": [
                _(
                    "A lower rate than that of the group compared with says that the group may have been picked on less"
                    " ground. It can mislead: where the risks of groups are spread differently, rates differ though the"
                    " same line was drawn for all."
                ),
                *only_scored(of_scored),
            ],
            "tables": [table],
        }

    return of_joined(found, told)


def kept(found: Mapping[str, Any] | str, of_scored: bool) -> dict[str, Any]:
    def told(said: Mapping[str, Any]) -> dict[str, Any]:
        time = {
            "caption": _("Time in the cohort, until they left or until now"),
            "says": "",
            "headings": [_("Group"), _("Joined"), _("Median days")],
            "rows": [
                [
                    name(row),
                    number(row["people"]),
                    NONE if row["median_days"] is None else f"{row['median_days']:,.0f}",
                ]
                for row in in_order(said["time"])
            ],
        }
        table = compared(
            said["kept"],
            caption=_("Kept for more than 12 months without a proven offence in them, of those who joined"),
            headings=(_("Joined"), _("Kept")),
        )
        return {"paragraphs": only_scored(of_scored), "tables": [time, table]}

    return of_joined(found, told)


def days(found: Iterable[EqualityEvidence]) -> list[dict[str, Any]]:
    """Earlier days that can be looked at."""
    return [{"id": each.pk, "name": day(each.on)} for each in found]
