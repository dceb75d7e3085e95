"""What every answer tells the browser to refuse, and what cookies are in production."""

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories.partnerships import Worker

ADDRESSES = ["/", "/people/", "/accounts/login/", "/health", "/no-such-page", "/hidden"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_tells_the_browser_to_refuse(
    address: str, alice: Worker, as_user: Callable[[Worker], Client]
) -> None:
    headers = as_user(alice).get(address).headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in policy
    assert "script-src 'self';" in policy + ";"
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert "charset=utf-8" in headers["Content-Type"] or headers["Content-Type"] == "application/json"


PRODUCTION = """
import json
from django.conf import settings
starts = ("SESSION_COOKIE", "CSRF_COOKIE", "LANGUAGE_COOKIE", "SECURE_")
names = [name for name in dir(settings) if name.startswith(starts)]
print(json.dumps({name: getattr(settings, name) for name in [*names, "DEBUG"]}, default=str))
"""


def test_production_is_secure_without_being_told() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("OPENIOM_")}
    environment |= {"OPENIOM_SECRET_KEY": "a test", "DJANGO_SETTINGS_MODULE": "iom.config.settings"}
    done = subprocess.run(
        [sys.executable, "-c", PRODUCTION], env=environment, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    for cookie in ("SESSION", "CSRF", "LANGUAGE"):
        assert found[f"{cookie}_COOKIE_SECURE"] is True
        assert found[f"{cookie}_COOKIE_HTTPONLY"] is True
        assert found[f"{cookie}_COOKIE_SAMESITE"] == "Lax"
        assert found[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert found[f"{cookie}_COOKIE_PATH"] == "/"
        assert found[f"{cookie}_COOKIE_DOMAIN"] is None
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert found["DEBUG"] is False
