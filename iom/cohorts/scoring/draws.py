"""The library's lottery, for the draws of a scheme: what is published at each step, and whether it all fits."""

from collections.abc import Sequence
from dataclasses import dataclass

from iom.common.errors import InvalidInput, WrongState, told_as
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import lottery

commitment = told_as(InvalidInput, of=InputError)(lottery.commitment)
ticket = lottery.ticket


@told_as(WrongState, of=InputError)
@told_as(WrongState, of=EstimateError)
def list_hash(*, keys: Sequence[str], places: int) -> str:
    """What is published when the list is closed. Raises `WrongState` where there is nothing to draw."""
    return lottery.list_hash(keys, places=places)


@told_as(WrongState, of=InputError)
@told_as(WrongState, of=EstimateError)
def draw_order(*, keys: Sequence[str], places: int, seed: str, committed: str, beacon: str) -> list[str]:
    """The keys in the order in which places are offered. Raises `WrongState` where there is nothing to draw."""
    found = lottery.draw(keys, places=places, seed=seed, committed=committed, beacon=beacon)
    return [each.key for each in found.entrants]


@dataclass(frozen=True)
class Published:
    """All that is published of a draw."""

    commitment: str
    list_hash: str
    places: int
    beacon: str
    seed: str
    order: Sequence[str]


def problem_of(published: Published) -> str:
    """What is wrong with a draw when it is made again from what was published; nothing where it comes out the same."""
    entrants = tuple(
        lottery.Entrant(key, "", ticket(published.seed, key, beacon=published.beacon), place, place <= published.places)
        for place, key in enumerate(published.order, start=1)
    )
    draw = lottery.Draw(published.commitment, published.list_hash, published.beacon, {"": published.places}, entrants)
    try:
        lottery.check(draw, published.seed)
    except (InputError, EstimateError) as error:
        return str(error)
    return ""
