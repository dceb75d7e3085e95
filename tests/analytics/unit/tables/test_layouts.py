"""A layout is data: saved, read back, checked against a header, and guessed from one."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iom_analytics import tables
from iom_analytics.errors import DefinitionError, InputError
from iom_analytics.tables.identities import IDENTITIES
from iom_analytics.tables.layouts import NAMES, plain

SANCTIONS = tables.by_source(tables.SANCTIONS)
TEXT = st.text(min_size=1, max_size=8)


@given(
    columns=st.dictionaries(TEXT, st.lists(TEXT, min_size=1, max_size=3).map(tuple), max_size=4),
    order=st.sampled_from(["dmy", "mdy"]),
    synonyms=st.dictionaries(TEXT, st.dictionaries(TEXT, TEXT | st.none(), max_size=2), max_size=2),
    header_line=st.integers(1, 9),
)
def test_a_layout_survives_being_saved(
    columns: dict[str, tuple[str, ...]],
    order: str,
    synonyms: dict[str, dict[str, str | None]],
    header_line: int,
) -> None:
    layout = tables.Layout(
        "sanctions", columns, {"": "police"}, date_order=order, synonyms=synonyms, header_line=header_line
    )
    assert tables.Layout.from_dict(json.loads(json.dumps(layout.as_dict()))) == layout


@pytest.mark.parametrize(
    ("saved", "problem"),
    [
        ({"columns": {}}, "needs 'table'"),
        ({"table": "sanctions"}, "needs 'table'"),
        ({"table": "sanctions", "columns": {}, "colums": {}}, "does not know 'colums'"),
        ({"table": "sanctions", "columns": {"court": 3}}, "court: give a file column"),
        ({"table": "sanctions", "columns": {"court": []}}, "court: give a file column"),
        ({"table": "sanctions", "columns": {"court": "Court"}, "constants": {"court": "Leeds"}}, "not both"),
        ({"table": "sanctions", "columns": {}, "date_order": "ymd"}, "date_order is dmy or mdy"),
        ({"table": "sanctions", "columns": {}, "delimiter": "||"}, "delimiter is one character"),
        ({"table": "sanctions", "columns": {}, "delimiter": '"'}, "delimiter is one character"),
        ({"table": "sanctions", "columns": {}, "header_line": 0}, "header_line is a whole number"),
        ({"table": "sanctions", "columns": {}, "header_line": "2"}, "header_line is a whole number"),
        ({"table": "sanctions", "columns": {}, "constants": {"source": 1}}, "constants are text"),
        ({"table": "sanctions", "columns": {}, "synonyms": {"disposal": {1: "fine"}}}, "synonyms map text"),
        ({"table": "sanctions", "columns": {}, "synonyms": {"disposal": "fine"}}, "synonyms map text"),
    ],
)
def test_a_layout_that_does_not_hold_together_is_refused(saved: dict[str, object], problem: str) -> None:
    with pytest.raises(DefinitionError, match=problem):
        tables.Layout.from_dict(saved)


def test_a_layout_is_checked_against_the_contract_and_the_header() -> None:
    layout = tables.Layout(
        "sanctions",
        {"source_id": ("Id",), "court": ("Court",), "judge": ("Judge",)},
        synonyms={"disposal": {"gaol": "prison"}},
    )
    with pytest.raises(InputError) as refused:
        layout.check(SANCTIONS, ["Id", "Judge"])
    for part in (
        "has no column 'judge'",
        "the file has no column 'Court' (it has 'Id', 'Judge')",
        "nothing fills 'offence_code', 'sanction_date', 'sanction_type', 'source', which 'sanctions' needs",
        "disposal has no code 'prison'",
    ):
        assert part in str(refused.value)


@pytest.mark.parametrize(
    ("header", "contract", "expected"),
    [
        (
            ["PNC ID", "Surname", "FORENAMES", "DOB", "Gender", "Home_Postcode", "NomsNumber", "CRN", "Eye colour"],
            IDENTITIES,
            {
                "given_names": "FORENAMES",
                "family_name": "Surname",
                "date_of_birth": "DOB",
                "sex": "Gender",
                "postcode": "Home_Postcode",
                "pnc_id": "PNC ID",
                "crn": "CRN",
                "prison_number": "NomsNumber",
            },
        ),
        (
            ["Nominal Ref", "Date of Conviction", "HO Code", "Offence Date", "Sentence", "ReleaseDate"],
            SANCTIONS,
            {
                "source_id": "Nominal Ref",
                "sanction_date": "Date of Conviction",
                "offence_code": "HO Code",
                "offence_date": "Offence Date",
                "disposal": "Sentence",
                "release_date": "ReleaseDate",
            },
        ),
        (
            ["release date", "reception date"],
            tables.CUSTODY_SPELLS,
            {"start_date": "reception date", "end_date": "release date"},
        ),
    ],
)
def test_columns_are_recognised_by_their_names(
    header: list[str], contract: tables.Table, expected: dict[str, str]
) -> None:
    assert tables.suggest_mapping(header, contract) == expected


def test_every_contract_is_recognised_by_its_own_names() -> None:
    for contract in (
        IDENTITIES,
        tables.PERSONS,
        *tables.PLACES,
        *tables.EVENTS,
        *map(tables.by_source, tables.EVENTS),
    ):
        header = [name.replace("_", " ").title() for name in contract.column_names]
        assert list(tables.suggest_mapping(header, contract).values()) == header


def test_other_names_are_written_as_they_are_compared() -> None:
    contracts = (IDENTITIES, tables.PERSONS, *tables.PLACES, *map(tables.by_source, tables.EVENTS))
    known = {name for contract in contracts for name in contract.column_names}
    assert set(NAMES) <= known
    assert all(plain(name) == name for names in NAMES.values() for name in names)
