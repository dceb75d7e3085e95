"""Identifiers: what is read, what is refused and why, and the one form each is written in."""

import pytest

from iom_analytics.linkage.identifiers import KINDS, parse, parse_cro, parse_pnc_id, recognise


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        pytest.param("1979/0163001B", "1979/0163001B", id="as it should be"),
        pytest.param("1979/163001B", "1979/0163001B", id="serial not padded"),
        pytest.param("79/163001b", "1979/0163001B", id="two digits of the last century, small letter"),
        pytest.param("20/1234567Z", "2020/1234567Z", id="two digits of this century"),
        pytest.param(
            "201234567Z", "2020/1234567Z", id="no slash and two ways to read it: the one with the right letter"
        ),
        pytest.param("19790163001B", "1979/0163001B", id="no slash, four digits"),
        pytest.param(" 1979 - 0163001 B ", "1979/0163001B", id="spaces and a hyphen"),
        pytest.param("2001/0000001Q", "2001/0000001Q", id="serial of one digit"),
    ],
)
def test_a_pnc_id_is_written_one_way(raw: str, canonical: str) -> None:
    assert parse_pnc_id(raw, this_year=2026).canonical == canonical


@pytest.mark.parametrize(
    ("raw", "problem"),
    [
        pytest.param("1979/0163001C", "has the wrong check letter", id="wrong letter"),
        pytest.param("1979/0163001", "is not written YYYY/NNNNNNND", id="no letter"),
        pytest.param("1979/01630011B", "is not written YYYY/NNNNNNND", id="serial too long"),
        pytest.param("979/0163001B", "is not written YYYY/NNNNNNND", id="three digits of a year"),
        pytest.param("", "is not written YYYY/NNNNNNND", id="empty"),
        pytest.param("１９７９/0163001B", "is not written YYYY/NNNNNNND", id="digits of another script"),
        pytest.param("2079/0163001B", "has the wrong check letter", id="a year to come"),
    ],
)
def test_a_pnc_id_that_is_not_valid_keeps_what_was_written_and_says_why(raw: str, problem: str) -> None:
    found = parse_pnc_id(raw, this_year=2026)
    assert (found.canonical, found.raw, found.problem) == (None, raw, f"The PNC ID {problem}")


def test_a_single_file_cro_number_has_one_form_whether_its_serial_was_padded_or_not() -> None:
    plain, padded = parse_cro("SF39/1234D"), parse_cro("sf39/001234D")
    assert plain.canonical == padded.canonical == "SF39/1234D"


def test_every_kind_says_what_is_wrong_with_nonsense() -> None:
    for kind, words in KINDS.items():
        problem = parse(kind, "nonsense", this_year=2026).problem
        assert problem is not None
        assert problem.startswith(f"The {words} is not")


@pytest.mark.parametrize(
    ("typed", "kinds"),
    [
        ("79/163001b", ["pnc_id"]),
        ("265416/21g", ["cro"]),
        ("x123456", ["crn"]),
        ("a1234aa", ["prison_number"]),
        ("Smith", []),
    ],
)
def test_what_somebody_typed_is_recognised(typed: str, kinds: list[str]) -> None:
    assert [found.kind for found in recognise(typed, this_year=2026)] == kinds
