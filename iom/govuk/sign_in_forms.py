"""allauth's forms in our words. What they check is allauth's; settings name them in `ACCOUNT_FORMS` and `MFA_FORMS`."""

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from django.utils.translation import gettext_lazy as _

from iom.govuk.forms import GovukFormMixin


class SignInWords(GovukFormMixin):
    labels = {
        "login": _("Email address"),
        "email": _("Email address"),
        "password": _("Password"),
        "oldpassword": _("Current password"),
        "password1": _("New password"),
        "password2": _("New password again"),
        "code": _("Code"),
    }


class LoginForm(SignInWords, account.LoginForm):  # type: ignore[misc]
    """Email address and password."""


class ChangePasswordForm(SignInWords, account.ChangePasswordForm):  # type: ignore[misc]
    """The present password and, twice, the new one."""


class SetPasswordForm(SignInWords, account.SetPasswordForm):  # type: ignore[misc]
    """A first password, for who has so far come in by single sign-on."""


class ResetPasswordForm(SignInWords, account.ResetPasswordForm):  # type: ignore[misc]
    """Where to send the link to."""


class ResetPasswordKeyForm(SignInWords, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, behind the link."""


class ReauthenticateForm(SignInWords, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class AuthenticateForm(SignInWords, mfa.AuthenticateForm):  # type: ignore[misc]
    """The code of the second factor."""


class ReauthenticateByCodeForm(SignInWords, mfa.ReauthenticateForm):  # type: ignore[misc]
    """The code once more."""


class ActivateTOTPForm(SignInWords, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""
