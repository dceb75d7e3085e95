"""For whom did it work? The effect of a cohort in each group of people, and whether groups differ by more than chance.

Each group of those who joined is compared with people who did not join, weighted so that their averages are the group's
(entropy balancing). Where both sides have the moderator (sex, age, locality) they are people of the same group. Where
only who joined has it (scheme, cohort type, statutory or not, lead agency) they are everybody who did not join: nobody
of them has a cohort type, and what stands in for them without the scheme is people alike in what was measured. The same
others then stand beside several groups, so that the groups' estimates move together and Q errs towards no difference.

Groups differ also in who is in them: that the effect is another on licence does not say that the licence made it so.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iom_analytics.disclosure import SMALL
from iom_analytics.errors import AnalyticsError, EstimateError, InputError
from iom_analytics.evaluation.arrays import Flags, Numbers, Places
from iom_analytics.evaluation.balance import effective_size
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.heterogeneity import Heterogeneity, by_moderator, interactions
from iom_analytics.evaluation.sensitivity import Adjusted
from iom_analytics.evaluation.study import Study
from iom_analytics.evaluation.weighting import entropy

NOT_KNOWN = "not known"
AGES = ((21, "18-20"), (25, "21-24"), (35, "25-34"), (50, "35-49"))
OLDEST = "50-plus"


@dataclass(frozen=True)
class Moderator:
    """A column of a `Population`'s rows, and whether those who did not join have it too."""

    column: str
    is_of_both: bool


# By name, in the order in which they are shown. Dose and sequence of interventions, caseload and co-location join here,
# each as a column of `cohort_study.AT_JOINING`, once cases are recorded; never a worker, of whom there is no ranking.
# What is recorded during the time in the cohort (its length, a dose) belongs here only where both sides have it, since
# who stays longer is not who was picked.
MODERATORS: Mapping[str, Moderator] = {
    "scheme": Moderator("scheme", False),
    "cohort_type": Moderator("cohort_type", False),
    "statutory": Moderator("statutory", False),
    "lead_agency": Moderator("lead_agency", False),
    "sex": Moderator("sex", True),
    "age_band": Moderator("age", True),
    "locality": Moderator("area", True),
}


@dataclass(frozen=True)
class Moderated:
    """Each moderator that has two groups or more to show, those that have not by why, and Holm's correction.

    `interactions` is None where there is no moderator to show.
    """

    found: tuple[Heterogeneity, ...]
    without: dict[str, str]
    interactions: Adjusted | None


def by_group(outcome: Numbers, rows: pa.Table, *, study_of: Callable[[pa.Table], Study], cluster: Places) -> Moderated:
    """The effect by each of `MODERATORS` that the rows of a `Population` have, one outcome and cluster per row.

    A group with under 10 on a side, or whose weights leave the comparison worth under 10, has no figure. `study_of`
    makes the study of some rows. Raises InputError where an outcome is missing.
    """
    if not len(outcome) == rows.num_rows == len(cluster) or not np.isfinite(outcome).all():
        raise InputError("Every row must have an outcome.")
    found, without = [], {}
    for name, moderator in MODERATORS.items():
        if moderator.column not in rows.column_names:
            continue
        groups = levels(rows, name)
        if len(set(groups[joined(rows)].tolist())) < 2:
            without[name] = "Everybody who joined is of one group."
            continue
        try:
            found.append(of_one(name, groups, moderator, outcome, rows, study_of, cluster))
        except AnalyticsError as error:
            without[name] = str(error)
    return Moderated(tuple(found), without, interactions(found) if found else None)


def joined(rows: pa.Table) -> Flags:
    return np.asarray(rows["treated"].to_numpy(zero_copy_only=False), bool)


def levels(rows: pa.Table, name: str) -> npt.NDArray[np.object_]:
    """The group of each row; 'not known' where it is empty."""
    values = rows[MODERATORS[name].column].to_pylist()
    if name == "age_band":
        values = [None if age is None else next((band for top, band in AGES if age < top), OLDEST) for age in values]
    return np.array([str(value).strip() or NOT_KNOWN if value is not None else NOT_KNOWN for value in values], object)


def of_one(
    name: str,
    groups: npt.NDArray[np.object_],
    moderator: Moderator,
    outcome: Numbers,
    rows: pa.Table,
    study_of: Callable[[pa.Table], Study],
    cluster: Places,
) -> Heterogeneity:
    """The groups of one moderator, each beside its own comparison, as `by_moderator` compares them."""
    treated = joined(rows)
    places, weights, names, unlike = [], [], [], []
    for group in sorted(set(groups[treated].tolist())):
        others = ~treated & (groups == group) if moderator.is_of_both else ~treated
        own = np.flatnonzero((treated & (groups == group)) | others)
        weighed = balanced(rows, own, study_of)
        if weighed is None:
            unlike.append(group)
            continue
        places.append(own)
        weights.append(weighed)
        names += [group] * len(own)
    if len(places) < 2:
        raise EstimateError("There are too few people like those of each group.")
    where = np.concatenate(places)
    # Only who is treated is read of the study: the difference is that of weighted means.
    study = Study(rows.select(["unit"]).take(pa.array(where)), treated[where], ())
    found = by_moderator(
        outcome[where],
        study,
        np.concatenate(weights),
        names,
        name=name,
        grade=Grade.COMPARISON,
        cluster=cluster[where],
    )
    return replace(found, no_estimate=(*found.no_estimate, *unlike))


def balanced(rows: pa.Table, own: Places, study_of: Callable[[pa.Table], Study]) -> Numbers | None:
    """The weights of a group and its comparison; None where too few people are like the group."""
    some = rows.take(pa.array(own))
    treated = joined(some)
    if min(treated.sum(), (~treated).sum()) < SMALL:
        return np.ones(len(own))  # `by_moderator` withholds it, with what would give it away
    try:
        weights = entropy(replace(study_of(some), stratum=None)).weights
    except AnalyticsError:
        return None
    return weights if effective_size(weights[~treated]) >= SMALL else None
