"""The retention clock: from what last happened to the day of the review. Days are days in Europe/London."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from iom.common.registries import Held
from iom.sharing.rules.retention.schedule import Rule

ADULT = 18


@dataclass(frozen=True)
class Facts:
    """What the clock of one record runs from. `is_open`: something about the person is still going on."""

    last_on: date
    is_open: bool = False
    born_on: date | None = None
    kept_on: date | None = None  # when a reviewer last kept it
    kept_until: date | None = None  # and for how long


def clear_period_until(start: date, *, years: int) -> date:
    """The first day after that many clear years: what began on 29 February is over on 1 March.

    A day that no calendar holds any more, as where a partner's system writes the year 9999 for never, is the last one.
    """
    if start.year + years > date.max.year:
        return date.max
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


def was_child(born_on: date | None, *, on: date) -> bool:
    """Whether a person was under 18 on a day; one whose date of birth is not known was not."""
    return born_on is not None and on < clear_period_until(born_on, years=ADULT)


def review_date(rule: Rule, facts: Facts) -> date | None:
    """The day from which the record is to be looked at; none while something about the person is still going on.

    Something that happens starts the clear period again, also after a reviewer kept the record: then the later day
    counts. A rule to an age looks at the record every so many years until then.
    """
    if facts.is_open:
        return None
    due = first_review(rule, facts)
    if facts.kept_until is not None and facts.kept_on is not None:
        due = facts.kept_until if facts.last_on <= facts.kept_on else max(facts.kept_until, due)
    return due


def first_review(rule: Rule, facts: Facts) -> date:
    days = []
    if rule.clear_years is not None:
        days.append(clear_period_until(facts.last_on, years=rule.clear_years))
    if rule.to_age is not None:
        # Without a date of birth nobody can say when the age is reached: the record is then looked at, never forgotten.
        end = clear_period_until(facts.born_on, years=rule.to_age) if facts.born_on else None
        again = clear_period_until(facts.last_on, years=rule.every_years or rule.again_years)
        days.append(min(end, again) if end else again)
    if rule.child_years is not None and was_child(facts.born_on, on=facts.last_on):
        days.append(clear_period_until(facts.last_on, years=rule.child_years))
    return min(days)


def must_be_kept(rule: Rule | None, *, born_on: date | None, on: date) -> bool:
    """Whether a rule to an age keeps the record still: until that birthday, and where nobody knows when that is.

    Its reviews before then see that the record is right and up to date; none of them may end it.
    """
    if rule is None or rule.to_age is None:
        return False
    return born_on is None or on < clear_period_until(born_on, years=rule.to_age)


def facts_of(
    held: Iterable[Held], *, is_open: bool, born_on: date | None, kept: tuple[date, date] | None = None
) -> Facts:
    """What several things that apps hold say together: the last of them counts.

    `is_open`: something about the person goes on, in whichever record. `kept`: the day it was kept, and until when.
    """
    kept_on, kept_until = kept or (None, None)
    return Facts(max(each.last_on for each in held), is_open, born_on, kept_on, kept_until)


def next_review(rule: Rule, *, on: date) -> date:
    """When a record that is kept today is looked at again, unless the reviewer says otherwise."""
    return clear_period_until(on, years=rule.again_years)


def is_due(due_on: date | None, *, on: date) -> bool:
    return due_on is not None and due_on <= on


def soon(on: date) -> date:
    """Until when a review counts as coming soon."""
    return on + timedelta(days=90)
