"""When a study may move on, and who may release what it found. Pure: no database, no clock.

The order is the point: what is asked is settled before anybody looks, the comparison before the outcome, and what
leaves is read by a second person first.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta

from iom.common.decisions import can
from iom.common.errors import InvalidInput, NotAllowed, WrongState
from iom.common.states import Move, after
from iom.outcomes.choices import Direction, Measure, ReleaseState, StudyState, WatchState

S, R = StudyState, ReleaseState
PROOF_MONTHS = 18
MOST_MONTHS = 60
LEAST_APART = 10  # people by whom two questions differ: fewer could be told by taking one answer from the other
KEPT_DAYS = 60  # how long the people of a comparison are kept from when it was settled, and anew from its acceptance

STUDY: Mapping[str, tuple[Move, ...]] = {
    S.DRAFT: (
        Move("change", S.DRAFT, "analyst"),
        Move("register", S.DESIGNING, "analyst"),
        Move("withdraw", S.WITHDRAWN, "analyst"),
    ),
    S.DESIGNING: (
        Move("show the comparison", S.DESIGNED, "system"),
        Move("refuse", S.REFUSED, "system"),
        Move("withdraw", S.WITHDRAWN, "analyst, or the system after 60 days"),
    ),
    S.DESIGNED: (
        Move("accept the comparison", S.ESTIMATING, "analyst"),
        Move("withdraw", S.WITHDRAWN, "analyst, or the system after 60 days"),
    ),
    S.ESTIMATING: (
        Move("finish", S.DONE, "system"),
        Move("refuse", S.REFUSED, "system"),
        Move("withdraw", S.WITHDRAWN, "analyst, or the system 60 days after acceptance"),
    ),
    S.DONE: (),
    S.REFUSED: (),
    S.WITHDRAWN: (),
}
RELEASE: Mapping[str, tuple[Move, ...]] = {
    R.ASKED: (
        Move("release", R.RELEASED, "somebody other than who asked"),
        Move("refuse", R.REFUSED, "somebody other than who asked"),
    ),
    R.RELEASED: (),
    R.REFUSED: (),
}
AT_WORK = (S.DESIGNING, S.ESTIMATING)


def check_can_move(*, state: str, move: str) -> str:
    """The state that `move` leads to. Raises `WrongState` where there is no such way on."""
    if (to := after(STUDY, state, move)) is None:
        raise WrongState("This question has moved on since. Look at it again.")
    return to


def can_move(*, state: str, move: str) -> bool:
    return after(STUDY, state, move) is not None


# What a question that is let go came to nothing by, in each state that keeps people.
CAME_TO_NOTHING: Mapping[str, str] = {
    S.DESIGNING: f"The comparison was not made within {KEPT_DAYS} days, so its people are not kept any longer.",
    S.DESIGNED: f"Nobody accepted the comparison within {KEPT_DAYS} days, so its people are not kept any longer.",
    S.ESTIMATING: (
        f"The answer was not worked out within {KEPT_DAYS} days of the comparison being accepted, so its people are not"
        " kept any longer."
    ),
}


def kept_since(at: datetime) -> datetime:
    """Whoever was settled, or accepted since, before then has been kept for long enough."""
    return at - timedelta(days=KEPT_DAYS)


def check_can_let_go(*, state: str, since: datetime | None, at: datetime) -> str:
    """Why a question is let go that was settled, or accepted since, at a time. Raises `WrongState` where it has ended,
    or may still come to something."""
    if state not in CAME_TO_NOTHING or since is None or since >= kept_since(at):
        raise WrongState("This question has moved on since.")
    return CAME_TO_NOTHING[state]


def check_can_ask_again(*, state: str) -> None:
    """Not of a question that is answered, being worked on, or still to be settled: another comparison of the first
    would be chosen by its outcome."""
    if state not in (S.DESIGNED, S.REFUSED, S.WITHDRAWN):
        raise WrongState("This question cannot be asked again with another comparison.")


can_ask_again = can(check_can_ask_again)


def check_can_accept(*, state: str, red: int) -> None:
    """A comparison whose sides still differ can show no effect, so nobody is let see an outcome of it."""
    check_can_move(state=state, move="accept the comparison")
    if red:
        raise WrongState(
            "The two sides still differ (red) in what was known before. An effect that is found may be that difference,"
            " so no outcome is read of it: try another comparison."
        )


can_accept = can(check_can_accept)


def check_window(*, first: date, last: date, known_to: date | None) -> None:
    """Raises `InvalidInput` where the months are the wrong way round, too many, or not over for long enough."""
    if last < first:
        raise wrong("last_month", "The last month must be the same as or after the first")
    if (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
        raise wrong("last_month", f"A question can be about {MOST_MONTHS} months at most")
    if known_to is None:
        raise wrong("last_month", "No record of convictions has come in yet, so nothing can be followed")
    final = latest_month(known_to)
    if last > final:
        raise wrong(
            "last_month",
            f"The last month must be {final:%B %Y} or before: each person is followed for a year, and six more months"
            " are left for convictions to come in",
        )


def check_are_apart(apart: Collection[int]) -> None:
    """`apart` are the numbers of people in a question or in another and not in both. How many they are is not said."""
    if any(0 < people < LEAST_APART for people in apart):
        raise InvalidInput(
            f"Another question that is answered or under way is about the same people but for fewer than {LEAST_APART}."
            " What followed for those few could be told by taking one answer from the other. Ask about the same months"
            " as that question, or about months in which more others joined."
        )


def latest_month(known_to: date) -> date:
    """The last month whose people all have a final outcome: 18 months on, the last day of it is known too."""
    number = known_to.year * 12 + known_to.month - 2 - PROOF_MONTHS
    return date(number // 12, number % 12 + 1, 1)


def month_after(month: date) -> date:
    """The first day of the month after."""
    number = month.year * 12 + month.month
    return date(number // 12, number % 12 + 1, 1)


def check_measures(*, primary: str, secondary: Collection[str]) -> None:
    if primary not in Measure.values:
        raise wrong("primary", "Select what the question is decided by")
    if primary in secondary:
        raise wrong("secondary", "What the question is decided by is looked at anyway: leave it out here")


def check_says_why(text: str, *, field: str, message: str) -> None:
    if not text.strip():
        raise wrong(field, message)


def check_can_ask_release(*, state: str, has_release: bool) -> None:
    if state != S.DONE:
        raise WrongState("Only what has been found can be released.")
    if has_release:
        raise WrongState("Its release has been asked for already.")


can_ask_release = can(check_can_ask_release)


def check_can_decide_release(*, state: str, asked_by: int, user_id: int) -> None:
    """Two people: nobody releases what they asked to release."""
    if not RELEASE[state]:
        raise WrongState("This has been decided already.")
    if asked_by == user_id:
        raise NotAllowed("You asked for this release. Somebody else has to read it and decide.")


can_decide_release = can(check_can_decide_release)


# --- the file for the Justice Data Lab, which holds names

DATA_LAB_LEAST = 60  # people: the Data Lab takes no fewer (https://emmatomkinson.com/tag/reoffending/)
TAKEN_DAYS = 30  # for how long a file that may leave can be taken: afterwards who is in it is asked anew


def check_can_ask_data_lab(*, is_settled: bool, is_waiting: bool) -> None:
    if not is_settled:
        raise WrongState(
            "Only of a question that is settled can a file be asked for: who it is about may still change."
        )
    if is_waiting:
        raise WrongState("A file of this question waits for a decision already.")


can_ask_data_lab = can(check_can_ask_data_lab)


def check_can_decide_data_lab(*, state: str, asked_by: int, user_id: int, is_own_agency: bool) -> None:
    """Two people, both of the agency: the names are its own to give, and no other agency can let them leave."""
    check_can_decide_release(state=state, asked_by=asked_by, user_id=user_id)
    if not is_own_agency:
        raise NotAllowed(
            "It names people from one agency's records, and somebody else who acts for that agency decides."
        )


can_decide_data_lab = can(check_can_decide_data_lab)


def check_enough(people: int) -> None:
    """The number that is left is not said: it could be so small that somebody is recognised by it."""
    if people < DATA_LAB_LEAST:
        raise WrongState(
            f"The Justice Data Lab takes no file of fewer than {DATA_LAB_LEAST} people, and fewer than that can be"
            " given to it here. Nothing was disclosed."
        )


def taken_until(decided_on: date) -> date:
    """The first day on which it can no longer be taken."""
    return decided_on + timedelta(days=TAKEN_DAYS)


def check_can_take(
    *, state: str, decided_on: date | None, on: date, hands: Collection[int | None], user_id: int, is_own_agency: bool
) -> None:
    """One of the two who answer for it takes it, and for the agency whose records it names people from.

    Nobody else, though their role could have decided: a file of names passes through as few hands as can be, and the
    two know what it is for.
    """
    if state != R.RELEASED or decided_on is None:
        raise WrongState("Nobody has decided that this may leave.")
    if on >= taken_until(decided_on):
        raise WrongState(f"It could be taken for {TAKEN_DAYS} days, and they are over. Ask for it again.")
    if user_id not in hands:
        raise NotAllowed("It is taken by who asked for it or who decided that it may leave, and by nobody else.")
    if not is_own_agency:
        raise NotAllowed(
            "It names people from one agency's records, and is taken by somebody who acts for that agency."
        )


can_take = can(check_can_take)


# --- what a scheme costs

LEAST_CASELOAD = 10  # people: nothing is shown of fewer
MOST_CASELOAD = 10_000
MOST_POUNDS = 100_000_000
MOST_POSTS = 1_000  # full-time equivalents
MOST_MULTIPLIER = 100


def check_can_cost(*, state: str) -> None:
    if state != S.DONE:
        raise WrongState("This question has no answer yet that a cost could be set beside.")


can_cost = can(check_can_cost)


def check_unchanged(*, current: int | None, seen: int | None) -> None:
    """Raises `WrongState` where somebody has entered a set of costs since this one was begun."""
    if current != seen:
        raise WrongState(
            "Somebody has entered costs since you opened this page. Look at theirs; to put yours in their place, save"
            " again."
        )


def check_costs(*, staff: Sequence[tuple[float, float]], other: float, as_usual: float) -> None:
    """`staff` are full-time equivalents and the yearly cost of one. Raises `InvalidInput` naming the field."""
    for number, (fte, pounds) in enumerate(staff, start=1):
        if not 0 < fte <= MOST_POSTS:
            raise wrong(f"fte_{number}", f"Full-time posts must be more than 0 and at most {MOST_POSTS:,}")
        if not 0 < pounds <= MOST_POUNDS:
            raise wrong(f"pounds_{number}", f"A yearly cost must be more than £0 and at most £{MOST_POUNDS:,}")
    for field, named, pounds in (
        ("other", "Other costs", other),
        ("as_usual", "The cost of business as usual", as_usual),
    ):
        if not 0 <= pounds <= MOST_POUNDS:
            raise wrong(field, f"{named} must be £0 or more and at most £{MOST_POUNDS:,}")
    if not staff and other == 0:
        raise wrong("other", "Enter what the scheme costs: staff, other costs or both")


def check_caseload(people: float) -> None:
    if people == 0:
        raise wrong("mean_caseload", "Nobody was managed, so there is no cost for each person")
    if not LEAST_CASELOAD <= people <= MOST_CASELOAD:
        raise wrong(
            "mean_caseload",
            f"The mean caseload must be {LEAST_CASELOAD} or more, because nothing is shown of fewer people, and at most"
            f" {MOST_CASELOAD:,}",
        )


def check_price_year(year: int, *, years: Collection[int]) -> None:
    if year not in years:
        raise wrong(
            "price_year",
            f"There is no GDP deflator of {year}, so prices cannot be brought to it. Use one of"
            f" {', '.join(map(str, sorted(years)))}",
        )


def check_mix(mix: Mapping[str, tuple[float, float]], *, uncosted: float, crimes: Collection[str]) -> None:
    """`mix` has each crime's share in per cent and its multiplier; `uncosted` is the share that no unit cost is of."""
    for crime, (percent, multiplier) in mix.items():
        if crime not in crimes:
            raise wrong("mix", f"There is no unit cost of '{crime}'")
        if not 0 < percent <= 100:
            raise wrong("mix", f"The share of '{crime}' must be more than 0 and at most 100")
        if not 1 <= multiplier <= MOST_MULTIPLIER:
            raise wrong("mix", f"The multiplier of '{crime}' must be from 1 to {MOST_MULTIPLIER}")
    if not 0 <= uncosted <= 100:
        raise wrong("uncosted", "The share of all else must be from 0 to 100")
    if not mix:
        raise wrong("uncosted", "Enter of what crimes reoffences are: at least one that has a unit cost")
    total = sum(percent for percent, _multiplier in mix.values()) + uncosted
    if abs(total - 100) > 1e-6:
        raise wrong("uncosted", f"The shares must add up to 100; they add up to {total:g}")


