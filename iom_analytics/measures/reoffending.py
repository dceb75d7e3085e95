"""Proven reoffending after the Ministry of Justice: what followed each start.

Source: Ministry of Justice, Guide to proven reoffending statistics (three-month cohorts, since October 2017), as far as
its definition is quoted elsewhere; `definitions/proven-reoffending.yaml` says what is not confirmed.
"""

from collections.abc import Sequence
from datetime import date

import ibis
from ibis.expr.types import BooleanValue, StringValue
from ibis.expr.types import Table as IbisTable

from iom_analytics import reference
from iom_analytics.engine import Engine
from iom_analytics.errors import InputError
from iom_analytics.history import complete, days_between
from iom_analytics.measures.contracts import EVENTS, INDEX, PROVEN_REOFFENDING
from iom_analytics.measures.definition import Definition, load_definition
from iom_analytics.tables import EVENTS as EXTRACTS

# The number of a row of the index: short where the person and the start would be long.
NUMBER = "start_number"
MEASURES = ("reoffended", "reoffences", "first_reoffence_date", "days_to_first_reoffence", "reoffences_tier_1",
            "reoffences_tier_2", "reoffences_tier_3", "reoffences_without_tier", "custodial_reoffences",
            "custody_for_reoffence")  # fmt: skip
# What an extract calls disposals, and what other systems call custody.
DISPOSALS = next(table for table in EXTRACTS if table.name == "sanctions").column("disposal")
SENTENCES = {**{code: code for code in DISPOSALS.codes or ()}, **DISPOSALS.synonyms}
CUSTODIAL = ("custodial sentence", "custodial", "immediate custodial sentence", "life imprisonment",
             "determinate sentence", "extended sentence", "young offender institution",
             "detention in a young offender institution", "detention and training order", "dto",
             *(said for said, code in SENTENCES.items() if code == "custody"))  # fmt: skip
NOT_CUSTODIAL = tuple(said for said, code in SENTENCES.items() if code != "custody")
# Whether an offence brought custody. Of rows that are one offence, the highest counts.
NO, NOT_KNOWN, YES = 0, 1, 2
TIERS = ("reoffences_tier_1", "reoffences_tier_2", "reoffences_tier_3")


def proven_reoffending(
    engine: Engine,
    *,
    index: IbisTable,
    events: IbisTable,
    known_to: date | None = None,
    definition: Definition | None = None,
) -> IbisTable:
    """One row per row of the index, with what followed: columns in `PROVEN_REOFFENDING`, after the index's own.

        start                         + 12 months           + 18 months
          [----------- follow-up -----------)                     |
          |  committed here ...             |   ... proven by here, that day too

    An offence counts if it was committed in the half-open follow-up (the same day 12 months on is out; the last day of
    the month where there is no such day) and proven after the start and by the same day 18 months on. What was dealt
    with on the day of the start is the index offence, or was dealt with along with it, and never counts; nor does an
    offence before the start, whenever it is proven. An offence counts once however often its row is there; one proven
    before it was committed does not, since a date of it is wrong.

    Events are complete to `known_to`, that day included; starts whose proof ends later have empty measures. Where it is
    None nobody vouches for that: measures are given, and `is_mature` is empty. Who dies or is deported stays, flagged.
    Raises InputError where a required column is missing, the index has a column of a measure's name, or somebody has
    an exit before their start.
    """
    rules = definition or load_definition()
    rows = start_rows(engine, index, rules, known_to, columns=PROVEN_REOFFENDING.column_names)
    found = counted(engine, reoffences(engine, rows, events, rules), events)
    rows = rows.left_join(found, [NUMBER], rname="found_{name}").drop(f"found_{NUMBER}")
    return measures(rows, events).select(*index.columns, *PROVEN_REOFFENDING.column_names)


