"""How sign-in behaves: nobody signs themselves up, and every sign-in and failure leaves an audit event."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils import timezone

from iom.access.scope import NOBODY
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.partnerships import queries as partnerships
from iom.partnerships.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are given by an administrator."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        assert isinstance(user, User)
        memberships = partnerships.list_memberships(user=user)
        scope = partnerships.scope_from(memberships[0]) if memberships else NOBODY
        audit.record(
            by=scope,
            at=timezone.now(),
            kind=Kind.ACCESS,
            action="sign-in",
            subject_type="partnerships.User",
            subject_id=user.pk,
        )

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        user = User.objects.filter(email__iexact=credentials.get("email") or "").first()
        audit.record(
            by=NOBODY,
            at=timezone.now(),
            kind=Kind.ACCESS,
            action="sign-in-failed",
            subject_type="partnerships.User",
            subject_id=user.pk if user else 0,
        )


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Single sign-on opens the door for who an administrator has added, and for nobody else."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Joins the sign-in to the user an administrator added under the same verified address."""
        if sociallogin.is_existing:
            return
        verified = [address.email for address in sociallogin.email_addresses if address.verified]
        user = User.objects.filter(email__in=[email.lower() for email in verified], is_active=True).first()
        if user is not None:
            sociallogin.connect(request, user)
