"""What one table cannot see alone: events against the people they are about."""

from typing import Any

import ibis
from ibis.expr.types import Table as IbisTable

from iom_analytics.tables.contract import Table
from iom_analytics.tables.people import AGES
from iom_analytics.tables.rules import RULES
from iom_analytics.tables.validation import PROBLEMS


def check_against_persons(events: IbisTable, persons: IbisTable, contract: Table) -> IbisTable:
    """One row for each event that cannot be true of its person: as in `PROBLEMS`, the column being the contract's.

    An event may not lie before the person's birth, nor, where the contract says how young a person can be, before that
    age or after 110; nor be about nobody. `events` has `line` and the contract's columns; `persons` has one row for
    each person with the same `person_key` (or `source` and `source_id`) and `date_of_birth`; without a date of birth
    nothing is checked.
    """
    key = ["person_key"] if "person_key" in contract.column_names else ["source", "source_id"]
    people = persons.select(*key, born=persons.date_of_birth).mutate(is_known=True)
    joined = events.left_join(people, key)
    dates = [column.name for column in contract.columns if column.type == "date"]
    found = [
        problem(joined.filter(joined.is_known.isnull()), "no_such_person", key[-1], joined[key[-1]]),
        *(
            problem(joined.filter(joined[name] < joined.born), "before_birth", name, joined[name].cast("string"))
            for name in dates
        ),
    ]
    if contract.happened and contract.youngest is not None:
        day, oldest = contract.happened, AGES[1]
        age = whole_years(joined.born, joined[day])
        too_young = joined.filter((age >= 0) & (age < contract.youngest))
        found.append(problem(too_young, "too_young", day, joined[day].cast("string"), youngest=contract.youngest))
        found.append(problem(joined.filter(age > oldest), "too_old", day, joined[day].cast("string"), oldest=oldest))
    return ibis.union(*found)


def whole_years(born: Any, day: Any) -> Any:
    """The age in whole years on a day; someone born on 29 February has a birthday on 1 March in other years."""
    return ((number(day) - number(born)) / 10_000).floor().cast("int64")


def number(day: Any) -> Any:
    return day.year() * 10_000 + day.month() * 100 + day.day()


def problem(rows: IbisTable, rule_name: str, field: str, value: Any, **words: object) -> IbisTable:
    rule = RULES[rule_name]
    named = {"field": field, **words}
    return rows.select(
        "line",
        field=ibis.literal(field),
        column=ibis.literal(""),
        value=value,
        rule=ibis.literal(rule.code),
        severity=ibis.literal(rule.severity),
        wrong=ibis.literal(rule.wrong.format(**named)),
        what_to_do=ibis.literal(rule.todo.format(**named)),
    ).select(*PROBLEMS.names)
