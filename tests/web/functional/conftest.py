"""A running demonstration and a browser in front of it: what a user has, made by the command a user runs.

Set OPENIOM_SCREENSHOTS=yes to write the screenshots that the documents show.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, BrowserContext, Page, expect

from iom.config.demo import PASSWORD
from iom.config.demonstration import SIGN_INS
from tests.web.functional import issuer

ROOT = Path(__file__).parents[3]
AXE = ROOT / "assets" / "node_modules" / "axe-core" / "axe.min.js"
IMAGES = ROOT / "docs" / "images"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PEOPLE = 500
REVEALING = re.compile(r'^<input class="govuk-radios__input"[^>]* aria-expanded=')
EMAILS = {each.role: each.email for each in SIGN_INS}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def single_sign_on() -> Iterator[dict[str, str]]:
    """An issuer at work, as the environment names it."""
    with issuer.at_work() as environment:
        yield environment


@pytest.fixture(scope="session")
def demonstration(single_sign_on: dict[str, str]) -> Iterator[str]:
    """The address of `openiom demo`, started as a user starts it; stopped with Ctrl-C, and it must stop cleanly."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="iom-demo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        log = Path(folder) / "log"
        command = [sys.executable, "-m", "iom.config.cli", "demo", "--people", str(PEOPLE)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), **single_sign_on}
        environment["OPENIOM_PAGES_A_MINUTE"] = "100000"  # a test reads faster than a person
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*command, "--port", str(port), "--store", f"{folder}/demo"],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        address = f"http://127.0.0.1:{port}"
        try:
            wait_for(address, process, log)
            yield address
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            code = process.wait(timeout=60)
        assert code == 0, log.read_text()


def wait_for(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(1200):
        if process.poll() is not None:
            raise AssertionError(f"the demonstration ended: {log.read_text()}")
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=2):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"the demonstration did not answer: {log.read_text()}")


@pytest.fixture
def open_page(chromium: Browser, demonstration: str) -> Iterator[Callable[..., Page]]:
    """Opens a browser of its own: `open_page(size=PHONE, script=False)`."""
    contexts: list[BrowserContext] = []

    def run(size: dict[str, int] = DESKTOP, *, script: bool = True) -> Page:
        context = chromium.new_context(viewport=size, java_script_enabled=script, base_url=demonstration)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        contexts.append(context)
        return context.new_page()

    yield run
    for context in contexts:
        context.close()


@pytest.fixture
def signed_in(open_page: Callable[..., Page]) -> Callable[..., Page]:
    """A page signed in as a role: `signed_in("coordinator")`."""

    def run(role: str, **options: Any) -> Page:
        page = open_page(**options)
        page.goto("/")
        sign_in(page, role)
        page.get_by_role("heading", name="Today", level=1).wait_for()
        return page

    return run


def sign_in(page: Page, role: str, password: str = PASSWORD) -> None:
    """From the page that somebody who is not signed in is led to."""
    page.get_by_label("Email").fill(EMAILS[role])
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def give_code(page: Page, code: str) -> None:
    """What a password alone leads to, where the second factor is on."""
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Continue").click()


def set_up_second_factor(page: Page) -> str:
    """Sets up an authenticator app; the secret it holds from then on."""
    page.goto("/accounts/2fa/totp/activate/")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    secret = page.locator(".iom-code--long").inner_text()
    page.get_by_label("6-digit code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Turn on").click()
    expect(page.get_by_label("Unused codes")).to_be_visible()
    return secret


def turn_on_second_factor(page: Page) -> str:
    """Sets up the second factor; a recovery code, for the app's own is not taken twice in its 30 seconds."""
    set_up_second_factor(page)
    return page.get_by_label("Unused codes").get_by_role("listitem").first.inner_text()


def turn_off_second_factor(page: Page) -> None:
    page.goto("/accounts/2fa/totp/deactivate/")
    page.get_by_role("button", name="Turn off").click()
    expect(page.get_by_role("link", name="Set up", exact=False).first).to_be_visible()


def axe(page: Page) -> list[str]:
    """What axe finds wrong with the page, WCAG 2.2 AA and below: rule, how serious, and where.

    Left out: `aria-expanded` on radios that reveal a question, which is how the GOV.UK Design System makes them and
    what its own tests with screen readers support (alphagov/govuk-frontend, issue 979).
    """
    page.evaluate(AXE.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    found = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", tags)
    return [
        f"{page.url}: {each['id']} ({each['impact']}) at {[node['target'] for node in each['nodes']][:3]}"
        for each in found["violations"]
        if each["id"] != "aria-allowed-attr" or not all(REVEALING.search(node["html"]) for node in each["nodes"])
    ]


def look(page: Page, name: str) -> None:
    """Takes the screenshot the documents show, where asked to."""
    if os.environ.get("OPENIOM_SCREENSHOTS") == "yes":
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(IMAGES / f"{name}.png"), full_page=True)
