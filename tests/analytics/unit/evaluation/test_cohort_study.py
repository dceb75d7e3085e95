"""Who is on either side of a cohort's comparison, and what is counted of them."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from iom_analytics.engine import Engine, open_engine
from iom_analytics.errors import InputError
from iom_analytics.evaluation import cohort_report, cohort_study
from iom_analytics.history import Records

FIRST, LAST = date(2024, 1, 1), date(2024, 3, 1)
KNOWN_TO = date(2026, 6, 1)
ADULT, CHILD = date(1990, 5, 5), date(2010, 5, 5)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with open_engine("duckdb") as opened:
        yield opened


def records(
    engine: Engine,
    sanctions: list[tuple[str, date, date]],
    *,
    born: dict[str, date] | None = None,
    spells: list[tuple[str, date, date | None]] | None = None,
    sex: dict[str, str] | None = None,
    kind: dict[str, str] | None = None,
) -> Records:
    """Convictions as (person, offence, conviction); everybody in them is an adult man unless said otherwise."""
    keys = sorted({person for person, _offence, _day in sanctions} | set(born or {}))
    persons = {
        "person_key": keys,
        "sex": [(sex or {}).get(key, "M") for key in keys],
        "date_of_birth": pa.array([(born or {}).get(key, ADULT) for key in keys], pa.date32()),
    }
    rows = {
        "person_key": [person for person, _offence, _day in sanctions],
        "offence_date": pa.array([offence for _person, offence, _day in sanctions], pa.date32()),
        "sanction_date": pa.array([day for _person, _offence, day in sanctions], pa.date32()),
        "sanction_type": [(kind or {}).get(person, "conviction") for person, _offence, _day in sanctions],
        "offence_code": ["02803"] * len(sanctions),
        "disposal": ["community-order"] * len(sanctions),
    }
    inside = {
        "person_key": pa.array([person for person, _start, _end in spells or []], pa.string()),
        "start_date": pa.array([start for _person, start, _end in spells or []], pa.date32()),
        "end_date": pa.array([end for _person, _start, end in spells or []], pa.date32()),
    }
    return Records(
        persons=engine.from_arrow(pa.table(persons), "persons"),
        sanctions=engine.from_arrow(pa.table(rows), "sanctions"),
        custody_spells=engine.from_arrow(pa.table(inside), "custody_spells"),
    )


def entries(engine: Engine, *rows: tuple[str, date, date | None, bool]) -> Any:
    columns = list(zip(*rows, strict=True))
    types = (pa.string(), pa.date32(), pa.date32(), pa.bool_())
    names = ("person_key", "started_on", "ended_on", "asked_of")
    table = pa.table([pa.array(column, type_) for column, type_ in zip(columns, types, strict=True)], names=names)
    return engine.from_arrow(table, "entries")


def recent(person: str, day: date = date(2023, 6, 1)) -> tuple[str, date, date]:
    return person, day - timedelta(days=60), day


def sides(found: cohort_study.Population) -> dict[str, list[str]]:
    """By month: who joined, with a star, and who is compared."""
    by_month: dict[str, list[str]] = {}
    for row in found.rows.to_pylist():
        by_month.setdefault(row["month"].isoformat(), []).append(row["person_key"] + ("*" if row["treated"] else ""))
    return by_month


def test_who_is_on_either_side_and_why_the_others_are_not(engine: Engine) -> None:
    long_ago = date(2021, 1, 1)
    known = records(
        engine,
        [
            recent("joins"),
            recent("other"),
            recent("leaves"),
            recent("child"),
            recent("inside"),
            recent("cautioned"),
            recent("elsewhere"),
            recent("again"),
            recent("later"),
            ("old", long_ago, long_ago),
            ("future", date(2024, 1, 10), date(2024, 2, 1)),  # nothing of it is known when the months begin
        ],
        born={"child": CHILD},
        spells=[("inside", date(2023, 12, 1), None)],
        kind={"cautioned": "caution"},
    )
    joined = entries(
        engine,
        ("joins", date(2024, 1, 20), date(2024, 12, 1), True),
        ("leaves", date(2023, 2, 1), date(2024, 1, 15), True),  # before the months: never asked of here
        ("child", date(2024, 1, 5), None, True),
        ("inside", date(2024, 1, 5), None, True),
        ("cautioned", date(2024, 1, 5), None, True),
        ("old", date(2024, 1, 5), None, True),
        ("elsewhere", date(2024, 1, 7), None, False),
        ("again", date(2023, 11, 1), None, True),
        ("again", date(2024, 1, 3), None, True),
        ("later", date(2024, 3, 9), None, True),
        ("nobody", date(2024, 1, 9), None, True),
    )
    found = cohort_study.population(engine, known, joined, first=FIRST, last=LAST)
    assert sides(found) == {
        "2024-01-01": ["joins*", "later", "other"],
        # Nobody joined in February, so there is no trial. Who was ever in is compared with nobody; who joins by another
        # scheme only until then; the future is known by March.
        "2024-03-01": ["future", "later*", "other"],
    }
    assert found.joined == 8
    assert found.left_out == {
        "in a cohort before": 1,
        "in custody when the month began": 1,
        "never convicted, so there is no score": 1,
        "no record of them is open to analysis": 1,
        "no sanction in the 24 months before": 1,
        "under 18, or of unknown age": 1,
    }
    everybody = {row["person_key"]: row["month"] for row in found.everybody.to_pylist()}
    assert everybody["joins"] == date(2024, 1, 1)
    assert everybody["old"] == date(2024, 1, 1)  # without a sanction of late, and in the pool of the fall all the same
    assert everybody["other"] == date(2024, 1, 1)  # the middle of the days is the 31st of January
    starts = {row["unit"]: row["start_date"] for row in found.rows.to_pylist()}
    assert starts["joins 2024-01-01"] == starts["other 2024-01-01"] == date(2024, 1, 20)
    assert len(everybody) == found.everybody.num_rows


def test_what_was_known_at_joining_is_of_who_joined_alone(engine: Engine) -> None:
    known = records(engine, [recent("joins"), recent("other")])
    table = pa.table(
        {
            "person_key": ["joins", "joins"],
            "started_on": pa.array([date(2024, 1, 20), date(2026, 1, 5)], pa.date32()),
            "ended_on": pa.array([date(2025, 1, 1), None], pa.date32()),
            "asked_of": [True, True],
            "scheme": ["Neighbourhood crime", "Another, later"],
            "cohort_type": ["fixed", "flex"],
        }
    )
    found = cohort_study.population(engine, known, engine.from_arrow(table, "entries"), first=FIRST, last=FIRST)
    said = {row["person_key"]: (row["scheme"], row["cohort_type"], row["statutory"]) for row in found.rows.to_pylist()}
    assert said == {"joins": ("Neighbourhood crime", "fixed", None), "other": (None, None, None)}


def test_nobody_joined(engine: Engine) -> None:
    joined = entries(engine, ("a", date(2023, 1, 20), None, True))
    with pytest.raises(InputError, match="Nobody joined"):
        cohort_study.population(engine, records(engine, [recent("a")]), joined, first=FIRST, last=LAST)
    with pytest.raises(InputError, match="before the first"):
        cohort_study.population(engine, records(engine, [recent("a")]), joined, first=LAST, last=FIRST)


def test_a_death_ends_time_at_liberty_and_nobody_joins_after_it(engine: Engine) -> None:
    known = records(engine, [recent(name) for name in ("joins", "other", "dies", "dead", "back")])
    table = pa.table(
        {
            "person_key": ["joins", "dies", "dead", "back", "back"],
            "started_on": pa.array(
                [date(2024, 1, 9), date(2024, 1, 20), date(2023, 9, 1), date(2023, 2, 1), date(2024, 1, 30)],
                pa.date32(),
            ),
            "ended_on": pa.array([None, date(2024, 1, 27), date(2023, 12, 1), date(2023, 3, 1), None], pa.date32()),
            "asked_of": [True, True, True, True, True],
            "exit_date": pa.array([None, date(2024, 1, 27), date(2023, 12, 1), date(2023, 3, 1), None], pa.date32()),
            "exit_reason": [None, "death", "death", "death", None],
        }
    )
    joined = engine.from_arrow(table, "entries")
    found = cohort_study.population(engine, known, joined, first=FIRST, last=FIRST)
    assert sides(found) == {"2024-01-01": ["dies*", "joins*", "other"]}
    # Dead before the month: no part of what a fall is held against. Who came back had not died.
    assert {row["person_key"]: row["exit_date"] for row in found.everybody.to_pylist()} == {
        "joins": None, "other": None, "dies": date(2024, 1, 27),
    }  # fmt: skip
    assert {row["person_key"]: row["exit_reason"] for row in cohort_study.exits(joined).to_pyarrow().to_pylist()} == {
        "dies": "death", "dead": "death",
    }  # fmt: skip
    rows = found.rows.filter(found.rows["treated"])
    after, before = cohort_study.outcomes(engine, known, rows, known_to=KNOWN_TO, years_before=(0, 1))
    liberty = {row["person_id"]: row["days_at_liberty"] for row in after.to_pylist()}
    assert liberty == {"joins": 366, "dies": 7}
    assert {row["person_id"]: row["exited_in_follow_up"] for row in after.to_pylist()} == {"joins": False, "dies": True}
    assert set(before["days_at_liberty"].to_pylist()) == {365}  # the year before joining was a whole one


def test_a_death_of_the_other_side_is_known_where_they_joined_a_cohort_later(engine: Engine) -> None:
    known = records(engine, [recent("joins"), recent("dies")])
    table = pa.table(
        {
            "person_key": ["joins", "dies"],
            "started_on": pa.array([date(2024, 1, 20), date(2024, 2, 1)], pa.date32()),
            "ended_on": pa.array([None, date(2024, 2, 5)], pa.date32()),
            "asked_of": [True, False],
            "exit_date": pa.array([None, date(2024, 2, 5)], pa.date32()),
            "exit_reason": [None, "death"],
        }
    )
    found = cohort_study.population(engine, known, engine.from_arrow(table, "entries"), first=FIRST, last=FIRST)
    assert sides(found) == {"2024-01-01": ["dies", "joins*"]}
    gone = {row["person_key"]: row["exit_date"] for row in found.rows.to_pylist()}
    assert gone == {"joins": None, "dies": date(2024, 2, 5)}


def test_what_followed_and_what_went_before_are_counted_alike(engine: Engine) -> None:
    known = records(
        engine,
        [
            ("a", date(2023, 3, 1), date(2023, 5, 1)),  # the year before
            ("a", date(2024, 1, 1), date(2024, 2, 1)),  # the first day of the year after
            ("a", date(2024, 12, 31), date(2025, 6, 30)),  # its last day, proven within 18 months
            ("a", date(2025, 1, 1), date(2025, 2, 1)),  # a day too late
        ],
    )
    rows = pa.table(
        {"unit": ["a"], "person_key": ["a"], "start_date": pa.array([FIRST], pa.date32()), "treated": [True]}
    )
    found = cohort_study.outcomes(engine, known, rows, known_to=KNOWN_TO, years_before=(0, 1))
    after, before = (table.to_pylist()[0] for table in found)
    assert (after["reoffences"], after["days_to_first_reoffence"], before["reoffences"]) == (2, 0, 1)


def made_up(engine: Engine, *, joined: int, others: int, bursts: bool, seed: int = 3) -> tuple[Records, Any]:
    """People who offend at a steady rate of their own, or in the one year before; the most active join."""
    chance = np.random.default_rng(seed)
    sanctions: list[tuple[str, date, date]] = []
    active = []
    for number in range(joined + others):
        key, rate = f"p{number:04d}", chance.gamma(1.0, 1.0)
        counts = chance.poisson([rate] * 5)
        if bursts:
            counts = np.array([0, 0, chance.poisson(3 * rate), chance.poisson(0.5 * rate), 0])
        active.append((int(counts[2]), key))
        for year, count in enumerate(counts):
            for _ in range(count):
                day = date(2021, 1, 1) + timedelta(days=365 * year + int(chance.integers(0, 330)))
                sanctions.append((key, day, day + timedelta(days=20)))
    # By what they did in 2023, with some chance in it.
    active.sort(key=lambda each: -(each[0] + chance.random() * 3))
    chosen = [key for _count, key in active[: 2 * joined]][::2]
    rows = [(key, FIRST + timedelta(days=3), None, True) for key in chosen]
    return records(engine, sanctions), entries(engine, *rows)


def findings(engine: Engine, known: Records, joined: Any, *, known_to: date = KNOWN_TO) -> dict[str, Any]:
    found = cohort_study.population(engine, known, joined, first=FIRST, last=FIRST)
    design = cohort_report.design(found.rows, method="overlap")
    return cohort_report.findings(engine, known, design.rows, found.everybody, known_to=known_to)


def test_a_fall_is_held_against_the_fall_that_comes_by_itself(engine: Engine) -> None:
    known, joined = made_up(engine, joined=60, others=1500, bursts=False)
    fall = findings(engine, known, joined)["before_after"]
    assert fall["fall"] > 0.15  # nothing was done to them
    assert fall["beyond_low"] < 0 < fall["beyond_high"]
    assert fall["grade"]["levels"] == "Maryland scale 1 to 2 of 5"


def test_deaths_of_either_side_are_counted_and_change_no_count_of_reoffending(engine: Engine) -> None:
    known, joined = made_up(engine, joined=60, others=1500, bursts=False)
    table = joined.to_pyarrow()
    dead = [number < 12 for number in range(table.num_rows)]
    table = table.append_column("exit_date", pa.array([date(2024, 1, 11) if each else None for each in dead]))
    table = table.append_column("exit_reason", pa.array(["death" if each else None for each in dead]))
    found = findings(engine, known, engine.from_arrow(table, "gone"))
    assert found["exits"] == {"treated": 12, "comparison": 0}
    assert found["rows"] == findings(engine, known, joined)["rows"]
    assert findings(engine, known, joined)["exits"] == {"treated": 0, "comparison": 0}


def test_where_people_offend_in_bursts_nothing_is_said_of_the_fall(engine: Engine) -> None:
    known, joined = made_up(engine, joined=60, others=1500, bursts=True)
    found = findings(engine, known, joined)
    assert "do not offend at a steady rate" in found["before_after"]
    assert found["fall_of_both"]["treated"]["after"] < found["fall_of_both"]["treated"]["before"]


def test_of_groups_that_are_not_alike_nothing_is_said_of_any_measure(engine: Engine) -> None:
    known, joined = made_up(engine, joined=200, others=1500, bursts=False)
    people = cohort_study.population(engine, known, joined, first=FIRST, last=FIRST)
    rows = cohort_report.design(people.rows, method="overlap").rows
    # As if nobody had been weighted: who joined was more active.
    rows = rows.set_column(rows.column_names.index("weight"), "weight", pa.array(np.ones(rows.num_rows)))
    found = cohort_report.findings(
        engine, known, rows, people.everybody, known_to=KNOWN_TO, secondary=("reoffences", "custody_for_reoffence")
    )
    assert found["verdict"]["word"] == "refused"
    assert "the two groups are not alike in " in found["verdict"]["reason"]
    reoffended, reoffences, custody = found["rows"]
    for row in (reoffended, reoffences):
        assert row["difference_p"] < 0.05
        assert (row["significant"], row["can_say"]) == (False, "Nothing.")
        assert "not alike in" in row["cannot_say"]
    assert custody["reason"] == "fewer than 10 of the treated had the outcome.", "its own, which no balance mends"


def test_nothing_is_found_of_people_whose_year_is_not_final(engine: Engine) -> None:
    known, joined = made_up(engine, joined=20, others=300, bursts=False)
    with pytest.raises(InputError, match="Not every start is mature"):
        findings(engine, known, joined, known_to=date(2025, 6, 30))


def test_fewer_than_ten_are_not_compared_and_their_number_is_not_told(engine: Engine) -> None:
    known, joined = made_up(engine, joined=7, others=300, bursts=False)
    found = cohort_study.population(engine, known, joined, first=FIRST, last=FIRST)
    with pytest.raises(InputError, match="Fewer than 10 of those who joined") as refused:
        cohort_report.design(found.rows)
    assert "7" not in str(refused.value)


def test_who_is_of_a_sex_that_nobody_who_joined_has_is_left_out(engine: Engine) -> None:
    known, joined = made_up(engine, joined=20, others=300, bursts=False)
    found = cohort_study.population(engine, known, joined, first=FIRST, last=FIRST)
    treated = found.rows["treated"].to_pylist()
    place = treated.index(False)
    sexes = ["F" if number == place else "M" for number in range(len(treated))]
    rows = found.rows.set_column(found.rows.column_names.index("sex"), "sex", pa.array(sexes))
    design = cohort_report.design(rows)
    assert design.rows.num_rows == rows.num_rows - 1
    assert len(design.left_out) == 1


def test_a_measure_that_is_not_there(engine: Engine) -> None:
    known, joined = made_up(engine, joined=20, others=300, bursts=False)
    found = cohort_study.population(engine, known, joined, first=FIRST, last=FIRST)
    design = cohort_report.design(found.rows)
    with pytest.raises(InputError, match="no measure 'happiness'"):
        cohort_report.findings(engine, known, design.rows, found.everybody, known_to=KNOWN_TO, primary="happiness")
    with pytest.raises(InputError, match="The method is one of"):
        cohort_report.design(found.rows, method="magic")  # type: ignore[arg-type]
