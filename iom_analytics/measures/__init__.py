"""What came of it: proven reoffending from dated events, its harm, its summary by cohort, and time at liberty; and in
places, recorded crime and harm, victims, and what the public says.

`secondary` counts arrests and recorded crime, which move with how closely people are watched, and `drug_tests` the
positive tests of those chosen to be tested.

Official counts, as dates give them. Nothing here says what caused them: a rate before and after is no effect.
"""

from iom_analytics.measures.area import crime_by_month, crime_profile, crime_trend, share_in_scope
from iom_analytics.measures.confidence import confidence
from iom_analytics.measures.contracts import (
    COUNTED,
    CUSTODY,
    DRUG_TEST_SHARES,
    EVENTS,
    HARM,
    INDEX,
    PROVEN_REOFFENDING,
    SUMMARY,
    TIME_AT_LIBERTY,
)
from iom_analytics.measures.definition import Definition, Exclusion, load_definition
from iom_analytics.measures.drug_tests import positive_share
from iom_analytics.measures.entry import one_entry
from iom_analytics.measures.harm import MeanHarm, Weights, harm, mean_harm, read_cchi, read_css, shipped_weights
from iom_analytics.measures.liberty import time_at_liberty
from iom_analytics.measures.reoffending import proven_reoffending
from iom_analytics.measures.secondary import counted_after
from iom_analytics.measures.summary import rates, summary
from iom_analytics.measures.victims import victims

__all__ = [
    "COUNTED",
    "CUSTODY",
    "DRUG_TEST_SHARES",
    "EVENTS",
    "HARM",
    "INDEX",
    "PROVEN_REOFFENDING",
    "SUMMARY",
    "TIME_AT_LIBERTY",
    "Definition",
    "Exclusion",
    "MeanHarm",
    "Weights",
    "confidence",
    "counted_after",
    "crime_by_month",
    "crime_profile",
    "crime_trend",
    "harm",
    "load_definition",
    "mean_harm",
    "one_entry",
    "positive_share",
    "proven_reoffending",
    "rates",
    "read_cchi",
    "read_css",
    "share_in_scope",
    "shipped_weights",
    "summary",
    "time_at_liberty",
    "victims",
]
