"""Who acts for whom."""

from datetime import date

from django.http import HttpRequest

from iom.access import roles
from iom.access.scope import NOBODY, Scope, unrestricted
from iom.common.errors import NotVisible
from iom.partnerships.models import Agency, Area, Membership, Partnership, SystemToken, User
from iom.partnerships.rules import token_hash


def list_memberships(*, user: User) -> list[Membership]:
    """The user's active memberships, with agency and partnership, oldest first."""
    found = Membership.objects.active().filter(user=user).select_related("agency__partnership")
    return list(found.order_by("started_at", "id"))


def is_member(*, user_id: int, agency_id: int) -> bool:
    """Whether somebody acts for an agency now."""
    return bool(Membership.objects.active().filter(user_id=user_id, agency_id=agency_id).exists())


def scope_of(request: HttpRequest) -> Scope:
    """The scope of a signed-in request: the membership chosen in this session, or the first.

    A user with no active membership acts for nobody: signed in, and allowed nothing.
    """
    assert isinstance(request.user, User)
    memberships = list_memberships(user=request.user)
    if not memberships:
        return NOBODY
    chosen_id = request.session.get("membership_id")
    chosen = next((m for m in memberships if m.pk == chosen_id), memberships[0])
    return scope_from(chosen)


def scope_from(membership: Membership) -> Scope:
    """What this membership lets its user do."""
    return Scope(
        user_id=membership.user_id,
        partnership_id=membership.agency.partnership_id,
        agency_id=membership.agency_id,
        roles=tuple(membership.roles),
        permissions=roles.permissions_of(membership.roles),
    )


def get_partnership(*, scope: Scope) -> Partnership:
    return Partnership.objects.get(pk=scope.partnership_id)


def list_agencies(*, scope: Scope) -> list[Agency]:
    """The agencies of the partnership, by name."""
    return list(Agency.objects.filter(partnership_id=scope.partnership_id).order_by("name"))


def area_names(*, scope: Scope) -> list[str]:
    """The names of the partnership's areas, in order."""
    return list(
        Area.objects.filter(partnership_id=scope.partnership_id).order_by("name").values_list("name", flat=True)
    )


def scopes_of_every_agency(*, because: str) -> list[Scope]:
    """The system's scope for each agency of each partnership, for work that it does for all of them in turn."""
    return [
        unrestricted(partnership_id=agency.partnership_id, agency_id=agency.pk, because=because)
        for agency in Agency.objects.order_by("pk")
    ]


def scopes_of_every_partnership(*, because: str) -> list[Scope]:
    """The system's scope for each partnership as a whole, and for what was done before or outside any (0)."""
    ids = [0, *Partnership.objects.order_by("pk").values_list("pk", flat=True)]
    return [unrestricted(partnership_id=pk, agency_id=0, because=because) for pk in ids]


def list_members(*, scope: Scope) -> list[Membership]:
    """Everybody with access to the partnership now, by agency and name."""
    found = Membership.objects.visible_to(scope).active().select_related("user", "agency", "team")
    return list(found.order_by("agency__name", "user__name"))


def list_users_ever(*, scope: Scope) -> list[tuple[int, str]]:
    """Everybody who has or had access to the partnership, by name."""
    ids = Membership.objects.visible_to(scope).values("user_id")
    return list(User.objects.filter(pk__in=ids).order_by("name").values_list("pk", "name"))


def user_names(*, user_ids: set[int]) -> dict[int, str]:
    """The names of colleagues by id, in one query; 0 is the system."""
    names = dict(User.objects.filter(pk__in=user_ids).values_list("pk", "name"))
    return {0: "OpenIOM", **names}


def list_tokens(*, scope: Scope) -> list[SystemToken]:
    """The tokens of the partnership's systems, those that are still taken first."""
    found = SystemToken.objects.visible_to(scope).select_related("agency")
    return list(found.order_by("-expires_on", "system", "pk"))


def get_token(*, token_id: int, scope: Scope) -> SystemToken:
    found: SystemToken | None = (
        SystemToken.objects.visible_to(scope).select_related("agency").filter(pk=token_id).first()
    )
    if found is None:
        raise NotVisible()
    return found


def token_of(*, secret: str, on: date) -> SystemToken | None:
    """Whose token this is, if it is taken on that day. Nobody acts yet: there is no scope to ask in."""
    found = SystemToken.objects.filter(token_hash=token_hash(secret), revoked_at__isnull=True, expires_on__gte=on)
    token: SystemToken | None = found.select_related("agency").first()
    return token


def token_ever(*, secret: str) -> SystemToken | None:
    """Whose token this is or was, whether or not it is taken."""
    token: SystemToken | None = (
        SystemToken.objects.filter(token_hash=token_hash(secret)).select_related("agency").first()
    )
    return token


def scope_of_token(token: SystemToken) -> Scope:
    """A system acts for its agency and sees what that sees. It holds no permission: it can do nothing a person does."""
    return Scope(
        user_id=0,
        partnership_id=token.agency.partnership_id,
        agency_id=token.agency_id,
        roles=(),
        permissions=frozenset(),
    )
