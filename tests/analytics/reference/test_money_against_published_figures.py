"""Prices, costs and break-even against published figures and arithmetic by hand."""

import pytest

from iom_analytics import reference
from iom_analytics.errors import EstimateError, InputError
from iom_analytics.evaluation import money
from iom_analytics.evaluation.grade import Grade
from iom_analytics.evaluation.money import Avoided

HALF = {"Robbery": 0.5, "Theft from vehicle": 0.5}


def test_prices_by_the_treasurys_deflator() -> None:
    assert money.in_prices_of(1, year=2024) == pytest.approx(1.3306, abs=5e-5)
    assert money.in_prices_of(1, year=2024, priced_in=2016) == pytest.approx(1.308, abs=5e-4)
    assert money.in_prices_of(11_320, year=2024) == pytest.approx(15_062, abs=1)
    with pytest.raises(InputError, match="2012"):
        money.in_prices_of(1, year=2012)


def test_unit_costs_say_which_of_them_are_confirmed() -> None:
    rows = {row["crime"]: row for row in reference.unit_costs().to_pylist()}
    assert len(rows) == 23
    assert (rows["Robbery"]["cost"], rows["Robbery"]["confirmed"]) == (11_320, "yes")
    assert rows["Domestic burglary"]["confirmed"] == "no"
    found = money.cost_of_a_reoffence({"Domestic burglary": 1}, multipliers={"Domestic burglary": 1}, year=2015)
    assert found.unconfirmed == ("Domestic burglary",)


def test_a_reoffence_costs_its_shares_times_multipliers() -> None:
    # (11,320 x 4.8 + 870 x 3.5) / 2
    found = money.cost_of_a_reoffence(HALF, multipliers={"Robbery": 4.8, "Theft from vehicle": 3.5}, year=2015)
    assert found.pounds == pytest.approx(28_690.5)
    assert found.unconfirmed == ()
    several = money.at_each_multiplier(HALF, multipliers=[1, 4], year=2015)
    assert several[4].pounds == pytest.approx(4 * several[1].pounds)


def test_what_has_no_unit_cost_counts_for_nothing() -> None:
    mix = {"Robbery": 0.5, "Commercial theft": 0.25}
    found = money.cost_of_a_reoffence(mix, multipliers=dict.fromkeys(mix, 2), year=2015, uncosted=0.25)
    assert found.pounds == pytest.approx(2 * (0.5 * 11_320 + 0.25 * 990))
    assert found.unconfirmed == ("Commercial theft",)
    with pytest.raises(InputError, match="add up to 1"):
        money.cost_of_a_reoffence(mix, multipliers=dict.fromkeys(mix, 2), year=2015)
    with pytest.raises(InputError, match="no unit cost"):
        money.cost_of_a_reoffence({"Homicide: police cost": 1}, multipliers={"Homicide: police cost": 1}, year=2015)


def test_the_edition_of_a_table_is_read_from_its_head() -> None:
    assert reference.edition("gdp_deflator") == "December 2025"
    assert reference.edition("unit_costs") == "second, 2018"


def test_break_even_and_worth_by_hand() -> None:
    cost = money.running_cost(staff=[(2, 40_000), (1, 30_000)], other=10_000, as_usual=20_000)
    assert cost == 100_000
    assert money.cost_per_person(cost, mean_caseload=50) == 2_000
    found = money.break_even(cost, cost_of_reoffence=5_000, expected_offences=100)
    assert (found.offences, found.reduction, found.is_possible) == (20, 0.2, True)
    assert not money.break_even(cost, cost_of_reoffence=500, expected_offences=100).is_possible
    # 0.4 a person of 50 people is exactly break-even: as likely as not.
    even = money.worth(
        cost, people=50, avoided=Avoided(0.4, 0.2, 0.6, Grade.COMPARISON), cost_of_reoffence=5_000, seed=1
    )
    assert even.cost_per_avoided == pytest.approx(5_000)
    assert even.net_benefit == pytest.approx(0)
    assert even.probability == pytest.approx(0.5, abs=0.02)
    assert (even.net_low, even.net_high) == pytest.approx((-50_000, 50_000), rel=0.05)
    worse = money.worth(
        cost, people=50, avoided=Avoided(-0.1, -0.3, 0.1, Grade.COMPARISON), cost_of_reoffence=5_000, seed=1
    )
    assert worse.cost_per_avoided is None


@pytest.mark.parametrize("grade", [Grade.BEFORE_AFTER, Grade.DESCRIPTIVE])
def test_no_money_is_made_of_a_fall_from_before_to_after(grade: Grade) -> None:
    with pytest.raises(EstimateError, match="No money"):
        money.worth(1, people=50, avoided=Avoided(0.4, 0.2, 0.6, grade), cost_of_reoffence=5_000, seed=1)


def test_what_money_refuses() -> None:
    effect = Avoided(0.4, 0.2, 0.6, Grade.COMPARISON)
    with pytest.raises(EstimateError):
        money.worth(1, people=0, avoided=effect, cost_of_reoffence=1, seed=1)
    with pytest.raises(InputError):
        money.worth(1, people=1, avoided=effect, cost_of_reoffence=0, seed=1)
    with pytest.raises(InputError):
        money.worth(1, people=1, avoided=Avoided(1, 2, 3, Grade.COMPARISON), cost_of_reoffence=1, seed=1)
    with pytest.raises(EstimateError):
        money.cost_per_person(1, mean_caseload=0)
    with pytest.raises(EstimateError):
        money.break_even(1, cost_of_reoffence=1, expected_offences=0)
    with pytest.raises(InputError):
        money.break_even(1, cost_of_reoffence=0, expected_offences=1)
    with pytest.raises(InputError):
        money.running_cost(staff=[(-1, 1)])
    for shares, multipliers in (({"Piracy": 1}, {"Piracy": 1}), (HALF, {}), ({"Robbery": 0.5}, {"Robbery": 1})):
        with pytest.raises(InputError):
            money.cost_of_a_reoffence(shares, multipliers=multipliers, year=2024)
    with pytest.raises(InputError, match="1 or more"):
        money.cost_of_a_reoffence({"Robbery": 1}, multipliers={"Robbery": 0.5}, year=2024)
