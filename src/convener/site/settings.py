"""Django's settings, derived from :class:`convener.site.config.Config`; no other source."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url

from convener.errors import UnsafeSettings
from convener.site import logs, secrets
from convener.site.config import Config, reasons_against

CONVENER = Config()
DATA_DIR = CONVENER.data_dir.resolve()
_kept = secrets.load_or_create(DATA_DIR)
PRODUCTION = CONVENER.mode == "production"
UNSAFE_REASONS = reasons_against(CONVENER) if PRODUCTION else []

SECRET_KEY = CONVENER.secret_key.get_secret_value() or _kept["secret_key"]
FIELD_KEY = CONVENER.field_key.get_secret_value() or _kept["field_key"]
DEBUG = False
ALLOWED_HOSTS = CONVENER.allowed_hosts
HUB_NAME = CONVENER.hub_name
CONTACT = CONVENER.contact
BASE_URL = CONVENER.base_url.rstrip("/")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_tasks_db",
    "django_htmx",
    "convener.foundation.ui",  # before allauth: its templates win
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "ninja",
    "convener.foundation.parties",
    "convener.foundation.accounts",
    "convener.foundation.audit",
    "convener.foundation.outbox",
    "convener.foundation.jobs",
    "convener.foundation.search",
    "convener.rooms.directory",
    "convener.rooms.library",
    "convener.rooms.screening",
    "convener.site",
]

MIDDLEWARE = [
    "convener.site.middleware.OwnPortMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads answers at random against BREACH; before WhiteNoise: assets too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "convener.site.middleware.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "convener.site.middleware.PublicDoorMiddleware",
    "convener.site.middleware.HubSessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "convener.site.middleware.HubCsrfMiddleware",
    "convener.site.middleware.HubAuthenticationMiddleware",
    "convener.site.middleware.HubMessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "convener.site.middleware.ActorMiddleware",
    "convener.site.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "convener.site.urls"
WSGI_APPLICATION = "convener.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "django.contrib.auth.context_processors.auth",
                "convener.site.context.hub",
            ],
        },
    }
]

_database_url = CONVENER.database_url.get_secret_value()
if _database_url:
    DATABASES = {"default": dj_database_url.parse(_database_url, conn_max_age=60, conn_health_checks=True)}
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(CONVENER.sqlite_path.resolve()),
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # WAL lets readers go on beside the one writer; NORMAL is durable up to a power cut in WAL mode.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536;"
                " PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=2000;",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# Rate limits of the login and second-factor codes already used must be known to every process at once, so they are in
# the database; what a page can compute again is in "local", one a process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "convener_cache",
        "KEY_FUNCTION": "convener.foundation.accounts.cache_keys.hashed_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}},
}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["convener.foundation.accounts.hashers.BoundedArgon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "convener.foundation.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# Wrong passwords: accounts/attempts.py says what each is counted by. Wrong codes: "login_failed" for the account.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key,20/h/key",
    "login_failed_anywhere": "100/h/key",
    "login_failed_known": "5/5m/key",
    "reset_password": "20/m/ip,3/h/key",  # as many mails for an address that has an account as for one that has none
}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if CONVENER.behind_proxy else 0
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if PRODUCTION else "http"
MFA_ADAPTER = "convener.foundation.accounts.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = HUB_NAME
MFA_TOTP_TOLERANCE = 0  # a used code is remembered for one period of 30 s: it may be valid no longer than that
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "hub"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_NAME = "convener_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_AGE = None  # gone with the browser, as the session is
CSRF_FAILURE_VIEW = "convener.site.views.forged"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # a cookie of messages would hold names
CSRF_COOKIE_NAME = "convener_csrf"
CSRF_TRUSTED_ORIGINS = [f"{urlsplit(BASE_URL).scheme}://{urlsplit(BASE_URL).netloc}"]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONVENER.behind_proxy else None
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

LANGUAGE_CODE = CONVENER.language
LANGUAGES = [("en", "English"), ("fr", "Français"), ("es", "Español"), ("ar", "العربية")]
LOCALE_PATHS = [DATA_DIR / "locale", Path(__file__).resolve().parent.parent / "foundation" / "i18n" / "locale"]
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = ["convener.foundation.i18n.formats"]  # days before months, and times with their zone
HUB_TIME_ZONE = CONVENER.time_zone

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True, mode=0o700)  # else WhiteNoise warns at every start
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # assets are served from the installed package: nothing to collect
WHITENOISE_MAX_AGE = 3600
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_HANDLERS = ["convener.foundation.uploads.NoFilesHandler"]  # who expects a file says so itself
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = CONVENER.email_from
_email = urlsplit(CONVENER.email_url.get_secret_value())
if _email.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _email.hostname
    EMAIL_PORT = _email.port or (465 if _email.scheme == "smtps" else 25)
    EMAIL_HOST_USER = _email.username or ""
    EMAIL_HOST_PASSWORD = _email.password or ""
    EMAIL_USE_SSL = _email.scheme == "smtps"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"

TASKS = {
    "default": {
        "BACKEND": "django_tasks_db.DatabaseBackend",
        "QUEUES": ["default"],
        "OPTIONS": {"id_function": "convener.foundation.ids.new_key"},
    }
}
LOGGING_CONFIG = None
logs.configure(CONVENER.log_format)
SILENCED_SYSTEM_CHECKS: list[str] = []

if UNSAFE_REASONS and PRODUCTION:
    raise UnsafeSettings(UNSAFE_REASONS)
