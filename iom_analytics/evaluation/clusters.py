"""How many clusters (people with several rows, pairs, areas) each side of a comparison has, and how many it needs.

What tells chance from an effect is how clusters of a side differ from each other. Of one there is no difference, and
all of the error is the other side's: with one treated area among 30, an effect of nothing was found in 71 of 100. So
each side is counted by itself, and the smaller one gives the degrees of freedom.
"""

import numpy as np
import numpy.typing as npt

from iom_analytics.errors import EstimateError
from iom_analytics.evaluation.arrays import Flags, Numbers
from iom_analytics.evaluation.balance import effective_size

MINIMUM_SIDE = 5

Clusters = npt.NDArray[np.int64] | npt.NDArray[np.intp]


def fewest(cluster: Clusters, *sides: Flags) -> int:
    """How many clusters the side with the fewest has; a cluster with units on both sides counts for both."""
    return min(len(np.unique(cluster[side])) for side in sides)


def worth(cluster: Clusters, weights: Numbers) -> float:
    """How many clusters of even weight a side's are worth: fewer than there are where some hold most of the weight."""
    held = np.bincount(np.unique(cluster, return_inverse=True)[1], weights=weights)
    return effective_size(held.astype(np.float64))


def degrees(cluster: Clusters, treated: Flags, weights: Numbers) -> float:
    """The degrees of freedom of a difference with the errors of clusters: those that the smaller side is worth, less 1.

    Raises EstimateError where a side has, or is worth, fewer than 5.
    """
    found = []
    for side, who in ((treated, "treated"), (~treated, "comparison")):
        own = side & (weights > 0)
        number, even = len(np.unique(cluster[own])), worth(cluster[own], weights[own])
        # A little less than the number is rounding, of clusters that weigh the same.
        if even < MINIMUM_SIDE - 1e-9:
            most = "" if number < MINIMUM_SIDE else f", which weigh as much as {even:.1f} even ones"
            raise EstimateError(
                f"The {who} are of {number} cluster{'' if number == 1 else 's'} (people, pairs or areas){most}; a side "
                f"needs {MINIMUM_SIDE}, or chance cannot be told from an effect."
            )
        found.append(even)
    return min(found) - 1
