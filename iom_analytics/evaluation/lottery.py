"""Entry by lottery where there are more eligible people than places: a draw that anybody can check afterwards.

The order of work. 1. Before the list is closed, somebody who has no say in it draws a seed by chance and makes its
`commitment` public: the seed's SHA-256. 2. The list is closed, and its `list_hash` made public: of the places, the
pseudonymous keys, and the stratum of each where there are any, so that nothing can be moved to suit the seed. 3. The
seed is made public, and with it each entrant's ticket: the SHA-256 of the seed, a colon and the key. Tickets in
ascending order are the places. So nobody can choose a seed to suit the list, and anybody can work out their own:

    printf '%s' SEED:KEY | sha256sum

What the commitment alone cannot prevent: who knows the seed while the list is open knows how each key would fare. Name
a public number that nobody can know before the list is closed (`beacon`: a published draw, a closing price), and what
is hashed is the seed, a colon, the beacon, a colon and the key. Analysis of what came of it is in `lottery_effect`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation.grade import Grade

SHORTEST_SEED = 32  # letters: 16 bytes as hexadecimal digits, which nobody can try out


@dataclass(frozen=True)
class Entrant:
    """One entrant, with their ticket, their place in the stratum (from 1), and whether that is within its places."""

    key: str
    stratum: str
    ticket: str
    place: int
    is_drawn: bool


@dataclass(frozen=True)
class Draw:
    """What is published: with the seed it can all be made again. `entrants` stand by stratum and place.

    `list_hash` is that of the function, as published when the list was closed.
    """

    commitment: str
    list_hash: str
    beacon: str
    places: Mapping[str, int]
    entrants: tuple[Entrant, ...]
    grade: Grade = Grade.DESIGNED

    @property
    def drawn(self) -> tuple[str, ...]:
        """The keys drawn, in the order of their places."""
        return tuple(each.key for each in self.entrants if each.is_drawn)


def commitment(seed: str) -> str:
    """What is published before the list is closed: the SHA-256 of the seed, as hexadecimal digits.

    Raises InputError where the seed is under 32 characters or not plain letters and digits: it could be guessed, or be
    written in two ways.
    """
    if len(seed) < SHORTEST_SEED or not (seed.isascii() and seed.isalnum()):
        raise InputError(
            f"The seed must be {SHORTEST_SEED} or more letters and digits, drawn by chance (secrets.token_hex(16)): a "
            "shorter one could be found by trying."
        )
    return hashed(seed)


def list_hash(keys: Sequence[str], *, places: int | Mapping[str, int], strata: Sequence[str] | None = None) -> str:
    """What is published when the list is closed: the SHA-256 of its lines, each ended by a line feed.

    The lines are the number of places, then the keys, sorted:

        printf '%s\\n' PLACES KEY KEY ... | sha256sum

    With `strata`, one for each key, a line for each stratum stands first (its name, a tab, its places), then each key
    with a tab and its stratum, either sorted. Raises InputError as `draw` does.
    """
    of_stratum = by_stratum(keys, strata)
    number = places_of(places, {stratum: len(members) for stratum, members in of_stratum.items()})
    if set(of_stratum) == {""}:
        return hashed("".join(f"{line}\n" for line in (number[""], *sorted(keys))))
    lines = [f"{stratum}\t{number[stratum]}" for stratum in sorted(number)]
    lines += sorted(f"{key}\t{stratum}" for stratum, members in of_stratum.items() for key in members)
    return hashed("".join(f"{line}\n" for line in lines))


def ticket(seed: str, key: str, *, beacon: str = "") -> str:
    """An entrant's ticket: the lower, the better their place."""
    return hashed(f"{seed}:{beacon}:{key}" if beacon else f"{seed}:{key}")


