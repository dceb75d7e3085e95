"""Cleaning as data: the list of steps of each column, and the table of records after them.

What the steps turn into what is in the YAML tables under `tests/analytics/linkage`, which anyone may add to.
"""

import unicodedata

import ibis
from ibis.expr.types import IntegerValue, StringValue

from iom_analytics.linkage.steps import InwardPart, Lower, Replace, Step, Translate, Upper, clean_column
from iom_analytics.reference.check_letters import CHECK_LETTERS, cro_remainder, pnc_remainder


def _letters_with_marks() -> Translate:
    """Latin letters with an accent (and the Turkish, Polish, Nordic ones that are letters of their own) to a to z."""
    pairs = {
        "ı": "i",
        "ł": "l",
        "Ł": "l",
        "ø": "o",
        "Ø": "o",
        "đ": "d",
        "Đ": "d",
        "ħ": "h",
        "Ħ": "h",
        "ð": "d",
        "Ð": "d",
    }
    for code in range(0xC0, 0x250):
        letter = chr(code)
        base = unicodedata.normalize("NFKD", letter)[0]
        if base != letter and base.isascii() and base.isalpha():
            pairs[letter] = base.lower()
    for code in range(0x1E00, 0x1F00):
        base = unicodedata.normalize("NFKD", chr(code))[0]
        if base.isascii() and base.isalpha():
            pairs[chr(code)] = base.lower()
    return Translate("".join(pairs), "".join(pairs.values()))


def without(*unwanted: str) -> tuple[Step, ...]:
    """Removes these whole words. Spaces are doubled first, so that two neighbours do not share one."""
    return (Replace(" ", "  "), Replace(f"(^| )({'|'.join(unwanted)})( |$)", " "), *SINGLE_SPACES)


SINGLE_SPACES: tuple[Step, ...] = (Replace(" +", " "), Replace("^ | $", ""))

PLAIN_LETTERS: tuple[Step, ...] = (
    _letters_with_marks(),
    Replace("ß", "ss"),
    Replace("[æÆ]", "ae"),
    Replace("[œŒ]", "oe"),
    Replace("[þÞ]", "th"),
    Replace("[\u0300-\u036f]", ""),  # accents that stand apart from their letter
    Lower(),
)

# An apostrophe joins (O'Brien is obrien); every other mark, and white space of any kind, parts.
WORDS: tuple[Step, ...] = (
    *PLAIN_LETTERS,
    Replace("['`\u2018\u2019\u02bc\u00b4]", ""),
    Replace("[\x01-/:-@\\[-`{-\x7f\u00a0\u2000-\u206f\u3000]+", " "),
    *SINGLE_SPACES,
)

TITLES = (
    "mr mrs ms miss mx master dr doctor prof professor rev revd reverend sir dame lord lady baron baroness baronet "
    "viscount viscountess capt captain cllr sgt pc hon"
).split()
SUFFIXES = "jr jnr junior snr sr senior esq esquire ii iii iv obe mbe cbe bt".split()
NOT_NAMES = "nee aka alias formerly unknown unk nfn nln fnu lnu na none null test tbc".split()
NOT_VALUES = ("not known", "not stated", "not given", "unknown", "unk", "na", "n a", "none", "null", "tbc")

GIVEN_NAMES: tuple[Step, ...] = (*WORDS, *without(*TITLES, *SUFFIXES, *NOT_NAMES))
FAMILY_NAME: tuple[Step, ...] = (*WORDS, *without(*SUFFIXES, *NOT_NAMES))
OTHER_NAMES: tuple[Step, ...] = GIVEN_NAMES

TEXT: tuple[Step, ...] = (*WORDS, Replace(f"^({'|'.join(NOT_VALUES)})$", ""))
EMAIL: tuple[Step, ...] = (
    Lower(),
    Replace("[ \\t]+", ""),
    Replace("^(mailto:|.*<)", ""),
    Replace(">.*$", ""),
    Replace("^[^@]*$", ""),
)
NUMBER: tuple[Step, ...] = (Upper(), Replace("[^0-9A-Z]+", ""), Replace("^(0+|9+|X+|UNKNOWN|NA|NONE|NULL)$", ""))


POSTCODE: tuple[Step, ...] = (
    Upper(),
    Replace("[^0-9A-Z]+", ""),
    # No fixed abode, not known, and what systems write in place of a postcode.
    Replace("^(ZZ[0-9]+.*|NF1 ?1NF|NFA|NK|XX+.*|UNKNOWN|NONE|NULL|NA|0+)$", ""),
    InwardPart(),
)


MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
NOT_A_BIRTH = (
    "0000-00-00",
    "0001-01-01",
    "1111-11-11",
    "1753-01-01",
    "1899-12-30",
    "1899-12-31",
    "1900-01-01",
    "1901-01-01",
    "9999-12-31",
)
"""What systems write where a date of birth is not known, and the first day of spreadsheets."""
YOUNGEST = 8
"""Nobody in the index is younger, so a two-digit year is never within so many years of today."""


