"""Who is joined and who is kept apart, each case a sentence: twins, parents and children, aliases, decisions.

With the shipped model, untrained, so that each case is judged for itself.
"""

from typing import Any

import pyarrow as pa
import pytest

from iom_analytics import linkage
from iom_analytics.engine import Engine
from iom_analytics.linkage.model import shipped
from iom_analytics.tables.identities import IDENTITIES
from tests.analytics.drawn import drawn

CASES = [
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode
        a       1          John         Smith        1984-02-09     M1 1AE
        b       1          Jon          Smith        1984-02-09     M1 1AE
        """,
        [{"a1", "b1"}],
        id="a letter dropped from a given name",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode
        a       1          Smith        John         1984-02-09     M1 1AE
        b       1          John         Smith        1984-02-09     M1 1AE
        """,
        [{"a1", "b1"}],
        id="given and family name changed over",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode
        a       1          William      Okafor       1984-02-09     M1 1AE
        b       1          Bill         Okafor       1984-09-02     M1 1AE
        """,
        [{"a1", "b1"}],
        id="a short name, and day and month changed over",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  aliases      date_of_birth  postcode
        a       1          Mary         Hobbs        Mary Keane   1984-02-09     -
        b       1          Mary         Keane        -            1984-02-09     LS1 4AP
        """,
        [{"a1", "b1"}],
        id="the family name is one's alias",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode
        a       1          James        Adeyemi      1991-06-01     M1 1AE
        b       1          Daniel       Adeyemi      1991-06-01     M1 1AE
        """,
        [{"a1"}, {"b1"}],
        id="twins at one address",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode
        a       1          Tanvir       Adeyemi      1991-06-01     M1 1AE
        b       1          Zubair       Adeyemi      1991-06-01     M1 1AE
        """,
        [{"a1"}, {"b1"}],
        id="twins with names that no list has",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode
        a       1          James        Adeyemi      1991-06-01     M1 1AE
        b       1          Daniel       Adeyemi      1991-06-01     M1 1AE
        c       1          J            Adeyemi      1991-06-01     M1 1AE
        """,
        [{"a1", "c1"}, {"b1"}],
        id="an initial goes to the twin it fits and does not join the two",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode  cro
        a       1          Jaxon        Adeyemi      1991-06-01     M1 1AE    265416/21G
        b       1          Jaxan        Adeyemi      1991-06-01     M1 1AE    123456/05Y
        """,
        [{"a1"}, {"b1"}],
        id="twins with names one letter apart and different CRO numbers",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode  pnc_id
        a       1          John         Smith        1984-02-09     M1 1AE    1999/0123456X
        b       1          John         Smith        1984-02-09     M1 1AE    2001/0000001Q
        """,
        [{"a1"}, {"b1"}],
        id="two valid PNC IDs are two people, however alike",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode  pnc_id
        a       1          John         Smith        1984-02-09     M1 1AE    1999/0123456X
        b       1          John         Smith        1984-02-09     M1 1AE    1999/0123456Y
        """,
        [{"a1", "b1"}],
        id="a PNC ID with the wrong check letter is no conflict",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode  pnc_id
        a       1          James        Adeyemi      1991-06-01     M1 1AE    1999/0123456X
        b       1          Danny        Adeyemi      1991-06-01     M1 1AE    99/123456X
        """,
        [{"a1", "b1"}],
        id="one PNC ID overrules two given names",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode
        a       1          John         Smithson     1958-02-09     M1 1AE
        b       1          John         Smithson     1984-07-21     M1 1AE
        """,
        [{"a1"}, {"b1"}],
        id="father and son of one name at one address",
    ),
    pytest.param(
        """
        source  source_id  given_names  family_name  date_of_birth  postcode
        a       1          John         Smith        -              -
        b       1          John         Smith        -              -
        """,
        [{"a1"}, {"b1"}],
        id="a common name alone is not enough",
    ),
]


def linked(engine: Engine, drawing: str, **options: Any) -> linkage.Linked:
    records = engine.from_arrow(drawn(IDENTITIES, drawing), "records")
    return linkage.link(engine, records, this_year=2026, model=shipped(), **options)


def people(found: linkage.Linked) -> list[set[str]]:
    grouped: dict[str, set[str]] = {}
    for row in found.clusters.to_pyarrow().to_pylist():
        grouped.setdefault(row["person_key"], set()).add(row["source"] + row["source_id"])
    return sorted(grouped.values(), key=sorted)


