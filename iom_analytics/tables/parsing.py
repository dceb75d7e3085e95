"""Text as partners write it, read into typed values: Ibis expressions, the same on both engines.

Nothing is guessed: a two-digit year, a day that is not in the calendar and a number where a date belongs are told apart
so that the sender can be told what to do. Every function takes text that `trimmed` and `unwrapped` have made.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import ibis

MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_MON = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
# A time of day may follow, and is left out of a date; a time zone may not, since it can change the day.
_TIME = r"(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
_YEAR = r"([12][0-9]{3})"
_PART = r"([0-9]{1,2})"
_GAP = r"[-/. ]"

# How a date is written, the likeliest first: a row is tried against the next only where the one before did not match.
PLAIN, FIXED, YEAR_FIRST, COMPACT, YEAR_LAST, MONTH_NAME, SERIAL, TWO_DIGIT_YEAR, UNREADABLE, WHOLE_MONTH = range(1, 11)
FORMS = {
    PLAIN: r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}" + _TIME + "$",
    FIXED: r"^[0-9]{2}/[0-9]{2}/[12][0-9]{3}" + _TIME + "$",
    YEAR_FIRST: f"^{_YEAR}[-/.]{_PART}[-/.]{_PART}{_TIME}$",
    COMPACT: f"^{_YEAR}([0-9]{{2}})([0-9]{{2}})(?:[0-9]{{6}})?$",
    YEAR_LAST: f"^{_PART}{_GAP}{_PART}{_GAP}{_YEAR}{_TIME}$",
    MONTH_NAME: rf"^(?i){_PART}(?:st|nd|rd|th)?{_GAP}?({_MON}){_GAP}?{_YEAR}{_TIME}$",
    SERIAL: r"^[0-9]{5}(?:\.[0-9]+)?$",
    TWO_DIGIT_YEAR: (
        rf"^(?i)(?:{_PART}{_GAP}{_PART}{_GAP}[0-9]{{2}}|{_PART}{_GAP}?{_MON}{_GAP}?[0-9]{{2}}|[0-9]{{6}}){_TIME}$"
    ),
}
# Read only in a column that says which end of the month it means.
ONLY_MONTH = r"^[12][0-9]{3}-[0-9]{2}$"
# The formats a reader is told to write, by the order of the feed.
WRITTEN = {"dmy": "YYYY-MM-DD or DD/MM/YYYY", "mdy": "YYYY-MM-DD or MM/DD/YYYY"}

# What systems write for "nothing here", in columns that are not free text (a person may well be called Null).
# A long `isin` is slow (DuckDB makes each a join), so lists of words are patterns or cases here.
NOTHING = r"^(?i)(?:null|\(null\)|n/?a|nan|none|nil|--?|not applicable)$"
FAILED_FORMULA = r"^#(?:REF!|VALUE!|N/A|NAME\?|DIV/0!|NULL!|NUM!)$"


def trimmed(text: Any) -> Any:
    """The text without space around it. Stripping is slow and seldom needed: spared where neither end is a space."""
    spaced = text < "!"
    for space in " \t\r\n":
        spaced = spaced | text.endswith(space)
    return ibis.ifelse(spaced, text.strip(), text)


def unwrapped(text: Any) -> Any:
    """The text, null where empty; ="0012", a spreadsheet's way to keep a zero, is 0012."""
    inside = text.substr(2, text.length() - 3).strip()
    wrapped = ibis.ifelse(text.endswith('"') & (text.length() > 3), inside, text)
    return ibis.ifelse(text.startswith('="'), wrapped, text).nullif("")


def without_markers(text: Any) -> Any:
    """The text, null where it only says that nothing is known."""
    digit = (text >= "0") & (text < ":")  # most values start with one: spared the search
    return ibis.cases((digit, text), (text.re_search(NOTHING), ibis.null("string")), else_=text)


def without_last_day(text: Any) -> Any:
    """The text, null where it is the last day of the calendar."""
    return text.nullif("9999-12-31").nullif("31/12/9999")


FORMULA, SPREADSHEET_ERROR = 1, 2


def odd_start(text: Any) -> Any:
    """FORMULA where the text starts like one, SPREADSHEET_ERROR where it is what a failed formula shows, else 0."""
    found = ibis.cases(
        (text.startswith("=") | text.startswith("@"), FORMULA),
        (text.startswith("#") & text.re_search(FAILED_FORMULA), SPREADSHEET_ERROR),
        else_=0,
    )
    return ibis.ifelse(text < "A", found, 0)  # most text starts with a letter, and is spared the rest


def date_form(text: Any) -> Any:
    """Which way the date is written: one of the numbers above, 0 where there is none."""
    tried = [(text.re_search(pattern), ibis.literal(form, "int8")) for form, pattern in FORMS.items()]
    return ibis.cases((text.isnull(), ibis.literal(0, "int8")), *tried, else_=ibis.literal(UNREADABLE, "int8"))


