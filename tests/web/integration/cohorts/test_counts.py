"""No count on a page tells of people whom its reader may not see."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.cohorts.choices import RunStatus, Standing, VersionStatus
from iom.cohorts.models import Candidate, RankRun, Scheme
from tests.factories.cohorts import make_run
from tests.factories.partnerships import Place, Worker, make_worker
from tests.factories.people import make_person


def test_lists_count_whom_the_reader_sees_and_totals_are_about_right(
    scheme: Scheme, place: Place, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    """Eleven are eligible and one nearly; four of the eligible and the one are the police's own."""
    with act_in(place.system()):
        shared = [make_person(place, family_name=f"Shared{number}") for number in range(7)]
        own = [make_person(place, family_name=f"Own{number}", audience="own") for number in range(5)]
        run = make_run(scheme, [*shared, *own])
        Candidate.objects.filter(person=own[-1]).update(standing=Standing.NEAR_MISS, rank=1)
        RankRun.objects.filter(pk=run.pk).update(eligible=11, near_misses=1, people=12)
    peter = make_worker(place, "peter", agency="Probation", roles=["coordinator"])
    address = reverse("cohorts-candidates")
    assert_counts(as_user(alice).get(address).text, eligible=11, near=1)
    read = as_user(peter).get(address).text
    assert_counts(read, eligible=7, near=0)
    assert "About 10 people were looked at" in read
    for page in (
        address,
        reverse("cohorts-schemes"),
        reverse("cohorts-scheme", args=[scheme.slug]),
        reverse("cohorts-ranking", args=[run.pk]),
        reverse("cohorts-scores", args=[shared[0].public_id]),
    ):
        text = as_user(peter).get(page).text
        for exact in ("11 people", "12 people", ">11<", ">12<", "of 11,"):
            assert exact not in text, (page, exact)


def test_the_checks_of_a_version_are_about_right_wherever_they_are_shown(
    scheme: Scheme, place: Place, as_user: Callable[[Worker], Client]
) -> None:
    """Of whom it would change a reader may see one and not the other: exact totals would tell."""
    row = {
        "stage": "eligible", "characteristic": "sex", "suppressed": False, "rate": 50.8, "rate_low": 1, "rate_high": 99,
        "relative_rate": None, "relative_rate_low": None, "relative_rate_high": None,
    }  # fmt: skip
    with act_in(place.system()):
        version = scheme.versions.get()
        version.status, version.activated_by, version.activated_at = VersionStatus.PROPOSED, None, None
        version.check_status = RunStatus.DONE
        version.what_if = {
            "eligible_after": 13, "eligible_before": 12, "enters": 2, "leaves": 1, "stays": 11, "missing_feeds": [],
        }  # fmt: skip
        version.fairness = {
            "on": "2026-11-23", "missing_feeds": [],
            "rows": [
                {**row, "group": "Male", "base": 63, "chosen": 32, "is_reference": True},
                {**row, "group": "Female", "base": 41, "chosen": 21, "is_reference": False},
            ],
        }  # fmt: skip
        version.save()
    client = as_user(make_worker(place, "peter", agency="Probation", roles=["coordinator", "panel-chair"]))
    address = reverse("cohorts-activate", args=[scheme.slug, 1])
    pages = {
        "version": client.get(reverse("cohorts-version", args=[scheme.slug, 1])).text,
        "activate": client.get(address).text,
        "confirm": client.post(address, {"reason": "Agreed by the board", "understood": "on"}).text,
    }
    for name, text in pages.items():
        assert "Fewer than 5 people would come above the capacity line" in text, name
        for exact in (
            "13 people",
            "12 are",
            "11 people",
            "2 people would",
            "1 person would",
            ">63<",
            ">32<",
            ">41<",
            ">21<",
        ):
            assert exact not in text, (name, exact)
    assert "About 15 people would be eligible; by the version in force, about 10 are" in pages["version"]
    assert ">65<" in pages["version"]


def assert_counts(text: str, *, eligible: int, near: int) -> None:
    assert f"Eligible ({eligible})" in text
    assert f"Near misses ({near})" in text
