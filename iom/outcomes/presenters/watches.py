"""Watches: what each has seen, in a sentence, and block by block; and what to do on an alarm."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from iom.common.errors import NotVisible
from iom.govuk.filters import date as day
from iom.outcomes import evaluation, rules
from iom.outcomes.choices import Direction, WatchState
from iom.outcomes.evaluation import displayed
from iom.outcomes.models import Watch, WatchResult
from iom.outcomes.operations import Watched
from iom.outcomes.presenters import words
from iom.outcomes.presenters.charts import picture
from iom.outcomes.presenters.words import percent, signed

ALARM, QUIET, NOTHING = "alarm", "quiet", "nothing"
COLOURS = {ALARM: "red", QUIET: "green", NOTHING: "grey"}


def row(watch: Watch, latest: WatchResult | None) -> dict[str, Any]:
    """A watch in a list: what is watched, and what its latest look gave."""
    said = state_of(latest)
    names = {ALARM: _("Alarm"), QUIET: _("Nothing beyond chance"), NOTHING: _("Too early to say")}
    is_over = watch.state == WatchState.ENDED
    return {
        "watch": watch,
        "who": who(watch),
        "colour": COLOURS[said],
        "state": names[said],
        "running": _("Ended on %(day)s") % {"day": day(watch.ended_at)} if is_over else _("Watching"),
        "looked": latest.on if latest else None,
    }


def state_of(latest: WatchResult | None) -> str:
    if latest is None or not latest.cases:
        return NOTHING
    return ALARM if latest.is_alarmed else QUIET


def who(watch: Watch | Watched) -> str:
    scheme = watch.scheme.name if watch.scheme else _("Every scheme")
    return _("%(scheme)s, %(area)s") % {"scheme": scheme, "area": watch.area.name if watch.area else _("every area")}


def settled(watch: Watch | Watched) -> list[dict[str, Any]]:
    """What was settled when it was registered, as a summary list."""
    rows = [
        (_("What is watched"), watch.title),
        (_("Scheme"), watch.scheme.name if watch.scheme else _("Every scheme")),
        (_("Area"), watch.area.name if watch.area else _("Every area")),
        (_("What it looks for"), str(Direction(watch.direction).label)),
        (
            _("False alarm"),
            _("A chance of %(chance)s over %(cases)s people, while nothing has changed")
            % {"chance": percent(watch.chance), "cases": watch.cases},
        ),
        (_("What will be done on an alarm"), watch.purpose),
    ]
    return [{"key": key, "value": value} for key, value in rows]


def first_day(registered_on: date) -> str:
    return day(evaluation.first_final_on(registered_on))


def sentence(watch: Watch, results: list[WatchResult]) -> str:
    """What has been seen so far. `results` are the latest first; an alarm is told as of the earliest that has it."""
    latest = results[0] if results else None
    said = state_of(latest)
    if said == ALARM:
        told = next(each for each in reversed(results) if each.is_alarmed)
        more = {
            Direction.WORSE: _(
                "An alarm was raised on %(day)s: more of those who joined reoffended than were to be expected, by more"
                " than chance usually brings."
            ),
            Direction.BETTER: _(
                "An alarm was raised on %(day)s: fewer of those who joined reoffended than were to be expected, by more"
                " than chance usually brings."
            ),
        }
        return more[Direction(watch.direction)] % {"day": day(told.on)}
    if said == QUIET:
        assert latest is not None
        return _("Nothing has been seen beyond chance so far, of %(cases)s people.") % {
            "cases": words.count(latest.cases)
        }
    if latest is None:
        return _("Nothing has been worked out yet. Look again in a few minutes.")
    return _(
        "Too few outcomes are final to say anything. Somebody who joins is followed for a year, and six more months are"
        " left for convictions to come in: the first can count on %(day)s, and %(least)s people or more are needed."
    ) % {"day": first_day(timezone.localdate(watch.registered_at)), "least": rules.LEAST_CASES}


def what_to_do() -> list[str]:
    """After an alarm, in this order: most alarms are of the record."""
    return [
        _("Check the data: did convictions of some people or courts come in twice, late, or from a new source?"),
        _("Check the definition: did an offence code, or what counts as proven, change?"),
        _("Check who joins: are people chosen in another way than before, whose risk the score does not see?"),
        _("Only then ask what changed in the work, and do what was settled below before anybody looked."),
    ]


def no_proof(watch: Watch) -> str:
    return _(
        "An alarm is a reason to look and no proof. Of a hundred such watches over %(cases)s people, about"
        " %(number)s would raise one though nothing had changed."
    ) % {"cases": watch.cases, "number": displayed(watch.chance, times=100)}


def beyond_horizon(watch: Watch, latest: WatchResult | None) -> str:
    """Said once more people are in it than the false alarm was settled for."""
    if latest is None or latest.cases <= watch.cases:
        return ""
    return _(
        "The chance of a false alarm was settled for %(cases)s people, and there are more by now, so it has grown."
        " Think of ending this watch and registering another."
    ) % {"cases": watch.cases}


def blocks(result: WatchResult | None) -> dict[str, Any] | None:
    """The watch, block by block, as a table; None where there is no block."""
    if result is None or not result.figures["since"]:
        return None
    found = result.figures["since"]
    return {
        "caption": _("Those who joined since the watch was registered"),
        "headings": [*headings(), _("Height, in per cent of the limit")],
        "rows": [[*cells(each), height(each["tenths"])] for each in found],
    }


def look_back(result: WatchResult | None) -> dict[str, Any] | None:
    """Those who joined before, in the same way; they raise no alarm."""
    if result is None or not result.figures["before"]:
        return None
    found = result.figures["before"]
    return {
        "caption": _("Looking back: those who joined before. They raise no alarm"),
        "headings": headings(),
        "rows": [cells(each) for each in found],
    }


def no_look_back(result: WatchResult | None) -> str:
    """Why those who joined before are not shown."""
    if result is None or not result.figures.get("is_all_but_few"):
        return ""
    return _(
        "There is no look back: fewer than ten people who joined before are of another area or scheme, and what came of"
        " them could be worked out from it and that of another watch."
    )


def headings() -> list[str]:
    return [
        _("Outcomes final up to"),
        _("People"),
        _("Reoffended"),
        _("To be expected"),
        _("Expected less reoffended, so far"),
    ]


def cells(block: dict[str, Any]) -> list[str]:
    return [
        day(date.fromisoformat(block["until"])),
        words.count(block["people"]),
        words.count(block["observed"]),
        displayed(block["expected"]),
        signed(block["expected_less_observed"]),
    ]


def height(tenths: int) -> str:
    return _("Alarm") if tenths == 10 else f"{10 * tenths}%"


def chart(result: WatchResult | None) -> dict[str, Any] | None:
    """Where the chart is; None where there is nothing to draw."""
    if result is None or not result.figures["since"]:
        return None
    return picture("outcomes-watch-chart", result.pk, text=chart_text(result))


def chart_text(result: WatchResult) -> str:
    found = result.figures["since"]
    alarms = [each for each in found if each["tenths"] == 10]
    if alarms:
        said = _("It reached its limit in the block that ended on %(day)s.") % {
            "day": day(date.fromisoformat(alarms[0]["until"]))
        }
    else:
        most = max(each["tenths"] for each in found)
        said = _("It has not reached its limit; at the end of a block it stood at %(most)s%% of it at most.") % {
            "most": 10 * most
        }
    return _("How high the watch stood at the end of each block of people. %(said)s The table has the same.") % {
        "said": said
    }


def drawn(result: WatchResult, *, width: int) -> str:
    """The chart of a look. Raises `NotVisible` where there is none of that width."""
    if width not in evaluation.WIDTHS or not result.figures["since"]:
        raise NotVisible
    rows = [
        {"case": each["cases"], "height": 10 * each["tenths"], "alarm": each["tenths"] == 10}
        for each in result.figures["since"]
    ]
    return evaluation.watch_chart(
        [{"case": 0, "height": 0, "alarm": False}, *rows],
        title=_("How high the watch stood, in per cent of its limit"),
        text=chart_text(result),
        x=_("People whose outcome is final"),
        y=_("Height, in per cent of the limit"),
        line=_("Alarm limit"),
        alarm=_("Alarm"),
        width=width,
    )


def method(watch: Watch, result: WatchResult | None) -> list[str]:
    """How it was worked out, in sentences."""
    said = [
        _(
            "The risk-adjusted CUSUM of Steiner and others (2000) with odds of %(odds)s to 1 to look for: after each"
            " person, how much likelier their outcome is if the odds of reoffending have changed so is added up, never"
            " under nought, and an alarm is raised at a limit. What was to be expected of each is OGRS4/G as they"
            " joined."
        )
        % {"odds": displayed(rules.ODDS[watch.direction], places=1)},
        _(
            "A block has ten people or more who reoffended and ten or more who did not, and its end is told after"
            " another ten people, so that nobody's outcome can be read off. An alarm is told at the end of its block,"
            " and heights to a tenth of the limit. What was told once is not worked out again: a conviction that comes"
            " in later than six months after the year, or somebody entered later, does not change it."
        ),
        _(
            "Numbers are to the nearest five, so that two watches say less of what sets them apart, and blocks need not"
            " add up. There is no look back where one to nine people joined before who are of another area or scheme."
        ),
        _(
            "Only a first joining counts, of adults at liberty who have a score. The promise holds for people who do"
            " not depend on each other and scores that fit; the fit is itself uncertain by chance, so false alarms can"
            " come somewhat more often than was asked."
        ),
    ]
    basis = ((result.manifest.get("results") if result else None) or {}).get("basis")
    if basis is None:
        return said
    fitted = {
        True: _("The score was fitted once to those who joined before the watch was registered."),
        False: _(
            "Too few had joined before the watch was registered, so the score was fitted once to people here who could"
            " have joined and did not. Who is chosen may offend more than any score knows, and an alarm of more"
            " reoffending can be that alone."
        ),
    }[basis["fitted_to"] == evaluation.FITTED_TO_BEFORE]
    limit = basis["limit"]
    return [
        *said,
        fitted,
        _(
            "Log odds are %(intercept)s + %(slope)s times the score's. The limit is %(limit)s, from 2,000 simulated"
            " watches with seed %(seed)s, of which %(found)s raised a false alarm (give or take %(error)s). Both were"
            " settled in the first look and have not moved since."
        )
        % {
            "intercept": displayed(basis["intercept"], places=3),
            "slope": displayed(basis["slope"], places=3),
            "limit": displayed(limit["height"], places=3),
            "seed": limit["seed"],
            "found": f"{displayed(limit['found'], times=100, places=1)}%",
            "error": f"{displayed(limit['error'], times=100, places=1)}%",
        },
    ]
