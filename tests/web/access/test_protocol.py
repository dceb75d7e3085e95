"""What the server makes of requests that no page of ours sends: odd methods, addresses, headers, fields sent twice."""

import csv
import io
import logging
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from iom.access.scope import act_in
from iom.config.settings import UtcFormatter
from iom.imports import operations as imports
from iom.imports.models import Feed
from tests.factories.partnerships import AT, Place, Worker
from tests.web.integration.imports.conftest import RECORDS_LAYOUT, a_file, check

AsUser = Callable[[Worker], Client]


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "TRACK", "DEBUG"])
@pytest.mark.parametrize("address", ["/", "/people/", "/account", "/health", "/static/build/"])
def test_methods_that_nothing_here_uses_are_refused(method: str, address: str, alice: Worker, as_user: AsUser) -> None:
    answer = as_user(alice).generic(method, address, headers={"X-Secret": "do not say again"})
    assert answer.status_code in {404, 405}
    assert b"do not say again" not in answer.content


@pytest.mark.parametrize(
    "address",
    [
        "/static/", "/static/build/", "/static/build/../../../config/settings.py", "/static/%2e%2e/settings.py",
        "/.git/config", "/.env", "/openapi.json", "/api/v1/docs", "/metrics", "/admin/login/", "/__debug__/",
    ],
)  # fmt: skip
def test_nothing_is_there_that_is_not_meant_to_be(address: str, alice: Worker, as_user: AsUser) -> None:
    assert as_user(alice).get(address).status_code == 404
    assert Client().get(address).status_code == 404


def test_the_description_of_the_interface_needs_a_token(alice: Worker, as_user: AsUser) -> None:
    assert as_user(alice).get("/api/v1/openapi.json").status_code == 401


def test_the_health_of_the_service_says_up_and_no_more(db: None) -> None:
    assert Client().get("/health").json() == {"status": "UP"}


def test_a_call_of_another_system_over_plain_http_is_not_led_to_https(db: None) -> None:
    """It would have sent its token in the open already, and nobody would find out."""
    with override_settings(SECURE_SSL_REDIRECT=True):
        answer = Client().get("/api/v1/subject-access-request?crn=X123456", headers={"Authorization": "Bearer x"})
        page = Client().get("/people/")
    assert (answer.status_code, "Location" in answer.headers) == (403, False)
    assert page.headers["Location"].startswith("https://")


def test_a_header_that_a_proxy_sets_is_not_believed_where_there_is_none(alice: Worker, as_user: AsUser) -> None:
    answer = as_user(alice).get(
        "/account", headers={"X-Forwarded-Host": "evil.example", "X-Forwarded-User": "charlie@example.org"}
    )
    assert "evil.example" not in answer.text
    assert "Westmarch" in answer.text
    assert Client().get("/accounts/login/", headers={"Host": "evil.example"}).status_code == 400


def test_a_field_of_a_form_is_taken_from_the_form_alone(place: Place, alice: Worker, as_user: AsUser) -> None:
    """Not from the address, a cookie or a header; sent twice, the last counts, and is checked like any other."""
    client = as_user(alice)
    client.cookies["name"] = "From a cookie"
    address = "/imports/feeds/new?name=From+the+address&source=police-custody&table=records"
    assert client.post(address, {}, headers={"name": "From a header"}).status_code == 200
    with act_in(place.system()):
        assert not Feed.objects.exists()
    twice = {"name": "Custody", "source": "police-custody", "table": ["nonsense", "records"]}
    assert client.post("/imports/feeds/new", twice).status_code == 302
    with act_in(place.system()):
        assert Feed.objects.get().table == "records"
    assert client.get("/people/?q=a&q=b&page=1&page=2").status_code == 200


@pytest.mark.parametrize("given", ["1' or '1'='1", "01", "0x1", "1e3", "true", "[1]", "null", "1.0", "\u0661"])
def test_an_id_is_digits_and_nothing_that_could_be_taken_for_them(given: str, alice: Worker, as_user: AsUser) -> None:
    assert as_user(alice).get(f"/people/matches/{given}").status_code == 404


def test_a_name_of_a_file_breaks_neither_header_nor_page(place: Place, alice: Worker, as_user: AsUser) -> None:
    name = 'held"; filename="x.exe\r\nSet-Cookie: a=b <script>.csv'
    with act_in(alice.scope):
        feed = imports.add_feed(
            agency=place.agencies["Police"], name="Custody", source="police-custody", table="records",
            by=alice.scope, at=AT,
        )  # fmt: skip
        feed = imports.save_layout(feed=feed, layout=RECORDS_LAYOUT, by=alice.scope, at=AT)
        held = "Nominal Ref,Forenames,Surname,DOB,Gender,PNC\n1001,=cmd,Ashdown,32/13/1985,M,\n"
        batch = imports.upload(feed=feed, upload=a_file(held, name), by=alice.scope, at=AT)
    check(batch)
    client = as_user(alice)
    page = client.get(f"/imports/{batch.pk}")
    assert "<script>.csv" not in page.text
    answer = client.get(reverse("imports-held", args=[batch.pk]))
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "\r" not in disposition
    assert "\n" not in disposition
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert len(rows) == 2


def test_nothing_asked_for_makes_a_line_of_its_own_in_the_log(
    alice: Worker, as_user: AsUser, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        as_user(alice).get("/no-such%0a2026-11-27 ERROR forged%0dline?q=Ashdown")
    said = [record.getMessage() for record in caplog.records]
    assert said
    assert not any("\n" in line or "\r" in line for line in said)
    assert not any("Ashdown" in line for line in said), "nor is what was searched for in it"


def test_the_log_says_when_by_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    form = settings.LOGGING["formatters"]["plain"]
    made = UtcFormatter(form["format"], form["datefmt"], form["style"])
    record = logging.LogRecord("iom", logging.WARNING, "", 0, "said", (), None)
    record.created = 1790211600.0
    monkeypatch.setenv("TZ", "Europe/London")
    time.tzset()
    try:
        assert made.format(record) == "2026-09-24T01:00:00Z WARNING iom said"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_fault_of_ours_undoes_what_was_begun_and_tells_the_log_alone(
    alice: Worker, as_user: AsUser, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**given: object) -> None:
        raise RuntimeError("select secret from inside")

    monkeypatch.setattr("iom.home.presenters.today", fails)
    client = as_user(alice)
    client.raise_request_exception = False
    with caplog.at_level(logging.ERROR):
        answer = client.get("/")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    assert any(record.exc_info and "select secret" in str(record.exc_info[1]) for record in caplog.records)
    form = {"name": "Custody", "source": "police-custody", "table": "records"}
    monkeypatch.setattr("iom.imports.operations.feeds.record", fails, raising=False)
    monkeypatch.setattr("iom.audit.operations.record", fails)
    assert client.post("/imports/feeds/new", form).status_code == 500
    monkeypatch.undo()
    with act_in(alice.scope):
        assert not Feed.objects.exists(), "nothing is done that could not be recorded"
