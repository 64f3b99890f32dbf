"""Every setting, read from the environment once, with safe defaults."""

import gc
import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import unquote, urlparse

from csp.constants import NONCE, NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from moothall.core.logs import logging_settings

gc.set_threshold(50_000)  # a start makes many objects that stay: looking through them costs time

PACKAGE = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


HOME = Path(os.environ.get("MOOTHALL_HOME", "moothall-data")).resolve()
HOME.mkdir(parents=True, exist_ok=True)
DEBUG = _flag("MOOTHALL_DEBUG", default=False)
TESTING = "pytest" in sys.modules
# What passes through a temporary file is published names too: it lies here, where a purge finds
# what a process that was killed left behind.
(HOME / "scratch").mkdir(mode=0o700, exist_ok=True)
if not TESTING:
    os.environ["TMPDIR"] = tempfile.tempdir = str(HOME / "scratch")

SECRET_KEY = os.environ.get("MOOTHALL_SECRET_KEY", "")
if not SECRET_KEY:
    if not (DEBUG or TESTING):
        raise ImproperlyConfigured(
            "Moothall does not start without a secret key while debugging is off. Set "
            "MOOTHALL_SECRET_KEY to 50 or more random characters, or start the demonstration "
            "with `make run`."
        )
    SECRET_KEY = "not-secret-" * 6

# Keys before this one: what they signed and sealed is still read.
SECRET_KEY_FALLBACKS = [
    key for key in os.environ.get("MOOTHALL_EARLIER_SECRET_KEYS", "").split(",") if key
]

HOSTS = os.environ.get("MOOTHALL_HOSTS", "localhost,127.0.0.1,[::1]")
ALLOWED_HOSTS = [host.strip() for host in HOSTS.split(",") if host.strip()]
CSRF_TRUSTED_ORIGINS = [
    origin for origin in os.environ.get("MOOTHALL_TRUSTED_ORIGINS", "").split(",") if origin
]
HTTPS = _flag("MOOTHALL_HTTPS", default=False)
DEMONSTRATION = _flag("MOOTHALL_DEMONSTRATION", default=False)

INSTALLED_APPS = [
    "moothall.core",
    "moothall.places",
    "moothall.directory",
    "moothall.decisions",
    "moothall.spend",
    "moothall.agreements",
    "moothall.appraisal",
    "moothall.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "moothall.core.logs.RequestLog",
    "csp.middleware.CSPMiddleware",  # before what answers by itself: files, the way to https
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "moothall.core.keeping.KeptFromOthers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "moothall.site.table_files.TableFiles",
]

ROOT_URLCONF = "moothall.site.urls"
WSGI_APPLICATION = "moothall.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "moothall.site.navigation.frame",
            ],
        },
    }
]


def _database(url: str) -> dict[str, object]:
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "books.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                    "PRAGMA recursive_triggers=ON; PRAGMA secure_delete=ON; "
                    "PRAGMA cache_size=-64000;"
                ),
            },
            "TEST": {"NAME": os.environ.get("MOOTHALL_TEST_SQLITE") or None},
        }
    parts = urlparse(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL begins with {parts.scheme}://. Moothall keeps its books in PostgreSQL "
            "(postgresql://user:password@host/name), or in SQLite when DATABASE_URL is not set."
        )
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or query.get("host", "")),
        "PORT": str(parts.port or ""),
        "OPTIONS": {} if TESTING else {"pool": True},
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "directory.Person"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "core_cache",
    }
}

TASKS = {
    "default": {
        "BACKEND": (
            "django_tasks.backends.immediate.ImmediateBackend"
            if TESTING
            else "django_tasks_db.DatabaseBackend"
        )
    }
}

AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
if TESTING:
    # A slow hash guards real passwords; hundreds of invented ones need none.
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "attention:home"

