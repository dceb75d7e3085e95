"""OGRS3 reproduces the Ministry's cases (hmpps-arns-risk-actuarial-api at 52792f49) and the nine-decimal table."""

from pathlib import Path
from typing import Any

import pytest

from iom_analytics.scoring import Band, Code, Inputs, Score, ogrs3, score_person
from iom_analytics.scoring.bands import band_of
from iom_analytics.scoring.coefficients import load
from iom_analytics.scoring.predictors import OGRS3
from iom_analytics.scoring.rounding import half_up
from iom_analytics.scoring.score import logistic
from tests.analytics.official import at_ages, cases, code_with_weight, inputs_of, our_name


def test_the_nine_decimal_table(shared: Path) -> None:
    rows = cases(shared, "ogrs3_table_9dp")["rows"]
    assert len(rows) == 496
    for row in rows:
        # The spreadsheet that made the table counts at most 50 earlier sanctions; no code of the Ministry's does.
        previous = row["previous_sanctions"] if row["formula_matches"] else min(row["previous_sanctions"], 50)
        person = at_ages(
            conviction=row["age_at_conviction"],
            first=row["age_at_first_sanction"],
            follow_up=row["age_at_risk"],
            sex=row["sex"],
            sanctions=previous + 1,
            offence_code=code_with_weight("ogrs3-9dp", row["offence_weight_9dp"]),
        )
        one_year, two_years = score_person(person, "ogrs3", coefficients="9dp").outcomes
        assert one_year.probability == pytest.approx(row["p1"], abs=1e-9)
        assert two_years.probability == pytest.approx(row["p2"], abs=1e-9)


