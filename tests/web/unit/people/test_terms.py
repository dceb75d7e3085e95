"""What a record can be found by, and what typed words look for: the two must meet."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iom.people.choices import TermKind
from iom.people.linkage import full_forms
from iom.people.rules.search import LONGEST_QUERY, MOST_PARTS, Query, read
from iom.people.rules.terms import LONGEST_TERM, identifier_forms, name_tokens, sounds_of, terms_of

ON = date(2026, 11, 23)


@dataclass(frozen=True)
class Record:
    given_names: str = ""
    family_name: str = ""
    aliases: str = ""
    date_of_birth: date | None = None
    postcode: str = ""
    pnc_id: str = ""
    cro: str = ""
    crn: str = ""
    prison_number: str = ""


def read_query(text: str) -> Query:
    return read(text, on=ON, forms_of=full_forms)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("O'Brien-Smith", ("OBRIEN", "SMITH")),
        ("D’Arcy", ("DARCY",)),
        ("Zoë Łoś", ("ZOE", "LOS")),
        ("Ana María de la Cruz Cruz", ("ANA", "MARIA", "DE", "LA", "CRUZ")),
        ("  van  der Berg, J.", ("VAN", "DER", "BERG", "J")),
        ("Иван", ("ИВАН",)),
        ("123", ()),
    ],
)
def test_names_are_taken_apart(text: str, names: tuple[str, ...]) -> None:
    assert name_tokens(text) == names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("STEPHEN", "STEVEN"),
        ("CATHERINE", "KATHRYN"),
        ("NICHOLAS", "NICOLAS"),
        ("MOHAMMED", "MUHAMMAD"),
        ("SMITH", "SMTIH"),
        ("GEOFFREY", "JEFFREY"),
        ("CLARK", "CLARKE"),
        ("PHILIP", "PHILLIP"),
        ("SHAUN", "SEAN"),
        ("BILL", "WILLIAM"),
        ("SMITH", "SMYTHE"),
        ("THOMPSON", "THOMSPON"),
        ("KERR", "CARR"),
    ],
)
def test_names_easily_taken_for_one_another_share_a_sound(one: str, other: str) -> None:
    assert set(sounds_of(one, full_forms)) & set(sounds_of(other, full_forms))


def test_names_that_are_not_share_none() -> None:
    assert not set(sounds_of("SMITH", full_forms)) & set(sounds_of("JONES", full_forms))


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("1979/0163001B", ["1979/0163001B", "79/163001B", "79163001b", "19790163001B", "1979/163001B"]),
        ("2020/1234567Z", ["20/1234567Z", "201234567Z", "20201234567z"]),
        ("265416/21G", ["265416/21G", "26541621G", "265416/21g"]),
        ("000123/99K", ["123/99K", "12399K"]),
        ("SF39/51M", ["SF39/51M", "sf39/000051M"]),
        ("X123456", ["x123456", "X 123456".replace(" ", "")]),
        ("A1234BC", ["a1234bc"]),
        ("not/a valid-1", ["NOTAVALID1"]),
    ],
)
def test_an_identifier_is_found_however_it_was_written(stored: str, typed: list[str]) -> None:
    for text in typed:
        assert identifier_forms(stored) & identifier_forms(text), text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("12/3/1985", "1985-03-12"),
        ("12-03-1985", "1985-03-12"),
        ("12.3.85", "1985-03-12"),
        ("1985-03-12", "1985-03-12"),
        ("1985/3/12", "1985-03-12"),
        ("12 March 1985", "1985-03-12"),
        ("12th mar 85", "1985-03-12"),
        ("12mar1985", "1985-03-12"),
        ("12031985", "1985-03-12"),
        ("1/1/26", "1926-01-01"),
        ("1/1/25", "2025-01-01"),
        ("29/2/1984", "1984-02-29"),
    ],
)
def test_a_date_is_read_in_many_forms(typed: str, expected: str) -> None:
    for text in (typed, f"smith {typed}", f"{typed}, smith"):
        parts = read_query(text).parts
        assert (TermKind.DATE_OF_BIRTH, expected) in parts[0].exact, text


@pytest.mark.parametrize("typed", ["31/02/1985", "29/2/1985", "12/13/1985", "1/1/1799"])
def test_what_is_no_date_is_said_and_not_searched(typed: str) -> None:
    query = read_query(f"smith {typed}")
    assert [part.typed for part in query.parts] == ["SMITH"]
    assert query.unread == (typed,)


def test_day_and_month_changed_over_is_close_and_not_exact() -> None:
    (part,) = read_query("12/3/1985").parts
    assert part.close == {(TermKind.DATE_OF_BIRTH, "1985-12-03")}


def test_many_words_are_cut_and_said() -> None:
    query = read_query("aa bb cc dd ee ff gg hh")
    assert len(query.parts) == MOST_PARTS
    assert query.unread == ("GG", "HH")
    assert len(read_query("x" * 10_000).parts[0].typed) <= LONGEST_QUERY


@given(st.text(max_size=300))
def test_anything_can_be_typed(text: str) -> None:
    for part in read_query(text).parts:
        assert part.exact
        assert all(term for _, term in part.exact | part.close)


records = st.builds(
    Record,
    given_names=st.text(max_size=80),
    family_name=st.text(max_size=80),
    aliases=st.text(max_size=80),
    date_of_birth=st.none() | st.dates(min_value=date(1900, 1, 1), max_value=ON),
    postcode=st.text(max_size=10),
    pnc_id=st.text(max_size=20),
    cro=st.from_regex(r"\A[0-9]{1,6}/[0-9]{2}[A-Z]\Z"),
)


@given(records)
def test_every_term_fits_and_every_name_and_date_is_found_by_itself(record: Record) -> None:
    terms = terms_of(record, full_forms)
    assert all(0 < len(term) <= LONGEST_TERM for _, term in terms)
    for name in name_tokens(record.family_name)[:MOST_PARTS]:
        if len(name) <= LONGEST_TERM:
            assert any(part.exact & terms for part in read_query(name).parts), name
    if record.date_of_birth:
        (part,) = read_query(record.date_of_birth.strftime("%d/%m/%Y")).parts
        assert part.exact <= terms
