"""Django's settings. Where the data lies and which configuration holds come from the environment.

``KIOSK_SERVER_DATA`` is the data directory (database, keys), ``KIOSK_SERVER_CONFIG`` the directory
of the hall's TOML files, ``DATABASE_URL`` optional: ``postgresql://user:password@host/name``,
``KIOSK_SERVER_HOSTS`` the host names it answers to, ``KIOSK_SERVER_TLS_PROXY`` the address of the
proxy that ends TLS in front of it.
``python -m backend`` sets the first two from its command line before Django starts.
"""

import os
from pathlib import Path

from backend.database import database_settings
from backend.secrets_store import read_or_ephemeral

BASE_DIR = Path(__file__).resolve().parents[1]
DATA_DIR = Path(os.environ.get("KIOSK_SERVER_DATA") or BASE_DIR / "var" / "server")
CONFIG_DIR = Path(os.environ.get("KIOSK_SERVER_CONFIG") or BASE_DIR / "config" / "server")

SECRET_KEY = read_or_ephemeral(DATA_DIR / "secret.key")
EVIDENCE_KEY_FILE = DATA_DIR / "evidence.key"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
_EXTRA_HOSTS = os.environ.get("KIOSK_SERVER_HOSTS", "")
ALLOWED_HOSTS += [host for host in _EXTRA_HOSTS.split(",") if host]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "backend.accounts",
    "backend.live",
    "backend.audit",
    "backend.evidence",
    "backend.fleet",
    "backend.insight",
    "backend.records",
    "backend.applications",
    "backend.payments",
    "backend.cases",
    "backend.attempts",
    "backend.resume",
    "backend.approvals",
    "backend.orders",
    "backend.messenger",
    "backend.reports",
    "backend.console",
    "backend.api",
]

MIDDLEWARE = [
    "backend.api.refusals.RefusalMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "backend.nul_guard.NulGuard",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "backend.urls"
ASGI_APPLICATION = "backend.asgi.application"
APPEND_SLASH = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL", ""), DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTHENTICATION_BACKENDS = ["backend.accounts.lockout.LockoutBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login"

# The addresses of the TLS proxy in front: what it says of visitor's address and HTTPS counts.
TLS_PROXIES = os.environ.get("KIOSK_SERVER_TLS_PROXY", "")
SESSION_ENGINE = "backend.accounts.sessions"
SESSION_COOKIE_SECURE = bool(TLS_PROXIES)
CSRF_COOKIE_SECURE = bool(TLS_PROXIES)
SECURE_HSTS_SECONDS = 180 * 24 * 3600 if TLS_PROXIES else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 6_000_000
# The form that closes a day has two fields for each open case, and a city has ten thousand.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 25_000

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "backend" / "console" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # A kiosk's refused request is an answer, not a warning for whoever runs the server.
    "loggers": {"django.request": {"level": "ERROR"}},
}
