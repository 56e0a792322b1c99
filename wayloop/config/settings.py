"""Django's settings, made from `environment.py` and the home; nothing else reads the environment."""

import secrets as random_secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF

from wayloop.config.environment import read_environment
from wayloop.operations.home import Home

ENVIRONMENT = read_environment()
HOME = Home(ENVIRONMENT.home)
PACKAGE = Path(__file__).resolve().parent.parent

# Without a home (type checks, making of migrations) a key of this process only is enough.
SECRET_KEY = HOME.read_secret("signing-key") or random_secrets.token_urlsafe(48)
# While a new key takes over, what the former one signed is still believed.
_FORMER_KEY = HOME.read_secret("signing-key-former")
SECRET_KEY_FALLBACKS = [_FORMER_KEY] if _FORMER_KEY else []
DEBUG = False
ALLOWED_HOSTS = [ENVIRONMENT.host_name, "localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "wayloop.config.urls"
ASGI_APPLICATION = "wayloop.config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CONTEXTS = (
    "wayloop.kernel",
    "wayloop.ui",
    "wayloop.business",
    "wayloop.accounts",
    "wayloop.identity",
    "wayloop.ledger",
    "wayloop.privacy",
    "wayloop.channels",
    "wayloop.customers",
    "wayloop.messaging",
    "wayloop.work",
    "wayloop.commerce",
    "wayloop.imports",
    "wayloop.metrics",
    "wayloop.surveys",
    "wayloop.voice",
    "wayloop.journeys",
    "wayloop.web",
    "wayloop.demo",
    "wayloop.operations",
)
INSTALLED_APPS = [
    *CONTEXTS,
    "wayloop.config.apps.ConfigApp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "django_cotton.apps.SimpleAppConfig",
    "django_htmx",
    "django_vite",
    "csp",
]
MIDDLEWARE = [
    "wayloop.web.middleware.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    # Outside of what makes error pages anew, which no frame may show either.
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wayloop.web.static_files.StaticFilesMiddleware",
    "csp.middleware.CSPMiddleware",
    # Outside of all that speaks to people.
    "wayloop.config.rest.middleware.RestMiddleware",
    "wayloop.web.middleware.ErrorPageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "wayloop.web.middleware.LimitsMiddleware",
    "wayloop.accounts.middleware.FirstRunMiddleware",
    "wayloop.accounts.middleware.OriginMiddleware",
    "wayloop.accounts.middleware.PreferencesMiddleware",
    "wayloop.accounts.middleware.SignInRequiredMiddleware",
    "wayloop.accounts.middleware.SecondFactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "wayloop.web.middleware.ToastMiddleware",
    # Last: it runs the view itself where a form brings its key.
    "wayloop.kernel.idempotency.FormsOnceMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            # Written out, never wrapped automatically: without this loader component tags go out uncompiled.
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django_cotton.cotton_loader.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "wayloop.web.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django_cotton.templatetags.cotton",
                "wayloop.ui.templatetags.ui",
            ],
        },
    }
]
# A component sees its own attributes, its slots and the context processors, never a variable of the page by chance.
COTTON_ISOLATE_BY_DEFAULT = True


def _database(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    is_web = ENVIRONMENT.process == "web"
    timeout = "5000" if is_web else "0"
    # Each request runs in a thread of its own: without a pool it would begin by opening a connection. A request waits
    # for a database that restarts, but not for ever.
    pool = {"pool": {"min_size": 1, "max_size": 16, "timeout": 5}} if is_web else {}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "application_name": f"wayloop {ENVIRONMENT.process}",
            "connect_timeout": 5,
            # A database that is gone without a word is noticed after a minute, not after two hours.
            "keepalives_idle": 30,
            "keepalives_interval": 10,
            "keepalives_count": 3,
            "options": f"-c statement_timeout={timeout} -c idle_in_transaction_session_timeout=60000",
            **pool,
        },
    }


# The placeholder serves tools that never connect (type checks, making of migrations).
DATABASES = {"default": _database(ENVIRONMENT.database_url or "postgresql://wayloop@127.0.0.1:1/wayloop")}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kernel_cache",
        # The default of 300 would let a stranger push the counters of wrong passwords out.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

AUTH_USER_MODEL = "accounts.Member"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "wayloop.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
MFA_ADAPTER = "wayloop.accounts.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
# Clocks of phones go wrong by a few seconds: the code before and the one after count too.
MFA_TOTP_TOLERANCE = 1

SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.is_https
_PREFIX = "__Host-" if ENVIRONMENT.is_https else ""
SESSION_COOKIE_NAME = f"{_PREFIX}wayloop-session"
CSRF_COOKIE_NAME = f"{_PREFIX}wayloop-csrf"
CSRF_COOKIE_HTTPONLY = True
CSRF_USE_SESSIONS = False
CSRF_FAILURE_VIEW = "wayloop.web.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [ENVIRONMENT.url]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if ENVIRONMENT.is_https else 0
# A proxy that lets http through is told the https address. Without a named proxy nobody says how people came.
SECURE_SSL_REDIRECT = ENVIRONMENT.is_https and bool(ENVIRONMENT.trusted_proxies)
SECURE_SSL_HOST = urlsplit(ENVIRONMENT.url).netloc
SECURE_REDIRECT_EXEMPT = [r"^metrics$"]  # read by machines beside this one, with a token
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

LANGUAGE_CODE = "en"
LANGUAGES = [("ru", "Русский"), ("uk", "Українська"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = PACKAGE / "ui" / "static"
# Built files carry their hash in the name, so browsers keep them for ever.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/build/assets/"
DJANGO_VITE = {
    "default": {
        "dev_mode": False,
        "manifest_path": STATIC_ROOT / "build" / "manifest.json",
        "static_url_prefix": f"{STATIC_URL}build",
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

_IS_COMMAND = ENVIRONMENT.process == "command"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    # Files are for machines; a command talks to a person, and tells only what went wrong.
    "formatters": {
        "line": {"()": "wayloop.kernel.logs.Plain"}
        if _IS_COMMAND
        else {"()": "wayloop.kernel.logs.JsonLines", "process": ENVIRONMENT.process}
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING" if _IS_COMMAND else "INFO"},
    "loggers": {"procrastinate.blueprints": {"level": "WARNING"}},
}
