"""The gallery in a real browser: nothing for axe or the content policy to find, and the keys that hide the page."""

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jinja2
import pytest
from django.test import override_settings
from django.utils import translation
from playwright.sync_api import Browser, Page

import iom.govuk
from iom.govuk.environment import environment
from iom.govuk.gallery import gallery_context
from tests.conftest import cannot_run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

APP = Path(iom.govuk.__file__).parent
AXE = Path(__file__).parents[4] / "assets/node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
)
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


class Handler(SimpleHTTPRequestHandler):
    """Serves the drawn pages and the built assets under the product's content policy; remembers what was posted."""

    posted: list[tuple[str, str | None]] = []
    left: list[list[tuple[str, str]]] = []

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def do_POST(self) -> None:
        self.posted.append((self.path, self.headers.get("X-CSRFToken")))
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        if self.path == "/leave":
            self.left.append(parse_qsl(sent))
            self.send_response(303)
            self.send_header("Location", "/hidden.html")
        else:
            self.send_response(204)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """A test's output is what it says itself."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the gallery's pages."""
    if not (APP / "static/build/openiom.css").exists() or not AXE.exists():
        cannot_run("the static assets are not built: make setup")
    folder = tmp_path_factory.mktemp("gallery")
    (folder / "static").symlink_to(APP / "static")
    env = environment(loader=jinja2.FileSystemLoader(APP / "jinja2"))
    with override_settings(STATIC_URL="/static/", STORAGES=PLAIN), translation.override("en"):
        context = gallery_context() | {
            "privacy_url": "/hidden.html",
            "csrf_token": "token",
            "session_timeout": {
                "seconds": 600,
                "warning_seconds": 120,
                "keep_alive_url": "/keep-alive",
                "leave_url": "/leave",
                "reach_url": "/done.html",
            },
        }
        for name, template in PAGES.items():
            given = context if name == "gallery" else {**context, "form": None}
            (folder / f"{name}.html").write_text(env.get_template(template).render(given))
        (folder / "done.html").write_text(env.from_string(DONE).render())
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
DONE = """{% from "govuk/progress.html" import progress %}
{{ progress("import", "All rows checked", done=50000, total=50000, poll_url="/done.html", running=false) }}"""
PAGES = {
    "gallery": "govuk/gallery.html",
    "interruption": "govuk/gallery_interruption.html",
    "live": "govuk/gallery_live.html",
    "not-found": "404.html",
    "hidden": "govuk/hidden.html",
}


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens a page of the gallery; fails the test for anything the browser complained of."""
    complaints: list[str] = []
    contexts = []

    def open_page(name: str, viewport: dict[str, int] = DESKTOP, **options: Any) -> Page:
        context = chromium.new_context(viewport=viewport, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.clock.install()
        page.goto(f"{site}/{name}.html")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def violations(page: Page) -> list[str]:
    """What axe finds, as "rule: element"."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [f"{each['id']}: {node['html'][:120]}" for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_the_page_does_not_scroll_sideways(
    visit: Callable[..., Page], name: str, viewport: dict[str, int]
) -> None:
    page = visit(name, viewport)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_axe_would_find_something(visit: Callable[..., Page]) -> None:
    page = visit("not-found")
    page.evaluate("document.querySelector('main').append(document.createElement('img'))")
    assert any("image-alt" in each for each in violations(page))


def test_one_press_hides_the_page_and_its_title(visit: Callable[..., Page]) -> None:
    page = visit("gallery")
    name = page.locator(".iom-person__name")
    page.locator("#id_surname").focus()
    page.keyboard.press("Alt+KeyP")
    assert page.title() == "Page hidden"
    assert not covered_is_reachable(page)
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    assert page.locator("#privacy-screen").is_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Show the page").press("Enter")
    assert "Components" in page.title()
    assert name.is_visible()
    assert covered_is_reachable(page)
    page.keyboard.press("Alt+KeyP")
    page.keyboard.press("Alt+KeyP")
    assert not page.locator("#privacy-screen").is_visible()


def covered_is_reachable(page: Page) -> bool:
    """Whether what is drawn in the middle of the screen is the page rather than what hides it."""
    inside = page.evaluate(
        "document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('#privacy-screen') !== null"
    )
    return not inside


