"""The difference beside other studies: side by side, with their sources, and never put together."""

import pytest

from iom.outcomes import evaluation
from iom.outcomes.models import Study
from iom.outcomes.presenters import literature


def study(word: str = "works", primary: str = "reoffended") -> Study:
    row = {"treat_number": 88, "difference_means": -0.08, "difference_lower": -0.18, "difference_upper": 0.01}
    return Study(
        title="Ours",
        primary=primary,
        result={"verdict": {"word": word}, "rows": [row], "grade": {"levels": "Maryland scale 3 of 5"}},
    )


def test_ours_comes_first_and_each_other_has_its_source() -> None:
    section = literature.beside(study())
    rows = {row[0]: row[1:] for row in section["tables"][0]["rows"]}
    assert next(iter(rows.items())) == ("Ours", ["90", "-8", "-18 to +1", "Maryland scale 3 of 5", "–"])
    assert rows["Diamond, London (Dawson, Stanko and others), 2011"][:3] == ["368", "+1", "-7 to +8"]
    leeds = rows["Leeds Integrated Offender Management (Justice Data Lab), 2017"]
    assert leeds[:3] == ["142", "Inconclusive", "–"]
    assert all(row[-1].startswith("https://") for name, row in rows.items() if name != "Ours")
    assert "not put together" in section["paragraphs"][0]


def test_nothing_stands_beside_a_refusal_or_another_measure() -> None:
    assert literature.beside(study("refused")) == {}
    assert literature.beside(study(primary="reoffences")) == {}


def test_the_interval_of_london_is_that_of_its_published_counts() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    row = next(each for each in evaluation.other_studies() if each["area"] == "London")
    low, high = confint_proportions_2indep(156, 368, 136, 327, method="wald")
    assert row["difference"] == pytest.approx(100 * (156 / 368 - 136 / 327), abs=0.005)
    assert (row["low"], row["high"]) == pytest.approx((100 * low, 100 * high), abs=0.01)