def start_rows(
    engine: Engine, index: IbisTable, rules: Definition, known_to: date | None, *, columns: Sequence[str]
) -> IbisTable:
    """The index with the ends of follow-up and proof and a number for each row, kept in the engine.

    What follows is joined and counted by the number: the engine moves fewer letters. `columns` are to be added later.
    """
    complete(index, INDEX)  # raises where a column is missing
    if clash := sorted(set(index.columns) & {*columns, NUMBER}):
        raise InputError(f"The table index has the columns {', '.join(clash)}, which are measures; rename them.")
    rows = engine.cache(with_ends(index, rules, known_to).mutate(**{NUMBER: ibis.row_number()}), "starts")
    raise_for_early_exits(rows)
    return rows


def with_ends(index: IbisTable, rules: Definition, known_to: date | None) -> IbisTable:
    """The index with the ends of follow-up and proof, maturity, and whether an exit lies before the first."""
    start = index.start_date
    rows = index.mutate(
        follow_up_end=(start + ibis.interval(months=rules.follow_up_months)).cast("date"),
        proof_end=(start + ibis.interval(months=rules.proof_months)).cast("date"),
    )
    exits = rows.exit_date < rows.follow_up_end if "exit_date" in rows.columns else ibis.literal(False)
    return rows.mutate(
        is_mature=ibis.null("boolean") if known_to is None else rows.proof_end <= ibis.date(known_to),
        exited_in_follow_up=exits.fill_null(False),
    )


def raise_for_early_exits(rows: IbisTable) -> None:
    """An InputError where somebody died or was deported before they started: one of the two dates is wrong."""
    if "exit_date" in rows.columns and (early := int(rows.filter(rows.exit_date < rows.start_date).count().execute())):
        raise InputError(
            f"{early:,} {'start has' if early == 1 else 'starts have'} an exit_date before the start_date: nobody can "
            "start after a death or deportation. Put right whichever day is wrong."
        )


def reoffences(engine: Engine, starts: IbisTable, events: IbisTable, rules: Definition) -> IbisTable:
    """One row per start's number and proven reoffence: `offence_date`, `offence_code`, `custody` (`NO`, `NOT_KNOWN` or
    `YES`), `severity_tier`, `is_proactive`.

    The join is on the person, with the dates as a filter: a person has few events, so no row is worked out in vain.
    What an event proves is read off only where its dates let it count: most events are of other years.
    """
    starts = starts.select(NUMBER, "person_id", "start_date", "follow_up_end", "proof_end")
    happened = complete(events, EVENTS).rename(event_person="person_id")
    joined = starts.inner_join(
        happened,
        [
            starts.person_id == happened.event_person,
            happened.offence_date >= starts.start_date,
            happened.offence_date < starts.follow_up_end,
            happened.sanction_date > starts.start_date,
            happened.sanction_date >= happened.offence_date,
            happened.sanction_date <= starts.proof_end,
        ],
    )
    # Kept first: an engine would move the reading of sanction types down, to every event there is.
    columns = [name for name in events.columns if name in EVENTS.column_names and name != "person_id"]
    kept = engine.cache(joined.select(NUMBER, *columns), "in_time")
    types = EVENTS.ibis_schema()
    absent = {name: ibis.null(types[name]) for name in EVENTS.column_names if name not in (*columns, "person_id")}
    rows = proven(kept.mutate(**absent), rules, has_disposals="disposal" in columns)
    keys = {name: rows[name] for name in ("offence_date", "sanction_date", "sanction_type", "offence_code")}
    if "offence_ref" in columns:
        # With a number of the source's own, one offence is one however often it was sentenced anew.
        told = rows.offence_ref.notnull()
        keys = {name: told.ifelse(ibis.null(value.type()), value) for name, value in keys.items()}
        keys["offence_ref"] = rows.offence_ref
    return rows.group_by(rows[NUMBER], **{f"key_{name}": value for name, value in keys.items()}).aggregate(
        offence_date=rows.offence_date.min(),
        offence_code=rows.offence_code.min(),
        custody=rows.custody.max(),
        severity_tier=rows.severity_tier.min(),
        is_proactive=rows.proactive.cast("int64").max(),
    )


