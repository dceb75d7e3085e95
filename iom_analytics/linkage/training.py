"""The parameters for this run's records: u from pairs at random, m by expectation maximisation, both with Splink.

Each estimate is drawn towards the shipped parameters by as much as its data is thin: as if so many pairs had been seen
that behave like the shipped ones. So ten records are linked with the shipped model, a million with their own.

Samples are taken by a digest of the values, never by chance: the same records train the same model, on either engine.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
from ibis.expr.types import Table as IbisTable
from splink import Linker, block_on

from iom_analytics.engine import Engine
from iom_analytics.linkage.comparisons import Comparison
from iom_analytics.linkage.model import Model, Odds
from iom_analytics.linkage.weigh import settings

RECORDS_FOR_U = 1_500
PAIRS_FOR_M = 200_000
FEWEST_PAIRS_FOR_M = 50
PRIOR_PAIRS_U = 2_000.0
PRIOR_PAIRS_M = 20.0
LEAST = 1e-7

TRAINING_RULES: tuple[tuple[str, ...], ...] = (
    ("pnc_id",),
    ("dob",),
    ("given", "family"),
    ("postcode",),
)
"""Records that agree on these are mostly one person; how the other columns agree among them says how m lies."""


@dataclass(frozen=True)
class SeenU:
    """How often pairs of a sample are at each level: comparison -> level -> share, and how many pairs there were."""

    shares: dict[str, dict[str, float]]
    pairs: float


def see_u(engine: Engine, cleaned: IbisTable, comparisons: Sequence[Comparison], model: Model) -> SeenU:
    """A sample of records, each with each. The parameters of the model play no part in it."""
    share = RECORDS_FOR_U / cleaned.count().to_pyarrow().as_py()
    sample = sampled(engine, cleaned, cleaned.source + cleaned.source_id, share)
    records = sample.count().to_pyarrow().as_py()
    linker = splink_linker(engine, sample, comparisons, model)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e12, min_count_per_level=None, num_chunks=1)
    return SeenU(estimated(linker, comparisons, "u_probability"), records * (records - 1) / 2)


def estimate_u(comparisons: Sequence[Comparison], model: Model, seen: SeenU) -> Model:
    """The model with u from what was seen, less the true matches that its prior and its m expect among the pairs."""
    parameters = {}
    for comparison in comparisons:
        odds = model.parameters[comparison.name]
        u = mixed(
            [seen.shares[comparison.name].get(level.key, 0.0) for level in comparison.levels],
            [odds[level.key].u for level in comparison.levels],
            seen.pairs,
            PRIOR_PAIRS_U,
            [model.prior * odds[level.key].m for level in comparison.levels],
        )
        parameters[comparison.name] = {
            level.key: Odds(odds[level.key].m, share) for level, share in zip(comparison.levels, u, strict=True)
        }
    return Model(model.version, parameters, model.prior)


def mixed(
    seen: list[float], usual: list[float], pairs: float, prior_pairs: float, matches: list[float] | None = None
) -> list[float]:
    """The seen shares, less those of true matches, drawn towards the usual ones; they add up to one."""
    matches = matches or [0.0] * len(seen)
    mended = [max(share - match, 0.0) for share, match in zip(seen, matches, strict=True)]
    drawn = [
        (share * pairs + use * prior_pairs) / (pairs + prior_pairs) for share, use in zip(mended, usual, strict=True)
    ]
    return [max(share / sum(drawn), LEAST) for share in drawn]


def estimate_m(
    engine: Engine,
    cleaned: IbisTable,
    comparisons: Sequence[Comparison],
    model: Model,
    extra_rules: Sequence[tuple[str, ...]] = (),
) -> Model:
    """The model with m from expectation maximisation within the blocks of each training rule."""
    found: dict[str, list[tuple[float, dict[str, float]]]] = {comparison.name: [] for comparison in comparisons}
    for columns in (*TRAINING_RULES, *extra_rules):
        if not set(columns) <= set(cleaned.columns):
            continue
        session = train_within(engine, cleaned, comparisons, model, columns)
        if session is None:
            continue
        matches, estimates = session
        for name, levels in estimates.items():
            found[name].append((matches, levels))
    parameters = {}
    for comparison in comparisons:
        odds = model.parameters[comparison.name]
        total = sum(matches for matches, _ in found[comparison.name])
        if not total:
            parameters[comparison.name] = dict(odds)
            continue
        seen = [
            sum(matches * levels.get(level.key, 0.0) for matches, levels in found[comparison.name]) / total
            for level in comparison.levels
        ]
        usual = [odds[level.key].m for level in comparison.levels]
        m = mixed(seen, usual, total, PRIOR_PAIRS_M)
        parameters[comparison.name] = {
            level.key: Odds(share, odds[level.key].u) for level, share in zip(comparison.levels, m, strict=True)
        }
    return Model(model.version, parameters, model.prior)


def train_within(
    engine: Engine, cleaned: IbisTable, comparisons: Sequence[Comparison], model: Model, columns: tuple[str, ...]
) -> tuple[float, dict[str, dict[str, float]]] | None:
    """How many matches there are among the pairs that agree on the columns, and m of each comparison that does not use
    them; None where there are too few pairs.
    """
    key = cleaned[columns[0]]
    for column in columns[1:]:
        key = key + "|" + cleaned[column]
    table = cleaned.mutate(key=key).filter(lambda row: row.key.notnull())
    blocks = table.group_by("key").aggregate(size=lambda row: row.count())
    pairs = (blocks.aggregate(pairs=(blocks["size"] * (blocks["size"] - 1) // 2).sum())).to_pyarrow()["pairs"][
        0
    ].as_py() or 0
    if pairs < FEWEST_PAIRS_FOR_M:
        return None
    share = PAIRS_FOR_M / pairs
    sample = sampled(engine, table, table.key, share)
    linker = splink_linker(engine, sample, comparisons, model)
    session = linker.training.estimate_parameters_using_expectation_maximisation(
        block_on(*columns), estimate_without_term_frequencies=True
    )
    prior = session.core_model_settings.probability_two_random_records_match
    trained = [comparison for comparison in comparisons if not set(comparison.columns) & set(columns)]
    return prior * min(pairs, PAIRS_FOR_M), estimated(linker, trained, "m_probability")


def splink_linker(engine: Engine, table: IbisTable, comparisons: Sequence[Comparison], model: Model) -> Linker:
    return Linker(
        engine.splink().register(table.op().name),
        settings(comparisons, model, with_frequencies=False),
        log_level=None,
        validate_settings=False,
    )


def estimated(linker: Linker, comparisons: Sequence[Comparison], which: str) -> dict[str, dict[str, float]]:
    """Comparison -> level -> what Splink found; a level it never saw is not there."""
    by_name = {found["output_column_name"]: found for found in linker.misc.save_model_to_json()["comparisons"]}
    return {
        comparison.name: {
            level["label_for_charts"]: level[which]
            for level in by_name[comparison.name]["comparison_levels"]
            if which in level
        }
        for comparison in comparisons
    }


def sampled(engine: Engine, table: IbisTable, value: ibis.expr.types.StringValue, share: float) -> IbisTable:
    """About this share of the rows: those whose value has a low digest."""
    if share >= 1:
        return engine.cache(table, "sample")
    return engine.cache(table.filter(value.hexdigest("md5") < f"{int(share * 16**8):08x}"), "sample")
