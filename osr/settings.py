"""Settings of the register: everything comes from the environment, and nothing set means production.

`docs/settings.md` lists every variable. `make run` sets the development values (see `osr/development.py`).
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from environs import Env, validate
from limits import RateLimitItem
from limits import parse as parse_limit

from osr.logs import logging_settings
from osr.mail import mailer

env = Env()


def _list(name: str) -> list[str]:
    """A comma-separated variable; spaces round the commas do not count."""
    return [item.strip() for item in env.list(name, default=[]) if item.strip()]


def _limit(name: str, default: str) -> RateLimitItem:
    """How many calls in which time, for instance `600/minute`."""
    try:
        return parse_limit(env.str(name, default=default))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a number per second, minute, hour or day: 600/minute.") from error


BASE_DIR = Path(__file__).resolve().parent.parent

# --- The site -------------------------------------------------------------------------------------------------------

OSR_DEVELOPMENT = env.bool("OSR_DEVELOPMENT", default=False)
DEBUG = env.bool("OSR_DEBUG", default=False)
SECRET_KEY = env.str("OSR_SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured(
        "OSR_SECRET_KEY is not set. Give the register a long random secret, or start it with `make run` to develop."
    )
ALLOWED_HOSTS = _list("OSR_HOSTS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
ROOT_URLCONF = "osr.urls"
WSGI_APPLICATION = "osr.wsgi.application"

INSTALLED_APPS = [
    "osr",
    "journal",
    "schools",
    "services",
    "accounts",
    "agreements",
    "mandates",
    "notifications",
    "api",
    "osr.workplace_config.WorkplaceConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "osr.middleware.RequestLog",
    # Suppliers' calls see nothing of what follows: it is for people.
    "osr.middleware.SuppliersGoAhead",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ActorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "mandates.taking_over.to_take_over",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        # The pages of Django's admin, for what the workplace does not say itself.
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "libraries": {"osr": "osr.templatetags"},
            "builtins": ["osr.templatetags"],
        },
    }
]

# --- Language and time: one clock, in Europe/Amsterdam (domain.md section 4) ----------------------------------------

LANGUAGE_CODE = "nl"
TIME_ZONE = "Europe/Amsterdam"
USE_I18N = True
USE_TZ = True

# --- The database ---------------------------------------------------------------------------------------------------

# How many days the mandates of a school's former board go on counting after it moved (D20).
OSR_GRACE_DAYS = env.int("OSR_GRACE_DAYS", default=30)
DATABASES = {"default": env.dj_db_url("DATABASE_URL", default="postgres:///osr")}
# Each thread keeps the connection that it once opened, and with it the check's prepared statement: to borrow one from a
# pool for every call costs a tenth of the checks (docs/decisions/018-the-hot-path.md). So as many connections are open
# as there are threads.
DATABASES["default"]["CONN_MAX_AGE"] = None
DATABASES["default"].setdefault("OPTIONS", {}).update(
    connect_timeout=5,
    prepare_threshold=1,
    # For the triggers that keep D20.
    options=f"-c osr.grace_days={OSR_GRACE_DAYS}",
)
# The role that owns the tables and migrates; the running register has another, which cannot change or drop them (D14).
OSR_OWNER_DATABASE = (
    env.dj_db_url("OSR_OWNER_DATABASE_URL") if env.str("OSR_OWNER_DATABASE_URL", default="") else DATABASES["default"]
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Who enters: people (domain.md section 8) -----------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "start"
LOGIN_REDIRECT_URL = "mandates:overview"
LOGOUT_REDIRECT_URL = "start"
ACCOUNT_LOGOUT_REDIRECT_URL = "start"

ACCOUNT_ADAPTER = "accounts.adapters.SignIn"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = False
SOCIALACCOUNT_ADAPTER = "accounts.adapters.ProviderSignIn"
SOCIALACCOUNT_AUTO_SIGNUP = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""


def _provider(provider_id: str, name: str, variables: str) -> dict[str, Any]:
    """An OpenID Connect provider, from the variables that begin with `variables`."""
    return {
        "provider_id": provider_id,
        "name": name,
        "client_id": env.str(f"{variables}_CLIENT_ID", default=""),
        "secret": env.str(f"{variables}_CLIENT_SECRET", default=""),
        "settings": {"server_url": env.str(f"{variables}_URL"), "uid_field": "sub", "fetch_userinfo": True},
    }


OSR_MIJN_DUO_URL = env.str("OSR_MIJN_DUO_URL", default="")
OSR_EHERKENNING_URL = env.str("OSR_EHERKENNING_URL", default="")
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            *([_provider("mijn-duo", "Mijn DUO", "OSR_MIJN_DUO")] if OSR_MIJN_DUO_URL else []),
            *([_provider("eherkenning", "eHerkenning", "OSR_EHERKENNING")] if OSR_EHERKENNING_URL else []),
        ],
    }
}
# Where the providers show their sign-in pages, when that is another host than their addresses above.
OSR_SIGN_IN_ORIGINS = _list("OSR_SIGN_IN_ORIGINS") or [
    "{0.scheme}://{0.netloc}".format(urlsplit(url)) for url in (OSR_MIJN_DUO_URL, OSR_EHERKENNING_URL) if url
]
# The names of the claims, as Mijn DUO spells them.
OSR_CLAIM_NAME = env.str("OSR_CLAIM_NAME", default="name")
OSR_CLAIM_ROLES = env.str("OSR_CLAIM_ROLES", default="roles")
OSR_CLAIM_BOARDS = env.str("OSR_CLAIM_BOARDS", default="boards")
# The roles of the OSR-beheerder and of the tekenbevoegde; without one of them nobody of a bestuur enters.
OSR_ACCESS_ROLE = env.str("OSR_ACCESS_ROLE", default="OSR-toegang")
OSR_SIGNATORY_ROLE = env.str("OSR_SIGNATORY_ROLE", default="OSR-tekenbevoegd")

# The same for eHerkenning: its authorisations, and the names of its claims.
OSR_EHERKENNING_CLAIM_NAME = env.str("OSR_EHERKENNING_CLAIM_NAME", default="name")
OSR_EHERKENNING_CLAIM_RIGHTS = env.str("OSR_EHERKENNING_CLAIM_RIGHTS", default="authorisations")
OSR_EHERKENNING_CLAIM_BOARDS = env.str("OSR_EHERKENNING_CLAIM_BOARDS", default="boards")
OSR_EHERKENNING_ACCESS_RIGHT = env.str("OSR_EHERKENNING_ACCESS_RIGHT", default="Kennisnet beheren")
OSR_EHERKENNING_SIGNATORY_RIGHT = env.str("OSR_EHERKENNING_SIGNATORY_RIGHT", default="Kennisnet tekenen")

# Kennisnet support: a password, and always a second factor (docs/decisions/027-who-enters.md).
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name", "email"]},
    },
    {"NAME": "accounts.passwords.LongEnough", "OPTIONS": {"min_length": 14}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# How long the link works with which one chooses a first password.
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm", "change_password": "accounts.forms.ChangePasswordForm"}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "accounts.adapters.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Onderwijs Serviceregister"
# Counts attempts to sign in, for all web workers together; also while Redis is gone.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "osr_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# How long a session lasts at most; one of support also ends when nothing was done in it for so long.
SESSION_COOKIE_AGE = env.int("OSR_SESSION_SECONDS", default=8 * 60 * 60, validate=validate.Range(60, 24 * 60 * 60))
OSR_SUPPORT_SESSION_SECONDS = env.int(
    "OSR_SUPPORT_SESSION_SECONDS", default=30 * 60, validate=validate.Range(60, 8 * 60 * 60)
)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not OSR_DEVELOPMENT
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "osr.views.csrf_failure"

# How many days support can look up the number of an error page (docs/decisions/030-error-numbers.md).
OSR_ERROR_DAYS = env.int("OSR_ERROR_DAYS", default=90, validate=validate.Range(1, 366))

# --- Who calls: suppliers (architecture.md, 'Who calls, who enters') ------------------------------------------------

# `required`: a call without client certificate is refused. `optional`: an API key alone will do (development, sandbox).
OSR_CLIENT_CERTIFICATE = env.str("OSR_CLIENT_CERTIFICATE", default="required")
if OSR_CLIENT_CERTIFICATE not in ("required", "optional"):
    raise ImproperlyConfigured("OSR_CLIENT_CERTIFICATE must be 'required' or 'optional'.")
# Only from these addresses is the Client-Cert header believed.
OSR_TRUSTED_PROXIES = frozenset(_list("OSR_TRUSTED_PROXIES"))
# How long an API key works at most, and how long it works on beside the one that replaces it.
OSR_API_KEY_DAYS = env.int("OSR_API_KEY_DAYS", default=365, validate=validate.Range(1, 3_660))
OSR_API_KEY_OVERLAP_DAYS = env.int("OSR_API_KEY_OVERLAP_DAYS", default=30, validate=validate.Range(0, 366))

# How often: checks and other reads are counted per supplier, calls that name no known caller per address.
OSR_CHECK_LIMIT = _limit("OSR_CHECK_LIMIT", default="6000/minute")
OSR_READ_LIMIT = _limit("OSR_READ_LIMIT", default="600/minute")
OSR_FAILURE_LIMIT = _limit("OSR_FAILURE_LIMIT", default="300/minute")

REST_FRAMEWORK = {"DEFAULT_SCHEMA_CLASS": "api.v2.describing.Operation", "UNAUTHENTICATED_USER": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "Onderwijs Serviceregister",
    "DESCRIPTION": (
        "Welk systeem mag namens welke school berichten uitwisselen voor welke dienst? Leveranciers vragen het hier, "
        "vóórdat zij gegevens van leerlingen aannemen, en registreren hier hun afleveradressen."
    ),
    "VERSION": "2",
    "OAS_VERSION": "3.1.1",
    "LICENSE": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "apiKey": {
                "type": "apiKey",
                "in": "header",
                "name": "API-Key",
                "description": "De sleutel van een systeem. `X-API-Key` mag ook.",
            },
            "certificate": {
                "type": "mutualTLS",
                "description": "Het PKIoverheid-certificaat van de leverancier; zijn OIN is de serialNumber (2.5.4.5).",
            },
        }
    },
}

# --- Checks ---------------------------------------------------------------------------------------------------------

# How many months the log of checks is kept (D17).
OSR_CHECK_LOG_MONTHS = env.int("OSR_CHECK_LOG_MONTHS", default=24)
if OSR_CHECK_LOG_MONTHS < 12:
    raise ImproperlyConfigured("OSR_CHECK_LOG_MONTHS must be 12 or more: the last year is always kept.")

# --- Agreements: the digital seal, reminders and what may be uploaded (A2, A3, A6) ------------------------------------

# The key of the seal and its certificate: one PKCS#12 file, or two files in PEM. The password is that of the key.
OSR_SEAL_PKCS12 = env.str("OSR_SEAL_PKCS12", default="")
OSR_SEAL_KEY = env.str("OSR_SEAL_KEY", default="")
OSR_SEAL_CERTIFICATE = env.str("OSR_SEAL_CERTIFICATE", default="")
OSR_SEAL_PASSWORD = env.str("OSR_SEAL_PASSWORD", default="")
if bool(OSR_SEAL_KEY) != bool(OSR_SEAL_CERTIFICATE) or (OSR_SEAL_PKCS12 and OSR_SEAL_KEY):
    raise ImproperlyConfigured("Set OSR_SEAL_PKCS12, or both OSR_SEAL_KEY and OSR_SEAL_CERTIFICATE; or none of them.")
# Other certificates whose seals count: those of former keys.
OSR_SEAL_TRUSTED = env.str("OSR_SEAL_TRUSTED", default="")
OSR_SEAL_TIMESTAMP_URL = env.str("OSR_SEAL_TIMESTAMP_URL", default="")
# How many days before an answer is asked who must sign is reminded.
OSR_REMIND_DAYS = env.list("OSR_REMIND_DAYS", default=[14, 3], subcast=int)
if any(days < 1 for days in OSR_REMIND_DAYS):
    raise ImproperlyConfigured("OSR_REMIND_DAYS must be numbers of days, 1 or more, such as: 14,3")
OSR_UPLOAD_MEGABYTES = env.int("OSR_UPLOAD_MEGABYTES", default=10, validate=validate.Range(1, 100))

# --- Mail to people --------------------------------------------------------------------------------------------------

# Where people reach the register: links in mails begin with it.
OSR_PUBLIC_URL = env.str("OSR_PUBLIC_URL", default="").rstrip("/") or (
    f"{'http' if OSR_DEVELOPMENT else 'https'}://{next(iter(ALLOWED_HOSTS), 'localhost')}"
)
if not urlsplit(OSR_PUBLIC_URL).hostname:
    raise ImproperlyConfigured("OSR_PUBLIC_URL must be an address, for instance https://osr.example.nl.")
try:
    MAILERS = {"default": mailer(env.str("OSR_MAIL_URL", default="") or "smtp://localhost")}
except ValueError as error:
    raise ImproperlyConfigured(
        "OSR_MAIL_URL must be smtp://, submission:// or smtps:// and a mail server, or file:/// and a folder."
    ) from error
DEFAULT_FROM_EMAIL = env.str(
    "OSR_MAIL_FROM", default=f"Onderwijs Serviceregister <noreply@{urlsplit(OSR_PUBLIC_URL).hostname}>"
)
# Where answers go, and what support is to know at once.
OSR_SUPPORT_MAIL = env.str("OSR_SUPPORT_MAIL", default="support@kennisnet.nl")

# --- Transport and page security ------------------------------------------------------------------------------------

SECURE_SSL_REDIRECT = not OSR_DEVELOPMENT
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # probes come from inside, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 0 if OSR_DEVELOPMENT else 2 * 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "img-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    # Signing in is a form that ends at the provider.
    "form-action": [CSP.SELF, *OSR_SIGN_IN_ORIGINS],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
}

# --- Style sheets ---------------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = None if OSR_DEVELOPMENT else BASE_DIR / "staticfiles"  # development serves them where they stand
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("utrecht", BASE_DIR / "node_modules/@utrecht/component-library-css/dist"),
    ("data-badge", BASE_DIR / "node_modules/@nl-design-system-candidate/data-badge-css/dist"),
    ("skip-link", BASE_DIR / "node_modules/@nl-design-system-candidate/skip-link-css/dist"),
]
WHITENOISE_USE_FINDERS = OSR_DEVELOPMENT
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if OSR_DEVELOPMENT
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Doing later (architecture.md, 'Celery') ------------------------------------------------------------------------

REDIS_URL = env.str("REDIS_URL", default="")
OSR_DATA_DIR = Path(env.str("OSR_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()

# --- Logs -----------------------------------------------------------------------------------------------------------

LOGGING = logging_settings(level=env.str("OSR_LOG_LEVEL", default="INFO"), json=not OSR_DEVELOPMENT)
