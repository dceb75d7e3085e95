"""An OpenID Connect issuer that takes everybody's word for who they are: the single sign-on of the demonstration.

It speaks the code flow as the servers of organisations do, and refuses a wrong secret, a code used twice and a code
without its proof (PKCE).
"""

import json
import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

CLIENT_ID, CLIENT_SECRET = "openiom", "between the issuer and its client alone"
# Who can be chosen there, and whether the issuer has verified that the address is theirs.
PEOPLE = {
    "manager@westmarch.example": True,
    "practitioner@westmarch.example": False,
    "stranger@elsewhere.example": True,
}


class Handler(BaseHTTPRequestHandler):
    granted: ClassVar[dict[str, dict[str, str]]] = {}  # by code, and then by access token

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        given = {name: values[0] for name, values in parse_qs(asked.query).items()}
        if asked.path == "/.well-known/openid-configuration":
            self.answer_json(configuration(self.issuer))
        elif asked.path == "/authorize":
            self.answer_page(given)
        elif asked.path == "/chosen":
            code = secrets.token_urlsafe()
            self.granted[code] = given
            self.send_response(302)
            self.send_header(
                "Location", f"{given['redirect_uri']}?{urlencode({'code': code, 'state': given['state']})}"
            )
            self.end_headers()
        elif asked.path == "/userinfo":
            self.answer_json(claims(self.granted[self.headers["Authorization"].removeprefix("Bearer ")]["email"]))
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        grant = self.granted.pop(given["code"], {})
        proof = urlsafe_b64encode(sha256(given.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        if given.get("client_secret") != CLIENT_SECRET or not grant or proof != grant.get("code_challenge"):
            self.send_error(400)
            return
        access = secrets.token_urlsafe()
        self.granted[access] = grant
        about = {"iss": self.issuer, "aud": CLIENT_ID, "iat": int(time.time()), "exp": int(time.time()) + 60}
        token = jwt.encode(claims(grant["email"]) | about, CLIENT_SECRET, "HS256")
        self.answer_json({"access_token": access, "token_type": "Bearer", "id_token": token})

    @property
    def issuer(self) -> str:
        return f"http://{self.headers['Host']}"

    def answer_json(self, content: dict[str, Any]) -> None:
        self.answer("application/json", json.dumps(content))

    def answer_page(self, given: dict[str, str]) -> None:
        links = "".join(
            f'<li><a href="/chosen?{escape(urlencode(given | {"email": email}))}">{email}</a></li>' for email in PEOPLE
        )
        self.answer("text/html", f"<!doctype html><title>Who are you?</title><h1>Who are you?</h1><ul>{links}</ul>")

    def answer(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: Any) -> None:
        """Says nothing."""


def claims(email: str) -> dict[str, Any]:
    return {"sub": sha256(email.encode()).hexdigest(), "email": email, "email_verified": PEOPLE[email]}


def configuration(issuer: str) -> dict[str, Any]:
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/keys",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }


@contextmanager
def at_work() -> Iterator[dict[str, str]]:
    """The issuer on a free port of this machine; what the product must be told of it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield {
            "OIDC_SERVER_URL": f"http://127.0.0.1:{server.server_address[1]}",
            "OIDC_NAME": "Force network",
            "OIDC_CLIENT_ID": CLIENT_ID,
            "OIDC_CLIENT_SECRET": CLIENT_SECRET,
        }
    finally:
        server.shutdown()
        server.server_close()
