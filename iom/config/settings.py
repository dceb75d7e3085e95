"""Django's settings. Everything that differs between places comes from the environment; `.env.sample` lists it."""

import json
import logging
import os
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg.conninfo import conninfo_to_dict

from iom.config.embedded import APP, OWNER

BASE = Path(__file__).parents[1]


def get_env(name: str, default: str | None = None) -> str:
    """A setting from the environment; where it has no default and is missing, an error that says what to do."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(
            f"The environment variable {name} is not set. Copy .env.sample, set it there, and export it;"
            " `openiom demo` sets everything itself."
        )
    return value


def get_flag(name: str, *, default: bool) -> bool:
    return get_env(name, "yes" if default else "no").lower() in ("1", "yes", "true", "on")


TESTING = "pytest" in sys.modules
DEMONSTRATION = get_flag("OPENIOM_DEMO", default=False)
# Shown on the sign-in page of a demonstration: [{name, role, login, password}]. Set by `openiom demo` alone.
DEMO_SIGN_INS = json.loads(get_env("OPENIOM_DEMO_SIGN_INS", "[]")) if DEMONSTRATION else []
# Where uploads, snapshots and results are kept. Never served.
STORE = Path(get_env("OPENIOM_STORE", "var"))
# Where partners' systems leave files, in a folder for each feed; empty: nowhere.
DROP_FOLDER = get_env("OPENIOM_DROP_FOLDER", "")

# Where the audit record goes besides the database; see iom.audit.sinks. Empty: nowhere.
AUDIT_SINK = get_env("OPENIOM_AUDIT_SINK", "")
AUDIT_ANCHOR = get_env("OPENIOM_AUDIT_ANCHOR", "")
AUDIT_ANCHOR_COMMAND = get_env("OPENIOM_AUDIT_ANCHOR_COMMAND", "")

SECRET_KEY = get_env("OPENIOM_SECRET_KEY", "only for tests" if TESTING else None)
DEBUG = get_flag("OPENIOM_DEBUG", default=False)
ALLOWED_HOSTS = get_env("OPENIOM_HOSTS", "127.0.0.1,localhost").split(",")

# --- database: one code path, PostgreSQL everywhere


def database(url: str, role: str) -> dict[str, Any]:
    """Django's description of a PostgreSQL address, acting as `role` whoever signs in."""
    parts = conninfo_to_dict(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.pop("dbname", "openiom"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": parts.pop("port", ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**parts, "options": f"-c role={role} -c search_path=public"},
    }


DATABASE_URL = get_env("DATABASE_URL", "postgresql:///openiom")
DATABASES = {
    "default": database(DATABASE_URL, APP) | {"ATOMIC_REQUESTS": True},
    # Migrations only: the owner of the tables. In production its own address, so that pages cannot become the owner.
    # A request must not open it, so it has no transaction per request.
    "owner": database(get_env("OWNER_DATABASE_URL", DATABASE_URL), OWNER)
    | {"ATOMIC_REQUESTS": False, "TEST": {"MIRROR": "default"}},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PROCRASTINATE_ON_APP_READY = None
# A worker that has not been heard of for this long is taken for dead, and its work is given to another.
WORKER_SILENT_SECONDS = 20
PROCRASTINATE_WORKER_DEFAULTS = {"update_heartbeat_interval": 5.0, "stalled_worker_timeout": WORKER_SILENT_SECONDS}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "procrastinate.contrib.django",
    "iom.audit",
    "iom.access",
    "iom.partnerships",
    "iom.agreements",
    "iom.people",
    "iom.imports",
    "iom.cohorts",
    "iom.outcomes",
    "iom.sharing",
    "iom.home",
    "iom.govuk",
    "iom.config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "iom.access.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "iom.access.middleware.SecondFactorMiddleware",
    "iom.access.middleware.ScopeMiddleware",
    "iom.home.middleware.DraftMiddleware",
    # Innermost, so that its "confirm that it is you" is answered before the scope takes it for an error and rolls back.
    "allauth.account.middleware.AccountMiddleware",
]
SCOPE_BUILDER = "iom.agreements.queries.limits.scope_of"

ROOT_URLCONF = "iom.config.urls"
WSGI_APPLICATION = "iom.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "iom.govuk.environment.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "iom.home.frame.page",
            ],
        },
    },
    {
        # Only for the pages of libraries that have no Jinja2 of ours.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    },
]

