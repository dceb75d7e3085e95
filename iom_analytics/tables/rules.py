"""The words of the checks: what each rule finds wrong and what the sender should do about it.

A *held* problem keeps the row out until it is mended; a *warning* lets it in. Nothing is lost either way: held rows are
handed back as they were sent.
"""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["held", "warning"]


@dataclass(frozen=True)
class Rule:
    """What one rule finds and asks for. `{}` fields in `todo` are filled from the contract."""

    code: str
    wrong: str
    todo: str
    severity: Severity = "held"


_ALL = (
    # How the row is cut into fields
    Rule("too_few_fields", "The row has fewer fields than the header", "Give every row one field for each column"),
    Rule(
        "too_many_fields",
        "The row has more fields than the header",
        "Put values that hold the delimiter in quotation marks",
    ),
    Rule("bad_quotes", "A quotation mark is opened and not closed, or stands alone", "Write it twice inside a value"),
    Rule("too_long", "The row is longer than any record", "Check for a missing line end or quotation mark"),
    Rule(
        "damaged_text",
        "A character was lost or is not text (a control character, or bytes of another encoding)",
        "Export the file again as UTF-8",
    ),
    Rule("spreadsheet_error", "The cell holds a spreadsheet error", "Mend the formula and send the value"),
    # One value
    Rule("missing", "There is no value", "Fill in a value: this column may not be empty"),
    Rule(
        "formula",
        "The text starts like a spreadsheet formula",
        "Send the value the cell shows, without the sign in front",
    ),
    Rule("date_unreadable", "This is not a date", "Write the date as {form}"),
    Rule("date_two_digit_year", "The year has two digits, so the century is a guess", "Write the year in four digits"),
    Rule("date_not_in_calendar", "There is no such day", "Check the day and the month; this feed is read as {form}"),
    Rule("date_serial", "This is a spreadsheet's day number, not a date", "Format the column as a date before saving"),
    Rule("date_in_future", "The day lies after the file came ({received_on})", "Check the year"),
    Rule("date_too_early", "The day lies before {earliest}", "Leave it empty where the date is not known"),
    Rule("time_unreadable", "This is not a date and time", "Write it as YYYY-MM-DD HH:MM:SS or YYYYMMDDHHMMSS"),
    Rule("age_under", "The person would be under {at_least} on {received_on}", "Check the date of birth"),
    Rule("age_over", "The person would be over {at_most} on {received_on}", "Check the date of birth"),
    Rule("not_a_whole_number", "This is not a whole number", "Send digits only"),
    Rule("not_a_number", "This is not a number", "Send digits, with a point before decimals"),
    Rule("not_yes_or_no", "This is neither yes nor no", "Send Y or N, or leave it empty where not known"),
    Rule("below_least", "The number is below {at_least}", "Check the value; the unit is {unit}"),
    Rule("above_most", "The number is above {at_most}", "Check the value; the unit is {unit}"),
    Rule("unknown_code", "This value is not one of the codes", "Send one of: {codes}; or map it in the feed's layout"),
    Rule(
        "unknown_offence",
        "This is not a Home Office offence code",
        "Send the five-digit Home Office code, class then subclass, for instance 02801",
    ),
    Rule(
        "offence_zero_restored",
        "The offence code has lost its leading zero",
        "Format the column as text before saving; the zero was put back",
        "warning",
    ),
    Rule(
        "offence_not_exact",
        "OGRS3 needs the exact offence, which this code does not give",
        "Send the subcoded offence; until then OGRS3 cannot be worked out from this offence",
        "warning",
    ),
    Rule(
        "odd_shape", "This does not look like its kind of number", "Expected the form {like}; kept as sent", "warning"
    ),
    Rule(
        "not_a_pseudonym",
        "This may be a name: it is not one word of letters and digits, with a digit in it",
        "Send a number or a digest that you have made for the person, never a name",
    ),
    # Several values, rows or tables
    Rule("more_than_whole", "{part} is more than {whole}", "Check both numbers"),
    Rule("none_of", "None of {several} has a value", "Fill in one of them"),
    Rule("out_of_order", "{earlier} lies after {later}", "Check both dates"),
    Rule("duplicate_row", "The same row stands earlier in the file", "Send each record once"),
    Rule(
        "repeated_row",
        "The same row stands earlier in the file",
        "Remove it if it was sent twice; it was kept, since two counts of one offence can look alike",
        "warning",
    ),
    Rule(
        "duplicate_key",
        "Another row of the file has the same {key} and other values; the first was taken",
        "Send one row for each {key}",
    ),
    Rule("before_birth", "{field} lies before the person was born", "Check the date and the date of birth"),
    Rule("too_young", "The person was under {youngest} on that day", "Check the date and the date of birth"),
    Rule("too_old", "The person was over {oldest} on that day", "Check the date and the date of birth"),
    Rule("no_such_person", "No such person is in the persons table", "Send the person's record too"),
)

RULES = {rule.code: rule for rule in _ALL}
