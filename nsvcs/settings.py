"""Settings: one file, read from the environment; `.env.example` lists every variable.

Unset addresses mean the database, broker and files that `bin/start` runs itself (`nsvcs/embedded.py`).
"""

from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF

from nsvcs import embedded

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

# --- where this copy answers -------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
SITE_URL = env.str("SITE_URL", default=f"http://localhost:{PORT}").rstrip("/")
_site = urlsplit(SITE_URL)
IS_HTTPS = _site.scheme == "https"
if not IS_HTTPS and _site.hostname not in {"localhost", "127.0.0.1"}:
    raise environ.ImproperlyConfigured("SITE_URL must begin with https:// on any host but localhost.")
ALLOWED_HOSTS = [str(_site.hostname)]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "nsvcs.views.csrf_failure"
TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)

# --- parts it talks to -------------------------------------------------------------------------------------------
PROCESS = env.str("NSVCS_PROCESS", default="web")  # web | worker | owner: which database role this process is
DATABASES = {"default": env.db_url("DATABASE_URL", default=embedded.database_url(PROCESS))}
DATABASES["default"] |= {
    "CONN_MAX_AGE": 600,
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": True,
    "ATOMIC_REQUESTS": False,
}
# Which role a request or task enters inside its transaction; empty where the connection already is that role.
IDENTITY_ROLE: dict[str, str] = {"web": "", "worker": ""}
BROKER_URL = env.str("BROKER_URL", default=embedded.broker_url())
CACHE_URL = env.str("CACHE_URL", default="dbcache://nsvcs_cache")
CACHES = {"default": env.cache_url_config(CACHE_URL)}
STORAGE_URL = env.str("STORAGE_URL", default="")
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(embedded.VAR / "media"))
DIGEST_FOLDER = env.path("DIGEST_FOLDER", default=str(embedded.VAR / "digests"))
INTERNAL_REDIRECT = env.str("INTERNAL_REDIRECT", default="")
CLAMD_URL = env.str("CLAMD_URL", default="")
if CLAMD_URL and not CLAMD_URL.startswith(("unix:///", "tcp://")):
    raise environ.ImproperlyConfigured("CLAMD_URL must be unix:///path/of/the/socket or tcp://host:3310.")

# --- secrets -----------------------------------------------------------------------------------------------------
MASTER_KEY = env.str("MASTER_KEY", default="") or embedded.secret("master")
SECRET_KEY = env.str("SECRET_KEY", default="") or embedded.secret("django")

# --- the seal of bundles: docs/sealing.md ----------------------------------------------------------------------------
SEAL_CERTIFICATE = env.str("SEAL_CERTIFICATE", default="")  # PEM, or PKCS#12 with its key
SEAL_KEY = env.str("SEAL_KEY", default="")
SEAL_PASSWORD = env.str("SEAL_PASSWORD", default="")
SEAL_CHAIN = env.str("SEAL_CHAIN", default="")
SEAL_FORMER = env.str("SEAL_FORMER", default="")
TIMESTAMP_URL = env.str("TIMESTAMP_URL", default="")
TIMESTAMP_ROOT = env.str("TIMESTAMP_ROOT", default="")
_sealed_whole = SEAL_CERTIFICATE.endswith((".p12", ".pfx"))
if bool(SEAL_CERTIFICATE) != bool(SEAL_KEY) + _sealed_whole or (SEAL_CHAIN and not SEAL_CERTIFICATE):
    raise environ.ImproperlyConfigured(
        "SEAL_CERTIFICATE and SEAL_KEY go together; of a .p12 file SEAL_KEY stays unset."
    )
if bool(TIMESTAMP_URL) != bool(TIMESTAMP_ROOT) or not TIMESTAMP_URL.startswith(("http://", "https://", "")):
    raise environ.ImproperlyConfigured("TIMESTAMP_URL and TIMESTAMP_ROOT go together.")

# --- rooms -------------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "template_partials",
    "nsvcs",
    "audit",
    "jobs",
    "accounts",
    "reference",
    "cases",
    "referrals",
    "logs",
    "bundles",
    "portal",
    "reports",
    "demo",
]
DEMO_DATA = env.bool("DEMO_DATA", default=embedded.has_demo_data())

