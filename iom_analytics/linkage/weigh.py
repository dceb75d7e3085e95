"""The evidence between pairs of records: Splink, given our comparisons, our parameters and our pairs."""

import logging
import math
from collections.abc import Sequence
from typing import Any

import ibis
from ibis.expr.types import Table as IbisTable
from splink import Linker

from iom_analytics.engine import Engine
from iom_analytics.linkage.comparisons import Comparison
from iom_analytics.linkage.model import Model, Odds

# What Splink warns of (a level never seen in training) is expected here, and `training` provides for it.
logging.getLogger("splink").setLevel(logging.ERROR)

AS_IF_SEEN = 1_000
"""How common a value is among so few records says little: its share is taken as if so many more records had been seen,
with the shipped average share. On many records this changes nothing."""


def settings(comparisons: Sequence[Comparison], model: Model, *, with_frequencies: bool = True) -> dict[str, Any]:
    """What Splink needs to know: one table, records numbered, levels with their parameters."""
    return {
        "link_type": "dedupe_only",
        "unique_id_column_name": "record",
        "retain_matching_columns": False,
        "retain_intermediate_calculation_columns": True,
        "probability_two_random_records_match": model.prior,
        "em_convergence": 0.001,
        "blocking_rules_to_generate_predictions": [],
        "comparisons": [
            {
                "output_column_name": comparison.name,
                "comparison_levels": [
                    {"sql_condition": comparison.missing, "label_for_charts": "missing", "is_null_level": True},
                    *(
                        {
                            "sql_condition": level.condition,
                            "label_for_charts": level.key,
                            "m_probability": model.parameters[comparison.name][level.key].m,
                            "u_probability": model.parameters[comparison.name][level.key].u,
                            **(
                                {"tf_adjustment_column": level.frequency_of}
                                if level.frequency_of and with_frequencies
                                else {}
                            ),
                        }
                        for level in comparison.levels
                    ),
                ],
            }
            for comparison in comparisons
        ],
    }


def frequencies(
    engine: Engine, cleaned: IbisTable, comparisons: Sequence[Comparison], model: Model
) -> dict[str, IbisTable]:
    """Column -> one row per value that is there more than once, with its share of the records (`tf_<column>`)."""
    found = {}
    for comparison in comparisons:
        for level in comparison.levels:
            if (column := level.frequency_of) is not None:
                usual = model.parameters[comparison.name][level.key].u
                filled = cleaned.filter(cleaned[column].notnull())
                counts = filled.group_by(column).aggregate(times=lambda row: row.count())
                share = (counts.times + AS_IF_SEEN * usual) / (filled.count().as_scalar() + AS_IF_SEEN)
                shares = counts.mutate(**{f"tf_{column}": share}).filter(counts.times > 1).drop("times")
                found[column] = engine.cache(shares, f"tf_{column}")
    return found


def weigh(
    engine: Engine,
    cleaned: IbisTable,
    pairs: IbisTable,
    comparisons: Sequence[Comparison],
    model: Model,
    shares: dict[str, IbisTable],
    *,
    at_least: float | None,
) -> IbisTable:
    """The pairs whose match weight is at least so much: `l`, `r`, `weight`, and for each comparison `level_...` (the
    level's place in the comparison, from 0; -1 where it is missing) and `weight_...`.
    """
    api = engine.splink()
    linker = Linker(
        api.register(cleaned.op().name), settings(comparisons, model), log_level=None, validate_settings=False
    )
    for column, share in shares.items():
        linker.table_management.register_term_frequency_lookup(api.register(share.op().name), column)
    named = engine.cache(pairs.select(match_key=ibis.literal("0"), join_key_l="l", join_key_r="r"), "named_pairs")
    linker.table_management.register_blocked_pairs_for_predict(api.register(named.op().name))
    predicted = linker.inference.predict(
        threshold_match_weight=at_least if engine.filters_while_computing else None, warning_mode="never"
    )
    table = engine.connection.table(predicted.physical_name)
    if at_least is not None:
        table = table.filter(table.match_weight >= at_least)
    return table.select(
        l=table.record_l,
        r=table.record_r,
        weight=table.match_weight,
        **{
            name: column
            for comparison in comparisons
            for name, column in (
                (f"level_{comparison.name}", level_of(table, comparison, model)),
                (f"weight_{comparison.name}", weight_of(table, comparison)),
            )
        },
    )


def level_of(table: IbisTable, comparison: Comparison, model: Model) -> Any:
    """Splink gives each level's weight and not the level; weights differ, so one names the other."""
    odds = model.parameters[comparison.name]
    weights = [log2(odds[level.key]) for level in comparison.levels]
    column = table[f"mw_{comparison.name}"]
    return column.cases(*[(weight, place) for place, weight in enumerate(weights)], else_=-1).cast("int32")


def weight_of(table: IbisTable, comparison: Comparison) -> Any:
    column = table[f"mw_{comparison.name}"]
    adjustment = f"mw_tf_adj_{comparison.name}"
    return (column + table[adjustment] if adjustment in table.columns else column).cast("float32")


def log2(odds: Odds) -> float:
    return math.log2(odds.m / odds.u)
