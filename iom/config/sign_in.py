"""How sign-in behaves: nobody signs themselves up, and every sign-in, failure and end leaves an audit event."""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from iom.access.scope import NOBODY
from iom.audit import operations as audit
from iom.audit.choices import Kind
from iom.govuk import sign_in_forms
from iom.partnerships import queries as partnerships
from iom.partnerships.models import User


def note(action: str, user: User | None) -> None:
    """An audit event about signing in, in the partnership that the user acts for, where they act for one."""
    memberships = partnerships.list_memberships(user=user) if user else []
    audit.record(
        by=partnerships.scope_from(memberships[0]) if memberships and action != "sign-in-failed" else NOBODY,
        at=timezone.now(),
        kind=Kind.ACCESS,
        action=action,
        subject_type="partnerships.User",
        subject_id=user.pk if user else 0,
    )


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are given by an administrator."""
        return False

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        super().login(request, user)
        assert isinstance(user, User)
        note("sign-in", user)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, User):
            note("sign-out", request.user)
        super().logout(request)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Changed, or set anew by a link: every other session of the user ends with it."""
        super().set_password(user, password)
        assert isinstance(user, User)
        note("set-password", user)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        note("sign-in-failed", User.objects.filter(email__iexact=credentials.get("email") or "").first())


class WordsOfThePlaceValidator:
    """A password is long enough without the words that everybody here would try first."""

    WORK = ("openiom", "integrated", "offender", "management", "police", "probation", "prison", "council", "treatment")

    SHORTEST = 4

    def __init__(self, min_length: int) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        memberships = partnerships.list_memberships(user=user) if isinstance(user, User) and user.pk else []
        places = " ".join(f"{each.agency.name} {each.agency.partnership.name}" for each in memberships)
        rest = password.casefold()
        for word in (*self.WORK, *places.casefold().split()):
            rest = rest.replace(word, "") if len(word) >= self.SHORTEST else rest
        if len(rest) < self.min_length <= len(password):
            raise ValidationError(self.get_help_text(), code="password_of_the_place")

    def get_help_text(self) -> str:
        return _(
            "Your password leans on words that anybody here would try, such as the name of your agency. Add others."
        )


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    def end_sessions(self, sessions: Any) -> None:
        """Ended from another session, by the user's own wish or because their second factor changed."""
        super().end_sessions(sessions)
        for user in {session.user for session in sessions}:
            note("end-sessions", user)


def end_other_sessions(sender: Any, request: HttpRequest, user: User, **_more: Any) -> None:
    """Who came in by the factor as it was comes in anew. The library tells of a change by its signals alone."""
    others = UserSession.objects.filter(user=user).exclude(session_key=request.session.session_key)
    SessionsAdapter().end_sessions(list(others))


class CodeForm:
    """A code that is not taken leaves an audit event too."""

    user: User

    def clean_code(self) -> Any:
        try:
            return super().clean_code()  # type: ignore[misc]
        except ValidationError:
            note("sign-in-code-failed", self.user)
            raise


class AuthenticateForm(CodeForm, sign_in_forms.AuthenticateForm):
    """The code of the second factor."""


class ReauthenticateByCodeForm(CodeForm, sign_in_forms.ReauthenticateByCodeForm):
    """The code once more."""


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Keeps what codes are made from so that a copy of the database alone makes none: the key is the service's own."""

    def encrypt(self, text: str) -> str:
        return self.cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self.cipher().decrypt(encrypted_text.encode()).decode()

    @staticmethod
    def cipher() -> Fernet:
        return Fernet(urlsafe_b64encode(hashlib.sha256(b"second factor " + settings.SECRET_KEY.encode()).digest()))


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
