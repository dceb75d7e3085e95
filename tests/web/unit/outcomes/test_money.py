"""Costs as they are typed, and what follows from them in words: the figures are reckoned by hand."""

from decimal import Decimal
from typing import Any

import pytest

from iom.common.errors import InvalidInput, WrongState
from iom.outcomes import evaluation, rules
from iom.outcomes.evaluation import CannotAnswer, Inputs, Mixed, Post
from iom.outcomes.forms import CostsForm, typed_before
from iom.outcomes.models import Costs, Study
from iom.outcomes.presenters import money

CRIMES = ["Robbery", "Theft from vehicle"]
TYPED = {
    "what_2": "Analyst", "fte_2": "0.5", "pounds_2": "£ 60,000", "mean_caseload": "42.5", "price_year": "2024",
    "source": "Payroll", "share_theft_from_vehicle": "75", "times_theft_from_vehicle": "3.5", "uncosted": "25",
}  # fmt: skip


def row(difference: float = -0.4, low: float = -0.6, high: float = -0.2) -> dict[str, Any]:
    return {
        "treat_number": 80, "comparison_mean": 2.0, "difference_means": difference, "difference_lower": low,
        "difference_upper": high, "reason": "",
    }  # fmt: skip


def result(**changes: Any) -> dict[str, Any]:
    found = {
        "verdict": {"word": "works", "reason": ""},
        "grade": {"label": "Matched comparison", "levels": "Maryland scale 3 of 5", "sentence": "Others may differ."},
        "rows": [row()],
    }
    return found | changes


def study(found: dict[str, Any], **fields: Any) -> Study:
    return Study(**{"primary": "reoffences", "secondary": [], "method": "radius", "result": found, **fields})


def costs(**fields: Any) -> Costs:
    """£90,000 for 60 people; a reoffence costs £5,660 in prices of 2015, half of a robbery."""
    values = {
        "staff": [{"what": "Manager", "fte": 2.0, "yearly_pounds": 45_000.0}],
        "other_pounds": Decimal(0), "as_usual_pounds": Decimal(0), "mean_caseload": Decimal(60), "price_year": 2015,
        "mix": [{"crime": "Robbery", "percent": 50.0, "multiplier": 1.0}], "uncosted_percent": Decimal(50),
        "source": "Payroll",
    }  # fmt: skip
    return Costs(**(values | fields))


def brief(found: dict[str, Any], **fields: Any) -> str:
    said = money.document(study(found), costs(**fields))
    assert said["sections"][0]["heading"] == "In brief"
    return " ".join(said["sections"][0]["paragraphs"])


def test_what_was_typed_comes_out_as_numbers_and_goes_in_again() -> None:
    form = CostsForm(TYPED, crimes=CRIMES)
    assert form.is_valid(), form.errors
    given = form.chosen()["given"]
    assert given == Inputs(
        staff=[Post("Analyst", 0.5, 60_000)],
        other_pounds=0,
        as_usual_pounds=0,
        mean_caseload=42.5,
        price_year=2024,
        mix=[Mixed("Theft from vehicle", 0.75, 3.5)],
        uncosted=0.25,
    )
    kept = costs(
        staff=[vars(post) for post in given.staff], mean_caseload=Decimal("42.5"), price_year=2024,
        mix=[{"crime": "Theft from vehicle", "percent": 75.0, "multiplier": 3.5}], uncosted_percent=Decimal("25.00"),
    )  # fmt: skip
    again = CostsForm(
        {name: str(value) for name, value in typed_before(kept).items()} | {"price_year": "2024"}, crimes=CRIMES
    )
    assert again.is_valid(), again.errors
    assert again.chosen()["given"] == given
    assert money.inputs(kept) == given
    assert typed_before(kept)["fte_1"] == "0.5"
    assert typed_before(costs())["mean_caseload"] == "60"


def test_a_crime_is_no_multiplier_without_a_share_and_no_row_is_half_filled() -> None:
    form = CostsForm(TYPED | {"what_5": "Somebody", "times_robbery": "2"}, crimes=CRIMES)
    assert not form.is_valid()
    assert set(form.errors) == {"fte_5", "pounds_5", "share_robbery"}


