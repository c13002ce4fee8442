"""Django's settings: wiring only. What an operator may set stands in environment.py."""

from csp.constants import NONCE, NONE, SELF

from config.environment import (
    ROOT,
    database,
    form_targets,
    log_as_json,
    read_environment,
    single_sign_on,
    task_backends,
)
from weimin.county.callers import networks
from weimin.kernel import failpoint

ENVIRONMENT = read_environment()

failpoint.arm(ENVIRONMENT.failpoint)

WEIMIN_HOME = ENVIRONMENT.home
COUNTY = ENVIRONMENT.county
BASE_URL = ENVIRONMENT.base_url or f"http://127.0.0.1:{ENVIRONMENT.port}"
RATE_LIMITS = ENVIRONMENT.rate_limits
SAMPLE = ENVIRONMENT.sample
HTTPS = ENVIRONMENT.https
METRICS_KEY = ENVIRONMENT.metrics_key
TRUSTED_PROXIES = networks(ENVIRONMENT.trusted_proxies)

SECRET_KEY = ENVIRONMENT.secret_key
SECRET_KEY_FALLBACKS = ENVIRONMENT.old_secret_keys
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = [host.strip() for host in ENVIRONMENT.allowed_hosts.split(",") if host.strip()]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "county.Account"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "weimin.county.shared",  # first: its tables stand in the shared schema
    "weimin.ledger",
    "weimin.county",
    "weimin.households",
    "weimin.notices",
    "weimin.webhooks",
    "weimin.catalogue",
    "weimin.matters",
    "weimin.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "weimin.county.logs.LogMiddleware",  # first: every answer has a number, also where the rest fails
    "weimin.county.callers.CallerMiddleware",  # who is calling, before anybody counts it
    "weimin.county.middleware.CountyMiddleware",  # before any query: a county is chosen
    "weimin.county.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "weimin.county.programs.ProgramsMiddleware",  # from here on, only what is shown in a browser
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",  # last, as axes asks
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "weimin.county.context_processors.county",
            ],
        },
    },
]

FORM_RENDERER = "weimin.county.forms.rendering.Renderer"

BESIDE = WEIMIN_HOME / "beside.sqlite3"  # counts of a minute for all processes of this machine; nobody misses it
CACHES = {
    "default": {
        "BACKEND": "weimin.county.beside.SharedCache",
        "LOCATION": BESIDE,
        "KEY_FUNCTION": "weimin.county.beside.county_key",
    }
}
DATABASES = {"default": database(ENVIRONMENT)}
DATABASE_ROUTERS = ["weimin.county.router.SchemaRouter"]

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]  # each in its own words, for who looks for it
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
LOCALE_PATHS = [ROOT / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = WEIMIN_HOME / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
UPLOADS = WEIMIN_HOME / "uploads"
KEYS = ENVIRONMENT.keys or WEIMIN_HOME / "keys"
OUTBOX = WEIMIN_HOME / "outbox"
MAIL_SERVERS = ENVIRONMENT.mail_servers
MAIL_FROM = ENVIRONMENT.mail_from
SMS_GATEWAYS = ENVIRONMENT.sms_gateways
MAILBOXES = ENVIRONMENT.mailboxes
CARRIER_SECONDS = ENVIRONMENT.carrier_seconds
INSIDE_NETWORKS = networks(ENVIRONMENT.inside_networks)
BACKUP_KEY = ENVIRONMENT.backup_key
BROKER_URL = ENVIRONMENT.broker_url
BROKER_QUEUE = f"weimin-{COUNTY}"
TASKS = task_backends(ENVIRONMENT)
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
DATA_UPLOAD_MAX_NUMBER_FILES = 10

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "weimin.county.accounts.StaffAdapter"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if ENVIRONMENT.https else "http"
SOCIALACCOUNT_ADAPTER = "weimin.county.pages.single_sign_on.StaffSocialAdapter"
SOCIALACCOUNT_PROVIDERS = single_sign_on(ENVIRONMENT)
MFA_ADAPTER = "weimin.county.accounts.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # nobody signs in by e-mail here, so nothing hangs on it
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # it ends after a quarter of an hour, whatever is tried meanwhile
AXES_USERNAME_CALLABLE = "weimin.county.accounts.name_guessed"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_VERBOSE = False

SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True  # no script of ours reads either
SESSION_ENGINE = "weimin.county.sessions"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if ENVIRONMENT.https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *form_targets(ENVIRONMENT)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "lines": {"()": "weimin.county.logs.Lines", "as_json": log_as_json(ENVIRONMENT), "whole": ENVIRONMENT.debug}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["console"], "level": ENVIRONMENT.log_level},
    "loggers": {
        # Django's own handlers would write paths and mail tracebacks beside ours
        "django": {"handlers": [], "level": ENVIRONMENT.log_level, "propagate": True},
        "django.request": {"level": "ERROR"},  # what people ask in vain stands in our own line of the request
        "django.db.backends": {"level": "WARNING"},  # statements hold what people wrote
        "axes": {"level": "WARNING"},
        "celery": {"level": "WARNING"},  # every job says itself how it went
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
    },
}