def date_iso(text: Any, form: Any, *, order: str, serial: bool) -> Any:
    """The date as YYYY-MM-DD text, whether or not there is such a day; null where it must not be guessed."""
    first, second = (3, 0) if order == "dmy" else (0, 3)
    fixed = text.substr(6, 4).concat("-", text.substr(first, 2), "-", text.substr(second, 2))
    day, month = (1, 2) if order == "dmy" else (2, 1)
    named = text.lower().re_extract(FORMS[MONTH_NAME], 2).substr(0, 3)
    number = (ibis.literal(MONTHS).find(named) / 3).floor().cast("int64") + 1
    cases = [
        (form == PLAIN, text.substr(0, 10)),
        (form == FIXED, fixed),
        (form == YEAR_FIRST, dashed(text, YEAR_FIRST, 1, 2, 3)),
        (form == COMPACT, dashed(text, COMPACT, 1, 2, 3)),
        (form == YEAR_LAST, dashed(text, YEAR_LAST, 3, month, day)),
        (
            form == MONTH_NAME,
            text.re_extract(FORMS[MONTH_NAME], 3).concat(
                "-", number.cast("string"), "-", text.re_extract(FORMS[MONTH_NAME], 1)
            ),
        ),
    ]
    if serial:
        days = text.substr(0, 5).try_cast("int32")
        cases.append((form == SERIAL, (ibis.date("1899-12-30") + days.as_interval("D")).cast("date").cast("string")))
    return ibis.cases(*cases, else_=ibis.null("string"))


def month_end(text: Any, *, which: str) -> Any:
    """The first or last day of the month that the text says, as YYYY-MM-DD; not a day where there is no such month."""
    first = text.concat("-01")
    if which == "first":
        return first
    following = first.try_cast("date") + ibis.interval(months=1)
    last = following - ibis.interval(days=1)
    # DuckDB makes a moment of a day and a span: what follows the day is cut off.
    return last.cast("string").substr(0, 10).fill_null(first)


def dashed(text: Any, form: int, *groups: int) -> Any:
    first, *others = (text.re_extract(FORMS[form], group) for group in groups)
    for other in others:
        first = first.concat("-", other)
    return first


def time_of_day(text: Any, form: Any) -> Any:
    """The time as HH:MM:SS text; midnight where only a date is given."""
    digits = text.re_extract(r"([0-9]{2})([0-9]{2})([0-9]{2})$", 1).concat(
        ":", text.substr(10, 2), ":", text.substr(12, 2)
    )
    colons = text.re_extract(r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)", 1)
    return ibis.cases(
        ((form == COMPACT) & (text.length() == 14), digits),
        (text.contains(":"), colons),
        else_=ibis.literal("00:00:00"),
    )


def whole_number(text: Any) -> Any:
    """The whole number of up to 15 digits, which every engine holds exactly, thousands commas allowed; else null."""
    fits = text.re_search(r"^[+-]?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.0+)?$")
    digits = ibis.ifelse(fits, text.re_replace(r"(?:,|\.0+$)", ""), ibis.null("string"))
    return digits.try_cast("int64")


def number(text: Any) -> Any:
    """The number; null where it is not one. Infinity and 'nan' are not numbers here."""
    fits = text.re_search(r"^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?$")
    return ibis.ifelse(fits, text, ibis.null("string")).try_cast("float64")


def yes_no(text: Any) -> Any:
    """True, false, or null where it is neither."""
    return ibis.cases(
        (text.re_search("^(?i)(?:y|yes|true|t|1)$"), True),
        (text.re_search("^(?i)(?:n|no|false|f|0)$"), False),
        else_=ibis.null("boolean"),
    )


def code_key(text: Any) -> Any:
    """The text as codes are compared: small letters, underscores as spaces."""
    return text.lower().replace("_", " ")


def code(key: Any, codes: Mapping[str, str | None]) -> Any:
    """The contract's code for a `code_key`; null where it means 'not known' or is no code."""
    cases = [(key == sent, ibis.literal(known)) for sent, known in codes.items() if known is not None]
    return ibis.cases(*cases, else_=ibis.null("string"))


def is_no_code(key: Any, value: Any, codes: Mapping[str, str | None]) -> Any:
    """Whether a `code_key` is neither a code nor a way to say 'not known'."""
    not_known = [(key == sent, False) for sent, known in codes.items() if known is None]
    return ibis.cases((key.isnull() | value.notnull(), False), *not_known, else_=True)


def code_spellings(codes: Iterable[str], *synonyms: Mapping[str, str | None]) -> dict[str, str | None]:
    """Every spelling, as `code_key` writes it, and the code it stands for; later synonyms win."""
    found: dict[str, str | None] = {one.lower().replace("_", " "): one for one in codes}
    for several in synonyms:
        found |= {sent.strip().lower().replace("_", " "): known for sent, known in several.items()}
    return found


def offence_digits(text: Any) -> Any:
    """The offence code as five digits: 28/1 and 028/01 are 02801; four digits have lost their leading zero."""
    split = r"^([0-9]{1,3})[/. ]([0-9]{1,2})$"
    joined = text.re_extract(split, 1).lpad(3, "0").concat(text.re_extract(split, 2).lpad(2, "0"))
    return ibis.cases(
        (text.re_search(r"^[0-9]{4}$"), ibis.literal("0").concat(text)), (text.re_search(split), joined), else_=text
    )
