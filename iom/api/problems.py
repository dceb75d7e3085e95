"""What goes wrong, as problem details (RFC 9457): a media type of its own, a title, the status and a sentence."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError

from iom.common.errors import UserError

MEDIA_TYPE = "application/problem+json"
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
STATUSES = (400, 401, 403, 429)


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> HttpResponse:
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return HttpResponse(json.dumps(body), status=status, content_type=MEDIA_TYPE, headers=headers)


def described(*statuses: int) -> dict[int, Any]:
    """How these answers are described to who reads the interface's description."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": SCHEMA}},
        }
        for status in statuses
    }


def handle(api: NinjaAPI) -> None:
    """Every error that is not a fault of ours gets its problem. A fault crashes, as on the pages."""

    @api.exception_handler(AuthenticationError)
    def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        detail = "Send the token of your system: Authorization: Bearer <token>. A session of a user is not taken here."
        return problem(401, detail, {"WWW-Authenticate": "Bearer"})

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        names = sorted({str(each["loc"][-1]) for each in error.errors})
        return problem(400, f"Not as described: {', '.join(names)}.")

    @api.exception_handler(Throttled)
    def throttled(request: HttpRequest, error: Throttled) -> HttpResponse:
        return problem(429, "Too many calls in a minute. Try again later.", {"Retry-After": str(error.wait or 60)})

    @api.exception_handler(HttpError)
    def refused(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, str(error))

    @api.exception_handler(UserError)
    def user_error(request: HttpRequest, error: UserError) -> HttpResponse:
        return problem(error.status, error.message)
