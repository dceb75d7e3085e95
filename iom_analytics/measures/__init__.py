"""What came of it: proven reoffending from dated events, its summary by cohort, and time at liberty.

Official counts, as dates give them. Nothing here says what caused them: a rate before and after is no effect.
"""

from iom_analytics.measures.contracts import CUSTODY, EVENTS, INDEX, PROVEN_REOFFENDING, SUMMARY, TIME_AT_LIBERTY
from iom_analytics.measures.definition import Definition, Exclusion, load_definition
from iom_analytics.measures.entry import one_entry
from iom_analytics.measures.liberty import time_at_liberty
from iom_analytics.measures.reoffending import proven_reoffending
from iom_analytics.measures.summary import rates, summary

__all__ = [
    "CUSTODY",
    "EVENTS",
    "INDEX",
    "PROVEN_REOFFENDING",
    "SUMMARY",
    "TIME_AT_LIBERTY",
    "Definition",
    "Exclusion",
    "load_definition",
    "one_entry",
    "proven_reoffending",
    "rates",
    "summary",
    "time_at_liberty",
]
