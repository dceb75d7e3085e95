"""What `match`, `effect` and `reoffending` say of what they cannot answer: a statement, and nothing written."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from iom_analytics.cli import app
from iom_analytics.errors import AnalyticsError, InputError

EVENTS = """person_id,offence_date,sanction_date,sanction_type,offence_code
a,2020-05-01,2020-06-01,conviction,03401
b,2019-05-01,2020-06-01,conviction,03401
"""
INDEX = """person_id,start_date,start_type,exit_date,exit_reason,expected_percent
a,2020-01-15,custody,,,40
b,2020-02-15,custody,2020-06-01,death,20
c,2020-02-16,custody,2020-06-01,deportation,30
"""


def run(*arguments: str | Path) -> str:
    asked = [str(argument) for argument in arguments]
    return CliRunner().invoke(app, asked, catch_exceptions=False, standalone_mode=False).output


def people(**changes: Any) -> pa.Table:
    """Three hundred units, a hundred of them treated."""
    chance = np.random.default_rng(8)
    treated = np.arange(300) < 100
    columns: dict[str, Any] = {
        "id": [f"u{number}" for number in range(300)],
        "treated": treated.astype(int),
        "age": chance.normal(30, 6, 300) + 2 * treated,
        "sex": chance.choice(["F", "M"], 300).tolist(),
        "reoffended": (chance.random(300) < 0.5).astype(int),
    }
    return pa.table(columns | changes)


def matched(folder: Path, table: pa.Table, *more: str, covariates: str = "age,sex") -> str:
    pa_csv.write_csv(table, folder / "people.csv")
    asked = ["--treatment", "treated", "--covariates", covariates, "--unit", "id", "--out", str(folder / "out")]
    return run("match", folder / "people.csv", *asked, *more)


TREATED = np.arange(300) < 100
BAD_POOLS: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "no overlap": ({"age": np.where(TREATED, 60.0, 20.0) + np.arange(300) % 7}, [], "do not overlap in age"),
    "separation by two": (
        {"age": np.where(TREATED, 1.0, 0.0) + np.arange(300) % 50, "score": np.arange(300) % 50 + 0.0},
        ["age,score"],
        "can be told from the covariates without error",
    ),
    "constant": ({"age": np.full(300, 30.0)}, [], "age is the same for everybody"),
    "missing": ({"age": [None, *range(299)]}, [], "age is missing on 1 of 300 rows"),
    "one treated": ({"treated": (np.arange(300) == 7).astype(int)}, [], "Only 1 unit is treated"),
    "nine treated": ({"treated": (np.arange(300) < 9).astype(int)}, [], "Only 9 units are treated"),
    "nobody to compare": ({"treated": [1] * 300}, [], "Only 0 units are not treated"),
    "the treated in the pool": ({"id": [f"u{place % 200}" for place in range(300)]}, [], "also in the comparison pool"),
    "twice": ({"id": ["u0", *(f"u{place}" for place in range(299))]}, [], "are there more than once, for instance u0"),
}


@pytest.mark.parametrize("what", BAD_POOLS)
def test_a_pool_that_cannot_be_compared(tmp_path: Path, what: str) -> None:
    changes, more, message = BAD_POOLS[what]
    with pytest.raises(InputError, match=message):
        matched(tmp_path, people(**changes), covariates=more[0] if more else "age,sex")
    assert not (tmp_path / "out").exists()


def test_a_caliper_that_leaves_fewer_than_ten(tmp_path: Path) -> None:
    far = np.where(TREATED, 40.0, 20.0) + np.arange(300) % 17
    far[:4] = 25
    with pytest.raises(InputError, match=r"units? (is|are) left to compare|nobody in the pool is near enough"):
        matched(tmp_path, people(age=far, score=np.arange(300) % 3), "--caliper", "0.001", "--model", "penalised")
    assert not (tmp_path / "out").exists()


def test_the_balance_file_has_no_figure_of_a_small_group(tmp_path: Path) -> None:
    race = ["rare" if place % 60 == 0 else ("few" if place % 8 == 1 else "many") for place in range(300)]
    said = matched(tmp_path, people(race=race), covariates="age,sex,race")
    assert "treated are compared with" in said
    with (tmp_path / "out" / "balance.csv").open() as stream:
        rows = {row["covariate"]: row for row in csv.DictReader(stream)}
    figures = [name for name in rows["age"] if name not in ("covariate", "light", "withheld", "variance_ratio")]
    assert all(rows["age"][name] for name in figures)
    for level in ("race=rare", "race=few"):
        assert not any(rows[level][name] for name in figures), "nor of the level that gives it away"
        assert rows[level]["light"] in ("green", "amber", "red")
        assert "under 10" in rows[level]["withheld"]
    assert rows["sex=M"]["smd"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert "disclosure control" in manifest["results"]["not_for_publication"]


@pytest.mark.parametrize(
    ("outcome", "message"),
    [
        ([1] * 300, "did not have the outcome"),
        ([0] * 300, "of the treated had the outcome"),
        ([int(place in range(9) or place > 250) for place in range(300)], "fewer than 10 of the treated had"),
    ],
    ids=["everyone reoffends", "nobody does", "nine do"],
)
def test_an_outcome_without_a_figure(tmp_path: Path, outcome: list[int], message: str) -> None:
    matched(tmp_path, people(reoffended=outcome), "--ratio", "2")
    said = run("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")
    assert message in said
    row = json.loads((tmp_path / "result.json").read_text())
    figures = [name for name in row if name.startswith(("treat_", "np_", "comparison_", "difference_"))]
    assert [name for name in figures if row[name] is not None] == []
    assert (row["number_needed"], row["doubly_robust"], row["significant"]) == (None, None, False)


def test_no_model_makes_up_for_no_overlap(tmp_path: Path) -> None:
    for model in ("penalised", "boosting"):
        with pytest.raises(InputError, match="do not overlap in age"):
            matched(tmp_path, people(age=np.where(TREATED, 60.0, 20.0) + np.arange(300) % 7), "--model", model)
    assert not (tmp_path / "out").exists()


def test_groups_that_are_not_alike_are_refused_the_verdict(tmp_path: Path) -> None:
    """The treated are older by more than their match can mend, and reoffend more for it."""
    age = np.random.default_rng(8).normal(30, 6, 300) + 11 * TREATED
    table = people(age=age, reoffended=(age + np.arange(300) % 7 > 38).astype(int))
    assert "1 red" in matched(tmp_path, table, covariates="age")
    said = run("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")
    row = json.loads((tmp_path / "result.json").read_text())
    assert row["difference_p"] < 0.001
    assert not row["significant"]
    assert row["verdict"] == {"word": "refused", "reason": "the two groups are not alike in age"}
    assert said == "Nothing. Anything about reoffended: the two groups are not alike in age.\n"
    assert (row["can_say"], row["cannot_say"]) == tuple(said.strip().split(" ", 1))
    assert "the doubly robust estimate needs 50" in row["doubly_robust"]


def pool_with_the_treated(folder: Path, *more: str) -> str:
    """The first hundred again as the second, untreated, with the same covariate: nobody is told apart without an id."""
    age = np.random.default_rng(8).normal(30, 6, 200)
    who = np.arange(300) % 200
    reoffended = np.random.default_rng(2).integers(0, 2, 200)[who]
    treated = (np.arange(300) >= 200).astype(int)
    table = people(person=who, age=age[who], treated=treated, reoffended=reoffended).drop_columns("id")
    pa_csv.write_csv(table, folder / "people.csv")
    asked = ["--treatment", "treated", "--covariates", "age", "--out", str(folder / "out")]
    return run("match", folder / "people.csv", *asked, *more)


def test_nobody_is_compared_with_themselves(tmp_path: Path) -> None:
    assert "nobody can be checked to be on both sides" in pool_with_the_treated(tmp_path)
    ask = ("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")
    with pytest.raises(InputError, match="In 100 pairs the same person is on both sides"):
        run(*ask, "--cluster", "person")
    assert not (tmp_path / "result.json").exists()
    # Everybody has the outcome that they have: each pair is alike, though people are not.
    said = run(*ask, "--cluster", "person", "--areas")
    assert "what differs between people cancels out within each cluster" in said


def test_people_on_both_sides_of_a_match_without_pairs_are_told_of(tmp_path: Path) -> None:
    pool_with_the_treated(tmp_path, "--method", "radius", "--caliper", "0.2")
    ask = ("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")
    assert "100 values of person are on both sides" in run(*ask, "--cluster", "person")
    assert "on both sides" not in run(*ask, "--cluster", "person", "--areas")


def test_people_are_counted_and_not_their_rows(tmp_path: Path) -> None:
    """A hundred treated rows are those of twenty people, of whom twelve reoffend: sixty rows."""
    person = np.where(TREATED, np.arange(300) % 20, np.arange(300))
    reoffended = np.where(TREATED, person < 12, np.arange(300) % 5 == 0).astype(int)
    matched(tmp_path, people(person=person, reoffended=reoffended))
    ask = ("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")
    said = run(*ask, "--cluster", "person")
    assert "fewer than 10 of the treated did not have the outcome" in said, "eight of them"
    reoffended = np.where(TREATED, person < 10, np.arange(300) % 5 == 0).astype(int)
    matched(tmp_path, people(person=person, reoffended=reoffended))
    run(*ask, "--cluster", "person")
    row = json.loads((tmp_path / "result.json").read_text())
    assert row["difference_p"] < 0.05
    assert (row["significant"], row["verdict"]["word"]) == (False, "no evidence either way")
    assert "fewer than 30 of the treated" in row["verdict"]["reason"]
    run(*ask)
    assert json.loads((tmp_path / "result.json").read_text())["significant"], "as if each row were a person"


def test_an_outcome_that_varies_on_neither_side(tmp_path: Path) -> None:
    matched(tmp_path, people(reoffended=np.where(TREATED, 2, 1)))
    said = run("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")
    assert "the outcome does not vary within either group, so there is nothing to test" in said


def test_few_reoffenders_in_the_comparison_are_not_shown(tmp_path: Path) -> None:
    for rare in (0, 1):
        reoffended = np.where(TREATED, np.arange(300) % 2, np.where(np.arange(300) % 25 == 0, 1 - rare, rare))
        matched(tmp_path, people(reoffended=reoffended))
        said = run("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")
        row = json.loads((tmp_path / "result.json").read_text())
        assert f"fewer than 10 of the comparison {'did not have' if rare else 'had'} the outcome" in said
        assert (row["treat_mean"], row["comparison_mean"], row["doubly_robust"]) == (None, None, None)


def test_an_effect_says_what_its_method_can_show(tmp_path: Path) -> None:
    matched(tmp_path, people())
    run("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")
    assert json.loads((tmp_path / "result.json").read_text())["grade"]["level"] == "Maryland scale 3 of 5"


def test_an_outcome_that_is_not_known_yet(tmp_path: Path) -> None:
    matched(tmp_path, people(reoffended=[None, *([0, 1] * 149), 1]))
    with pytest.raises(InputError, match=r"The outcome is missing for 1 of those compared"):
        run("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")
    assert not (tmp_path / "result.json").exists()


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("manifest.json", "{", "is not what `iom-analytics match` wrote"),
        ("manifest.json", '{"task": "rank"}', "is not what `iom-analytics match` wrote"),
        ("matched.parquet", "", r"matched\.parquet cannot be read"),
    ],
)
def test_a_folder_that_is_broken(tmp_path: Path, file: str, text: str, message: str) -> None:
    matched(tmp_path, people())
    (tmp_path / "out" / file).write_text(text)
    with pytest.raises(InputError, match=message):
        run("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")
    assert not (tmp_path / "result.json").exists()


def test_a_match_of_other_data(tmp_path: Path) -> None:
    matched(tmp_path, people())
    pq.write_table(pa.table({"weight": [1.0], "propensity": [0.5]}), tmp_path / "out" / "matched.parquet")
    with pytest.raises(InputError, match="is not of these data"):
        run("effect", tmp_path / "out", "--outcome", "reoffended", "--out", tmp_path / "result.json")


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text("treated,age,age\n1,2,3\n")
    with pytest.raises(InputError, match="two columns of one name: age"):
        run("match", tmp_path / "people.csv", "--treatment", "treated", "--covariates", "age", "--out", tmp_path / "o")


def followed(folder: Path, *more: str, events: str = EVENTS, index: str = INDEX) -> tuple[str, list[dict[str, Any]]]:
    (folder / "events.csv").write_text(events)
    (folder / "index.csv").write_text(index)
    out = folder / "out.parquet"
    said = run("reoffending", folder / "events.csv", "--index", folder / "index.csv", "--out", out, *more)
    return said, pq.read_table(out).to_pylist()


def test_exits_stay_in_flagged_and_events_before_the_start_do_not_count(tmp_path: Path) -> None:
    _, rows = followed(tmp_path, "--known-to", "2021-12-31")
    assert [(row["person_id"], row["reoffended"], row["exited_in_follow_up"]) for row in rows] == [
        ("a", True, False),
        ("b", False, True),
        ("c", False, True),
    ]


def test_a_cohort_that_is_not_mature_has_no_figure(tmp_path: Path) -> None:
    said, rows = followed(tmp_path, "--known-to", "2020-12-31")
    assert "3 starts are not mature and have no figure" in said
    assert all(row["reoffended"] is None and row["reoffences"] is None for row in rows)
    said, rows = followed(tmp_path, "--known-to", "2020-12-31", "--summary")
    assert {(row["rate_percent"], row["reoffenders"], row["adjusted_percent"]) for row in rows} == {(None, None, None)}
    assert {row["is_mature"] for row in rows} == {False}


def test_an_exit_before_the_start_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="1 start has an exit_date before the start_date"):
        followed(tmp_path, index=INDEX.replace("2020-02-16", "2020-06-02"))
    assert not (tmp_path / "out.parquet").exists()


def test_a_start_given_twice_is_said(tmp_path: Path) -> None:
    said, rows = followed(tmp_path, index=INDEX + INDEX.splitlines()[1] + "\n")
    assert "1 rows of the index repeat another" in said
    assert len(rows) == 4
    manifest = json.loads((tmp_path / "out.parquet.manifest.json").read_text())
    assert manifest["results"]["starts_given_twice"] == 1
    assert "disclosure control" in manifest["results"]["not_for_publication"]


def test_everybody_or_nobody_reoffends(tmp_path: Path) -> None:
    header = EVENTS.splitlines()[0] + "\n"
    line = "{},2020-05-01,2020-06-01,conviction,03401\n"
    _, rows = followed(
        tmp_path, "--summary", "--known-to", "2021-12-31", events=header + "".join(line.format(who) for who in "abc")
    )
    assert {(row["rate_percent"], row["reoffences_per_reoffender"]) for row in rows} == {(100, 1)}
    _, rows = followed(tmp_path, "--summary", "--known-to", "2021-12-31", events=header + line.format("somebody else"))
    assert {(row["rate_percent"], row["reoffences_per_reoffender"]) for row in rows} == {(0, None)}
    assert {row["mean_days_to_first_reoffence"] for row in rows} == {None}


def test_the_base_of_the_adjusted_rate(tmp_path: Path) -> None:
    # One of three; a mean score of 30 against the base of 25, or against itself where none is given.
    for more, expected in ((["--base-percent", "25"], 100 / 3 - (30 - 25)), ([], 100 / 3)):
        _, rows = followed(tmp_path, "--summary", "--known-to", "2021-12-31", *more)
        assert {round(row["adjusted_percent"], 9) for row in rows} == {round(expected, 9)}
    manifest = json.loads((tmp_path / "out.parquet.manifest.json").read_text())
    assert manifest["parameters"]["base_percent"] is None
    for wrong in ("-1", "101", "nan"):
        with pytest.raises(AnalyticsError, match="--base-percent is a score from 0 to 100"):
            followed(tmp_path, "--summary", "--base-percent", wrong)
