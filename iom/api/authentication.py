"""Other systems prove themselves with a bearer token, and act in the scope of its agency.

There is no session here: a user's cookie is not looked at, so a page elsewhere that makes a browser call this does so
as nobody, and there is nothing for a CSRF token to protect.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer
from ninja.throttling import AuthRateThrottle

from iom.access.scope import NOBODY, Scope, act_in
from iom.agreements.queries import limits
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import NotAllowed
from iom.partnerships import operations, queries
from iom.partnerships.choices import TokenScope

ONCE_IN_SECONDS = 60


@dataclass(frozen=True)
class Caller:
    """A system that was let in, and what it acts in."""

    token_id: int
    scope: Scope

    def __str__(self) -> str:  # what calls are counted by
        return f"token {self.token_id}"


class SystemToken(HttpBearer):
    """Lets in whoever holds a token that is taken today and may do this."""

    def __init__(self, needs: TokenScope) -> None:
        super().__init__()
        self.needs = needs

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        if settings.SECURE_SSL_REDIRECT and not request.is_secure():
            raise NotAllowed("Call by HTTPS. This token was sent in the open: have it revoked, and another made.")
        at = timezone.now()
        found = queries.token_of(secret=token, on=timezone.localdate(at))
        if found is None:
            note_not_taken(token, at=at)
            return None
        scope = limits.limited(queries.scope_of_token(found), at=at)
        operations.token_used(token=found, at=at)
        with act_in(scope):
            may = self.needs in found.scopes
            audit.record(
                by=scope,
                at=at,
                kind=Kind.ACCESS,
                action="api.called" if may else "api.refused",
                subject_type="partnerships.SystemToken",
                subject_id=found.pk,
                detail={"needs": str(self.needs)},
            )
        if not may:
            raise NotAllowed("This token does not allow that. Ask the partnership's administrator.")
        return Caller(found.pk, scope)


def note_not_taken(token: str, *, at: datetime) -> None:
    """Records that a token was not taken: with its agency where there was such a token, else outside any partnership.

    The first of each minute, of each such token and of all that are unknown together: whoever has no token must not be
    able to fill the record.
    """
    found = queries.token_ever(secret=token)
    if not cache.add(f"api.token-not-taken.{found.pk if found else 0}", True, timeout=ONCE_IN_SECONDS):
        return
    scope = queries.scope_of_token(found) if found else NOBODY
    why = "unknown" if found is None else "revoked" if found.revoked_at else "over"
    with act_in(scope):
        audit.record(
            by=scope,
            at=at,
            kind=Kind.ACCESS,
            action="api.not_taken",
            subject_type="partnerships.SystemToken",
            subject_id=found.pk if found else 0,
            detail={"why": why},
        )


class PerToken(AuthRateThrottle):
    """So many calls a minute for each token, counted by each process of the web server."""

    def __init__(self) -> None:
        super().__init__("120/m")
