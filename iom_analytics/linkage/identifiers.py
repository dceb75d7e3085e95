"""The national identifiers of a person: parse, check the letter, write in one form.

Formats and check letters: ministryofjustice/hmpps-person-record (`PNCIdentifier.kt`, `CROIdentifier.kt`) and the
validation of the prison and probation services. An identifier that does not parse, or whose letter is wrong, keeps its
raw text and has no canonical form: it is shown to people, and is no evidence for linkage.

`cleaning` holds the same rules for whole columns; a generative test keeps the two equal.
"""

import re
from dataclasses import dataclass
from typing import Literal

from iom_analytics.reference.check_letters import cro_check_letter, cro_file_check_letter, pnc_check_letter

Kind = Literal["pnc_id", "cro", "crn", "prison_number"]

KINDS: dict[Kind, str] = {
    "pnc_id": "PNC ID",
    "cro": "CRO number",
    "crn": "probation case reference number",
    "prison_number": "prison number",
}
"""Each kind by its column name, with the words a person reads."""

FIRST_PNC_YEAR = 1900
PNC_ID = re.compile(r"([0-9]{4}|[0-9]{2})/([0-9]{1,7})([A-Z])")
PNC_ID_WITHOUT_SLASH = (re.compile(r"([0-9]{4})([0-9]{1,7})([A-Z])"), re.compile(r"([0-9]{2})([0-9]{1,7})([A-Z])"))
CRO = re.compile(r"([0-9]{1,6})/([0-9]{2})([A-Z])")
CRO_FILE = re.compile(r"SF([0-9]{2})/([0-9]{1,6})([A-Z])")
CRN = re.compile(r"[A-Z][0-9]{6}")
PRISON_NUMBER = re.compile(r"[A-Z][0-9]{4}[A-Z]{2}")


@dataclass(frozen=True)
class Identifier:
    """One identifier as it was written (`raw`) and, where it is valid, in its one form (`canonical`).

    `problem` says in plain words why an identifier is not valid; it is None for a valid one.
    """

    kind: Kind
    raw: str
    canonical: str | None
    problem: str | None

    @property
    def is_valid(self) -> bool:
        return self.canonical is not None


def parse(kind: Kind, raw: str, *, this_year: int) -> Identifier:
    """The identifier of this kind. Never raises: what cannot be read has a `problem`.

    `this_year` decides the century of a PNC ID's two-digit year: up to this year it is 20xx, after it 19xx.
    """
    match kind:
        case "pnc_id":
            return parse_pnc_id(raw, this_year=this_year)
        case "cro":
            return parse_cro(raw)
        case "crn":
            return parse_crn(raw)
        case "prison_number":
            return parse_prison_number(raw)


def recognise(raw: str, *, this_year: int) -> list[Identifier]:
    """Every valid identifier this text can be read as: what somebody typed into a search box."""
    return [found for kind in KINDS if (found := parse(kind, raw, this_year=this_year)).is_valid]


def parse_pnc_id(raw: str, *, this_year: int) -> Identifier:
    """A Police National Computer ID, canonical `YYYY/NNNNNNND`: serial padded to seven digits, D the check letter.

    Two or four digits of the year, with or without the slash. Without it `201234567Z` can be read two ways (year 2012
    or year 20): the reading whose check letter is right is taken, the four-digit one first.
    """
    text = tidy(raw)
    readings = (PNC_ID,) if "/" in text else PNC_ID_WITHOUT_SLASH
    found = [match for reading in readings if (match := reading.fullmatch(text))]
    for match in found:
        year, serial = full_year(match[1], this_year=this_year), int(match[2])
        if FIRST_PNC_YEAR <= year <= this_year and match[3] == pnc_check_letter(year, serial):
            return Identifier("pnc_id", raw, f"{year}/{serial:07d}{match[3]}", None)
    return not_valid("pnc_id", raw, "has the wrong check letter" if found else "is not written YYYY/NNNNNNND")


def parse_cro(raw: str) -> Identifier:
    """A Criminal Records Office number, canonical `NNNNNN/YYD`, or `SFYY/ND` for a single-file number."""
    text = tidy(raw)
    if match := CRO_FILE.fullmatch(text):
        year, serial, letter = match[1], int(match[2]), match[3]
        right, canonical = cro_file_check_letter(int(year), serial), f"SF{year}/{serial}{letter}"
    elif match := CRO.fullmatch(text):
        serial, year, letter = int(match[1]), match[2], match[3]
        right, canonical = cro_check_letter(int(year), serial), f"{serial:06d}/{year}{letter}"
    else:
        return not_valid("cro", raw, "is not written NNNNNN/YYD or SFYY/NNNNNND")
    if letter != right:
        return not_valid("cro", raw, "has the wrong check letter")
    return Identifier("cro", raw, canonical, None)


def parse_crn(raw: str) -> Identifier:
    """A probation case reference number, canonical `A999999`; it has no check letter."""
    text = tidy(raw)
    if CRN.fullmatch(text):
        return Identifier("crn", raw, text, None)
    return not_valid("crn", raw, "is not a letter and six digits")


def parse_prison_number(raw: str) -> Identifier:
    """A prison (NOMS) number, canonical `A9999AA`; it has no check letter."""
    text = tidy(raw)
    if PRISON_NUMBER.fullmatch(text):
        return Identifier("prison_number", raw, text, None)
    return not_valid("prison_number", raw, "is not a letter, four digits and two letters")


def tidy(raw: str) -> str:
    """Upper case, without spaces, with a slash where another separator was written."""
    return re.sub(r"[-\\]", "/", re.sub(r"[ \t\r\n]+", "", raw)).upper() if raw.isascii() else raw


def full_year(digits: str, *, this_year: int) -> int:
    """The year of two or four digits: two digits up to this year are 20xx, after it 19xx."""
    if len(digits) == 4:
        return int(digits)
    century = this_year // 100 * 100
    return century + int(digits) if int(digits) <= this_year % 100 else century - 100 + int(digits)


def not_valid(kind: Kind, raw: str, problem: str) -> Identifier:
    return Identifier(kind, raw, None, f"The {KINDS[kind]} {problem}")
