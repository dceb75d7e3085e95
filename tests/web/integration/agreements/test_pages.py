"""The pages of agreements: the register, drafting, the parties, putting in force, and what withdrawing would stop."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from iom.access.scope import act_in
from iom.agreements import operations as agreements
from iom.agreements.models import SharingAgreement
from iom.agreements.presenters import sharing_agreements as present
from iom.imports import operations as imports
from tests.factories.agreements import drafter, make_agreement, make_assessment, make_draft_agreement
from tests.factories.partnerships import AT, Place, Worker, make_worker

SignIn = Callable[[Worker], Client]
TYPED: dict[str, Any] = {
    "reference": "ISA 2",
    "title": "Sharing about housing",
    "purposes": "To find a home before release.",
    "gateways": ["offender-management-s14", "law-enforcement-task"],
    "retention": "Until a home is found.",
    "security": "Read by the housing team alone.",
    "start_date_day": "1", "start_date_month": "1", "start_date_year": "2026",
    "last_day_day": "31", "last_day_month": "12", "last_day_year": "2030",
    "review_on_day": "1", "review_on_month": "6", "review_on_year": "2030",
}  # fmt: skip


@pytest.fixture
def irene(place: Place) -> Worker:
    return make_worker(place, "irene", agency="Probation", roles=["information-governance"])


@pytest.fixture
def martin(place: Place) -> Worker:
    return make_worker(place, "martin", agency="Probation", roles=["manager"])


def signed(**more: Any) -> dict[str, Any]:
    when = {"signed_on_day": "1", "signed_on_month": "1", "signed_on_year": "2026"}
    return {"audience": "partners", "marking": "official-sensitive", "signed_by": "Governor", **when, **more}


def test_one_drafts_and_another_puts_it_in_force(place: Place, irene: Worker, martin: Worker, as_user: SignIn) -> None:
    client = as_user(irene)
    made = client.post("/admin/agreements/new", TYPED)
    address = made["Location"]
    with act_in(place.system()):
        agreement = SharingAgreement.objects.get(reference="ISA 2")
    assert (agreement.end_date, agreement.owner_id) == (date(2031, 1, 1), place.agencies["Probation"].pk)
    assert "Drafted. Add the parties" in client.get(address).content.decode()
    prison, probation = place.agencies["Prison"], place.agencies["Probation"]
    form = client.get(f"{address}/parties/{prison.pk}").content.decode()
    assert "Data Protection Act 2018, Schedule 8, paragraph 1" in form
    assert "UK GDPR, Article 9(2)(h)" not in form, "the prison cannot rely on it"
    client.post(f"{address}/parties/{prison.pk}", signed(gives=["custody_spells"]))
    client.post(f"{address}/parties/{probation.pk}", {"audience": "partners", "marking": "official", "receives": "on"})
    assert "Not every party has signed" in as_user(martin).get(f"{address}/put-in-force").content.decode()
    as_user(irene).post(f"{address}/parties/{probation.pk}", signed(receives="on"))
    assert "you drafted this one" in client.get(f"{address}/put-in-force").content.decode()
    assert client.post(f"{address}/put-in-force").status_code == 403
    today = as_user(martin).get("/").content.decode()
    assert "Agreement ISA 2, for you to put in force" in today
    page = client_page(as_user(martin), f"{address}/put-in-force")
    assert "these agencies share what stands here" in page
    assert "No approved impact assessment stands for this agreement" in page
    with act_in(place.system()):
        probation = place.agencies["Probation"]
        assessment = make_assessment(probation, at=AT, agreement_id=agreement.pk)
        approver = drafter(probation, 902)
        agreements.approve_assessment(assessment=assessment, seen=AT.isoformat(), by=approver, at=AT)
    assert "No approved impact assessment" not in client_page(as_user(martin), f"{address}/put-in-force")
    seen = re.search('name="seen" value="(.*?)"', page)
    assert seen is not None
    assert as_user(martin).post(f"{address}/put-in-force", {"seen": "2020-01-01"}).status_code == 409
    as_user(martin).post(f"{address}/put-in-force", {"seen": seen[1]})
    page = client_page(as_user(irene), address)
    assert "In force" in page
    assert "Read by the housing team alone." in page
    assert "31 December 2030" in page, "the last day, not the first day after it"
    assert as_user(irene).get(f"{address}/change").status_code == 409


def client_page(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_what_does_not_hold_together_is_said_beside_its_field(place: Place, irene: Worker, as_user: SignIn) -> None:
    client = as_user(irene)
    page = client.post("/admin/agreements/new", {**TYPED, "last_day_year": "2020"}).content.decode()
    assert "The end must be after the first day in force" in page
    assert 'href="#id_last_day' in page, "the summary leads to the field"
    page = client.post("/admin/agreements/new", {**TYPED, "reference": "ISA 1"}).content.decode()
    assert "Another agreement has this reference" in page
    page = client.post("/admin/agreements/new", {**TYPED, "gateways": ["made-up"]}).content.decode()
    assert 'href="#id_gateways' in page


def test_a_party_is_taken_out_of_a_draft(place: Place, irene: Worker, as_user: SignIn) -> None:
    with act_in(place.system()):
        agreement = make_draft_agreement(list(place.agencies.values()), at=AT, reference="ISA 2")
    council = place.agencies["Council"]
    client = as_user(irene)
    address = f"/admin/agreements/{agreement.pk}/parties/{council.pk}"
    assert "Take this agency out of the draft" in client.get(address).content.decode()
    client.post(f"{address}/remove")
    assert client.post(f"{address}/remove").status_code == 404
    with act_in(place.system()):
        assert not agreement.parties.filter(agency=council).exists()


def test_withdrawing_says_first_which_feeds_stop(place: Place, alice: Worker, irene: Worker, as_user: SignIn) -> None:
    police = make_worker(place, "carys", agency="Police", roles=["coordinator"])
    with act_in(police.scope):
        imports.add_feed(
            agency=place.agencies["Police"], name="Custody records", source="police", table="records",
            by=police.scope, at=AT,
        )  # fmt: skip
    with act_in(place.system()):
        only = SharingAgreement.objects.get()
        other = make_draft_agreement(list(place.agencies.values()), at=AT, reference="ISA 2")
    client = as_user(irene)
    assert "Police: Custody records" in client.get(f"/admin/agreements/{only.pk}/withdraw").content.decode()
    assert "No feed stops" in client.get(f"/admin/agreements/{other.pk}/withdraw").content.decode()
    with act_in(place.system()):
        make_agreement(list(place.agencies.values()), at=AT, reference="ISA 3")
    page = client.get(f"/admin/agreements/{only.pk}/withdraw").content.decode()
    assert "Police: Custody records" not in page, "another agreement lets it come in"
    assert client.post(f"/admin/agreements/{only.pk}/withdraw", {"reason": ""}).status_code == 200
    client.post(f"/admin/agreements/{only.pk}/withdraw", {"reason": "Replaced by ISA 3"})
    page = client.get(f"/admin/agreements/{only.pk}").content.decode()
    assert "Withdrawn" in page
    assert "Replaced by ISA 3" in page
    assert client.get(f"/admin/agreements/{only.pk}/withdraw").status_code == 409


@pytest.mark.parametrize(
    ("fields", "says", "overdue"),
    [
        ({"review_on": timedelta(days=60)}, "Agreement ISA 2 is to be reviewed", False),
        ({"review_on": timedelta(days=61)}, None, False),
        ({"review_on": timedelta(days=-1)}, "Agreement ISA 2 is to be reviewed", True),
        ({"review_on": timedelta(days=10), "end_date": timedelta(days=20)}, "Agreement ISA 2 ends soon", False),
        ({"review_on": timedelta(days=-9), "end_date": timedelta(days=0)}, "Agreement ISA 2 has expired", True),
    ],
)
def test_today_tells_what_is_near_its_review_or_its_end(
    place: Place, irene: Worker, alice: Worker, fields: dict[str, timedelta], says: str | None, overdue: bool
) -> None:
    on = timezone.localdate()
    days = {name: on + after for name, after in fields.items()}
    with act_in(place.system()):
        make_agreement(list(place.agencies.values()), at=AT, reference="ISA 2", **days)
    with act_in(irene.scope):
        found = [item for item in present.attention(scope=irene.scope, on=on) if "ISA 2" in item.text]
        assert [(item.text.startswith(says or "-"), item.overdue) for item in found] == (
            [(True, overdue)] if says else []
        )
    with act_in(alice.scope):
        assert present.attention(scope=alice.scope, on=on) == []


def test_a_review_says_when_it_is_looked_at_again(place: Place, irene: Worker, as_user: SignIn) -> None:
    on = timezone.localdate()
    with act_in(place.system()):
        agreement = make_agreement(list(place.agencies.values()), at=AT, reference="ISA 2", review_on=on)
        draft = make_draft_agreement(list(place.agencies.values()), at=AT, reference="ISA 3")
    client = as_user(irene)
    address = f"/admin/agreements/{agreement.pk}"
    assert f"{address}/review" in client.get(address).content.decode()

    def days(year: str) -> dict[str, str]:
        return {"next_on_day": "1", "next_on_month": "6", "next_on_year": year}

    page = client.post(f"{address}/review", days("2020")).content.decode()
    assert "Enter a day in the future for the next review" in page
    client.post(f"{address}/review", days("2035"))
    assert "1 June 2035" in client.get(address).content.decode()
    with act_in(irene.scope):
        assert [item for item in present.attention(scope=irene.scope, on=on) if "ISA 2" in item.text] == []
    assert client.post(f"/admin/agreements/{draft.pk}/review", days("2035")).status_code == 409


def test_what_has_expired_is_told_for_sixty_days(place: Place, irene: Worker) -> None:
    ended = timezone.localdate()
    with act_in(place.system()):
        make_agreement(
            list(place.agencies.values()), at=AT, reference="ISA 2", review_on=ended, end_date=ended + timedelta(days=1)
        )
    with act_in(irene.scope):
        told = [
            any(
                "expired" in item.text for item in present.attention(scope=irene.scope, on=ended + timedelta(days=days))
            )
            for days in (1, 60, 61)
        ]
    assert told == [True, True, False]


def test_the_register_and_the_list_are_read_by_who_works_with_extracts(place: Place, as_user: SignIn) -> None:
    analyst = make_worker(place, "amina", agency="Police", roles=["analyst"])
    client = as_user(analyst)
    page = client.get("/admin/gateways").content.decode()
    assert "Crime and Disorder Act 1998, section 115" in page
    assert "A power, not a duty." in page
    page = client.get("/admin/agreements/").content.decode()
    assert "ISA 1" in page
    assert "Draft an agreement" not in page
    assert client.get("/admin/agreements/new").status_code == 403


def test_the_pages_ask_as_often_however_many_there_are(
    place: Place, irene: Worker, as_user: SignIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_user(irene)
    with act_in(place.system()):
        for number in range(2, 9):
            last = make_draft_agreement(list(place.agencies.values()), at=AT, reference=f"ISA {number}")
    with django_assert_max_num_queries(24):
        assert client.get("/admin/agreements/").content.count(b"ISA ") >= 8
    with django_assert_max_num_queries(28):
        client.get(f"/admin/agreements/{last.pk}")