# What the pages of a moment have to say is kept with the session, not in a cookie: it may name a person.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
# Tries at a password, codes that were used, calls of a token: counted by all processes together, in files that only the
# product's user reads. They hold numbers and times.
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": STORE / "counts",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
if TESTING:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}

# --- language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("cy", "Cymraeg")]
LOCALE_PATHS = [BASE / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True

# --- static files: built once by `make`, served by the product itself
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

# --- signing in
AUTH_USER_MODEL = "partnerships.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "iom.config.sign_in.WordsOfThePlaceValidator", "OPTIONS": {"min_length": 12}},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "today"
ACCOUNT_ADAPTER = "iom.config.sign_in.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "iom.config.sign_in.SocialAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are given by an administrator, not made by whoever holds an address
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True  # also to change one's address, which a link for a new password is sent to
PASSWORD_RESET_TIMEOUT = 24 * 60 * 60  # so long a link for a new password, or for the first, is good
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_FORMS = {
    "login": "iom.govuk.sign_in_forms.LoginForm",
    "change_password": "iom.govuk.sign_in_forms.ChangePasswordForm",
    "set_password": "iom.govuk.sign_in_forms.SetPasswordForm",
    "reset_password": "iom.govuk.sign_in_forms.ResetPasswordForm",
    "reset_password_from_key": "iom.govuk.sign_in_forms.ResetPasswordKeyForm",
    "reauthenticate": "iom.govuk.sign_in_forms.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": "iom.config.sign_in.AuthenticateForm",
    "reauthenticate": "iom.config.sign_in.ReauthenticateByCodeForm",
    "activate_totp": "iom.govuk.sign_in_forms.ActivateTOTPForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "iom.config.sign_in.SecondFactorAdapter"
USERSESSIONS_ADAPTER = "iom.config.sign_in.SessionsAdapter"
MFA_TOTP_ISSUER = "OpenIOM"
SECOND_FACTOR_REQUIRED = get_flag("OPENIOM_SECOND_FACTOR", default=True)
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
# Where a form may lead besides here: browsers hold the redirects after a form to the content policy as well.
SIGN_ON_ADDRESSES: list[str] = []
if os.environ.get("OIDC_SERVER_URL"):
    server = urlsplit(get_env("OIDC_SERVER_URL"))
    SIGN_ON_ADDRESSES = (get_env("OIDC_ADDRESSES", "") or f"{server.scheme}://{server.netloc}").split()
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "single-sign-on",
                "name": get_env("OIDC_NAME", "Single sign-on"),
                "client_id": get_env("OIDC_CLIENT_ID"),
                "secret": get_env("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": get_env("OIDC_SERVER_URL")},
            }
        ],
    }

# --- sessions, cookies, headers
SECURE = not (DEBUG or DEMONSTRATION or TESTING)
SESSION_COOKIE_AGE = 60 * 60
SESSION_LONGEST_SECONDS = 12 * 60 * 60  # a long shift: then everybody signs in anew, however busy they are
SESSION_SAVE_EVERY_REQUEST = True
# What one session may open: four pages a second is no person.
PAGES_A_MINUTE = 1_000_000 if TESTING else int(get_env("OPENIOM_PAGES_A_MINUTE", "240"))
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-openiom" if SECURE else "openiom"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrftoken"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_NAME = "__Host-language" if SECURE else "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
# Another system that calls in the open is refused there: led on to HTTPS it would send its token in the open for ever.
SECURE_REDIRECT_EXEMPT = [r"^api/", r"^subject-access-request"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if get_flag("OPENIOM_BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    # Whoever asks is who the proxy says, by what it adds at the end; without this, all are one address, and one of them
    # who guesses passwords would keep out the others.
    ALLAUTH_TRUSTED_PROXY_COUNT = 1
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *SIGN_ON_ADDRESSES],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
CSRF_FAILURE_VIEW = "iom.home.views.csrf_failure"

# --- uploads: streamed to disk, never held in memory
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024**2

# --- logs: ids, never names


class UtcFormatter(logging.Formatter):
    """Times of the log are by UTC, like those of the audit record: none comes twice when the clocks change."""

    converter = staticmethod(time.gmtime)


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": UtcFormatter,
            "format": "{asctime} {levelname} {name} {message}",
            "datefmt": "%Y-%m-%dT%H:%M:%SZ",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": get_env("OPENIOM_LOG_LEVEL", "WARNING")},
}
EMAIL_BACKEND = (
    "django.core.mail.backends.console.EmailBackend" if DEMONSTRATION else "django.core.mail.backends.smtp.EmailBackend"
)
