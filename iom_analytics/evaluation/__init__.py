"""Does it work? A comparison with people like the treated, and what may be said from it.

The order of work of a matched comparison: who was studied, how likely each was to be treated, who is compared with
whom, whether the two groups are alike, and only then the outcome. Who could be compared from which day on is worked out
month by month in `emulation`. Beside it, each in a module of its name: what would have happened anyway (`before_after`,
`expected`); areas over time (`staggered` entry, `interrupted_series`, `synthetic_control`); selection by a threshold
(`discontinuity`) or by chance (`lottery`, and what came of it in `lottery_effect`); `survival` and `recurrent` events;
`power`, `sensitivity`, `shrinkage` and `money`; `grade` says how much each kind of result can show.
"""

from iom_analytics.evaluation.balance import balance, c_statistic, effective_size, light
from iom_analytics.evaluation.data_lab import Row, displayed, result
from iom_analytics.evaluation.effect import (
    Difference,
    Sample,
    between,
    difference,
    doubly_robust,
    of_large_group,
    of_share,
    regression_adjusted,
    sample,
)
from iom_analytics.evaluation.matched import Matched
from iom_analytics.evaluation.nearest import nearest
from iom_analytics.evaluation.propensity import MODELS, Propensity, propensity
from iom_analytics.evaluation.radius import radius
from iom_analytics.evaluation.study import Covariate, Study, read_study
from iom_analytics.evaluation.subclass import subclass
from iom_analytics.evaluation.weighting import entropy, inverse, overlap

__all__ = [
    "MODELS",
    "Covariate",
    "Difference",
    "Matched",
    "Propensity",
    "Row",
    "Sample",
    "Study",
    "balance",
    "between",
    "c_statistic",
    "difference",
    "displayed",
    "doubly_robust",
    "effective_size",
    "entropy",
    "inverse",
    "light",
    "nearest",
    "of_large_group",
    "of_share",
    "overlap",
    "propensity",
    "radius",
    "read_study",
    "regression_adjusted",
    "result",
    "sample",
    "subclass",
]
