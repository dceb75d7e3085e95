"""Charts as SVG text, each of the small table that is shown beside it.

Nothing is told by colour alone; there are no styles, scripts or references in them, so that they stand in a page whose
security policy forbids those. The same table gives the same text.
"""

from iom_analytics.evaluation.charts.compared import before_after_chart, effect_chart, funnel_chart, love_plot
from iom_analytics.evaluation.charts.drawing import NARROW, WIDE, Words
from iom_analytics.evaluation.charts.over_time import (
    control_chart_drawn,
    cusum_chart,
    event_study_chart,
    survival_chart,
    time_series_chart,
)

__all__ = [
    "NARROW",
    "WIDE",
    "Words",
    "before_after_chart",
    "control_chart_drawn",
    "cusum_chart",
    "effect_chart",
    "event_study_chart",
    "funnel_chart",
    "love_plot",
    "survival_chart",
    "time_series_chart",
]
