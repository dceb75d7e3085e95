"""How names and numbers get mistyped: one slip each, as a person at a keyboard or on a telephone makes it."""

from collections.abc import Callable

import numpy as np

from iom_analytics.synthetic.chance import Ints, Texts

NEIGHBOURS = {
    "a": "qsz", "b": "vgn", "c": "xdv", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok",
    "j": "hkn", "k": "jlm", "l": "kop", "m": "nk", "n": "bm", "o": "ipl", "p": "ol", "q": "wa", "r": "etf", "s": "adw",
    "t": "ryg", "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xa",
    "0": "9", "1": "2", "2": "13", "3": "24", "4": "35", "5": "46", "6": "57", "7": "68", "8": "79", "9": "80",
}  # fmt: skip
BY_EAR = (
    ("ph", "f"), ("ck", "k"), ("ee", "ea"), ("ie", "y"), ("ll", "l"), ("tt", "t"), ("nn", "n"), ("ss", "s"),
    ("mac", "mc"), ("mc", "mac"), ("ai", "ay"), ("ay", "ai"), ("ou", "oo"), ("ey", "y"), ("gh", "g"), ("th", "t"),
    ("kh", "k"), ("sch", "sh"), ("ow", "au"), ("w", "v"), ("ei", "ie"), ("ke", "k"), ("z", "s"), ("c", "k"), ("k", "c"),
    ("er", "ar"), ("or", "er"), ("on", "en"), ("an", "en"), ("s", "z"), ("o", "ou"), ("a", "e"), ("e", "a"),
)  # fmt: skip


def slip(text: str, draw: float, place: float, choice: float) -> str:
    """The text with one slip of the fingers: a neighbouring key, two letters swapped, one left out, doubled or added.

    The three draws, each in [0, 1), say which slip, where, and which key. A text too short to slip in stays.
    """
    spots = [at for at, letter in enumerate(text) if letter.isalnum()]
    if len(spots) < 2:
        return text
    at = spots[int(place * len(spots))]
    letter = text[at]
    near = NEIGHBOURS.get(letter.lower(), "e")
    other = near[int(choice * len(near))]
    other = other.upper() if letter.isupper() else other
    if draw < 0.4:
        return text[:at] + other + text[at + 1 :]
    if draw < 0.65 and at + 1 < len(text) and text[at + 1].isalnum() and text[at + 1].lower() != letter.lower():
        swapped = text[at + 1] + letter
        return (
            text[:at] + (swapped.capitalize() if letter.isupper() and swapped.isalpha() else swapped) + text[at + 2 :]
        )
    if draw < 0.85 and len(spots) > 3 and at > 0:
        return text[:at] + text[at + 1 :]
    return text[: at + 1] + (letter.lower() if draw < 0.93 else other.lower()) + text[at + 1 :]


def digit_slip(text: str, draw: float, place: float, choice: float) -> str:
    """The identifier or postcode with one character of its digits mistyped or two swapped; letters stay as they are."""
    spots = [at for at, letter in enumerate(text) if letter.isdigit()]
    if not spots:
        return text
    at = spots[int(place * len(spots))]
    if draw < 0.4 and at + 1 < len(text) and text[at + 1].isdigit() and text[at + 1] != text[at]:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    near = NEIGHBOURS[text[at]]
    return text[:at] + near[int(choice * len(near))] + text[at + 1 :]


def by_ear(text: str, draw: float, place: float, choice: float) -> str:
    """The name as somebody else would spell what they heard."""
    small = text.lower()
    first = int(place * len(BY_EAR))
    for heard, written in BY_EAR[first:] + BY_EAR[:first]:
        at = small.find(heard, 1 if len(heard) == 1 else 0)
        if at >= 0:
            found = text[:at] + written + text[at + len(heard) :]
            return found[:1].upper() + found[1:]
    return text


def change(rng: np.random.Generator, texts: Texts, rows: Ints, how: Callable[[str, float, float, float], str]) -> Ints:
    """Changes these rows of `texts` in place, and returns those that really are different now."""
    draws = rng.random((len(rows), 3))
    changed = []
    for row, (draw, place, choice) in zip(rows, draws, strict=True):
        before = texts[row]
        texts[row] = how(before, draw, place, choice)
        if texts[row] != before:
            changed.append(row)
    return np.array(changed, dtype=np.int64)
