"""What a person can be found by: the search terms of one record, and of the words somebody types.

Both sides use these functions, so that what is found by equality is what a person would call the same.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import date
from functools import lru_cache
from typing import Protocol

import jellyfish

from iom.people.choices import TermKind

LONGEST_TERM = 64  # SearchTerm.term
Term = tuple[TermKind, str]
Forms = Callable[[str], tuple[str, ...]]

# Letters that Unicode does not take apart into a plain letter and an accent.
PLAIN_LETTERS = str.maketrans({"Ø": "O", "Ł": "L", "Đ": "D", "Æ": "AE", "Œ": "OE", "Þ": "TH", "ẞ": "SS", "ß": "SS"})
# Written in the middle of one name: O'Brien, N’Golo.
APOSTROPHES = re.compile(r"['’‘`´]")
NAME = re.compile(r"[^\W\d_]+")

# Vowels, and the letters that are as often left out as written: Jon, Brown, Smyth.
SILENT = frozenset("AEIOUHWY")

# Two to four digits, up to seven, a letter: with or without the slash, which people leave out.
PNC_ID = re.compile(r"(\d{4}|\d{2})/?(\d{1,7})([A-Z])")
CRO = re.compile(r"(\d{1,6})/?(\d{2})([A-Z])")
CRO_FILE = re.compile(r"SF(\d{2})/?(\d{1,6})([A-Z])")


class Findable(Protocol):
    """The parts of a source record that a person can be found by."""

    given_names: str
    family_name: str
    aliases: str
    date_of_birth: date | None
    postcode: str
    pnc_id: str
    cro: str
    crn: str
    prison_number: str


def terms_of(record: Findable, forms_of: Forms) -> set[Term]:
    """Every term of one source record, aliases included. `forms_of` gives the full forms of a short given name."""
    terms: set[Term] = set()
    for name in name_tokens(f"{record.given_names} {record.family_name} {record.aliases}"):
        terms.add((TermKind.NAME, name[:LONGEST_TERM]))
        terms.update((TermKind.SOUND, sound) for sound in sounds_of(name, forms_of))
    if record.date_of_birth:
        terms.add((TermKind.DATE_OF_BIRTH, record.date_of_birth.isoformat()))
    if record.postcode:
        terms.add((TermKind.POSTCODE, compact(record.postcode)))
    for identifier in (record.pnc_id, record.cro, record.crn, record.prison_number):
        if identifier:
            terms.update((TermKind.IDENTIFIER, form) for form in identifier_forms(identifier))
    return {(kind, term) for kind, term in terms if term}


@lru_cache(maxsize=200_000)
def name_tokens(text: str) -> tuple[str, ...]:
    """The names in a text, in order, each once: capitals without accents; `O'Brien-Łoś` is OBRIEN, LOS."""
    capitals = unicodedata.normalize("NFKD", APOSTROPHES.sub("", text)).upper()
    # Once more: a capital can be a letter and an accent again.
    plain = unicodedata.normalize("NFKD", capitals).translate(PLAIN_LETTERS)
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return tuple(dict.fromkeys(NAME.findall(letters)))


@lru_cache(maxsize=200_000)
def sounds_of(name: str, forms_of: Forms) -> tuple[str, ...]:
    """What names that are easily taken for one another share; the mark in front keeps the kinds apart.

    How it sounds (Metaphone) finds Geoffrey for Jeffrey; its first letter and other consonants in any order find Smtih,
    Smyth and Smiith for Smith; what it is short for finds William for Bill. Of surnames with one letter wrong the first
    two find seven in ten together, all where letters are changed over, doubled or a vowel is another one.
    """
    if not name.isascii() or len(name) < 2:
        return ()
    metaphone = jellyfish.metaphone(name).replace(" ", "")
    consonants = name[0] + "".join(sorted(set(name[1:]) - SILENT))
    marked = [f"m{metaphone}" if metaphone else "", f"c{consonants}", *(f"f{form}" for form in forms_of(name))]
    return tuple(sound[:LONGEST_TERM] for sound in marked if sound)


def compact(text: str) -> str:
    """Letters and digits alone, in capitals: how identifiers and postcodes are compared."""
    return "".join(letter for letter in text.upper() if letter.isalnum())[:LONGEST_TERM]


def identifier_forms(text: str) -> set[str]:
    """The ways one identifier may have been written, as one form each; no check letter is asked for.

    An identifier is found whether or not its slash was typed, its year has two or four digits, or its serial is
    padded. `79/163001B` gives 79163001B as it stands, 19790163001B and 20790163001B as a PNC ID, and so on.
    """
    tidy = "".join(text.upper().split())
    return {compact(tidy), *_padded(tidy)}


def _padded(text: str) -> Iterator[str]:
    slashed = "/" in text
    if match := CRO_FILE.fullmatch(text):
        yield f"SF{match[1]}{int(match[2])}{match[3]}"
        return
    if match := PNC_ID.fullmatch(text):
        readings = [match[1]] if slashed else dict.fromkeys([match[1], match[1][:2]])
        for year in readings:
            serial = match[2] if year == match[1] else match[1][2:] + match[2]
            if len(serial) <= 7:
                centuries = ("19", "20") if len(year) == 2 else ("",)
                yield from (f"{century}{year}{int(serial):07d}{match[3]}" for century in centuries)
    if match := CRO.fullmatch(text):
        yield f"{int(match[1]):06d}{match[2]}{match[3]}"
