"""Reads what somebody typed into the search box: names, dates of birth, identifiers, postcodes, in any order.

Every part must be found; a part is found exactly or, for names and dates, closely.
"""

import re
from dataclasses import dataclass
from datetime import date

from iom.people.choices import TermKind
from iom.people.rules.terms import Forms, Term, compact, identifier_forms, name_tokens, sounds_of

LONGEST_QUERY = 200
MOST_PARTS = 6
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
SHORTEST_BEGINNING = 2

DAY_MONTH_YEAR = re.compile(r"(?<![\w/.-])(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?![\w/.-])")
YEAR_MONTH_DAY = re.compile(r"(?<![\w/.-])(\d{4})([/.\-])(\d{1,2})\2(\d{1,2})(?![\w/.-])")
NAMED_MONTH = re.compile(
    rf"(?<!\w)(\d{{1,2}})(?:ST|ND|RD|TH)?[ \-]*({'|'.join(MONTHS)})[A-Z]*[ \-,]*(\d{{4}}|\d{{2}})(?!\w)"
)
EIGHT_DIGITS = re.compile(r"(?<![\w/])(\d{2})(\d{2})(\d{4})(?![\w/])")
POSTCODE = re.compile(r"(?<!\w)([A-Z]{1,2}\d[A-Z\d]?) ?(\d[A-Z]{2})(?!\w)")


@dataclass(frozen=True)
class Part:
    """One thing that must be found: exactly by any of `exact`, by the `beginning` of a name, or closely by `close`."""

    typed: str
    exact: frozenset[Term]
    close: frozenset[Term] = frozenset()
    beginning: str = ""


@dataclass(frozen=True)
class Query:
    """What was typed, in parts. `unread` is what could be no part of a search."""

    parts: tuple[Part, ...]
    unread: tuple[str, ...] = ()


def read(text: str, *, on: date, forms_of: Forms) -> Query:
    """The parts of what was typed. Two-digit years are read as the last such year before `on`; `forms_of` gives the
    full forms of a short given name.

    Dates first, then postcodes, then what has a digit in it, which must be an identifier; the rest are names.
    """
    rest = " ".join(text.upper().split())[:LONGEST_QUERY]
    parts: list[Part] = []
    unread: list[str] = []
    for pattern, order in ((YEAR_MONTH_DAY, "ymd"), (DAY_MONTH_YEAR, "dmy"), (NAMED_MONTH, "dMy"), (EIGHT_DIGITS, "8")):
        for match in pattern.finditer(rest):
            found = _date(match, order, on)
            if found is not None:
                parts.append(_date_part(match[0], found))
            elif order != "8":
                unread.append(match[0])
            if found is not None or order != "8":
                rest = rest.replace(match[0], " ", 1)
    for match in POSTCODE.finditer(rest):
        term = compact(match[0])
        # A partner may number its records like a postcode.
        parts.append(Part(match[0], frozenset({(TermKind.POSTCODE, term), (TermKind.IDENTIFIER, term)})))
        rest = rest.replace(match[0], " ", 1)
    for word in re.split(r"[\s,;]+", rest):
        if any(letter.isdigit() for letter in word):
            forms = frozenset((TermKind.IDENTIFIER, form) for form in identifier_forms(word) if form)
            parts.append(Part(word, forms))
        else:
            parts += [_name_part(name, forms_of) for name in name_tokens(word)]
    kept = tuple(dict.fromkeys(parts))
    return Query(kept[:MOST_PARTS], (*unread, *(part.typed for part in kept[MOST_PARTS:])))


def _name_part(name: str, forms_of: Forms) -> Part:
    return Part(
        name,
        frozenset({(TermKind.NAME, name)}),
        frozenset((TermKind.SOUND, sound) for sound in sounds_of(name, forms_of)),
        name if len(name) >= SHORTEST_BEGINNING else "",
    )


def _date_part(typed: str, found: date) -> Part:
    """A date of birth, and the one with day and month changed over, which is how it is often mistaken."""
    close = set()
    if found.day <= 12 and found.day != found.month:
        close.add((TermKind.DATE_OF_BIRTH, date(found.year, found.day, found.month).isoformat()))
    return Part(typed, frozenset({(TermKind.DATE_OF_BIRTH, found.isoformat())}), frozenset(close))


def _date(match: re.Match[str], order: str, on: date) -> date | None:
    if order == "ymd":
        year, month, day = match[1], match[3], match[4]
    elif order == "dmy":
        day, month, year = match[1], match[3], match[4]
    elif order == "dMy":
        day, month, year = match[1], str(MONTHS.index(match[2]) + 1), match[3]
    else:
        day, month, year = match[1], match[2], match[3]
    try:
        found = date(_full_year(year, on), int(month), int(day))
    except ValueError:
        return None
    return found if found.year >= 1900 else None


def _full_year(digits: str, on: date) -> int:
    if len(digits) == 4:
        return int(digits)
    century = on.year // 100 * 100
    return century + int(digits) if int(digits) < on.year % 100 else century - 100 + int(digits)