def requests(shared: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    own = [
        (case["input"], case["expected"])
        for case in cases(shared, "ogrs3_cases")["cases"]
        if case["flavour"] == "arns_api"
    ]
    fixtures = [
        (case["request"], case["expected"])
        for case in cases(shared, "predictor_fixtures")
        if case["predictor"] == "ogrs3"
    ]
    whole = [
        (case["request"], case["expected"]["actuarialPredictors"]["allPredictor"])
        for case in cases(shared, "predictor_fixtures")
        if case["predictor"] == "e2e"
    ]
    return own + fixtures + whole


def test_the_services_requests_and_responses(shared: Path) -> None:
    found = requests(shared)
    assert len(found) == 13
    for request, expected in found:
        score = score_person(inputs_of(request), "ogrs3")
        assert_like(score, expected)


def assert_like(score: Score, expected: dict[str, Any]) -> None:
    output = expected["output"]
    if output and output["band"]:
        assert [outcome.percent for outcome in score.outcomes] == [output["oneYearScore"], output["twoYearScore"]]
        assert score.band == output["band"]
    else:
        assert score.outcomes == ()
        assert score.band is None
    assert [error.code.value for error in score.errors] == [error["type"] for error in expected["validationErrors"]]
    for error, theirs in zip(score.errors, expected["validationErrors"], strict=True):
        if "fields" in theirs:
            assert list(error.fields) == [our_name(field) for field in theirs["fields"]]
    if weights := expected.get("featureValues"):
        assert [term.value for term in score.terms] == [
            pytest.approx(weights[name], abs=1e-12)
            for name in ("ageGenderScore", "convictionStatusScore", "COPASScore", "offenceGroupParameter")
        ]


def test_the_javascript_calculator(shared: Path) -> None:
    found = [case for case in cases(shared, "ogrs3_cases")["cases"] if case["flavour"] == "js_rsr_calculator"]
    assert len(found) == 4
    for case in found:
        given, expected = case["input"], case["expected"]
        category = f"offence:{given['currentOffenceCategory']}"
        row = {
            **given,
            "dateOfBirth": given["birthDate"],
            "dateOfCurrentConviction": given["convictionDate"],
            # That calculator takes the age at the assessment.
            "dateAtStartOfFollowup": given["assessmentDate"],
            "ageAtFirstSanction": int(given["firstSanctionDate"][:4]) - int(given["birthDate"][:4]),
            "totalNumberOfSanctionsForAllOffences": given["previousSanctions"] + 1,
            "currentOffenceCode": code_with_weight("ogrs3-9dp", load("ogrs3-9dp")[category]),
        }
        outcomes = score_person(inputs_of(row), "ogrs3", coefficients="9dp").outcomes
        assert [outcome.probability for outcome in outcomes] == [
            pytest.approx(expected["p1"], abs=1e-12),
            pytest.approx(expected["p2"], abs=1e-12),
        ]
        if "percent" in expected:
            assert [half_up(outcome.probability, 10_000) / 100 for outcome in outcomes] == expected["percent"]


def one_year_probability(total: float) -> float:
    return half_up(logistic(load("ogrs3")["intercept_12"] + total), 100_000) / 100_000


def age_gender_weight(age: int, gender: str) -> float:
    return load("ogrs3")[f"age_{gender[0]}_{ogrs3.age_band(age)}"]


def band_from_two_year_percent(percent: int) -> Band:
    assert percent >= 0
    return band_of(percent, OGRS3.bounds)


UNITS = {
    "one_year_probability": one_year_probability,
    "age_gender_weight": age_gender_weight,
    "band_from_two_year_percent": band_from_two_year_percent,
    "as_percent_half_up": lambda probability: half_up(probability, 100),
    "sanitise_percent_1_to_99": lambda percent: ogrs3.percent(percent / 100),
}


def test_the_services_unit_facts(shared: Path) -> None:
    units = cases(shared, "ogrs3_cases")["unit"]
    assert len(units) == 17
    for case in units:
        given = case["input"] if isinstance(case["input"], list) else [case["input"]]
        if case["expected"] == "error":
            with pytest.raises((ValueError, AssertionError)):
                UNITS[case["fn"]](*given)
        else:
            assert UNITS[case["fn"]](*given) == case["expected"], case


VALID = {
    "sex": "M",
    "date_of_birth": "1990-01-01",
    "date_of_conviction": "2020-01-01",
    "follow_up_start": "2020-06-01",
    "age_at_first_sanction": "20",
    "sanctions": "3",
    "offence_code": "02803",
}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        (
            {"sanctions": "0", "offence_code": "123"},
            [Code.TOTAL_NUMBER_OF_SANCTIONS_LESS_THAN_ONE, Code.OFFENCE_CODE_INCORRECT_FORMAT],
        ),
        ({"sex": "", "sanctions": "0"}, [Code.MISSING_MANDATORY_INPUT, Code.TOTAL_NUMBER_OF_SANCTIONS_LESS_THAN_ONE]),
        ({"offence_code": "ABCDE"}, [Code.OFFENCE_CODE_MAPPING_NOT_FOUND]),
        ({"offence_code": "95000"}, [Code.OFFENCE_CODE_MAPPING_NOT_FOUND]),
        ({"offence_code": "14100"}, [Code.NEED_DETAILS_OF_EXACT_OFFENCE]),
        ({"date_of_conviction": "1990-01-01", "offence_code": "14100"}, [Code.UNEXPECTED_ERROR]),
        ({"follow_up_start": "1989-01-01", "date_of_conviction": "1999-01-01"}, [Code.UNEXPECTED_ERROR]),
        (
            {"date_of_conviction": "1999-12-31", "age_at_first_sanction": "10", "offence_code": "99999"},
            [
                Code.AGE_AT_CURRENT_CONVICTION_LESS_THAN_TEN,
                Code.AGE_AT_FIRST_SANCTION_AFTER_AGE_AT_CURRENT_CONVICTION,
                Code.OFFENCE_CODE_MAPPING_NOT_FOUND,
            ],
        ),
        ({"follow_up_start": "1999-12-31"}, [Code.UNEXPECTED_ERROR]),
        ({"follow_up_start": "2007-12-31"}, [Code.AGE_AT_START_OF_FOLLOWUP_UNDER_18]),
        ({"follow_up_start": "2008-01-01"}, []),
        ({"date_of_birth": "29/02/1990"}, [Code.UNREADABLE_INPUT]),
        ({"age_at_first_sanction": "30"}, []),
    ],
)
def test_the_official_checks_in_their_order(changes: dict[str, str], codes: list[Code]) -> None:
    from iom_analytics.scoring import read

    score = score_person(read({**VALID, **changes}), "ogrs3")
    assert [error.code for error in score.errors] == codes


def test_a_score_names_what_is_missing() -> None:
    score = score_person(Inputs(sex="F", sanctions=2, unreadable=frozenset({"offence_code"})), "ogrs3")
    assert score.missing == (
        "date_of_birth",
        "date_of_conviction",
        "follow_up_start",
        "age_at_first_sanction",
        "offence_code",
    )