def iso_date(text: StringValue, *, this_year: int) -> StringValue:
    """A date as YYYY-MM-DD: ISO, eight digits, day first with any mark between, or with the month in letters.

    Day and month are told apart by size where only one order makes a date. A day that no calendar has is kept: it is a
    slip in a date, and the rest of it is evidence. What is no date at all, or stands for "not known", is null.
    """
    plain = text.lower().re_replace("[ ,]+", " ").re_replace("^ | $", "")
    between = "[-/. ]"
    year_first = f"^([0-9]{{4}}){between}([0-9]{{1,2}}){between}([0-9]{{1,2}})([t ].*)?$"
    digits = "^([0-9]{4})([0-9]{2})([0-9]{2})$"
    day_first = f"^([0-9]{{1,2}}){between}([0-9]{{1,2}}){between}([0-9]{{4}}|[0-9]{{2}})( .*)?$"
    in_letters = f"^([0-9]{{1,2}}){between}([a-z]{{3}})[a-z]*{between}([0-9]{{4}}|[0-9]{{2}})$"

    def part(pattern: str, group: int) -> StringValue:
        return plain.re_extract(pattern, group).nullif("")

    month_in_letters = (ibis.literal(MONTHS).find(part(in_letters, 2)) + 3) // 3
    first, second = part(day_first, 1), part(day_first, 2)
    american = (second.cast("int64") > 12) & (first.cast("int64") <= 12)
    year = ibis.coalesce(part(year_first, 1), part(digits, 1), part(day_first, 3), part(in_letters, 3))
    month = ibis.coalesce(
        part(year_first, 2),
        part(digits, 2),
        american.ifelse(first, second),
        (month_in_letters >= 1).ifelse(month_in_letters, ibis.null("int64")).cast("string"),
    )
    day = ibis.coalesce(part(year_first, 3), part(digits, 3), american.ifelse(second, first), part(in_letters, 1))
    century = (this_year // 100 * 100 + year.cast("int64") <= this_year - YOUNGEST).ifelse(
        f"{this_year // 100:02d}", f"{this_year // 100 - 1:02d}"
    )
    written = (year.length() == 2).ifelse(century + year, year) + "-" + month.lpad(2, "0") + "-" + day.lpad(2, "0")
    return written.isin(NOT_A_BIRTH).ifelse(ibis.null("string"), written)


def sex(text: StringValue) -> StringValue:
    """M or F; null for anything else."""
    first = text.lower().strip().re_extract("^(m|f|male|female|man|woman|boy|girl|1|2)$", 1)
    return first.cases(
        *[(word, "M") for word in ("m", "male", "man", "boy", "1")],
        *[(word, "F") for word in ("f", "female", "woman", "girl", "2")],
        else_=ibis.null("string"),
    )


TIDY: tuple[Step, ...] = (Replace("[ \t\r\n]+", ""), Replace("[-\\\\]", "/"), Upper())
"""As `identifiers.tidy`."""


def pnc_id(text: StringValue, *, this_year: int) -> StringValue:
    """The canonical PNC ID, null where it is not valid: `identifiers.parse_pnc_id` for a whole column."""
    tidy = clean_column(TIDY, text)
    slash = _pnc_reading(tidy, "^([0-9]{4}|[0-9]{2})/([0-9]{1,7})([A-Z])$", this_year)
    long = _pnc_reading(tidy, "^([0-9]{4})([0-9]{1,7})([A-Z])$", this_year)
    short = _pnc_reading(tidy, "^([0-9]{2})([0-9]{1,7})([A-Z])$", this_year)
    return ibis.coalesce(slash, long, short)


def _pnc_reading(tidy: StringValue, pattern: str, this_year: int) -> StringValue:
    digits = tidy.re_extract(pattern, 1).nullif("")
    serial = tidy.re_extract(pattern, 2).nullif("")
    number = digits.cast("int64")
    century = this_year // 100 * 100
    short_year = century + number - (number > this_year % 100).ifelse(100, 0)
    year = (digits.length() == 4).ifelse(number, short_year)
    letter = _letter(pnc_remainder(year, serial.cast("int64")))
    right = year.between(1900, this_year) & (tidy.re_extract(pattern, 3) == letter)
    return right.ifelse(year.cast("string") + "/" + serial.lpad(7, "0") + letter, ibis.null("string"))


def cro(text: StringValue) -> StringValue:
    """The canonical CRO number, null where it is not valid: `identifiers.parse_cro` for a whole column."""
    tidy = clean_column(TIDY, text)
    standard, single = "^([0-9]{1,6})/([0-9]{2})([A-Z])$", "^SF([0-9]{2})/([0-9]{1,6})([A-Z])$"
    serial, year = tidy.re_extract(standard, 1).nullif(""), tidy.re_extract(standard, 2).nullif("")
    letter = _letter(cro_remainder(year.cast("int64"), serial.cast("int64")))
    found = (tidy.re_extract(standard, 3) == letter).ifelse(
        serial.lpad(6, "0") + "/" + year + letter, ibis.null("string")
    )
    file_year = tidy.re_extract(single, 1).nullif("")
    file_serial = tidy.re_extract(single, 2).nullif("").cast("int64").cast("string")  # its zeros are no part of it
    file_letter = _letter((file_year + file_serial).cast("int64") % 23)
    found_file = (tidy.re_extract(single, 3) == file_letter).ifelse(
        ibis.literal("SF") + file_year + "/" + file_serial + file_letter, ibis.null("string")
    )
    return ibis.coalesce(found, found_file)


def crn(text: StringValue) -> StringValue:
    """The canonical probation number, null where it is not valid."""
    return clean_column(TIDY, text).re_extract("^[A-Z][0-9]{6}$", 0).nullif("")


def prison_number(text: StringValue) -> StringValue:
    """The canonical prison number, null where it is not valid."""
    return clean_column(TIDY, text).re_extract("^[A-Z][0-9]{4}[A-Z]{2}$", 0).nullif("")


def _letter(remainder: IntegerValue) -> StringValue:
    return ibis.literal(CHECK_LETTERS).substr(remainder, 1)
