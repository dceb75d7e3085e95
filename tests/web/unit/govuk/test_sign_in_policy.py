"""Single sign-on under a strict content policy: browsers refuse a form whose redirect leads where it does not."""

import os
import subprocess
import sys

import pytest

SHOWN = "from django.conf import settings; print(*settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
SINGLE_SIGN_ON = {
    "OIDC_SERVER_URL": "https://sign-on.example.org/realm/",
    "OIDC_CLIENT_ID": "x",
    "OIDC_CLIENT_SECRET": "x",
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("environment", "allowed"),
    [
        ({}, "'self'"),
        (SINGLE_SIGN_ON, "'self' https://sign-on.example.org"),
        (
            SINGLE_SIGN_ON | {"OIDC_ADDRESSES": "https://a.example.org https://b.example.org"},
            "'self' https://a.example.org https://b.example.org",
        ),
    ],
    ids=["none", "one server", "several addresses"],
)
def test_a_form_may_lead_here_and_to_single_sign_on(environment: dict[str, str], allowed: str) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OIDC_")}
    ran = subprocess.run(
        [sys.executable, "-c", SHOWN],
        env=kept
        | environment
        | {"DJANGO_SETTINGS_MODULE": "iom.config.settings", "OPENIOM_SECRET_KEY": "x", "PYTHONPATH": os.getcwd()},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == allowed
