"""95% intervals of a count, of two counts compared, of a weighted share and of two such shares compared."""

from math import inf, sqrt

Z = 1.959963984540054  # the normal distribution's 97.5th percentile


def of_count(count: int) -> tuple[float, float]:
    """The exact interval of a Poisson count (Garwood 1936)."""
    from scipy.stats import chi2  # takes a second to import, which commands without it should not

    low = float(chi2.ppf(0.025, 2 * count)) / 2 if count else 0.0
    return low, float(chi2.ppf(0.975, 2 * count + 2)) / 2


def of_ratio(now: int, before: int, *, now_days: int, before_days: int) -> tuple[float, float]:
    """The exact interval of the ratio of two Poisson rates, counts over days, given their sum (Clopper-Pearson).

    It takes crimes as independent. They are not quite: one offender or one victim has several, so it is too narrow.
    Raises ValueError where both counts are 0, which say nothing.
    """
    from scipy.stats import binomtest

    share = binomtest(now, now + before).proportion_ci(0.95, method="exact")
    days = before_days / now_days
    low, high = (float(bound) for bound in (share.low, share.high))
    return low / (1 - low) * days, inf if high >= 1 else high / (1 - high) * days


def of_share(share: float, sample: float) -> tuple[float, float]:
    """The interval of a share (0 to 1) from an effective sample, which need not be whole (Wilson 1927)."""
    middle = (share + Z**2 / (2 * sample)) / (1 + Z**2 / sample)
    half = Z / (1 + Z**2 / sample) * sqrt(share * (1 - share) / sample + Z**2 / (4 * sample**2))
    return max(middle - half, 0.0), min(middle + half, 1.0)


def of_difference(share: float, sample: float, other: float, other_sample: float) -> tuple[float, float]:
    """The interval of one share less another from an independent sample (Newcombe 1998, method 10)."""
    low, high = of_share(share, sample)
    other_low, other_high = of_share(other, other_sample)
    difference = share - other
    down = sqrt((share - low) ** 2 + (other_high - other) ** 2)
    up = sqrt((high - share) ** 2 + (other - other_low) ** 2)
    return difference - down, difference + up
