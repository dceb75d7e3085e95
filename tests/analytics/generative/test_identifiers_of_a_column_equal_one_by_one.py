"""A column of identifiers is read as each would be alone: the SQL equals the plain Python, whatever was written."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from iom_analytics.engine import Engine
from iom_analytics.linkage import cleaning
from iom_analytics.linkage.identifiers import KINDS, parse
from iom_analytics.reference.check_letters import CHECK_LETTERS, cro_check_letter, pnc_check_letter

YEAR = 2026
letters = st.sampled_from(CHECK_LETTERS)
spaced = st.sampled_from(["", " ", "\t"])


@st.composite
def nearly_pnc(draw: st.DrawFn) -> str:
    year, serial = draw(st.integers(1890, 2030)), draw(st.integers(0, 9_999_999))
    letter = draw(st.one_of(st.just(pnc_check_letter(year, serial)), letters))
    digits = draw(st.sampled_from([f"{year}", f"{year % 100:02d}"]))
    number = draw(st.sampled_from([f"{serial}", f"{serial:07d}"]))
    mark = draw(st.sampled_from(["/", "", "-", "\\", "//"]))
    return draw(spaced) + digits + mark + number + draw(st.sampled_from([letter, letter.lower()]))


@st.composite
def nearly_cro(draw: st.DrawFn) -> str:
    year, serial = draw(st.integers(0, 99)), draw(st.integers(0, 999_999))
    number = draw(st.sampled_from([f"{serial}", f"{serial:06d}"]))
    if draw(st.booleans()):
        right = CHECK_LETTERS[int(f"{year:02d}{serial}") % 23]
        return f"SF{year:02d}/{number}{draw(st.sampled_from([right, 'Q']))}"
    return f"{number}/{year:02d}{draw(st.sampled_from([cro_check_letter(year, serial), 'Q']))}"


# Surrogates are no text in any database, and DuckDB ends a text at the character 0.
anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=14)
written = st.one_of(
    nearly_pnc(), nearly_cro(), st.from_regex(r"[A-Za-z][0-9]{4,6}[A-Za-z]{0,2}", fullmatch=True), anything
)


@settings(max_examples=25, deadline=None)
@given(raws=st.lists(written, min_size=1, max_size=60))
def test_a_column_is_read_as_each_would_be_alone(raws: list[str], duckdb_engine: Engine) -> None:
    table = duckdb_engine.from_arrow(pa.table({"raw": pa.array(raws, pa.string())}), "identifiers")
    read = table.select(
        "raw",
        pnc_id=cleaning.pnc_id(table.raw, this_year=YEAR),
        cro=cleaning.cro(table.raw),
        crn=cleaning.crn(table.raw),
        prison_number=cleaning.prison_number(table.raw),
    )
    for row in read.to_pyarrow().to_pylist():
        alone = {kind: parse(kind, row["raw"], this_year=YEAR).canonical for kind in KINDS}
        assert {kind: row[kind] for kind in KINDS} == alone, repr(row["raw"])