# Signing in: e-mail and password, with a one-time code or a passkey for those who add one.
# Nobody signs up: people are invited (moothall/site/sign_in.py).
ACCOUNT_ADAPTER = "moothall.site.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_USER_DISPLAY = str
# Guessing is slowed down per visitor. Behind https there is a proxy: were it taken for the visitor,
# one guesser would shut everybody out.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("MOOTHALL_PROXIES", "1" if HTTPS else "0"))
MFA_ADAPTER = "moothall.site.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Moothall"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # browsers allow it on this machine only

# Without a mail server, letters (an invitation, a forgotten password) are printed where the site
# runs: enough to try it, not enough for people elsewhere.
EMAIL_HOST = os.environ.get("MOOTHALL_EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = int(os.environ.get("MOOTHALL_EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("MOOTHALL_EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("MOOTHALL_EMAIL_PASSWORD", "")
EMAIL_USE_TLS = _flag("MOOTHALL_EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 10
CONTACT = os.environ.get("MOOTHALL_CONTACT", "")
"""Where people write who find a figure wrong or unfair."""
FAIRNESS_POLICY = os.environ.get("MOOTHALL_FAIRNESS_POLICY", "")
"""A file of the thresholds that the place has adopted for its fairness statements."""

DEFAULT_FROM_EMAIL = os.environ.get("MOOTHALL_EMAIL_FROM", "Moothall <moothall@localhost>")

OIDC_ISSUER = os.environ.get("MOOTHALL_OIDC_ISSUER", "").rstrip("/")
# Whether whom the provider vouches for is added when new; without a role they see no more than
# the public.
OIDC_ADDS_PEOPLE = _flag("MOOTHALL_OIDC_ADDS_PEOPLE", default=False)


def _oidc_app() -> dict[str, object]:
    """The one sign-in provider, as allauth lists it.

    :raises ImproperlyConfigured: when half of it is set, or it would not be private on the way.
    """
    missing = [
        name
        for name in ("MOOTHALL_OIDC_CLIENT_ID", "MOOTHALL_OIDC_SECRET")
        if not os.environ.get(name)
    ]
    if missing:
        raise ImproperlyConfigured(
            f"MOOTHALL_OIDC_ISSUER is set, but {' and '.join(missing)} not. Set what the sign-in "
            "provider gave you, or leave out all three."
        )
    parts = urlparse(OIDC_ISSUER)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ImproperlyConfigured(
            f"MOOTHALL_OIDC_ISSUER is {OIDC_ISSUER}, which is not encrypted on its way. Give an "
            "address that begins with https://."
        )
    return {
        "provider_id": "sign-in",
        "name": os.environ.get("MOOTHALL_OIDC_NAME", "your organisation"),
        "client_id": os.environ["MOOTHALL_OIDC_CLIENT_ID"],
        "secret": os.environ["MOOTHALL_OIDC_SECRET"],
        "settings": {
            "server_url": OIDC_ISSUER,
            "oauth_pkce_enabled": True,
            # A verified address that was invited is the invited person.
            "email_authentication": True,
        },
    }


SOCIALACCOUNT_ADAPTER = "moothall.site.sign_in.ProviderAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_oidc_app()] if OIDC_ISSUER else []}}
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_STORE_TOKENS = False

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
DATE_FORMAT = "j F Y"
FORMAT_MODULE_PATH = "moothall.site.formats"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

_oidc_origins = [
    f"{urlparse(OIDC_ISSUER).scheme}://{urlparse(OIDC_ISSUER).netloc}" if OIDC_ISSUER else "",
    # Where the provider's own sign-in page is, when that is not the issuer's address.
    os.environ.get("MOOTHALL_OIDC_SIGN_IN_ORIGIN", ""),
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A browser holds the whole chain of a form's redirects to this, so the provider is named.
        "form-action": [SELF, *filter(None, _oidc_origins)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_SERIALIZER = "moothall.core.sealing.SealedSerializer"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^health$", r"^ready$"]
    SECURE_HSTS_SECONDS = 31_536_000

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 2000  # years of monthly files, handed over at once

LOGGING = logging_settings(os.environ.get("MOOTHALL_LOG_LEVEL", "INFO"))
