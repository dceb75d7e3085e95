"""No count on a page tells of people whom its reader may not see (ADR 26)."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.agreements.operations import marked_like
from iom.cohorts.choices import Movement, RunStatus, Standing, VersionStatus
from iom.cohorts.models import Candidate, RankRun, Scheme, WhatIfPerson
from tests.factories.cohorts import make_run
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import make_person


def test_every_count_of_a_ranking_is_of_whom_the_reader_sees(
    scheme: Scheme, place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    """Eleven are eligible and one nearly; four of the eligible and the one are the police's own."""
    with act_in(place.system()):
        shared = [make_person(place, family_name=f"Shared{number}") for number in range(7)]
        own = [make_person(place, family_name=f"Own{number}", audience="own") for number in range(5)]
        run = make_run(scheme, [*shared, *own])
        Candidate.objects.filter(person=own[-1]).update(standing=Standing.NEAR_MISS, rank=1)
        RankRun.objects.filter(pk=run.pk).update(eligible=11, near_misses=1, people=12, restricted=2)
    peter = make_worker(place, "peter", agency="Probation", roles=["coordinator"])
    address = reverse("cohorts-candidates")
    ranked = reverse("cohorts-ranking", args=[run.pk])
    assert_counts(as_user(alice).get(address).text, eligible=11, near=1)
    assert "11 people are eligible" in as_user(alice).get(ranked).text
    assert_counts(as_user(peter).get(address).text, eligible=7, near=0)
    assert "7 people are eligible" in as_user(peter).get(ranked).text
    for page in (
        address,
        reverse("cohorts-schemes"),
        reverse("cohorts-scheme", args=[scheme.slug]),
        ranked,
        reverse("cohorts-scores", args=[shared[0].public_id]),
    ):
        text = as_user(peter).get(page).text
        for of_everybody in ("11 people", "12 people", "10 people", ">11<", ">12<", ">10<", "of 11", "about 10"):
            assert of_everybody not in text, (page, of_everybody)


def test_a_proposed_version_names_and_counts_whom_the_reader_sees(
    scheme: Scheme, place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    """Two would enter and one leave; of those who enter one is the police's own. Its share is told, and statistics."""
    row = {
        "stage": "eligible", "characteristic": "sex", "suppressed": False, "rate": 50.8, "rate_low": 1, "rate_high": 99,
        "relative_rate": None, "relative_rate_low": None, "relative_rate_high": None,
    }  # fmt: skip
    with act_in(place.system()):
        version = scheme.versions.get()
        version.status, version.activated_by, version.activated_at = VersionStatus.PROPOSED, None, None
        version.check_status = RunStatus.DONE
        version.what_if = {
            "eligible_after": 133, "eligible_before": 121, "enters": 2, "leaves": 1, "stays": 111, "missing_feeds": [],
        }  # fmt: skip
        version.fairness = {
            "on": "2026-11-23", "missing_feeds": [],
            "rows": [
                {**row, "group": "Male", "base": 63, "chosen": 32, "is_reference": True},
                {**row, "group": "Female", "base": 41, "chosen": 21, "is_reference": False},
            ],
        }  # fmt: skip
        version.save()
        for audience, movement in (
            ("partners", Movement.ENTERS), ("own", Movement.ENTERS), ("partners", Movement.LEAVES),
        ):  # fmt: skip
            person = make_person(place, audience=audience)
            WhatIfPerson.objects.create(**marked_like(person), version=version, person=person, movement=movement)
    peter = make_worker(place, "peter", agency="Probation", roles=["coordinator", "panel-chair"])
    address = reverse("cohorts-activate", args=[scheme.slug, 1])
    client = as_user(peter)
    pages = {
        "version": client.get(reverse("cohorts-version", args=[scheme.slug, 1])).text,
        "activate": client.get(address).text,
        "confirm": client.post(address, {"reason": "Agreed by the board", "understood": "on"}).text,
    }
    for name, text in pages.items():
        assert "1 person would come above the capacity line" in text, name
        assert "1 person would fall below it" in text, name
        for of_everybody in (
            "133 people",
            "121 people",
            ">133<",
            ">121<",
            "2 people would",
            ">63<",
            ">32<",
            ">41<",
            ">21<",
        ):
            assert of_everybody not in text, (name, of_everybody)
    assert "About 10% more people would be eligible" in pages["version"]
    assert ">65<" in pages["version"]
    board = as_user(make_worker(place, "bryn", agency="Probation", roles=["board-member"]))
    text = board.get(reverse("cohorts-version", args=[scheme.slug, 1])).text
    assert "About 10% more people" in text
    assert "come above the capacity line" not in text, "whose role sees no candidates is told of none"
    with act_in(place.system()):
        version.what_if = {**version.what_if, "eligible_before": 0}
        version.save()
    assert "Whom it would change" not in board.get(reverse("cohorts-version", args=[scheme.slug, 1])).text
    assert "2 people would come above" in as_user(alice).get(reverse("cohorts-version", args=[scheme.slug, 1])).text


def assert_counts(text: str, *, eligible: int, near: int) -> None:
    assert f"Eligible ({eligible})" in text
    assert f"Near misses ({near})" in text
