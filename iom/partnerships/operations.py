"""Setting up a partnership, and giving and taking away access to it."""

import secrets
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from iom.access import roles as known_roles
from iom.access.permissions import Permission
from iom.access.scope import Scope
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.common.errors import InvalidInput, NotAllowed, NotVisible, WrongState
from iom.partnerships import rules
from iom.partnerships.choices import AgencyKind, Regime, TokenScope
from iom.partnerships.models import Agency, Area, Membership, Partnership, SystemToken, Team, User


@transaction.atomic
def found(*, name: str, slug: str, capacity: int, areas: list[str], by: Scope, at: datetime) -> Partnership:
    """Founds a partnership with its areas. Done once, by whoever installs the system."""
    partnership = Partnership.objects.create(name=name, slug=slug, capacity=capacity)
    Area.objects.bulk_create(Area(partnership=partnership, name=area) for area in areas)
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action="partnerships.found",
        subject_type="partnerships.Partnership",
        subject_id=partnership.pk,
    )
    return partnership


@transaction.atomic
def add_agency(
    *,
    partnership: Partnership,
    name: str,
    kind: AgencyKind,
    regime: Regime,
    statutory: bool,
    teams: list[str],
    by: Scope,
    at: datetime,
) -> Agency:
    agency = Agency.objects.create(partnership=partnership, name=name, kind=kind, regime=regime, statutory=statutory)
    Team.objects.bulk_create(Team(agency=agency, name=team) for team in teams)
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action="partnerships.add_agency",
        subject_type="partnerships.Agency",
        subject_id=agency.pk,
    )
    return agency


@transaction.atomic
def add_user(*, email: str, name: str, password: str | None, by: Scope, at: datetime) -> User:
    """A user who can sign in and, until given a membership, do nothing."""
    if User.objects.filter(email__iexact=email).exists():
        raise InvalidInput("There is already a user with this email address.", {"email": "Enter another email address"})
    user = User.objects.create_user(email=email, name=name, password=password)
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action="partnerships.add_user",
        subject_type="partnerships.User",
        subject_id=user.pk,
    )
    return user


@transaction.atomic
def set_home_postcode(*, postcode: str, by: Scope, at: datetime) -> None:
    """Keeps the mark of the acting user's own home postcode, or forgets it."""
    mark = rules.postcode_mark(postcode, key=settings.SECRET_KEY) if postcode.strip() else ""
    User.objects.filter(pk=by.user_id).update(postcode_mark=mark)
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="partnerships.set_home_postcode",
        subject_type="partnerships.User",
        subject_id=by.user_id,
        fields=["postcode_mark"],
    )


@transaction.atomic
def give_access(
    *, user: User, agency: Agency, roles: list[str], team: Team | None = None, by: Scope, at: datetime
) -> Membership:
    """Gives a user a place in an agency with these roles (slugs)."""
    unknown = sorted(set(roles) - set(known_roles.BY_SLUG))
    if unknown or not roles:
        raise InvalidInput("Choose at least one role from the list.", {"roles": "Choose at least one role"})
    check_in_partnership(agency=agency, by=by)
    membership = Membership.objects.create(user=user, agency=agency, team=team, roles=sorted(roles), started_at=at)
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action="partnerships.give_access",
        subject_type="partnerships.Membership",
        subject_id=membership.pk,
        detail={"user": user.pk, "agency": agency.pk, "roles": sorted(roles)},
    )
    return membership


@transaction.atomic
def end_access(*, membership: Membership, reason: str, by: Scope, at: datetime) -> None:
    """Ends a membership from this moment: the next request of that user is refused."""
    check_in_partnership(agency=membership.agency, by=by)
    if membership.user_id == by.user_id:
        raise NotAllowed("You cannot end your own access. Ask another administrator.")
    if not Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=at):
        return  # somebody else has ended it
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action="partnerships.end_access",
        subject_type="partnerships.Membership",
        subject_id=membership.pk,
        reason=reason,
    )


@transaction.atomic
def set_contact(*, contact: str, points: bool, by: Scope, at: datetime) -> Agency:
    """Says whom other agencies ask, and whether they are told that this agency holds something they do not see."""
    by.check(Permission.AGREEMENT_MANAGE)
    if points and not contact.strip():
        raise InvalidInput(
            "Others must know whom to ask.", {"contact": "Enter a post, and a telephone number or e-mail"}
        )
    agency = Agency.objects.select_for_update().get(pk=by.agency_id, partnership_id=by.partnership_id)
    agency.contact, agency.points = contact.strip(), points
    agency.save(update_fields=["contact", "points"])
    audit.record(
        by=by,
        at=at,
        kind=Kind.ALTERATION,
        action="partnerships.set_contact",
        subject_type="partnerships.Agency",
        subject_id=agency.pk,
        detail={"points": points},
    )
    return agency


def check_in_partnership(*, agency: Agency, by: Scope) -> None:
    if not by.because:
        by.check(Permission.USERS_MANAGE)
        if agency.partnership_id != by.partnership_id:
            raise NotAllowed("That agency is in another partnership.")


@transaction.atomic
def make_token(
    *, system: str, agency: Agency, scopes: list[str], expires_on: date, by: Scope, at: datetime
) -> tuple[SystemToken, str]:
    """Lets another system act for an agency. Returns the token's record and the token, which is never seen again."""
    by.check(Permission.USERS_MANAGE)
    check_in_partnership(agency=agency, by=by)
    rules.check_can_make_token(
        system=system, scopes=scopes, known=TokenScope.values, last_day=expires_on, on=timezone.localdate(at)
    )
    token = f"openiom_{secrets.token_urlsafe(32)}"
    made = SystemToken.objects.create(
        agency=agency,
        system=system.strip(),
        scopes=sorted(scopes),
        token_hash=rules.token_hash(token),
        expires_on=expires_on,
        made_by=by.user_id,
        made_at=at,
    )
    _note_token(made, "make_token", by=by, at=at, detail={"agency": agency.pk, "scopes": sorted(scopes)})
    return made, token


@transaction.atomic
def revoke_token(*, token: SystemToken, by: Scope, at: datetime) -> None:
    """Ends a token from this moment."""
    by.check(Permission.USERS_MANAGE)
    found = SystemToken.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=token.pk).first()
    if found is None:
        raise NotVisible()
    if found.revoked_at:
        raise WrongState("This token has been revoked already.")
    SystemToken.objects.filter(pk=found.pk).update(revoked_by=by.user_id, revoked_at=at)
    _note_token(found, "revoke_token", by=by, at=at)


def token_used(*, token: SystemToken, at: datetime) -> None:
    """Keeps the last day of use, so that a token nobody uses can be found. Each call has its own audit event."""
    on = timezone.localdate(at)
    if token.last_used_on != on:
        SystemToken.objects.filter(pk=token.pk).update(last_used_on=on)


def _note_token(
    token: SystemToken, action: str, *, by: Scope, at: datetime, detail: dict[str, object] | None = None
) -> None:
    audit.record(
        by=by,
        at=at,
        kind=Kind.ACCESS,
        action=f"partnerships.{action}",
        subject_type="partnerships.SystemToken",
        subject_id=token.pk,
        detail=detail,
    )
