"""Whose form it is, and what was typed in it: what must be known of a form that comes when its user is signed out.

Every form of a signed-in page carries a mark: who the page was made for, for which agency they acted, and its address;
signed, and good for a few days. Only who has had such a page can have something kept, and only for its own user.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core import signing
from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import lazy
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString, mark_safe

from iom.access.scope import Scope
from iom.govuk.forms import SHOWN_AGAIN

# The names of what is not an answer; none is the name of a form's field, for they have hyphens.
MARK, CONTINUED, GOES_TO, LEFT_OUT = "made-for", "kept-draft", "goes-to", "left-out"
NOT_TYPED = {"csrfmiddlewaretoken", MARK, CONTINUED, GOES_TO, LEFT_OUT, SHOWN_AGAIN}
SALT = "iom.home.drafts"
GOOD_FOR = timedelta(days=4)  # a long weekend: the laptop that slept through it
LONGEST = 200_000  # characters of one form, names included
LONGEST_PATH = 500


@dataclass(frozen=True)
class MadeFor:
    """Whom a page was made for, and where it is: without its query, for a search names people."""

    user_id: int
    partnership_id: int
    agency_id: int
    page: str


@dataclass(frozen=True)
class Typed:
    """What a form held besides its tokens: names and values as sent, and the names of files, which are never kept."""

    path: str
    pairs: list[tuple[str, str]]
    files: list[str]

    @property
    def has_something(self) -> bool:
        return any(value.strip() for _name, value in self.pairs)

    @property
    def is_too_long(self) -> bool:
        return sum(len(name) + len(value) for name, value in self.pairs) > LONGEST or len(self.path) > LONGEST_PATH


def form_tokens(request: HttpRequest, scope: Scope) -> SafeString:
    """What every form of a signed-in page carries in place of the CSRF field alone.

    On a page that answers a form, what was typed is in the page already: `data-iom-typed` says so to the script.
    """
    tokens = csrf_input(request)
    if scope.agency_id:
        made_for = [scope.user_id, scope.partnership_id, scope.agency_id, request.path]
        typed = mark_safe(" data-iom-typed") if request.method == "POST" else ""  # nosec B308
        mark = signing.dumps(made_for, salt=SALT)
        tokens += format_html('<input type="hidden" name="{}" value="{}"{}>', MARK, mark, typed)
    draft_id = continued(request)
    if draft_id:
        tokens += format_html('<input type="hidden" name="{}" value="{}">', CONTINUED, draft_id)
    return tokens


form_tokens_lazy = lazy(form_tokens, SafeString)


def made_for(request: HttpRequest) -> MadeFor | None:
    """Whom the form's page was made for; None where the mark is missing, not ours, changed or too old."""
    try:
        return MadeFor(*signing.loads(request.POST.get(MARK, ""), salt=SALT, max_age=GOOD_FOR))
    except signing.BadSignature:
        return None


def is_for_another_agency(request: HttpRequest, scope: Scope) -> bool:
    """Whether the form's page was made for this very user while they acted for another agency.

    Choosing the agency is done on such a page, and so is what this app's own pages ask: none of it is an agency's.
    """
    view: Any = request.resolver_match.func if request.resolver_match else None
    found = made_for(request)
    return (
        found is not None
        and found.user_id == scope.user_id
        and found.agency_id != scope.agency_id
        and getattr(view, "__module__", "") != "iom.home.views"
    )


def continued(request: HttpRequest) -> UUID | None:
    """The draft that this form continues."""
    try:
        return UUID(request.POST.get(CONTINUED, ""))
    except ValueError:
        return None


def typed(request: HttpRequest) -> Typed:
    """What was typed, and where it was going: this address, or for a form sent to `leave` the one it names."""
    path = request.POST.get(GOES_TO, "") if request.path == reverse("leave") else request.get_full_path()
    pairs = [
        (without_nul(name), without_nul(value))
        for name, values in request.POST.lists()
        if name not in NOT_TYPED and "password" not in name.lower()
        for value in values
    ]
    sent = [str(file.name) for _field, files in request.FILES.lists() for file in files]
    return Typed(path, pairs, [without_nul(name)[:200] for name in [*sent, *request.POST.getlist(LEFT_OUT)]][:20])


def without_nul(text: str) -> str:
    """PostgreSQL keeps no text with the byte 0."""
    return text.replace("\x00", "")


def takes_answers(path: str) -> bool:
    """Whether a path leads to a page of ours that asks something: none of signing in, of libraries, or of this app."""
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        return False
    try:
        view: Any = resolve(path.partition("?")[0]).func
    except Resolver404:
        return False
    return getattr(view, "permission", None) is not None and view.__module__ != "iom.home.views"