# --- watches

ODDS: Mapping[str, float] = {Direction.WORSE: 2.0, Direction.BETTER: 0.5}
CHANCES = (0.01, 0.05, 0.1)  # of a false alarm, over so many cases:
HORIZONS = (100, 200, 500)
LEAST_CASES = 30


def check_false_alarm(*, chance: float, cases: int) -> None:
    if chance not in CHANCES:
        raise wrong("chance", "Select how likely a false alarm may be")
    if cases not in HORIZONS:
        raise wrong("cases", "Select over how many people")


def check_can_watch(*, known_to: date | None, on: date) -> date:
    """The day to which convictions count as known: what is dated after today is a slip."""
    if known_to is None:
        raise wrong("title", "No record of convictions has come in yet, so nothing can be watched")
    return min(known_to, on)


def check_is_watching(*, state: str) -> None:
    if state != WatchState.WATCHING:
        raise WrongState("This watch has ended.")


is_watching = can(check_is_watching)


def check_can_look(*, state: str, last: date | None, on: date) -> None:
    """Once a day at most: what a day gave stands."""
    check_is_watching(state=state)
    if last is not None and last >= on:
        raise WrongState("It has been worked out today already. What a day gave stands.")


can_look = can(check_can_look)


def wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(message + ".", {field: message})