def test_break_even_below_within_and_above_what_was_found() -> None:
    # 90,000 / 5,660 = 15.9 a year; 60 people x 2.0 = 120 expected, 24 avoided (12 to 36).
    said = brief(result())
    assert "costs £90,000 more than business as usual, in prices of 2015: £1,500 for each of the 60 people" in said
    assert "has to avoid 15.9 proven reoffences a year, at £5,660 each: 13% of those" in said
    assert "24 proven reoffences a year are avoided, 20% of those expected without it" in said
    assert "from 12 to 36" in said
    assert "within that interval" in said
    assert "is not what decides" not in said
    assert "Each reoffence avoided cost £3,750." in said
    assert "no upper limit" not in said
    assert "net benefit is £45,800 a year" in said  # 24 x 5,660 - 90,000
    cheap = [{"what": "Manager", "fte": 1.0, "yearly_pounds": 45_000.0}]
    assert "Even the least" in brief(result(), staff=cheap)
    dear = [{"what": "Manager", "fte": 6.0, "yearly_pounds": 45_000.0}]
    assert "Even the most" in brief(result(), staff=dear)


def test_a_multiplier_is_shown_beside_one() -> None:
    said = money.document(study(result()), costs(mix=[{"crime": "Robbery", "percent": 50.0, "multiplier": 4.8}]))
    table = said["sections"][2]["tables"][0]
    assert [line[:3] for line in table["rows"]] == [
        ["1: no more than were counted", "£5,660", "15.9"],
        ["4.8, for every crime", "£27,168", "3.3"],
    ]
    assert table["rows"][1][-1] == "more than 99%"
    assert "if each counts as 4.8" in said["sections"][0]["paragraphs"][-2]


def test_the_last_section_is_the_method_and_it_is_said_what_this_is_not() -> None:
    headings = [each["heading"] for each in money.document(study(result()), costs())["sections"]]
    assert headings[-2:] == ["What this is not", "How this was worked out"]


def test_it_is_told_of_whom_the_weights_speak() -> None:
    said = money.document(study(result(), method="overlap"), costs())["sections"][0]["paragraphs"]
    assert any("of whom it was open whether they would join" in each for each in said)


@pytest.mark.parametrize(
    ("found", "names", "why"),
    [
        (result(verdict={"word": "refused", "reason": "too few"}), ["reoffences"], "reckoned from it: too few."),
        (
            result(grade={"label": "Description", "sentence": "No effect."}),
            ["reoffences"],
            "not the effect of anything",
        ),
        (result(grade={"label": "Unheard of", "sentence": "Nothing."}), ["reoffences"], "not the effect of anything"),
        (result(), ["reoffended"], "did not ask how many"),
        (result(rows=[row() | {"difference_lower": None, "reason": "all the same."}]), ["reoffences"], "all the same."),
        (result(rows=[row() | {"comparison_mean": 0.0}]), ["reoffences"], "none could be avoided"),
    ],
)
def test_what_may_not_be_told_is_not_reckoned(found: dict[str, Any], names: list[str], why: str) -> None:
    reckoned = evaluation.reckon(money.inputs(costs()), result=found, names=names)
    assert reckoned.effect is None
    assert why in reckoned.why
    assert all(level.worth is None and level.reduction is None for level in reckoned.levels)
    assert reckoned.cost == 90_000


def test_a_crime_that_the_table_no_longer_has_is_said() -> None:
    gone = costs(mix=[{"crime": "Piracy", "percent": 50.0, "multiplier": 1.0}])
    with pytest.raises(CannotAnswer, match="Piracy"):
        money.document(study(result()), gone)


def test_figures_are_no_finer_than_they_are_known() -> None:
    assert money.pounds(-1234.5) == "-\u2060£1,234"
    assert money.pounds(-0.2) == "£0"
    assert money.about(123_456) == "£123,000"
    assert (money.rough(-0.02), money.rough(-1.36), money.rough(16.4), money.rough(1234)) == (
        "0",
        "-1.4",
        "16.4",
        "1,230",
    )
    assert money.plain(3.50) == "3.5"
    assert money.number(42.5) == "42.5"


def test_rules_of_costs() -> None:
    with pytest.raises(WrongState):
        rules.check_can_cost(state="estimating")
    assert rules.can_cost(state="done")
    rules.check_unchanged(current=None, seen=None)
    with pytest.raises(WrongState):
        rules.check_unchanged(current=2, seen=1)
    rules.check_caseload(10)
    for people in (0, 9.9, 10_001, float("nan")):
        with pytest.raises(InvalidInput):
            rules.check_caseload(people)
    thirds = {"Robbery": (33.33, 1.0), "Rape": (33.33, 1.0)}
    rules.check_mix(thirds, uncosted=33.34, crimes=[*thirds])
    with pytest.raises(InvalidInput, match=r"99\.99"):
        rules.check_mix(thirds, uncosted=33.33, crimes=[*thirds])
