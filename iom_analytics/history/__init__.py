"""From sanctions and custody to a person's career at any date: one row per person and date.

Only what was known by the date counts: a sanction or a release after it is not yet there. A sanction occasion
is a distinct person and sanction date, however many offences were dealt with that day.
"""

from iom_analytics.history.career import career_history
from iom_analytics.history.custody import custody_at
from iom_analytics.history.dates import (
    completed_months,
    completed_years,
    days_between,
    month_of,
    months_before,
    quarter_of,
)
from iom_analytics.history.features import CAREER_HISTORY
from iom_analytics.history.occasions import known_offences
from iom_analytics.history.recorded import monthly_counts, recorded_crimes
from iom_analytics.history.records import Records, complete

__all__ = [
    "CAREER_HISTORY",
    "Records",
    "career_history",
    "complete",
    "completed_months",
    "completed_years",
    "custody_at",
    "days_between",
    "known_offences",
    "month_of",
    "monthly_counts",
    "months_before",
    "quarter_of",
    "recorded_crimes",
]
