"""The interface for other systems, version 1. It holds no rule: it reads what was asked, calls, and answers.

Its first part has the shape that HM Prison and Probation Service asks of every service that holds people's data: the
module `sar` of hmpps-kotlin-lib, https://github.com/ministryofjustice/hmpps-kotlin-lib, as of May 2026.
"""

from importlib import resources
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI, Query

from iom.access.scope import act_in
from iom.api import problems
from iom.api.authentication import Caller, PerToken, SystemToken
from iom.api.schemas import SubjectAccess, SubjectAccessQuery
from iom.partnerships.choices import TokenScope
from iom.sharing.operations import system_answers
from iom.sharing.operations.system_answers import Wanted
from iom.sharing.rules import numbers

# Pages that load scripts from elsewhere describe nothing here; the description itself needs a token.
api = NinjaAPI(title="OpenIOM", version="1", docs_url=None, openapi_url=None, throttle=[PerToken()])
problems.handle(api)

NOT_RECOGNISED = 209
EMPTY = {204: {"description": "Nothing is held, or nothing of those days"}}
UNKNOWN = {NOT_RECOGNISED: {"description": "The number is not of a kind that is held here"}}


class Asked(HttpRequest):
    """A request that a token let in."""

    auth: Caller


@api.get(
    "/subject-access-request",
    auth=SystemToken(TokenScope.SUBJECT_ACCESS),
    response={200: SubjectAccess},
    url_name="api-subject-access",
    summary="What is held about a person, as two people of the agency released it",
    openapi_extra={"responses": problems.described(*problems.STATUSES) | EMPTY | UNKNOWN},
)
def subject_access(request: Asked, asked: Query[SubjectAccessQuery]) -> Any:
    wanted = Wanted(asked.prn.strip().upper(), asked.crn.strip().upper(), asked.from_date, asked.to_date)
    if not wanted.prison_number and not wanted.crn:
        return problems.problem(400, "Give prn or crn.")
    if not numbers.is_recognised(prison_number=wanted.prison_number, crn=wanted.crn):
        return HttpResponse(status=NOT_RECOGNISED)
    caller = request.auth
    with act_in(caller.scope):
        taken = system_answers.take(wanted=wanted, token_id=caller.token_id, by=caller.scope, at=timezone.now())
    if taken.people > 1:
        return problems.problem(
            400, "These numbers are of more than one person. Have the match decided, or ask by one."
        )
    return {"content": taken.content} if taken.content else HttpResponse(status=204)


@api.get(
    "/subject-access-request/template",
    auth=SystemToken(TokenScope.SUBJECT_ACCESS),
    url_name="api-subject-access-template",
    summary="How to set that out, in Mustache",
    openapi_extra={
        "responses": {200: {"description": "OK", "content": {"text/plain": {"schema": {"type": "string"}}}}}
        | problems.described(401, 403, 429)
    },
)
def template(request: Asked) -> HttpResponse:
    text = (resources.files("iom.api") / "subject_access.mustache").read_text(encoding="utf-8")
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@api.get(
    "/openapi.json",
    auth=SystemToken(TokenScope.DESCRIPTION),
    url_name="api-description",
    summary="This description",
    openapi_extra={
        "responses": {200: {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}}
        | problems.described(401, 403, 429)
    },
)
def description(request: Asked) -> Any:
    return dict(api.get_openapi_schema(path_prefix="/api/v1/"))
