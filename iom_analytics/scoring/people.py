"""Scores for a whole table of people, on DuckDB or Spark. `person` is its twin for one person, with the working."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
from ibis.expr.types import BooleanValue, Column, FloatingValue, StringValue, StructValue
from ibis.expr.types import Table as IbisTable

from iom_analytics.engine import Engine
from iom_analytics.scoring import checks, dynamic
from iom_analytics.scoring.bands import band_column
from iom_analytics.scoring.codes import Code
from iom_analytics.scoring.coefficients import Coefficients
from iom_analytics.scoring.inputs import INPUTS
from iom_analytics.scoring.person import totals_at
from iom_analytics.scoring.predictors import Edition, Predictor, predictor
from iom_analytics.scoring.reading import PERSON, typed, unreadable, weight, with_facts
from iom_analytics.scoring.score import Kind


def score_people(
    people: IbisTable,
    names: Sequence[str],
    *,
    engine: Engine,
    coefficients: Edition = "service",
    static_only: bool = False,
) -> IbisTable:
    """One row per person, predictor and horizon: the score, or the errors that prevent it. No row is dropped.

    In: `person_id` and the inputs by name (see `inputs`); answers may be left out. Out: `person_id`, `predictor`,
    `version`, `kind` (static or dynamic; empty without a score), `horizon_months`, `probability`, `percent`, `band`
    (always of the longest horizon), `provisional`, `errors` (codes with ; between) and `missing` (inputs not given or
    unreadable, with ; between). Raises InputError where a column is missing or cannot hold what it should.
    """
    table, plans = verdicts(people, names, engine, coefficients, static_only)
    rows = ibis.array([row for plan in plans for row in plan.rows(table)])
    return table.select(PERSON, row=rows.unnest()).unpack("row")


def score_force(
    people: IbisTable,
    names: Sequence[str],
    *,
    engine: Engine,
    coefficients: Edition = "service",
    static_only: bool = False,
) -> IbisTable:
    """The same scores with one row per person, for a whole force: what `score_people` says, side by side.

    Out: `person_id` and for each predictor `<name>_probability_12`, `<name>_percent_12` and so for each horizon,
    `<name>_band`, `<name>_kind`, `<name>_provisional`, `<name>_errors`.
    """
    table, plans = verdicts(people, names, engine, coefficients, static_only)
    return table.select(PERSON, **{name: column for plan in plans for name, column in plan.side_by_side(table).items()})


def verdicts(
    people: IbisTable, names: Sequence[str], engine: Engine, coefficients: Edition, static_only: bool
) -> "tuple[IbisTable, list[Plan]]":
    """Everything that is worked out about each person, one row each, and the plans that say which columns are which."""
    chosen = [predictor(name) for name in dict.fromkeys(names)]
    static = ordered(name for each in chosen for name in each.inputs)
    asked = [] if static_only else ordered(name for each in chosen if each.questions for name in each.questions.all)
    inputs = typed(people, static, asked)
    plans = [Plan(each, coefficients, static_only, frozenset(inputs.columns)) for each in chosen]
    models = {model.model: model for plan in plans for model in plan.models}
    table = with_facts(inputs, list(models.values()), engine)
    # A step is a subquery: what it works out is there for the next by name, and is worked out once.
    for step in (Plan.totals, Plan.probabilities, Plan.rounded, Plan.percentages, Plan.verdicts):
        table = table.mutate(**{name: column for plan in plans for name, column in step(plan, table).items()})
    return table, plans


def ordered(names: Any) -> list[str]:
    """The names in the order in which the inputs are listed, each once."""
    wanted = set(names)
    return [name for name in INPUTS if name in wanted]


@dataclass(frozen=True)
class Plan:
    """How one predictor is worked out over a table that has the columns `columns`, in four steps."""

    predictor: Predictor
    edition: Edition
    static_only: bool
    columns: frozenset[str]

    @property
    def questions(self) -> dynamic.Questions | None:
        return None if self.static_only else self.predictor.questions

    @property
    def can_be_dynamic(self) -> bool:
        """Whether the table has a column for every answer the dynamic score cannot do without."""
        return self.questions is not None and set(self.questions.required) <= self.columns

    @property
    def models(self) -> tuple[Coefficients, ...]:
        kinds: tuple[Kind, ...] = ("static", "dynamic") if self.questions else ("static",)
        return tuple(self.predictor.model(kind, self.edition) for kind in kinds)

    def column(self, part: str) -> str:
        return f"{self.predictor.name}__{part}"

    def named(self, **columns: Any) -> dict[str, Any]:
        return {self.column(part): column for part, column in columns.items()}

    # --- the steps ---------------------------------------------------------------------------------------------

    def totals(self, people: IbisTable) -> dict[str, Any]:
        """Whether the record and the answers allow a score; the sums of weights without the constant."""
        found = self.named(is_sound=~any_of(self.static_faults(people)), static=self.record(people, self.models[0]))
        if self.questions:
            model = self.models[1]
            record = self.record(people, model)
            least, most = dynamic.least_and_most(
                model, self.reader(people, highest=False), self.reader(people, highest=True), ibis.least, ibis.greatest
            )
            found |= self.named(least=record + least, most=record + most)
            if self.can_be_dynamic:
                answers = self.reader(people, highest=False)
                given = dynamic.total([dynamic.points(term, answers) * model[term] for term in dynamic.terms_of(model)])
                found |= self.named(is_dynamic=~any_of(self.dynamic_faults(people)), dynamic=record + given)
        return found

    def probabilities(self, people: IbisTable) -> dict[str, Any]:
        is_sound = people[self.column("is_sound")]
        found: dict[str, Any] = {}
        for months in self.predictor.horizons:
            total = people[self.column("static")] + self.constant(0, months)
            if self.can_be_dynamic:
                full = people[self.column("dynamic")] + self.constant(1, months)
                total = people[self.column("is_dynamic")].ifelse(full, total)
            probability = is_sound.ifelse(1.0 / ((-total).exp() + 1.0), ibis.null(float))
            found |= self.named(**{f"probability_{months}": probability})
        return found

    def rounded(self, people: IbisTable) -> dict[str, Any]:
        return self.each_horizon("rounded", self.predictor.formula.rounded_column, people, "probability")

    def percentages(self, people: IbisTable) -> dict[str, Any]:
        return self.each_horizon("percent", self.predictor.formula.percent_column, people, "rounded")

    def each_horizon(self, part: str, work: Callable[[Column], Column], people: IbisTable, of: str) -> dict[str, Any]:
        return {
            self.column(f"{part}_{months}"): work(people[self.column(f"{of}_{months}")])
            for months in self.predictor.horizons
        }

    def verdicts(self, people: IbisTable) -> dict[str, Any]:
        """The band, whether it could change, what is wrong and what is missing."""
        percent = people[self.column(f"percent_{self.predictor.horizons[-1]}")]
        is_given = people[self.column("is_sound")]
        if self.predictor.refuses_zero_percent:
            is_given = is_given & (percent > 0)
        found = self.named(is_given=is_given, band=band_column(percent, self.predictor.bounds))
        found |= self.named(errors=self.errors(people, percent), missing=self.missing(people))
        if self.questions:
            bounds = totals_at(self.predictor.bounds)
            constant = self.constant(1, self.predictor.horizons[-1])
            lowest, highest = (band_column(people[self.column(end)] + constant, bounds) for end in ("least", "most"))
            band = band_column(percent, self.predictor.bounds)
            lacks_answers = any_of(self.is_missing(people, name) for name in self.questions.all)
            found |= self.named(provisional=lacks_answers & ((lowest != band) | (highest != band)))
        return found

    def rows(self, people: IbisTable) -> list[StructValue]:
        """The rows of the result, as structs: one per horizon."""
        return [
            ibis.struct(
                {
                    "predictor": ibis.literal(self.predictor.name),
                    "version": ibis.literal(self.predictor.version_of(self.edition)),
                    "kind": self.kind(people),
                    "horizon_months": ibis.literal(months, type="int32"),
                    "probability": self.given(people, f"probability_{months}"),
                    "percent": self.given(people, f"percent_{months}"),
                    "band": self.given(people, "band"),
                    "provisional": self.provisional(people),
                    "errors": people[self.column("errors")],
                    "missing": people[self.column("missing")],
                }
            )
            for months in self.predictor.horizons
        ]

    def side_by_side(self, people: IbisTable) -> dict[str, Column]:
        """The columns of the result that has one row per person."""
        found: dict[str, Column] = {}
        for months in self.predictor.horizons:
            for part in (f"probability_{months}", f"percent_{months}"):
                found[part] = self.given(people, part)
        found |= {"band": self.given(people, "band"), "kind": self.kind(people)}
        found |= {"provisional": self.provisional(people), "errors": people[self.column("errors")]}
        return {f"{self.predictor.name}_{part}": column for part, column in found.items()}

    def given(self, people: IbisTable, part: str) -> Column:
        """A part of the score, where there is a score."""
        value = people[self.column(part)]
        if not self.predictor.refuses_zero_percent:
            return value  # nothing was worked out where the inputs are not sound
        return people[self.column("is_given")].ifelse(value, ibis.null(value.type()))

    def kind(self, people: IbisTable) -> StringValue:
        kind: StringValue = ibis.literal("static")
        if self.can_be_dynamic:
            kind = people[self.column("is_dynamic")].ifelse("dynamic", kind)
        return people[self.column("is_given")].ifelse(kind, ibis.null(str))

    def provisional(self, people: IbisTable) -> BooleanValue:
        if not self.questions:
            return ibis.literal(False)
        return people[self.column("provisional")] & people[self.column("is_given")]

    # --- what the steps are made of ----------------------------------------------------------------------------

    def record(self, people: IbisTable, model: Coefficients) -> FloatingValue:
        """The sum of the terms that the criminal record gives."""
        return self.predictor.formula.total_column(people, model, people[weight(model.model)])

    def constant(self, model: int, months: int) -> float:
        return self.models[model][f"intercept_{months}"]

    def static_faults(self, people: IbisTable) -> list[BooleanValue]:
        faults = [people[name].isnull() for name in self.predictor.required]
        faults += [people[unreadable(name)] for name in self.predictor.inputs if unreadable(name) in self.columns]
        return faults + [check.fails(people) for stage in self.predictor.stages for check in stage]

    def dynamic_faults(self, people: IbisTable) -> list[BooleanValue]:
        assert self.questions is not None
        faults = [people[name].isnull() for name in self.questions.required]
        faults += [people[unreadable(name)] for name in self.questions.all if unreadable(name) in self.columns]
        return [*faults, self.is_inconsistent(people)]

    def is_inconsistent(self, people: IbisTable) -> BooleanValue:
        """Drug use is recorded, but not the motivation to tackle it."""
        assert self.questions is not None
        used = any_of(people[name] == 1 for name in self.questions.drugs if name in self.columns)
        return used & self.is_missing(people, dynamic.MOTIVATION)

    def is_missing(self, people: IbisTable, name: str) -> BooleanValue:
        return people[name].isnull() if name in self.columns else ibis.literal(True)

    def reader(self, people: IbisTable, *, highest: bool) -> dynamic.Answers:
        """Reads answers by name; a missing one has the most points, or none."""

        def answers(name: str) -> Any:
            missing = dynamic.most_points(name) if highest else 0
            if name.startswith("previous:") and "previous_convictions" in self.columns:
                kind = name.removeprefix("previous:")
                known = people.previous_convictions.contains(f";{kind};").cast("int64")
            elif name in self.columns:
                known = people[name]
            else:
                return ibis.literal(missing)
            return known.fill_null(missing)

        return answers

    def errors(self, people: IbisTable, percent: FloatingValue) -> StringValue:
        is_fine = people[self.column("is_sound")] & ~any_of([checks.UNDER_18.fails(people)])
        if self.questions:
            is_fine = is_fine & (people[self.column("is_dynamic")] if self.can_be_dynamic else ibis.literal(False))
        if self.predictor.refuses_zero_percent:
            is_fine = is_fine & (percent > 0)
        return is_fine.ifelse("", self.all_errors(people, percent))

    def all_errors(self, people: IbisTable, percent: FloatingValue) -> StringValue:
        """Every code in the official order, with ; between. The first stage that finds fault speaks for all."""
        chosen = self.predictor
        filled = [people[unreadable(name)] for name in chosen.inputs if unreadable(name) in self.columns]
        empty = [
            people[name].isnull() & ~(people[unreadable(name)] if unreadable(name) in self.columns else False)
            for name in chosen.required
        ]
        raw = [written(Code.UNREADABLE_INPUT, any_of(filled)), written(Code.MISSING_MANDATORY_INPUT, any_of(empty))]
        stages = [[written(check.code, check.fails(people)) for check in stage] for stage in chosen.stages]
        found = [ibis.coalesce(*(joined(stage).nullif("") for stage in (raw + stages[0], *stages[1:])))]
        if self.questions:
            found += self.dynamic_errors(people, self.questions)
        if chosen.refuses_zero_percent:
            found.append(written(Code.UNEXPECTED_ERROR, percent <= 0))
        is_warned = people[self.column("is_sound")] & checks.UNDER_18.fails(people)
        if chosen.refuses_zero_percent:
            is_warned = is_warned & (percent > 0)
        return joined([*found, written(checks.UNDER_18.code, is_warned)])

    def dynamic_errors(self, people: IbisTable, questions: dynamic.Questions) -> list[StringValue]:
        filled = [people[unreadable(name)] for name in questions.all if unreadable(name) in self.columns]
        empty = [
            self.is_missing(people, name)
            & ~(people[unreadable(name)] if unreadable(name) in self.columns else ibis.literal(False))
            for name in questions.required
        ]
        return [
            written(Code.UNREADABLE_INPUT, any_of(filled)),
            written(Code.MISSING_DYNAMIC_INPUT, any_of(empty)),
            written(Code.MOTIVATION_TO_TACKLE_DRUG_MISUSE_INCONSISTENT, self.is_inconsistent(people)),
        ]

    def missing(self, people: IbisTable) -> StringValue:
        """The inputs that were not given or could not be read."""
        chosen = self.predictor
        lost = ordered(chosen.inputs)
        parts = [
            written(name, people[name].isnull() if name in chosen.required else people[unreadable(name)])
            for name in lost
            if name in chosen.required or unreadable(name) in self.columns
        ]
        found = [people[self.column("is_sound")].ifelse(ibis.null(str), joined(parts).nullif(""))]
        if self.questions:
            found += [written(name, self.is_missing(people, name)) for name in ordered(self.questions.all)]
        return joined(found)


def any_of(faults: Any) -> BooleanValue:
    """Whether there is a fault; one that cannot be told, since a fact it reads is empty, is none."""
    found: BooleanValue = ibis.literal(False)
    for fault in faults:
        found = found | fault
    return found.fill_null(False)


def written(word: str, is_so: BooleanValue) -> StringValue:
    """The word where it is so; empty where it is not, or is not known."""
    return is_so.ifelse(word, ibis.null(str))


def joined(words: Sequence[StringValue]) -> StringValue:
    """The words there are, with ; between."""
    return ibis.literal(";").join(words)
