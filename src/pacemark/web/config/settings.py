"""Django settings. What an owner may change lives in the database, not here."""

from __future__ import annotations

import sys
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from pacemark.web.accounts.company_accounts import providers_of, ways_from
from pacemark.web.config import env
from pacemark.web.config.databases import database_from_url
from pacemark.web.config.keys import secret_in

WEB = Path(__file__).resolve().parent.parent
PACEMARK_HOME = env.home()
TESTING = "pytest" in sys.modules

DEBUG = env.flag("PACEMARK_DEBUG", default=False)
SECRET_KEY = env.text("PACEMARK_SECRET_KEY") or secret_in(PACEMARK_HOME, "secret.key")
PHONE_KEY = env.text("PACEMARK_PHONE_KEY") or secret_in(PACEMARK_HOME, "phone.key")
ALLOWED_HOSTS = env.words("PACEMARK_HOSTS", ("127.0.0.1", "localhost", "[::1]", "testserver"))
CSRF_TRUSTED_ORIGINS = env.words("PACEMARK_ORIGINS", ())
PACEMARK_TODAY = env.text("PACEMARK_TODAY")
PACEMARK_ROBOTS = env.words("PACEMARK_ROBOTS", ())
PACEMARK_SMTP = env.text("PACEMARK_SMTP")
PACEMARK_CARD_FONT = env.text("PACEMARK_CARD_FONT")
PACEMARK_SIGN_IN = env.parsed("PACEMARK_SIGN_IN", ways_from)
PACEMARK_PROXIES = env.number("PACEMARK_PROXIES", 0)
PACEMARK_UPLOAD_MB = env.number("PACEMARK_UPLOAD_MB", 2_048)
PACEMARK_METRICS_TOKEN = env.text("PACEMARK_METRICS_TOKEN")
PACEMARK_API_PER_TOKEN = env.number("PACEMARK_API_PER_TOKEN", 3_000)
PACEMARK_API_PER_ACCOUNT = env.number("PACEMARK_API_PER_ACCOUNT", 6_000)
PACEMARK_WEBHOOK_HOSTS = env.words("PACEMARK_WEBHOOK_HOSTS", ())

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "django_tasks",
    "django_tasks_db",
    "pacemark.web.shared",
    "pacemark.web.ui",
    "pacemark.web.trail",
    "pacemark.web.jobs",
    "pacemark.web.accounts",
    "pacemark.web.organization",
    "pacemark.web.pipeline",
    "pacemark.web.intake",
    "pacemark.web.notifications",
    "pacemark.web.goals",
    "pacemark.web.resources",
    "pacemark.web.process",
    "pacemark.web.results",
    "pacemark.web.webhooks",
    "pacemark.web.privacy",
    "pacemark.web.overview",
    "pacemark.web.api",
    "pacemark.web.config",
]

MIDDLEWARE = [
    "pacemark.web.config.probes.ProbesMiddleware",
    "pacemark.web.config.request_log.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "pacemark.web.accounts.middleware.PersonLanguageMiddleware",
    "pacemark.web.accounts.middleware.SignedInMiddleware",
    "pacemark.web.organization.middleware.OrganizationTimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "pacemark.web.config.urls"
WSGI_APPLICATION = "pacemark.web.config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [WEB / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pacemark.web.ui.context.shell",
            ],
            "loaders": [
                ("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"]),
            ],
            "builtins": ["pacemark.web.ui.templatetags.pm"],
        },
    },
]

DATABASES = {"default": database_from_url(env.text("DATABASE_URL"), PACEMARK_HOME)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "accounts:sign_in"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
AXES_CLIENT_IP_CALLABLE = "pacemark.web.accounts.limits.client_address"

# Signing in beyond a password is allauth's; its pages, its sign-up and its e-mails are not used.
ACCOUNT_ADAPTER = "pacemark.web.accounts.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if env.flag("PACEMARK_HTTPS", default=False) else "http"
ACCOUNT_FORMS = {"reauthenticate": "pacemark.web.accounts.forms.PasswordAgainForm"}
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "wrong_password": "300/15m/ip,60/h/key",  # from wherever they are tried; axes locks one name at one address
    "login_failed": "5/5m/key",  # codes of a second step, and passwords asked for again
}
SOCIALACCOUNT_ADAPTER = "pacemark.web.accounts.adapters.CompanyAdapter"
SOCIALACCOUNT_PROVIDERS = providers_of(PACEMARK_SIGN_IN)
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
MFA_ADAPTER = "pacemark.web.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "pacemark.web.accounts.forms.SecondStepForm",
    "reauthenticate": "pacemark.web.accounts.forms.CodeAgainForm",
    "activate_totp": "pacemark.web.accounts.forms.FirstCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1  # half a minute early or late: phones' clocks differ
MFA_TOTP_ISSUER = "Pacemark"
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [WEB / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # times are UTC; the organisation's local business date is stored beside them

STATIC_URL = "static/"
STATICFILES_DIRS = [WEB / "static"]
WHITENOISE_USE_FINDERS = True  # files are served from where they are installed; nothing is collected
WHITENOISE_MAX_AGE = 3600

MEDIA_ROOT = PACEMARK_HOME / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "pacemark.web.config.uploads.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # larger uploads stream to disk
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# In the database, so that limits count over all web processes.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_shortlived",
        "KEY_FUNCTION": "pacemark.web.accounts.limits.cache_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "style-src-attr": ["'unsafe-inline'"],  # ECharts places its tooltips with style attributes
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("PACEMARK_HTTPS", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SESSION_COOKIE_SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True

LOG_FORM = env.one_of("PACEMARK_LOG", ("line", "json"))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "{asctime}{levelname}{name}{message}",
            "style": "{",
            "rename_fields": {"asctime": "at", "levelname": "level"},
        },
    },
    "filters": {"no_addresses": {"()": "pacemark.web.config.log_records.WithoutAddresses"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORM, "filters": ["no_addresses"]},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # A line per request where a machine reads them; a person at a terminal would see nothing else.
    "loggers": {"pacemark.request": {"level": "INFO" if LOG_FORM == "json" else "WARNING"}},
}

SILENCED_SYSTEM_CHECKS: list[str] = []