def proven(rows: IbisTable, rules: Definition, *, has_disposals: bool) -> IbisTable:
    """The events that the definition takes as proven and does not exclude, with `custody`.

    An event without an offence date cannot be placed: the join has left it out.
    """
    excluded: BooleanValue = ibis.literal(False)
    for part in rules.exclusions:
        if part.offence_codes:
            excluded = excluded | rows.offence_code.isin(part.offence_codes).fill_null(False)
        if part.where:
            excluded = excluded | (rows[part.where] == part.excluded_value).fill_null(False)
    sent = as_compared(rows.sanction_type)
    kind = sent.cases(*rules.proves, else_=ibis.null("string"))
    disposal = disposal_as_compared(rows.disposal)
    custody = ibis.cases(
        (disposal.isin(CUSTODIAL), YES),
        (disposal.isin(NOT_CUSTODIAL) | (kind != "conviction"), NO),
        (rows.custody_days > 0, YES),
        # Alone, the length of a sentence is given where there is one; beside a disposal that is not known it says no.
        (rows.custody_days.notnull() | ibis.literal(not has_disposals), NO),
        else_=NOT_KNOWN,
    )
    rows = rows.mutate(sanction_type=kind, custody=custody.cast("int64"))
    return rows.filter(rows.sanction_type.notnull() & ~excluded)


def disposal_as_compared(disposal: StringValue) -> StringValue:
    """The disposal as the lists above write it: small letters, spaces for underscores and hyphens."""
    return as_compared(disposal).replace("-", " ")


def as_compared(sanction_type: StringValue) -> StringValue:
    """The sanction type as definitions write it: small letters, spaces for underscores."""
    return sanction_type.strip().lower().replace("_", " ")


def counted(engine: Engine, offences: IbisTable, events: IbisTable) -> IbisTable:
    """One row per start with a reoffence: how many, the first, by tier, and how many with custody.

    The tier is the event's own, or else what the table of tiers says of the code.
    """
    known = reference.offence_tiers().select(["offence_code", "severity_tier"])
    tiers = engine.from_arrow(known, "offence_tiers").rename(code="offence_code", tier_of_code="severity_tier")
    rows = offences.left_join(tiers, offences.offence_code == tiers.code)
    tier = rows.tier_of_code.cast("int64")
    rows = rows.mutate(tier=rows.severity_tier.fill_null(tier) if "severity_tier" in events.columns else tier)
    return rows.group_by(NUMBER).aggregate(
        reoffences=rows.count(),
        first_reoffence_date=rows.offence_date.min(),
        **{f"reoffences_tier_{number}": rows.count(where=rows.tier == number) for number in (1, 2, 3)},
        reoffences_without_tier=rows.count(where=rows.tier.isnull()),
        custodial_reoffences=rows.count(where=rows.custody == YES),
        custody_not_known=rows.count(where=rows.custody == NOT_KNOWN),
    )


def measures(rows: IbisTable, events: IbisTable) -> IbisTable:
    """The rows with every measure: nought where nothing followed, empty where it is too early to say or not known."""
    counts = [name for name in MEASURES if name in rows.columns and name != "first_reoffence_date"]
    rows = rows.mutate(**{name: rows[name].fill_null(0).cast("int64") for name in counts})
    rows = rows.mutate(
        reoffended=rows.reoffences > 0,
        days_to_first_reoffence=days_between(rows.start_date, rows.first_reoffence_date),
        custody_for_reoffence=rows.custodial_reoffences > 0,
    )
    no_disposals = not {"disposal", "custody_days"} & set(events.columns)
    unknown = ("custodial_reoffences", "custody_for_reoffence") if no_disposals else ()
    given = rows.is_mature.fill_null(True)
    # With a reoffence of no known tier, a count by tier would be too low without saying so.
    told = given & (rows.reoffences_without_tier == 0)
    when = {name: told if name in TIERS else given for name in MEASURES}
    said = rows.custody_not_known.fill_null(0) == 0
    when["custodial_reoffences"] = given & said
    when["custody_for_reoffence"] = given & (said | rows.custody_for_reoffence)
    empty = {name: ibis.null(rows[name].type()) for name in MEASURES}
    return rows.mutate(
        **{name: empty[name] if name in unknown else when[name].ifelse(rows[name], empty[name]) for name in MEASURES}
    )
