"""Keeps what was typed when the session had ended, and lets go of it once it is saved."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.scope import Scope, act_in, unrestricted
from iom.common.errors import WrongState
from iom.govuk.forms import SHOWN_AGAIN
from iom.home import drafts, operations, queries
from iom.partnerships import queries as partnerships


class DraftMiddleware:
    """Stands inside `ScopeMiddleware`: what it writes stands or falls with what the view writes.

    By the time it is asked about a form, its CSRF token has been found good.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        # `came_in`: a form refused for its CSRF token is led elsewhere as well, and nothing of it was done.
        if not getattr(request, "came_in", False) or response.status_code != 302:
            return response
        if SHOWN_AGAIN in request.POST:
            # Something was done where a form was only to be shown again: a page that does not ask by a form of ours.
            transaction.set_rollback(True)
            list(messages.get_messages(request))  # read, so that no page says it was done
            request.user_error = WrongState(  # type: ignore[attr-defined]
                _("This form cannot be filled in again. Go back, and copy what you typed.")
            )
            return response
        draft_id = drafts.continued(request)
        if draft_id:
            by: Scope = request.scope  # type: ignore[attr-defined]
            try:
                operations.finish(draft_id=draft_id, path=request.path, by=by, at=timezone.now())
            except Exception:
                transaction.set_rollback(True)  # the middleware outside this one gets a response, not the exception
                raise
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST" or getattr(view, "permission", None) is None:
            return None
        if request.user.is_authenticated:
            draft_id = drafts.continued(request)
            if draft_id and queries.is_for_another_agency(draft_id=draft_id, scope=request.scope):  # type: ignore[attr-defined]
                return redirect("draft", draft_id)
            if drafts.is_for_another_agency(request, request.scope):  # type: ignore[attr-defined]
                return self.made_for_another(request)
            request.came_in = True  # type: ignore[attr-defined]
            if SHOWN_AGAIN in request.POST:
                messages.info(request, _("This is what you typed before you were signed out. It is not saved yet."))
            return None
        to = keep_typed(request)
        return redirect_to_login(to) if to else None

    @staticmethod
    def made_for_another(request: HttpRequest) -> HttpResponse:
        """Does nothing of a form whose page was made while its user acted for another agency: it would act for this.

        They chose another meanwhile, in a tab beside it, or their access there ended. While they may still act there,
        what they typed is kept for it.
        """
        to = keep_typed(request)
        if to is None:
            request.user_error = WrongState(  # type: ignore[attr-defined]
                _("This page was opened while you acted for another agency. Nothing was done. Open it again.")
            )
            return HttpResponse(status=WrongState.status)
        messages.warning(request, _("You now act for another agency. Nothing was done."))
        return redirect(to)


def keep_typed(request: HttpRequest) -> str | None:
    """Keeps what a form held for whom its page was made for; where they should be led once they are signed in.

    That is the draft, or the page itself where nothing was typed. None where nobody can say whose the form is.
    """
    made_for, typed = drafts.made_for(request), drafts.typed(request)
    if made_for is None or not partnerships.is_member(user_id=made_for.user_id, agency_id=made_for.agency_id):
        return None
    if not typed.has_something or not drafts.takes_answers(typed.path):
        return made_for.page
    if typed.is_too_long:
        messages.warning(request, _("You were signed out. What you sent was too long to keep."))
        return made_for.page
    by = unrestricted(
        partnership_id=made_for.partnership_id,
        agency_id=made_for.agency_id,
        because="keeping what was typed when a session had ended",
    )
    with act_in(by):
        draft = operations.keep(
            user_id=made_for.user_id,
            agency_id=made_for.agency_id,
            path=typed.path,
            pairs=typed.pairs,
            files=typed.files,
            instead_of=drafts.continued(request),
            by=by,
            at=timezone.now(),
        )
    return reverse("draft", args=[draft.pk])
