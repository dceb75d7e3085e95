"""Letting other systems in: their tokens listed, made and shown once, revoked."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from iom.access.permissions import Permission
from iom.access.views import ScopedRequest, add_errors, requires
from iom.common.errors import InvalidInput
from iom.partnerships import operations, queries
from iom.partnerships.choices import TokenScope
from iom.partnerships.forms import TokenForm


@require_GET
@requires(Permission.USERS_MANAGE)
def tokens(request: ScopedRequest) -> HttpResponse:
    """Every token there has been, with when it was last used."""
    found, on = queries.list_tokens(scope=request.scope), timezone.localdate()
    here = {membership.user_id for membership in queries.list_members(scope=request.scope)}
    names = queries.user_names(user_ids={token.made_by for token in found})
    rows = [
        {
            "token": token,
            "scopes": [str(TokenScope(scope).label) for scope in token.scopes],
            "made_by": names.get(token.made_by, ""),
            "maker_is_here": token.made_by in here,
            "is_taken": token.revoked_at is None and token.expires_on >= on,
        }
        for token in found
    ]
    return render(request, "partnerships/tokens.html", {"rows": rows})


@require_http_methods(["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def make_token(request: ScopedRequest) -> HttpResponse:
    """Asks what the system is and may do; then shows the token, this once."""
    agencies = {agency.pk: agency for agency in queries.list_agencies(scope=request.scope)}
    form = TokenForm(request.POST or None, agencies=[(pk, agency.name) for pk, agency in agencies.items()])
    if request.method == "POST" and form.is_valid():
        given = {**form.cleaned_data, "agency": agencies[form.cleaned_data["agency"]]}
        try:
            made, token = operations.make_token(**given, by=request.scope, at=timezone.now())
        except InvalidInput as error:
            add_errors(form, error)
        else:
            return render(request, "partnerships/token_made.html", {"made": made, "token": token})
    cancel = {"href": reverse("partnerships-tokens"), "text": _("Cancel")}
    return render(request, "partnerships/token_new.html", {"form": form, "cancel": cancel})


@require_http_methods(["GET", "POST"])
@requires(Permission.USERS_MANAGE)
def revoke_token(request: ScopedRequest, token_id: int) -> HttpResponse:
    """First a page that says what stops; then it does."""
    token = queries.get_token(token_id=token_id, scope=request.scope)
    if request.method == "POST":
        operations.revoke_token(token=token, by=request.scope, at=timezone.now())
        messages.success(request, _("The token is revoked."))
        return redirect("partnerships-tokens")
    return render(request, "partnerships/token_revoke.html", {"token": token})
