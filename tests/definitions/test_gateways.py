"""The register of gateways loads, holds together, and says of each kind of agency and record on what it can rest."""

import pytest

from iom.agreements import rules
from iom.agreements.choices import Answers, RecordKind
from iom.imports import adapters
from iom.partnerships.choices import AgencyKind, Regime

REGISTER = rules.gateways()
ONE = """
- slug: a
  name: A
  citation: An Act
  answers: power
  allows: Something
  ways: [{from: [police], to: any}]
  regimes: [law-enforcement]
  limits: [Some]
  source: An Act
  as_at: 2026-01-01
"""


def test_every_gateway_has_a_source_and_limits() -> None:
    assert len(REGISTER) > 15
    assert [each.slug for each in REGISTER.values() if not (each.source and each.limits and each.as_at)] == []


@pytest.mark.parametrize("kind", AgencyKind.values)
@pytest.mark.parametrize("receiver", ["police", "probation"])
def test_every_kind_of_agency_has_a_power_to_give_to_police_and_probation(kind: str, receiver: str) -> None:
    regimes = [Regime.LAW_ENFORCEMENT] if kind in ("police", "probation", "prison") else [Regime.UK_GDPR]
    for regime in regimes:
        powers = [each for each in REGISTER.values() if each.answers == Answers.POWER and not each.anonymous]
        assert any(each.opens(giver=kind, regime=regime, receiver=receiver) for each in powers)
        bases = [each for each in REGISTER.values() if each.answers == Answers.BASIS]
        assert any(each.opens(giver=kind, regime=regime) for each in bases)


@pytest.mark.parametrize(
    ("slug", "giver", "receiver", "opens"),
    [
        # Offender Management Act 2007 s14 is not reciprocal between two that are neither probation nor prison.
        ("offender-management-s14", "probation", "police", True),
        ("offender-management-s14", "council", "prison", True),
        ("offender-management-s14", "police", "council", False),
        # A prison is no relevant authority of the Crime and Disorder Act 1998 s115; it may give, as anybody may.
        ("crime-and-disorder-s115", "police", "prison", False),
        ("crime-and-disorder-s115", "prison", "police", True),
        # Health authorities receive under the serious violence duty, and give nothing about a person.
        ("serious-violence-s16", "police", "health", True),
        ("serious-violence-s16", "health", "police", False),
        ("common-law-policing", "council", "police", False),
        # Whoever works under contract to an authority gives through it.
        ("children-act-s11", "police", "council", True),
        ("children-act-s11", "voluntary", "council", False),
        ("care-act-2014", "treatment", "council", True),
        ("care-act-2014", "police", "probation", False),
    ],
)
def test_a_power_opens_the_ways_its_act_says(slug: str, giver: str, receiver: str, opens: bool) -> None:
    regime = "law-enforcement" if giver in ("police", "probation", "prison") else "uk-gdpr"
    assert REGISTER[slug].opens(giver=giver, regime=regime, receiver=receiver) is opens


def test_a_basis_of_one_regime_serves_no_giver_of_the_other() -> None:
    assert not REGISTER["law-enforcement-task"].opens(giver="council", regime="uk-gdpr")
    assert not REGISTER["uk-gdpr-6-1-e"].opens(giver="police", regime="law-enforcement")


def test_recognised_legitimate_interests_are_no_basis_of_a_public_authority() -> None:
    basis = REGISTER["uk-gdpr-6-1-ea"]
    assert {kind for kind in AgencyKind.values if basis.opens(giver=kind, regime=Regime.UK_GDPR)} == {
        "treatment", "voluntary",
    }  # fmt: skip


def test_the_kinds_of_record_are_what_feeds_carry_and_answers() -> None:
    assert set(RecordKind.values) == {name for name, _ in adapters.tables()} | {RecordKind.ANSWERS}
    assert set(rules.HOLDS) == set(RecordKind)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("answers: power", "answers: maybe", "answers is none of"),
        ("  source: An Act\n", "", "source is missing"),
        ("from: [police]", "from: [army]", "no kind of agency is called army"),
        ("[{from: [police], to: any}]", "[{from: [police]}]", "no kind of agency is called nobody"),
        ("regimes: [law-enforcement]", "regimes: [martial]", "no regime is called martial"),
        ("as_at: 2026-01-01", "as_at: soon", "as_at is no day"),
        ("name: A\n", "name: A\n  colour: red\n", "colour is not known"),
        ("answers: power", "answers: basis", "givers is missing"),
    ],
)
def test_a_faulty_register_says_what_is_wrong(before: str, after: str, fault: str) -> None:
    assert before in ONE
    with pytest.raises(ValueError, match=fault):
        rules.read(ONE.replace(before, after))


def test_a_slug_stands_for_one_gateway() -> None:
    with pytest.raises(ValueError, match="a is defined twice"):
        rules.read(ONE + ONE)