# Order matters: who may open the page is decided before any body is read, then the form token, then identity.
# The first one ends the transaction that the last one begins.
MIDDLEWARE = [
    "nsvcs.identity.CommitMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "nsvcs.headers.HeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "accounts.sessions.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SignInMiddleware",
    "nsvcs.speaking.StaffInEnglishMiddleware",
    "portal.middleware.LapsedWritingMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "audit.middleware.DeniedMiddleware",
    "nsvcs.access.LoginRequiredMiddleware",
    "nsvcs.access.AccessMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "nsvcs.identity.IdentityMiddleware",
]
ROOT_URLCONF = "nsvcs.urls"
WSGI_APPLICATION = "nsvcs.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nsvcs.context.site",
            ],
        },
    }
]
FORM_RENDERER = "nsvcs.forms.Renderer"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_HANDLERS = ["nsvcs.uploads.CappedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = str(embedded.VAR / "incoming")  # the same file system as var/media: a rename, not a copy
with suppress(OSError):
    Path(FILE_UPLOAD_TEMP_DIR).mkdir(mode=0o700, parents=True, exist_ok=True)
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_BYTES", default=200 * 1024 * 1024)

# --- accounts ----------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "front"
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
MFA_ADAPTER = "accounts.adapters.MFAAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "sign_in_name"
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm", "reauthenticate": "accounts.forms.ConfirmForm"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGIN_BY_CODE_ENABLED = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": False, "login": False}  # slowing down is ours: accounts/throttle.py
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = False
MFA_TOTP_ISSUER = "NSVCS"
MFA_TRUST_ENABLED = False
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "accounts.forms.CodeForm",
    "reauthenticate": "accounts.forms.ConfirmCodeForm",
    "activate_totp": "accounts.forms.AppForm",
    "add_webauthn": "accounts.forms.PasskeyForm",
    "authenticate_webauthn": "accounts.forms.UsePasskeyForm",
    "reauthenticate_webauthn": "accounts.forms.ConfirmPasskeyForm",
}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS

# --- sessions and cookies ----------------------------------------------------------------------------------------
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-s" if IS_HTTPS else "s"
CSRF_COOKIE_NAME = "__Host-t" if IS_HTTPS else "t"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_NAME = "l"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
IDLE_MINUTES = {"staff": 15, "portal": 10}
LONGEST_MINUTES = {"staff": 12 * 60, "portal": 2 * 60}

# --- what the browser is told --------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXY_COUNT else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "worker-src": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "display-capture", "fullscreen")
}

# --- words and time ------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
# The portal's languages, each by its own name; staff pages are in English. Catalogues: nsvcs/languages.py.
LANGUAGES = [
    ("en-gb", "English"),
    ("lt", "Lietuvių"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ar", "العربية"),
]
LOCALE_PATHS = [BASE_DIR / "build" / "locale"]
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
DATE_FORMAT = "j F Y"
FORMAT_MODULE_PATH = ["nsvcs.formats"]
PORTAL_NAME = env.str("PORTAL_NAME", default="My notes")
SAFE_EXIT_URL = env.str("SAFE_EXIT_URL", default="https://www.bbc.co.uk/weather")
SERVICE_PHONE = env.str("SERVICE_PHONE", default="0300 303 3706")
SERVICE_HOURS = env.str("SERVICE_HOURS", default="Monday to Friday, 8am to 5pm")

# --- pages' own files ----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
WHITENOISE_ALLOW_ALL_ORIGINS = False
STATIC_ROOT = BASE_DIR / "build" / "static"
STATICFILES_DIRS = [BASE_DIR / "build" / "frontend", BASE_DIR / "nsvcs" / "assets"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- messages, work, logs --------------------------------------------------------------------------------------------
EMAIL_BACKEND = env.str("EMAIL_BACKEND", default="django.core.mail.backends.dummy.EmailBackend")
MESSAGE_FROM = env.str("MESSAGE_FROM", default="hello@localhost")  # a bland address: it is seen in her inbox
TEXT_BACKEND = env.str("TEXT_BACKEND", default="")  # dotted path of f(number, text); unset: texts wait for a person
CELERY_BROKER_URL = BROKER_URL
CELERY_BEAT_SCHEDULE = {"accounts.purge": {"task": "accounts.purge", "schedule": 6 * 60 * 60}}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "nsvcs.loglines.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    # It says at each start that it has begun: beside a command's answer that reads like a part of it.
    "loggers": {"pikepdf": {"level": "WARNING"}},
}