def test_the_link_hides_the_page_too_and_without_a_script_leads_to_a_neutral_one(visit: Callable[..., Page]) -> None:
    page = visit("gallery")
    page.get_by_role("link", name="Hide this page").click()
    assert page.locator("#privacy-screen").is_visible()
    plain = visit("gallery", java_script_enabled=False)
    assert not plain.get_by_text("Someone looking over your shoulder?").is_visible()
    plain.get_by_role("link", name="Hide this page").click()
    assert plain.get_by_role("heading", name="Page hidden").is_visible()


def test_the_end_of_the_session_is_announced_and_can_be_put_off(visit: Callable[..., Page]) -> None:
    page = visit("gallery")
    warning = page.locator("#session-timeout")
    page.clock.fast_forward(470_000)
    assert not warning.is_visible()
    page.clock.fast_forward(15_000)
    warning.wait_for(state="visible")
    assert "2 minutes" in (warning.text_content() or "")
    assert violations(page) == []
    Handler.posted.clear()
    page.get_by_role("button", name="Stay signed in").click()
    warning.wait_for(state="hidden")
    assert Handler.posted == [("/keep-alive", "token")]
    page.clock.fast_forward(485_000)
    warning.wait_for(state="visible")
    Handler.left.clear()
    page.clock.fast_forward(130_000)
    page.wait_for_url("**/hidden.html")
    assert Handler.left == [[]]


def test_what_was_typed_goes_along_when_the_time_is_up_and_when_somebody_leaves(visit: Callable[..., Page]) -> None:
    for leaves in (False, True):
        page = visit("gallery")
        page.locator("#id_surname").fill("Ashdown")
        page.clock.fast_forward(485_000)
        page.locator("#session-timeout").wait_for(state="visible")
        Handler.left.clear()
        if leaves:
            page.get_by_role("button", name="Leave now").click()
        else:
            page.clock.fast_forward(130_000)
        page.wait_for_url("**/hidden.html")
        (sent,) = Handler.left
        assert sent[0] == ("goes-to", "/gallery.html")
        assert ("surname", "Ashdown") in sent


def test_the_page_can_be_hidden_while_the_warning_shows(visit: Callable[..., Page]) -> None:
    page = visit("gallery")
    page.clock.fast_forward(485_000)
    page.locator("#session-timeout").wait_for(state="visible")
    page.keyboard.press("Alt+KeyP")
    assert not covered_is_reachable(page)


def test_the_first_key_stop_skips_to_the_content(visit: Callable[..., Page]) -> None:
    page = visit("not-found")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


def test_an_error_in_the_summary_leads_to_its_field(visit: Callable[..., Page]) -> None:
    page = visit("gallery")
    page.get_by_role("link", name="Date of birth must be a real date").press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_born_day"


def test_filters_are_folded_away_on_a_phone_but_not_without_a_script(visit: Callable[..., Page]) -> None:
    assert visit("gallery", DESKTOP).get_by_role("button", name="Apply filters").is_visible()
    assert not visit("gallery", PHONE).get_by_role("button", name="Apply filters").is_visible()
    assert visit("gallery", PHONE, java_script_enabled=False).get_by_role("button", name="Apply filters").is_visible()


def test_without_a_script_everything_is_there(visit: Callable[..., Page]) -> None:
    page = visit("gallery", PHONE, java_script_enabled=False)
    assert page.get_by_role("link", name="Meetings").is_visible()
    assert page.get_by_role("link", name="Refresh to see how far it has got").first.is_visible()
    assert not visit("gallery", PHONE).get_by_role("link", name="Refresh to see how far it has got").first.is_visible()
    page.locator("#site-search").fill("Ashdown")
    page.locator("#site-search").press("Enter")
    page.wait_for_url("**?q=Ashdown**")


def test_on_paper_there_are_no_buttons_and_the_warning_keeps_its_words(visit: Callable[..., Page]) -> None:
    page = visit("gallery")
    page.emulate_media(media="print")
    assert not page.get_by_role("button", name="Save and continue").is_visible()
    assert not page.locator(".govuk-service-navigation").is_visible()
    assert page.get_by_text("Risk to staff:").is_visible()


def test_a_live_page_keeps_up_by_itself(visit: Callable[..., Page]) -> None:
    page = visit("live")
    assert page.get_by_text("12,000 of 50,000 (24%)").is_visible()
    page.clock.run_for(2_500)
    page.get_by_text("50,000 of 50,000 (100%)").wait_for()
    assert page.locator("[hx-get]").count() == 0
    assert page.get_by_text("All rows checked").is_visible()
