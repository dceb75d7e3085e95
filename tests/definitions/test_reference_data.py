"""Every reference table says its source, edition and date, loads, and agrees with the tables beside it."""

import csv
from pathlib import Path

import pytest

from iom_analytics import reference

DATA = Path(reference.__file__).parent / "data"
FILES = sorted(DATA.glob("*.csv"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_data_file_names_its_source_and_edition(path: Path) -> None:
    head = "".join(line for line in path.read_text(encoding="utf-8").splitlines(keepends=True) if line[:1] == "#")
    assert "Source:" in head
    assert "Edition" in head
    assert reference.load(path.stem).num_rows > 0


def test_every_offence_code_has_a_group_and_its_harm() -> None:
    offences = reference.offences().to_pylist()
    codes = {row["offence_code"]: row for row in offences}
    assert len(codes) == len(offences) == reference.offence_codes().num_rows
    groups = {row["offence_group"] for row in reference.offence_groups().to_pylist()}
    assert {row["offence_group"] for row in offences} == groups
    days = {row["cchi_subgroup"]: row["median_days"] for row in reference.cchi_subgroup_days().to_pylist()}
    assert all(row["harm_days"] == days.get(row["cchi_subgroup"]) for row in offences)
    assert all(row["cchi_subgroup"] in days for row in offences if row["cchi_subgroup"] is not None)


def test_every_rule_of_the_offence_groups_is_used() -> None:
    codes = reference.offence_codes().to_pylist()
    known = {row["offence_code"] for row in codes} | {row["category"] for row in codes}
    rules = reference.load("offence_group_rules", text=("code",))["code"].to_pylist()
    assert len(set(rules)) == len(rules)
    assert set(rules) <= known


@pytest.mark.parametrize(
    ("code", "group", "days"),
    [
        ("00101", "homicide", 5475),
        ("00801", "violence_with_injury", 365),
        ("10501", "violence_without_injury", 10),
        ("02803", "burglary_domestic", 273.5),
        ("03002", "burglary_other", 183.5),
        ("03401", "robbery", 365),
        ("03900", "theft_from_person", 2),
        ("04510", "vehicle_crime", 5),
        ("04801", "vehicle_crime", 5),
        ("13001", "vehicle_crime", 5),
        ("04600", "shoplifting", 1),
        ("01908", "sexual", 2555),
        ("00826", "weapons", 273.75),
        ("09250", "drug_possession", 3),
        ("09230", "drug_trafficking", 5),
        ("00865", "stalking_and_harassment", 10),
        ("00404", "driving_death_or_injury", 365),
        ("05602", "criminal_damage", 185),
        ("80301", "motoring", None),
        ("08301", "breach", 10),
    ],
)
def test_offences_fall_where_recorded_crime_puts_them(code: str, group: str, days: float | None) -> None:
    found = next(row for row in reference.offences().to_pylist() if row["offence_code"] == code)
    assert (found["offence_group"], found["harm_days"]) == (group, days)


def test_harm_agrees_with_the_workbook_summary(shared: Path) -> None:
    rows = (shared / "reference" / "cchi_2026_subgroup_days.csv").read_text().splitlines()
    published = {line.split(",")[0]: float(line.split(",")[3]) for line in rows[1:]}
    assert {r["cchi_subgroup"]: r["median_days"] for r in reference.cchi_subgroup_days().to_pylist()} == published


def test_police_uk_categories_are_those_of_the_harm_table() -> None:
    weighed = set(reference.cchi_police_uk_categories()["police_uk_category"].to_pylist())
    assert set(reference.offence_groups()["police_uk_category"].to_pylist()) <= weighed


def test_the_tiers_of_offences() -> None:
    codes = {row["offence_code"]: row for row in reference.offence_codes().to_pylist()}
    rows = reference.load("offence_tiers", text=("offence_code",)).to_pylist()
    assert len({row["offence_code"] for row in rows}) == len(rows)
    assert {row["offence_code"] for row in rows} <= set(codes)
    assert {row["severity_tier"] for row in rows} == {1, 2, 3}
    assert all(row["source"] for row in rows)
    tiers = {row["offence_code"]: row for row in reference.offence_tiers().to_pylist()}
    known = {code: (tiers[code]["severity_tier"], tiers[code]["confirmed"]) for code in ("00101", "03401", "00801")}
    assert known == {"00101": (1, True), "03401": (1, True), "00801": (2, True)}, "murder, robbery, wounding"
    assert tiers["10501"] == {"offence_code": "10501", "severity_tier": 3, "confirmed": False}, "common assault"
    # What the offence list calls summary is, and nothing says that it is more.
    summary = {code for code, row in codes.items() if row["parent_group"] in reference.SUMMARY_GROUPS}
    assert {tiers[code]["severity_tier"] for code in summary} == {3}


def test_tiers_agree_with_the_list_of_criminal_justice_codes(shared: Path) -> None:
    said: dict[str, set[int]] = {}
    with (shared / "reference" / "cjs_offence_codes_partial.csv").open() as stream:
        for row in csv.DictReader(stream):
            if tier := {"CI": 1, "CE": 2, "CS": 3}.get(row["offence_type"]):
                said.setdefault(row["ho_code"], set()).add(tier)
    confirmed = [r for r in reference.load("offence_tiers", text=("offence_code",)).to_pylist() if r["confirmed"]]
    assert len(confirmed) > 250
    assert all(said[row["offence_code"]] == {row["severity_tier"]} for row in confirmed)


def test_severity_scores_agree_with_the_points_published(shared: Path) -> None:
    points = {row["offence"]: row for row in reference.css_points().to_pylist()}
    assert points["Homicide"]["weight"] == 7979
    violence = next(
        row
        for row in reference.css_police_uk_categories().to_pylist()
        if row["police_uk_category"] == "Violence and sexual offences"
    )
    assert round(violence["max_weight"]) == points["Homicide"]["weight"]
    weighed = set(reference.cchi_police_uk_categories()["police_uk_category"].to_pylist())
    assert set(reference.css_police_uk_categories()["police_uk_category"].to_pylist()) <= weighed
    listed = (shared / "reference" / "ons_css_2016_weights_by_policeuk_category.csv").read_text().splitlines()
    assert sum(row["offences"] for row in reference.css_police_uk_categories().to_pylist()) == len(listed) - 1
