"""The file that the Ministry of Justice's Justice Data Lab is sent: who took part in a scheme, and when.

What is known of what the Data Lab takes: at least 60 people; surname, forename, date of birth and sex of each, and at
least one of the dates of the index offence, the conviction and the intervention
(https://emmatomkinson.com/tag/reoffending/, on the Data Lab's template). It finds people on the Police National
Computer (its methodology paper, April 2013, "Locating the offender"), so that a PNC ID and a prison number help. The
headings of its present template, and how it wants dates and sex written, were not to be had: whoever sends the file
puts the columns under the template's own headings. No other column is written.
"""

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

from django.utils.translation import gettext_noop

from iom.common.spreadsheets import Cell, as_text
from iom.outcomes.queries import TookPart
from iom.people.choices import Sex

COLUMNS = (
    gettext_noop("Forename(s)"),
    gettext_noop("Surname"),
    gettext_noop("Date of birth"),
    gettext_noop("Sex"),
    gettext_noop("PNC ID"),
    gettext_noop("Prison number"),
    gettext_noop("Start of intervention"),
    gettext_noop("End of intervention"),
)


def lines(people: Iterable[TookPart]) -> Iterator[bytes]:
    """The file line by line, UTF-8 with a mark at its start; days as 2026-11-23. No cell of it is run as a formula."""
    yield "\ufeff".encode()
    yield line(COLUMNS)
    for each in people:
        yield line(cells(each))


def cells(each: TookPart) -> tuple[Cell, ...]:
    """One person's row; the end is empty while they are still in the cohort."""
    who = each.identity
    return (
        who.given_names,
        who.family_name,
        who.date_of_birth,
        Sex(who.sex).label,
        who.pnc_id,
        who.prison_number,
        each.started_on,
        each.ended_on,
    )


def line(cells: Iterable[Cell]) -> bytes:
    written = StringIO()
    csv.writer(written).writerow([as_text(cell) for cell in cells])
    return written.getvalue().encode()
