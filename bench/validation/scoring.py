"""The predictors against the Ministry of Justice's own cases; which cases, and every named weight, is in
tests/analytics/reference."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from bench.figures import Figure
from iom_analytics.engine import open_engine
from iom_analytics.scoring import Inputs, score_people, score_person
from iom_analytics.scoring.predictors import Edition
from tests.analytics.official import at_ages, cases, code_with_weight, inputs_of

TITLE = "Predictors against the Ministry of Justice's cases"
PREDICTORS = {"all": "arp", "violent": "vrp", "seriousViolent": "svrp"}
FIELDS = (
    "sex",
    "date_of_birth",
    "date_of_conviction",
    "follow_up_start",
    "assessment_date",
    "age_at_first_sanction",
    "sanctions",
    "violent_sanctions",
    "offence_code",
)
# Two codes of the cases are no longer in the list; each stands in the category of its group.
WITHDRAWN = {"03703": "03700", "03605": "03600"}


def figures(shared: Path) -> list[Figure]:
    return [*nine_decimals(shared), *arp_static(shared), weights(shared)]


def nine_decimals(shared: Path) -> list[Figure]:
    """The table of completed ages; its spreadsheet counted at most 50 earlier sanctions in seven rows."""
    people, expected = [], []
    for row in cases(shared, "ogrs3_table_9dp")["rows"]:
        previous = row["previous_sanctions"] if row["formula_matches"] else min(row["previous_sanctions"], 50)
        people.append(
            at_ages(
                conviction=row["age_at_conviction"],
                first=row["age_at_first_sanction"],
                follow_up=row["age_at_risk"],
                sex=row["sex"],
                sanctions=previous + 1,
                offence_code=code_with_weight("ogrs3-9dp", row["offence_weight_9dp"]),
            )
        )
        expected.append((row["p1"], row["p2"]))
    return both_forms("OGRS3, the nine-decimal table", people, expected, "ogrs3", 1e-9, edition="9dp")


def arp_static(shared: Path) -> list[Figure]:
    """Edge cases of OASys. Those issued again with four decimals are left out: they are rounded."""
    people, expected = [], []
    for case in cases(shared, "arp_static_cases")["cases"]:
        probability = case["all_reoffending_static_2yr"]
        if round(probability, 4) == probability:
            continue
        start = date.fromisoformat(case["community_date"])
        months = start.month - 1 + case["offence_free_months"]
        people.append(
            Inputs(
                sex=case["sex"],
                date_of_birth=date.fromisoformat(case["dob"]),
                date_of_conviction=date.fromisoformat(case["last_sanction_date"]),
                follow_up_start=start,
                assessment_date=date(start.year + months // 12, months % 12 + 1, start.day),
                age_at_first_sanction=case["age_at_first"],
                sanctions=case["total_sanctions"],
                violent_sanctions=case["violent_sanctions"],
                offence_code=WITHDRAWN.get(case["offence_code"], case["offence_code"]),
            )
        )
        expected.append((probability,))
    return both_forms("ARP static, OASys edge cases", people, expected, "arp", 1e-11)


def both_forms(
    work: str,
    people: list[Inputs],
    expected: Sequence[tuple[float, ...]],
    name: str,
    bar: float,
    *,
    edition: Edition = "service",
) -> list[Figure]:
    """The largest difference, one person at a time and for the whole table."""
    singly = [
        tuple(
            outcome.probability for outcome in score_person(each, name, coefficients=edition, static_only=True).outcomes
        )
        for each in people
    ]
    table = pa.Table.from_pylist(
        [
            {"person_id": f"{number:06}", **{field: each.given(field) for field in FIELDS}}
            for number, each in enumerate(people)
        ]
    )
    with open_engine("duckdb") as engine:
        scores = score_people(
            engine.from_arrow(table, "people"), [name], engine=engine, coefficients=edition, static_only=True
        )
        rows = (
            scores.order_by("person_id", "horizon_months").select("person_id", "probability").to_pyarrow().to_pylist()
        )
    together: dict[str, list[float]] = {}
    for row in rows:
        together.setdefault(row["person_id"], []).append(row["probability"])
    return [
        furthest(f"{work} ({len(people)} cases)", "one person at a time", singly, expected, bar),
        furthest(f"{work} ({len(people)} cases)", "as a table", list(together.values()), expected, bar),
    ]


def furthest(work: str, form: str, found: Any, expected: Sequence[tuple[float, ...]], bar: float) -> Figure:
    apart = max(
        abs(ours - theirs)
        for row, right in zip(found, expected, strict=True)
        for ours, theirs in zip(row, right, strict=True)
    )
    return Figure(
        work, f"largest difference of a probability, {form}", f"{apart:.1e}", f"at most {bar:.0e}", apart <= bar
    )


def weights(shared: Path) -> Figure:
    """The service's responses: the sum of its named weights."""
    apart, number = 0.0, 0
    for case in cases(shared, "arp_vrp_svrp_fixtures")["cases"]:
        total = case["response"]["featureValues"] and case["response"]["featureValues"].get("totalWeight")
        if case["response"]["type"] and total is not None:
            request = {"assessmentDate": "2026-08-04", **case["request"]}
            score = score_person(inputs_of(request), PREDICTORS[case["id"].partition("ReoffendingPredictor")[0]])
            apart, number = max(apart, abs(score.outcome.total - total)), number + 1
    work = f"ARP, VRP and SVRP, the service's responses ({number} with a score)"
    return Figure(work, "largest difference of the sum of weights", f"{apart:.1e}", "at most 1e-12", apart <= 1e-12)
