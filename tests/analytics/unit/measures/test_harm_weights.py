"""Crime-harm weights from official workbooks, and the mean of what is heavily skewed."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from iom_analytics import measures, reference
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.measures.harm import CCHI_SHEET, code_of, days_of

HEADER = ["Home Office Classification", "Full Offence Title", "CCHI Score", "If no sentencing data"]


def workbook(path: Path, rows: list[list[Any]], *, sheet: str = CCHI_SHEET) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Read me").write(0, 0, "Notes")
        page = book.add_worksheet(sheet)
        for place, row in enumerate(rows):
            page.write_row(place, 0, row)
    return path


def test_the_cambridge_workbook(tmp_path: Path) -> None:
    rows = [HEADER, ["001/01", "Murder", 5475, ""], ["28/3", "Burglary in a dwelling", "365", ""], ["105A", "?", 1, ""],
            ["049/10", "Other theft", "", ""]]  # fmt: skip
    found = measures.read_cchi(workbook(tmp_path / "cchi.xlsx", rows))
    assert found.days == {"00101": 5475, "02803": 365}
    assert (found.left_out, found.is_confirmed, found.edition) == (2, True, "2021")


def test_the_severity_score_from_the_sheet_that_is_named(tmp_path: Path) -> None:
    rows = [
        ["Crime Severity Score"],
        ["Weights"],
        ["Offence code", "Offence", "Weight"],
        ["00101", "Homicide", "7,979"],
        ["09261", "Cannabis", 3],
    ]
    path = workbook(tmp_path / "css.xlsx", rows, sheet="Weights")
    found = measures.read_css(path, sheet="Weights", header_line=3, edition="2016")
    assert found.days == {"00101": 7979, "09261": 3}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["Offence", "CCHI Score"], ["001/01", 1]], "no column home office classification"),
        ([["Home Office Classification", "Score"], ["001/01", 1]], "no column cchi score"),
        ([HEADER, ["105A", "?", 1, ""]], "has no row with a Home Office code"),
        ([HEADER, ["001/01", "Murder", 5475, ""], ["1/1", "Murder", 5, ""]], "two weights, 5475 and 5"),
    ],
)
def test_a_workbook_that_is_none(tmp_path: Path, rows: list[list[Any]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        measures.read_cchi(workbook(tmp_path / "cchi.xlsx", rows))


def test_no_workbook_another_sheet_and_a_broken_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is no file"):
        measures.read_cchi(tmp_path / "none.xlsx")
    with pytest.raises(InputError, match="has no sheet"):
        measures.read_cchi(workbook(tmp_path / "cchi.xlsx", [HEADER], sheet="Other"))
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    with pytest.raises(InputError):
        measures.read_cchi(tmp_path / "broken.xlsx")


@given(st.text())
def test_any_text_is_a_code_of_five_digits_or_none(text: str) -> None:
    code = code_of(text)
    assert code is None or (len(code) == 5 and code.isdigit())
    days = days_of(text)
    assert days is None or days >= 0


def test_the_shipped_weights_are_those_of_ranking_and_say_what_they_are() -> None:
    found = measures.shipped_weights()
    known = {row["offence_code"]: row["harm_days"] for row in reference.offences().to_pylist()}
    assert all(known[code] == days for code, days in found.days.items())
    assert len(found.days) == sum(days is not None for days in known.values())
    assert not found.is_confirmed


def test_the_mean_has_the_interval_of_scipys_bootstrap() -> None:
    days = np.random.default_rng(4).lognormal(3, 1.5, 300)
    found = measures.mean_harm(days, seed=1, replicates=10_000)
    theirs = bootstrap((days,), np.mean, method="percentile", rng=np.random.default_rng(2)).confidence_interval
    assert (found.lower, found.upper) == (pytest.approx(theirs.low, rel=0.02), pytest.approx(theirs.high, rel=0.02))
    assert found.lower < found.mean < found.upper
    assert found.share_of_top_tenth == pytest.approx(np.sort(days)[-30:].sum() / days.sum())
    assert "bootstrap of people" in found.method


def test_people_are_drawn_with_all_their_starts() -> None:
    days = np.repeat(np.random.default_rng(4).lognormal(3, 1.5, 60), 5)
    alone, together = (
        measures.mean_harm(days, who, seed=1) for who in (None, np.repeat([f"p{number}" for number in range(60)], 5))
    )
    assert (together.starts, together.people) == (300, 60)
    # Five rows of one person say no more than one: the interval is wider by about the root of five.
    assert (together.upper - together.lower) / (alone.upper - alone.lower) == pytest.approx(5**0.5, rel=0.15)


def test_a_mean_of_few_or_of_what_is_not_known_is_refused() -> None:
    with pytest.raises(EstimateError, match="9 people"):
        measures.mean_harm(np.ones(9), seed=1)
    with pytest.raises(EstimateError, match="0 people"):
        measures.mean_harm([], seed=1)
    with pytest.raises(InputError, match="not mature"):
        measures.mean_harm([1.0] * 20 + [float("nan")], seed=1)
    assert measures.mean_harm(np.zeros(20), seed=1).share_of_top_tenth is None
