"""Every role follows every link and form from Today on: nothing breaks, and no page offers what it then refuses."""

from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from iom.access.roles import ALL, COORDINATOR, Role
from tests.factories.partnerships import Place, Worker, make_worker
from tests.web.access.things import STANDINGS, make_things

pytestmark = pytest.mark.slow

AsUser = Callable[[Worker], Client]
# Of each kind of page so many are read: a list of a thousand people is as good as one of these.
EACH = 2
# Leaving is for the end; these are of libraries, or answer to who is signed in with nothing to see.
NOT_FOLLOWED = ("/accounts/", "/static/", "/leave")


class Links(HTMLParser):
    """Where a page leads: its links, and what its forms ask by GET with what they hold."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.form: tuple[str, dict[str, str]] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.found.append(given["href"])
        elif tag == "form" and given.get("method", "get").lower() == "get":
            self.form = given.get("action", ""), {}
        elif tag == "form":
            self.found.append(given.get("action") or "")
        elif tag == "input" and self.form and given.get("name") and given.get("type") not in ("checkbox", "radio"):
            self.form[1][given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.form:
            action, values = self.form
            self.found.append(f"{action}?{urlencode(values)}")
            self.form = None


def links_of(address: str, body: str) -> list[str]:
    reader = Links()
    reader.feed(body)
    full = [urldefrag(urljoin(address, link)).url for link in reader.found if not link.startswith(("mailto:", "tel:"))]
    return [link for link in full if link.startswith("/") and not link.startswith(NOT_FOLLOWED)]


def test_every_link_that_a_page_offers_can_be_followed(
    place: Place, elsewhere: Place, as_user: AsUser, settings: Any, tmp_path: Path
) -> None:
    settings.STORE = tmp_path
    workers = {role: make_worker(place, role.slug, agency="Police", roles=[role.slug]) for role in ALL}
    make_things(workers[COORDINATOR], place, elsewhere)
    wrong = [fault for role, worker in workers.items() for fault in crawl(role, as_user(worker))]
    assert wrong == [], "\n".join(wrong)


def crawl(role: Role, client: Client) -> list[str]:
    """Reads what a role is offered, kind by kind; returns what should not be."""
    client.raise_request_exception = False
    hidden = [standing.word for standing in STANDINGS if not standing.shared]
    waiting, seen, read, wrong = [("/", "the beginning")], {"/"}, Counter[str](), []
    while waiting:
        address, source = waiting.pop(0)
        said = f"{role.slug}: {source} leads to {address}"
        try:
            name = resolve(urlsplit(address).path).view_name
        except Resolver404:
            wrong.append(f"{said}, which is no address")
            continue
        if read[name] >= EACH:
            continue
        read[name] += 1
        answer = client.get(address)
        if answer.status_code in (403, 404, 500):
            wrong.append(f"{said}: {answer.status_code}")
        elif answer.status_code == 302:
            waiting.append((answer.headers["Location"], address))
        body = b"".join(answer) if answer.streaming else answer.content
        wrong += [f"{said}, which shows {word}" for word in hidden if word.encode() in body]
        # What was typed goes back to where its user could go then.
        is_page = answer.headers.get("Content-Type", "").startswith("text/html") and name != "draft"
        if is_page and answer.status_code == 200:
            for link in links_of(address, body.decode()):
                if link not in seen:
                    seen.add(link)
                    waiting.append((link, address))
    assert len(read) > 5, f"{role.slug} was offered next to nothing"
    return wrong
