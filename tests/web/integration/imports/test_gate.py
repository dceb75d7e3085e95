"""Nothing comes into the record but under a sharing agreement in force: when accepted, and again when taken in."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from iom.access.scope import act_in
from iom.agreements import operations as agreements
from iom.agreements.models import SharingAgreement
from iom.audit.models import Event
from iom.common.errors import WrongState
from iom.imports import adapters, queries
from iom.imports import operations as imports
from iom.imports.models import Batch, Feed
from iom.partnerships.choices import AgencyKind, Regime
from iom.partnerships.operations import add_agency
from iom.people.models import SourceRecord
from tests.factories.agreements import drafter, make_agreement
from tests.factories.partnerships import AT, INSTALLING, Place, Worker, make_worker
from tests.web.integration.imports.conftest import GOOD, Upload, again, take_in

SignIn = Callable[[Worker], Client]


def withdraw(place: Place) -> None:
    """Ends every agreement in force of the place."""
    with act_in(place.system()):
        for agreement in SharingAgreement.objects.filter(state="in-force"):
            agreements.withdraw(
                agreement=agreement, reason="Replaced", by=drafter(place.agencies["Police"]), at=timezone.now()
            )


def accept(batch: Batch, by: Worker) -> Batch:
    with act_in(by.scope):
        return imports.accept(batch_id=batch.pk, by=by.scope, at=timezone.now())


def records(worker: Worker) -> int:
    with act_in(worker.scope):
        return SourceRecord.objects.count()


def test_without_an_agreement_it_waits_and_its_page_says_for_what(
    upload: Upload, place: Place, alice: Worker, as_user: SignIn
) -> None:
    withdraw(place)
    batch = upload(GOOD)
    client = as_user(alice)
    page = client.get(f"/imports/{batch.pk}").content.decode()
    assert "This extract waits for a sharing agreement" in page
    assert "No sharing agreement in force lets Police share" in page
    assert f"/imports/{batch.pk}/accept" not in page, "there is nothing to press"
    refused = client.post(f"/imports/{batch.pk}/accept")  # somebody presses it all the same, on a page left open
    assert refused.status_code == 409
    assert "waits for a sharing agreement" in refused.content.decode()
    assert (again(batch, alice).status, records(alice)) == ("checked", 0)
    with act_in(place.system()):
        make_agreement(list(place.agencies.values()), at=AT, reference="ISA 2")
    assert f"/imports/{batch.pk}/accept" in client.get(f"/imports/{batch.pk}").content.decode()
    accept(batch, alice)
    take_in(batch)
    assert (again(batch, alice).status, records(alice)) == ("accepted", 2)


def test_an_agreement_that_expires_between_upload_and_acceptance(upload: Upload, place: Place, alice: Worker) -> None:
    withdraw(place)
    ends = timezone.localdate() + timedelta(days=1)
    with act_in(place.system()):
        make_agreement(list(place.agencies.values()), at=AT, reference="ISA 2", end_date=ends, review_on=ends)
    batch = upload(GOOD)
    with act_in(alice.scope), pytest.raises(WrongState, match="No sharing agreement in force"):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=timezone.now() + timedelta(days=1))
    accept(batch, alice)  # on its last day it holds
    assert again(batch, alice).status == "accepting"


@pytest.mark.parametrize("how", ["expired", "withdrawn"])
def test_an_agreement_that_ends_between_acceptance_and_taking_in(
    upload: Upload, place: Place, alice: Worker, how: str
) -> None:
    withdraw(place)
    ends = timezone.localdate() + timedelta(days=1)
    with act_in(place.system()):
        make_agreement(list(place.agencies.values()), at=AT, reference="ISA 2", end_date=ends, review_on=ends)
    batch = accept(upload(GOOD), alice)
    if how == "withdrawn":
        withdraw(place)
        take_in(batch)
    else:
        with act_in(place.system()):
            imports.finish_accepting(batch_id=batch.pk, by=place.system(), at=timezone.now() + timedelta(days=1))
    found = again(batch, alice)
    assert (found.status, found.decided_by, found.decided_at, records(alice)) == ("checked", None, None, 0)
    with act_in(place.system()):
        assert Event.objects.filter(action="imports.send_back", subject_id=batch.pk).count() == 1
    assert list(adapters.accepted_rows(batch_id=batch.pk)), "nothing is lost"
    with act_in(place.system()):
        make_agreement(list(place.agencies.values()), at=AT, reference="ISA 3")
    accept(batch, alice)
    take_in(batch)
    assert (again(batch, alice).status, records(alice)) == ("accepted", 2)


def test_the_second_of_two_who_accept_is_told(upload: Upload, place: Place, alice: Worker) -> None:
    batch = accept(upload(GOOD), alice)
    second = make_worker(place, "amina", agency="Police", roles=["coordinator"])
    with act_in(second.scope), pytest.raises(WrongState, match="accepting"):
        imports.accept(batch_id=batch.pk, by=second.scope, at=timezone.now())
    assert again(batch, alice).decided_by == alice.user.pk


def test_everybody_who_would_see_the_rows_must_be_let_receive_them(
    upload: Upload, mapped_feed: Feed, place: Place, alice: Worker
) -> None:
    batch = upload(GOOD)
    add_agency(
        partnership=place.partnership, name="Newcomers", kind=AgencyKind.VOLUNTARY, regime=Regime.UK_GDPR,
        statutory=False, teams=[], by=INSTALLING, at=AT,
    )  # fmt: skip
    with act_in(alice.scope), pytest.raises(WrongState, match="does not let Newcomers receive from Police"):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=timezone.now())
    with act_in(alice.scope):  # what stays the agency's own reaches nobody
        own = replace_audience(mapped_feed, "own")
        assert queries.lacking(feed=own, scope=alice.scope, on=timezone.localdate()) == ""


def replace_audience(feed: Feed, audience: str) -> Feed:
    Feed.objects.filter(pk=feed.pk).update(audience=audience)
    return Feed.objects.select_related("agency").get(pk=feed.pk)


def test_a_kind_of_record_that_the_agency_does_not_give(upload: Upload, place: Place, alice: Worker) -> None:
    withdraw(place)
    with act_in(place.system()):
        make_agreement(list(place.agencies.values()), at=AT, reference="ISA 2", gives=["arrests"])
    batch = upload(GOOD)
    with act_in(alice.scope), pytest.raises(WrongState, match="this kind of record: who people are"):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=timezone.now())


def test_elsewheres_agreement_opens_nothing_here(upload: Upload, place: Place, alice: Worker, charlie: Worker) -> None:
    """Charlie's partnership has one in force for agencies of the same names."""
    withdraw(place)
    batch = upload(GOOD)
    with act_in(charlie.scope):
        assert SharingAgreement.objects.filter(state="in-force").exists()
    with act_in(alice.scope), pytest.raises(WrongState):
        imports.accept(batch_id=batch.pk, by=alice.scope, at=timezone.now())


def test_a_new_feed_is_marked_as_its_agreement_says(place: Place, alice: Worker) -> None:
    def add(name: str, audience: str = "") -> Feed:
        return imports.add_feed(
            agency=place.agencies["Police"],
            name=name,
            source="police",
            table="arrests",
            audience=audience,
            by=alice.scope,
            at=AT,
        )

    with act_in(alice.scope):
        assert add("As agreed").audience == "partners"
        assert add("Chosen", "own").audience == "own"
    withdraw(place)
    with act_in(alice.scope):
        assert add("Without one").audience == "own"
    with act_in(place.system()):
        make_agreement(list(place.agencies.values()), at=AT, reference="ISA 2", audience="own")
    with act_in(alice.scope):
        assert add("Kept close").audience == "own"