@pytest.mark.parametrize(("drawing", "expected"), CASES)
def test_who_is_one_person(drawing: str, expected: list[set[str]], duckdb_engine: Engine) -> None:
    assert people(linked(duckdb_engine, drawing)) == expected


TWINS_AND_MORE = """
    source  source_id  given_names  family_name  date_of_birth  postcode  pnc_id
    a       1          James        Adeyemi      1991-06-01     M1 1AE    -
    a       2          Daniel       Adeyemi      1991-06-01     M1 1AE    -
    b       1          Jim          Adeyemi      1991-06-01     M1 1AE    1999/0123456X
    b       2          Danny        Adeyemi      1991-06-01     M1 1AE    2001/0000001Q
    c       9          Zofia        Nowak        1975-11-30     LS1 4AP   -
"""


def decisions(engine: Engine, *rows: tuple[str, str, str]) -> Any:
    columns = ("source_l", "source_id_l", "source_r", "source_id_r", "verdict", "decided_at")
    values = [
        (left[0], left[1:], right[0], right[1:], verdict, f"2026-01-{day:02d}")
        for day, (left, right, verdict) in enumerate(rows, 1)
    ]
    return engine.from_arrow(
        pa.table({name: [row[place] for row in values] for place, name in enumerate(columns)}), "decisions"
    )


def test_what_people_decided_wins_on_both_engines(engine: Engine) -> None:
    """Also against a conflict, also the later against the earlier, also over records that nothing links."""
    decided = decisions(
        engine, ("a1", "a2", "different"), ("a1", "a2", "same"), ("b1", "a1", "different"), ("c9", "b2", "same")
    )
    found = linked(engine, TWINS_AND_MORE, decisions=decided)
    assert people(found) == [{"a1", "a2"}, {"b1"}, {"b2", "c9"}]
    set_aside = found.set_aside.to_pyarrow().to_pylist()
    assert [(row["source_id_l"], row["source_id_r"], row["verdict"]) for row in set_aside] == [("1", "2", "different")]
    links = {
        (row["source_l"] + row["source_id_l"], row["source_r"] + row["source_id_r"]): row
        for row in found.links.to_pyarrow().to_pylist()
    }
    assert links["a1", "b1"]["outcome"] == "kept apart"
    assert links["a1", "b1"]["agreements"] == "given name, family name, date of birth, postcode"
    assert links["a1", "a2"]["conflict"] == "twins"
    assert links["a1", "a2"]["outcome"] == "joined"
    assert links["a1", "a2"]["differences"] == "given name"


def test_a_person_keeps_its_key_when_records_are_linked_again(duckdb_engine: Engine) -> None:
    first = linked(duckdb_engine, TWINS_AND_MORE)
    assert people(first) == [{"a1", "b1"}, {"a2", "b2"}, {"c9"}]
    moved = TWINS_AND_MORE + "    c  10  Zofia  Nowak  1975-11-30  LS1 4AP  -\n"
    again = linked(
        duckdb_engine,
        moved,
        previous=first.clusters,
        decisions=decisions(duckdb_engine, ("a1", "b1", "different")),
    )
    before = {row["source"] + row["source_id"]: row["person_key"] for row in first.clusters.to_pyarrow().to_pylist()}
    after = {row["source"] + row["source_id"]: row["person_key"] for row in again.clusters.to_pyarrow().to_pylist()}
    assert after["a2"] == before["a2"] == after["b2"]
    assert after["c9"] == before["c9"] == after["c10"]
    # One of the two halves of a person who was split keeps the key, the other has one that nobody had.
    assert {after["a1"], after["b1"]} & {before["a1"]} == {before["a1"]}
    assert len({after["a1"], after["b1"]} - set(before.values())) == 1


def test_a_person_key_tells_nothing(duckdb_engine: Engine) -> None:
    first, second = (linked(duckdb_engine, TWINS_AND_MORE).clusters.to_pyarrow() for _ in range(2))
    assert not set(first["person_key"].to_pylist()) & set(second["person_key"].to_pylist())


def test_a_link_is_explained_in_words_that_add_up(duckdb_engine: Engine) -> None:
    found = linked(duckdb_engine, TWINS_AND_MORE)
    row = next(row for row in found.links.to_pyarrow().to_pylist() if row["outcome"] == "joined")
    explained = linkage.explain(row, found.comparisons)
    words = {finding.comparison: finding.words for finding in explained.findings}
    assert words["dob"] == "the same"
    assert words["given"] == "a short or other form of the same name"
    assert words["pnc_id"] == "not known on one side"
    total = explained.start + sum(finding.weight for finding in explained.findings)
    assert total == pytest.approx(explained.match_weight, abs=0.1)
    assert explained.start < 0
