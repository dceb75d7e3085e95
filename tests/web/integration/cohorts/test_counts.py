"""No count on a page tells of people whom its reader may not see."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from iom.access.scope import act_in
from iom.cohorts.choices import Standing
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


def assert_counts(text: str, *, eligible: int, near: int) -> None:
    assert f"Eligible ({eligible})" in text
    assert f"Near misses ({near})" in text
