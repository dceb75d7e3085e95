"""The whole: from records to people. Clean, block, train, weigh, draw together, give keys."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import pyarrow as pa
from ibis.expr.types import StringValue
from ibis.expr.types import Table as IbisTable
from numpy.typing import NDArray

from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.linkage import blocking, clusters, conflicts, training, weigh
from iom_analytics.linkage import decisions as deciding
from iom_analytics.linkage.comparisons import Comparison, chosen
from iom_analytics.linkage.keys import with_person_keys
from iom_analytics.linkage.model import FAINTEST, JOIN, REVIEW, Model, for_comparisons, shipped
from iom_analytics.linkage.prepare import prepare
from iom_analytics.linkage.records import Kind

FEW_RECORDS = 20_000
"""Up to so many records the true matches are a visible share of the pairs that u is estimated from, so the model is
trained twice: the second time their share is known and taken off."""

PRIOR_PAIRS = 100_000
"""How often two records are one person is taken as if so many more pairs had been seen, with the shipped share."""

LARGEST_COMPARED = 100
"""In a group of up to so many records every pair is compared, blocked together or not."""


@dataclass(frozen=True)
class Linked:
    """What linkage found.

    `clusters`: one row per record, `source, source_id, person_key`. `links`: one row per pair worth showing (weight at
    least REVIEW), `source_l, source_id_l, source_r, source_id_r, match_weight, match_probability, agreements,
    differences, outcome, conflict`, and for each comparison `level_...` and `weight_...` (see `explain`).
    `model` is what they were weighed with; `set_aside` the decisions that later ones contradict (record ids).
    """

    clusters: IbisTable
    links: IbisTable
    model: Model
    comparisons: tuple[Comparison, ...]
    set_aside: IbisTable
    records: int
    people: int
    compared: int


def quietly(step: str) -> None:
    """Reports no progress."""


def link(
    engine: Engine,
    records: IbisTable,
    *,
    this_year: int,
    also_compare: Mapping[str, Kind] | None = None,
    decisions: IbisTable | None = None,
    previous: IbisTable | None = None,
    model: Model | None = None,
    progress: Callable[[str], None] = quietly,
) -> Linked:
    """Which records are one person.

    `records` has the contract's columns (`tables.identities`) as far as they are there, any text, and those named in
    `also_compare`. `decisions` has `source_l, source_id_l, source_r, source_id_r, verdict` (same, different) and, where
    later ones are to win, `decided_at`. `previous` is the `clusters` of an earlier run, whose keys are kept. With a
    `model` nothing is trained. Raises InputError where records lack numbers or share one.
    """
    also_compare = dict(also_compare or {})
    progress("Cleaning")
    cleaned = prepare(engine, records, also_compare, this_year=this_year)
    count = int(cleaned.count().to_pyarrow().as_py())
    comparisons = chosen(cleaned.columns, also_compare)
    progress("Finding pairs to compare")
    rules = blocking.rules_for(cleaned.columns, also_compare)
    budget = max(blocking.FEWEST_PAIRS, blocking.PAIRS_PER_RECORD * count)
    pairs = blocking.candidate_pairs(engine, cleaned, rules, budget=budget)
    scored = Scored(engine, cleaned, comparisons, count)
    if model is None:
        progress("Training the model")
        weighed, trained = scored.with_own_model(pairs, also_compare)
    else:
        progress("Weighing the evidence")
        trained = for_comparisons(model, comparisons)
        weighed = engine.cache(scored.weighed(pairs, trained, at_least=FAINTEST), "weighed")
    progress("Drawing records together")
    weighed = engine.cache(weighed.union(scored.rest_of_groups(weighed, trained)), "weighed")
    kept_apart = engine.cache(conflicts.conflicts(weighed, cleaned, comparisons), "conflicts")
    settled, set_aside = settle(engine, decisions, cleaned)
    person = clusters.people(
        count,
        as_links(weighed),
        clusters.Decided(
            same=as_pairs([(one.left, one.right) for one in settled.same]),
            different=joined_pairs(kept_apart, settled),
        ),
        identifier_numbers(cleaned, count),
    )
    people = engine.from_arrow(pa.table({"record": np.arange(count), "person": person}), "people")
    found = cleaned.select("record", "source", "source_id").inner_join(people, "record")
    keyed = engine.cache(with_person_keys(engine, found, previous), "keyed")
    return Linked(
        clusters=keyed.select("source", "source_id", "person_key"),
        links=engine.cache(to_show(weighed, found, kept_apart, comparisons), "links"),
        model=trained,
        comparisons=comparisons,
        set_aside=set_aside,
        records=count,
        people=len(np.unique(person)),
        compared=int(pairs.count().to_pyarrow().as_py()),
    )


@dataclass(frozen=True)
class Scored:
    """Weighs pairs of these records."""

    engine: Engine
    cleaned: IbisTable
    comparisons: Sequence[Comparison]
    records: int

    def with_own_model(self, pairs: IbisTable, also_compare: Mapping[str, Kind]) -> tuple[IbisTable, Model]:
        """The pairs weighed with a model trained on these records, and that model."""
        usual = for_comparisons(shipped(), self.comparisons)
        unique = [(name,) for name, kind in also_compare.items() if kind != "text"]
        prior = 1 / max(self.records, 2)
        m = usual.parameters
        seen = training.see_u(self.engine, self.cleaned, self.comparisons, usual)
        for last in (False, True) if self.records <= FEW_RECORDS else (True,):
            start = Model(
                usual.version,
                {
                    name: {key: type(odds)(m[name][key].m, odds.u) for key, odds in levels.items()}
                    for name, levels in usual.parameters.items()
                },
                prior,
            )
            trained = training.estimate_u(self.comparisons, start, seen)
            trained = training.estimate_m(self.engine, self.cleaned, self.comparisons, trained, unique)
            weighed, trained = self.with_own_prior(pairs, trained)
            if last:
                return weighed, trained
            m, prior = trained.parameters, trained.prior
        raise AssertionError("the last round returns")

    def with_own_prior(self, pairs: IbisTable, model: Model) -> tuple[IbisTable, Model]:
        """The pairs weighed with this model, and the model with the prior that these very pairs lead one to expect."""
        weighed = self.weighed(pairs, model, at_least=FAINTEST)
        weights = weighed.select("weight").to_pyarrow()["weight"].to_numpy()
        prior = prior_of(weights, model.prior, self.records)
        shift = log_odds(prior) - log_odds(model.prior)
        moved = weighed.mutate(weight=weighed.weight + shift)
        return self.engine.cache(moved, "weighed"), Model(model.version, model.parameters, prior)

    def weighed(self, pairs: IbisTable, model: Model, *, at_least: float | None) -> IbisTable:
        shares = weigh.frequencies(self.engine, self.cleaned, self.comparisons, model)
        return weigh.weigh(self.engine, self.cleaned, pairs, self.comparisons, model, shares, at_least=at_least)

    def rest_of_groups(self, weighed: IbisTable, model: Model) -> IbisTable:
        """The pairs of records that links hold in one group, weighed where they were not yet."""
        links = as_links(weighed)
        group = clusters.components(self.records, links.left[links.weight >= JOIN], links.right[links.weight >= JOIN])
        sizes = np.bincount(group)
        inside = np.flatnonzero((sizes[group] > 2) & (sizes[group] <= LARGEST_COMPARED))
        members = self.engine.from_arrow(pa.table({"l": inside, "group": group[inside]}), "members")
        pairs = members.inner_join(members.rename(r="l"), "group").filter(lambda row: row.l < row.r).select("l", "r")
        rest = self.engine.cache(pairs.anti_join(weighed, ["l", "r"]), "rest")
        return self.weighed(rest, model, at_least=None)


def prior_of(weights: NDArray[np.float64], prior: float, records: int) -> float:
    """The probability that two records at random are one person: the share of matches that the weights themselves, with
    that probability as prior, lead one to expect. Drawn towards the shipped one where there are few records.
    """
    evidence = weights - log_odds(prior)
    possible = records * (records - 1) / 2
    for _ in range(100):
        expected = (1 / (1 + np.exp2(-np.clip(evidence + log_odds(prior), -1_000, 1_000)))).sum()
        found = (expected + PRIOR_PAIRS * shipped().prior) / (possible + PRIOR_PAIRS)
        if abs(found / prior - 1) < 1e-4:
            break
        prior = found
    return float(prior)


def log_odds(probability: float) -> float:
    return float(np.log2(probability / (1 - probability)))


def as_links(weighed: IbisTable) -> clusters.Links:
    found = weighed.select("l", "r", "weight").to_pyarrow()
    # Rounded, so that the last digits of an engine's arithmetic never decide which of two links is the stronger.
    weight = np.round(found["weight"].to_numpy(), 6)
    return clusters.Links(found["l"].to_numpy(), found["r"].to_numpy(), weight)


def as_pairs(pairs: Sequence[tuple[int, int]]) -> tuple[clusters.Numbers, clusters.Numbers]:
    left, right = (np.array([pair[side] for pair in pairs], dtype=np.int64) for side in (0, 1))
    return left, right


def joined_pairs(kept_apart: IbisTable, settled: deciding.Settled) -> tuple[clusters.Numbers, clusters.Numbers]:
    """The pairs that a conflict or a person keeps apart, without those that a person said are the same."""
    found = kept_apart.select("l", "r").to_pyarrow()
    decided = as_pairs([(one.left, one.right) for one in settled.different])
    return np.r_[found["l"].to_numpy(), decided[0]], np.r_[found["r"].to_numpy(), decided[1]]


def identifier_numbers(cleaned: IbisTable, count: int) -> clusters.Numbers:
    """For each record a number for its valid PNC ID, -1 where it has none."""
    numbers = np.full(count, -1, dtype=np.int64)
    if "pnc_id" in cleaned.columns:
        found = cleaned.filter(cleaned.pnc_id.notnull()).select("record", "pnc_id").to_pyarrow()
        codes = found["pnc_id"].combine_chunks().dictionary_encode().indices
        numbers[found["record"].to_numpy()] = codes.to_numpy(zero_copy_only=False)
    return numbers


DECISION_COLUMNS = ("source_l", "source_id_l", "source_r", "source_id_r", "verdict")


def settle(engine: Engine, decisions: IbisTable | None, cleaned: IbisTable) -> tuple[deciding.Settled, IbisTable]:
    """The decisions about records that are here, and those of them that are set aside."""
    if decisions is None:
        decisions = engine.from_arrow(pa.table({name: pa.array([], pa.string()) for name in DECISION_COLUMNS}), "none")
    missing = [name for name in DECISION_COLUMNS if name not in decisions.columns]
    if missing:
        raise InputError(f"The decisions lack {', '.join(missing)}; they need {', '.join(DECISION_COLUMNS)}")
    wrong = decisions.filter(decisions.verdict.isnull() | ~decisions.verdict.isin((deciding.SAME, deciding.DIFFERENT)))
    if (unknown := wrong.count().to_pyarrow().as_py()) > 0:
        raise InputError(f"{unknown} decisions are neither '{deciding.SAME}' nor '{deciding.DIFFERENT}'")
    when = decisions.decided_at.cast("string") if "decided_at" in decisions.columns else ibis.literal("")
    numbered = cleaned.select("record", "source", "source_id")
    ids = decisions.select(*(decisions[name].cast("string") for name in DECISION_COLUMNS), when=when)
    both = ids.inner_join(numbered.rename(l="record"), [("source_l", "source"), ("source_id_l", "source_id")]).drop(
        "source", "source_id"
    )
    both = both.inner_join(numbered.rename(r="record"), [("source_r", "source"), ("source_id_r", "source_id")]).drop(
        "source", "source_id"
    )
    rows = both.order_by("when", "l", "r").to_pyarrow()
    listed = [deciding.Decision(row["l"], row["r"], row["verdict"]) for row in rows.to_pylist()]
    settled = deciding.settle(listed)
    aside = {id(one) for one in settled.set_aside}
    chosen_rows = pa.array([id(one) in aside for one in listed], pa.bool_())
    return settled, engine.from_arrow(rows.filter(chosen_rows).select(list(DECISION_COLUMNS)), "set_aside")


def to_show(
    weighed: IbisTable, found: IbisTable, kept_apart: IbisTable, comparisons: Sequence[Comparison]
) -> IbisTable:
    """The links to write: who, how strong, what agrees and differs, and what became of it."""
    worth = weighed.filter(weighed.weight >= REVIEW).left_join(kept_apart, ["l", "r"]).drop("l_right", "r_right")
    left = found.select(l="record", source_l="source", source_id_l="source_id", person_l="person")
    right = found.select(r="record", source_r="source", source_id_r="source_id", person_r="person")
    table = worth.inner_join(left, "l").inner_join(right, "r")
    outcome = ibis.cases(
        (table.person_l == table.person_r, "joined"),
        (table.weight >= JOIN, "kept apart"),
        else_="review",
    )
    return table.select(
        "source_l",
        "source_id_l",
        "source_r",
        "source_id_r",
        match_weight=table.weight.round(4),
        match_probability=(1 / (1 + ibis.literal(2.0).pow(-table.weight))).round(6),
        agreements=listed_where(table, comparisons, agree=True),
        differences=listed_where(table, comparisons, agree=False),
        outcome=outcome,
        conflict=table.conflict,
        **{
            name: table[name]
            for comparison in comparisons
            for name in (f"level_{comparison.name}", f"weight_{comparison.name}")
        },
    )


def listed_where(table: IbisTable, comparisons: Sequence[Comparison], *, agree: bool) -> StringValue:
    """The comparisons that speak for a pair being one person (or against it), in words with commas."""
    text: StringValue = ibis.literal("")
    for comparison in comparisons:
        weight = table[f"weight_{comparison.name}"]
        speaks = weight > 0 if agree else weight < 0
        text = text + speaks.ifelse(f"{comparison.label}, ", "")
    return text.substr(0, ibis.greatest(text.length() - 2, 0))