def draw(
    keys: Sequence[str],
    *,
    places: int | Mapping[str, int],
    seed: str,
    committed: str,
    strata: Sequence[str] | None = None,
    beacon: str = "",
) -> Draw:
    """The draw, whatever order the keys come in. `committed` is the commitment as it was published.

    With `strata`, one for each key, people are drawn within them: `places` is then a number for each stratum, or one
    number that is shared out in proportion (largest remainder; of equal remainders the larger stratum's first, then the
    first by name). Raises InputError where the seed is not the one committed to, a key is empty or there twice, or
    there are more places than entrants; EstimateError where everybody has a place, so that there is nothing to draw.
    """
    if commitment(seed) != committed:
        raise InputError("The seed is not the one whose hash was published before: the draw cannot be made with it.")
    of_stratum = by_stratum(keys, strata)
    number = places_of(places, {stratum: len(members) for stratum, members in of_stratum.items()})
    found = []
    for stratum in sorted(of_stratum):
        order = sorted((ticket(seed, key, beacon=beacon), key) for key in of_stratum[stratum])
        found += [
            Entrant(key, stratum, own, place, place <= number[stratum]) for place, (own, key) in enumerate(order, 1)
        ]
    return Draw(committed, list_hash(keys, places=number, strata=strata), beacon, number, tuple(found))


def by_stratum(keys: Sequence[str], strata: Sequence[str] | None) -> dict[str, list[str]]:
    """The keys of each stratum, of one without a name where there are none. Raises InputError as `draw` does."""
    if not keys:
        raise InputError("Nobody is on the list.")
    if any(not key or key != key.strip() or not key.isprintable() for key in keys):
        raise InputError("A key is empty, or begins or ends with a space: a place could not be checked by hand.")
    if len(set(keys)) != len(keys):
        raise InputError(f"{len(keys) - len(set(keys))} keys are on the list more than once: each counts once.")
    if strata is not None and len(strata) != len(keys):
        raise InputError(f"There are {len(keys)} keys and {len(strata)} strata; each key needs one.")
    if any(not stratum.isprintable() for stratum in strata or ()):
        raise InputError("A stratum's name has a tab or a line feed in it: the hash of the list could be made twice.")
    found: dict[str, list[str]] = {}
    for key, stratum in zip(keys, strata or [""] * len(keys), strict=True):
        found.setdefault(stratum, []).append(key)
    return found


def check(published: Draw, seed: str) -> None:
    """Makes a published draw again. Raises InputError, saying what differs, where it does not come out the same."""
    again = draw(
        [each.key for each in published.entrants],
        strata=[each.stratum for each in published.entrants],
        places=published.places,
        seed=seed,
        committed=published.commitment,
        beacon=published.beacon,
    )
    if again.list_hash != published.list_hash:
        raise InputError(
            "The list is not the one that was closed: somebody was added or left out, or places or strata are others."
        )
    right = {each.key: each for each in again.entrants}
    for each in published.entrants:
        if each != right[each.key]:
            raise InputError(f"The entrant {each.key} has place {each.place} and should have {right[each.key].place}.")


def places_of(places: int | Mapping[str, int], sizes: Mapping[str, int]) -> dict[str, int]:
    """How many places each stratum has."""
    if isinstance(places, int):
        total = sum(sizes.values())
        shared = {stratum: places * size // total for stratum, size in sizes.items()}
        left = sorted(sizes, key=lambda stratum: (-(places * sizes[stratum] % total), -sizes[stratum], stratum))
        for stratum in left[: places - sum(shared.values())]:
            shared[stratum] += 1
        found = shared
    else:
        if set(places) != set(sizes):
            raise InputError(f"Places are given for {sorted(places)} and the strata are {sorted(sizes)}.")
        found = dict(places)
    for stratum, number in found.items():
        if not 0 <= number <= sizes[stratum]:
            raise InputError(
                f"{number} places are more than the {sizes[stratum]} entrants{named(stratum)}, or under 0."
            )
    if found == dict(sizes):
        raise EstimateError("There is a place for everybody: nothing needs to be drawn, and nobody is left to compare.")
    if not any(found.values()):
        raise EstimateError("There is no place, so nothing to draw.")
    return {stratum: found[stratum] for stratum in sorted(found)}


def named(stratum: str) -> str:
    return f" of {stratum}" if stratum else ""


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()
