"""A run of linkage in words: how far it is, what became of the last one, and its log."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from iom.govuk.filters import datetime as in_words
from iom.people.choices import LinkStep, RunStatus
from iom.people.models import LinkRun
from iom.people.queries.matches import Runs
from iom.people.rules import linking as rules


@dataclass(frozen=True)
class AtWork:
    """A run that has not ended. `done` of `total` steps are behind it."""

    run_id: int
    label: str
    text: str
    done: int
    total: int
    estimate: str | None


@dataclass(frozen=True)
class Line:
    """One line of a run's log."""

    at: datetime
    text: str


@dataclass(frozen=True)
class Linking:
    """What the page says of linkage. `stopped`: that the last run did not finish; `last`: what the index rests on."""

    at_work: AtWork | None
    stopped: str
    last: str
    log: tuple[Line, ...]


def linking(runs: Runs, *, at: datetime) -> Linking:
    shown = runs.at_work or runs.ended
    return Linking(
        at_work=at_work(runs.at_work, runs.finished, at) if runs.at_work else None,
        stopped=stopped(runs.ended) if runs.ended and not runs.at_work else "",
        last=last(runs.finished) if runs.finished else "",
        log=tuple(Line(datetime.fromisoformat(line["at"]), line["text"]) for line in shown.log) if shown else (),
    )


def at_work(run: LinkRun, before: LinkRun | None, at: datetime) -> AtWork:
    number, total = rules.number_of(run.step), len(rules.STEPS)
    running = run.status == RunStatus.RUNNING
    last_took = before.finished_at - before.started_at if before and before.finished_at else None
    left = rules.time_left(taken=at - run.started_at, last_took=last_took) if running else None
    return AtWork(
        run_id=run.pk,
        label=str(LinkStep(run.step).label) if running else _("Waiting for a worker to start"),
        text=_("Step %(number)s of %(total)s") % {"number": number, "total": total} if running else "",
        done=max(number - 1, 0),
        total=total,
        estimate=left_in_words(left) if left else None,
    )


def left_in_words(left: timedelta) -> str:
    if left < timedelta(minutes=1):
        return _("Less than a minute left, judging by the last run")
    minutes = round(left / timedelta(minutes=1))
    return ngettext(
        "About %(minutes)s minute left, judging by the last run",
        "About %(minutes)s minutes left, judging by the last run",
        minutes,
    ) % {"minutes": minutes}


def stopped(run: LinkRun) -> str:
    """That the last run did not finish, and why; nothing where it did."""
    if run.status == RunStatus.CANCELLED:
        return _(
            "The last run was cancelled, and nothing of it was applied."
            " Records that came in since the run before join the index when the records are linked again."
        )
    if run.status == RunStatus.FINISHED:
        return ""
    why = run.log[-1]["text"] if run.status == RunStatus.FAILED else _("Its worker failed. Start it again.")
    return _("The last run stopped before it finished, and nothing of it was applied. %(why)s") % {"why": why}


def last(run: LinkRun) -> str:
    """When the last run finished; not what it made of how many: that counts records kept from the reader."""
    return _("Last linked %(when)s.") % {"when": in_words(run.finished_at)}
