"""Every setting, each read from the environment (or `.env`), here and nowhere else.

`.env.example` lists them with what they mean. Three switches choose the defaults: `DEBUG` for
development, `DEMO` for the demonstration with made-up data, and neither for production, where
nothing that matters has a default.
"""

import ipaddress
import os
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import environ
import platformdirs
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from lifetracker.environment import BLANKS, read_file, shown, understood
from lifetracker.machine_zone import machine_zone

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

TESTING = "pytest" in sys.modules or sys.argv[1:2] == ["test"]


class Environment(environ.Env):
    """Names the variable whose value cannot be used; an empty value is one that is not set."""

    # Names of variables whose values stood in quotes in `.env`.
    exact: frozenset[str] = frozenset()

    def read_file(self, path: Path) -> None:
        self.exact |= read_file(path, self.ENVIRON)

    def get_value(self, var: str, *args: Any, **options: Any) -> Any:
        try:
            if var in self.ENVIRON and var not in self.exact:
                self.ENVIRON[var] = understood(var, self.ENVIRON[var])
            if self.ENVIRON.get(var) == "":
                del self.ENVIRON[var]
            text = str(self.ENVIRON.get(var, ""))
            if text.startswith("$"):
                # To the letter: the base would take it for the name of another variable, and a secret
                # for one that is not set.
                return self.parse_value(text, options.get("cast"))
            return super().get_value(var, *args, **options)
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{var} has a value that cannot be used ({error}). .env.example says what it takes."
            ) from None

    def bool(self, var: str, default: bool) -> bool:
        """A word that is neither yes nor no must not pass for no."""
        return bool(self.get_value(var, cast=truth, default=default))

    def base_url(self, var: str, default: str) -> str:
        """Where a service answers, without a slash at the end."""
        return str(self.get_value(var, cast=base_url, default=default))

    def optional_url(self, var: str) -> str:
        return str(self.get_value(var, cast=optional_url, default=""))

    def secret_url(self, var: str, default: str) -> str:
        """Where a secret is sent: in the clear only to this machine itself."""
        return str(self.get_value(var, cast=secret_url, default=default))

    def count(self, var: str, default: int) -> int:
        return int(self.get_value(var, cast=count, default=default))

    def hosts(self, var: str) -> list[str]:
        return list(self.get_value(var, cast=hosts, default=[]))

    def sentry_dsn(self, var: str) -> str:
        return str(self.get_value(var, cast=sentry_dsn, default=""))

    def texts(self, var: str) -> list[str]:
        """Several with commas, without the blanks around them."""
        return list(self.get_value(var, cast=texts, default=[]))

    def emails(self, var: str) -> list[str]:
        return list(self.get_value(var, cast=emails, default=[]))

    def folder(self, var: str, default: Path) -> Path:
        """`~` is the home of the account that runs this program."""
        return Path(str(self.get_value(var, default=str(default)))).expanduser()

    def origins(self, var: str) -> list[str]:
        return list(self.get_value(var, cast=origins, default=[]))

    def trusted_origins(self, var: str) -> list[str]:
        return list(self.get_value(var, cast=trusted_origins, default=[]))

    def bind_address(self, var: str, default: str) -> str:
        return str(self.get_value(var, cast=bind_address, default=default))

    def path_prefix(self, var: str) -> str:
        return str(self.get_value(var, cast=path_prefix, default=""))

    def hours(self, var: str, default: int) -> int:
        return int(self.get_value(var, cast=hours, default=default))

    def port(self, var: str, default: int) -> int:
        return int(self.get_value(var, cast=port, default=default))

    def redis_url(self, var: str, default: str) -> str:
        return str(self.get_value(var, cast=redis_url, default=default))

    def word(self, var: str, default: str, *others: str) -> str:
        """One of a few words."""
        return str(self.get_value(var, cast=one_of(default, *others), default=default))


def one_of(*words: str) -> Callable[[str], str]:
    def cast(text: str) -> str:
        if text not in words:
            raise ValueError(f"{shown(text)} is none of {', '.join(words)}")
        return text

    return cast


def redis_url(text: str) -> str:
    if urlsplit(text).scheme not in {"redis", "rediss"}:  # the text would hold the password
        raise ValueError("it begins with neither redis:// nor rediss://")
    return text


def whole_number(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,9}", text):
        raise ValueError(f"{shown(text)} is no whole number")
    return int(text)


def count(text: str) -> int:
    number = whole_number(text)
    if number < 0:
        raise ValueError(f"{number} is below 0")
    return number


def hours(text: str) -> int:
    number = whole_number(text)
    if not 0 <= number <= 500:
        raise ValueError(f"{number} is no number of hours between 0 and 500")
    return number


def port(text: str) -> int:
    number = whole_number(text)
    if not 1 <= number <= 65_535:
        raise ValueError(f"{number} is no port between 1 and 65535")
    return number


def texts(text: str) -> list[str]:
    return [part.strip(BLANKS) for part in text.split(",") if part.strip(BLANKS)]


def emails(text: str) -> list[str]:
    found = texts(text)
    for one in found:
        if not re.fullmatch(r"[^\s@]+@[^\s@]+", one):
            raise ValueError(f"{shown(one)} is no address such as robin@example.org")
    return found


def base_url(text: str) -> str:
    if re.search(rf"[{re.escape(BLANKS)}]", text):
        raise ValueError("there is a blank in the address")
    parts = urlsplit(text)
    if parts.username or parts.password:
        raise ValueError("an address must not carry a password")
    if parts.port == 0:
        raise ValueError("port 0 is no port")
    name = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not (
        re.fullmatch(r"[\w.-]+", name) or is_ipv6(name)
    ):
        raise ValueError("it is no address such as https://api.example.com")
    return text.rstrip("/")


def is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def optional_url(text: str) -> str:
    return base_url(text) if text else ""


def origin_of(url: str) -> str:
    """Return what a browser calls the origin of an address: scheme, host in small letters, and the port
    unless it is the scheme's own."""
    parts = urlsplit(url)
    usual = f":{ {'http': 80, 'https': 443}[parts.scheme] }"
    return f"{parts.scheme}://{parts.netloc.lower().removesuffix(usual)}"


def origins(text: str) -> list[str]:
    """With commas: each such as https://notes.example.com, and no path."""
    found = [base_url(part.strip()) for part in text.split(",") if part.strip()]
    for url in found:
        if urlsplit(url).path or "?" in url or "#" in url:
            raise ValueError("one of the addresses has a path, and an origin has none")
    return [origin_of(url) for url in found]


def trusted_origins(text: str) -> list[str]:
    """As `origins`; `https://*.example.org` stands for all names below."""
    return [
        one.replace("://any-name.", "://*.")
        for one in origins(text.replace("://*.", "://any-name."))
    ]


def hosts(text: str) -> list[str]:
    """With commas: each such as tracker.example.org or [::1], without a scheme."""
    return [host(part.strip()) for part in text.split(",") if part.strip()]


def host(text: str) -> str:
    """Return a name as Django compares it: without a port, which it leaves out of the comparison, and
    IPv6 in brackets."""
    if is_ipv6(text):
        return f"[{text}]"
    found = re.fullmatch(r"(\*|\.?[\w.-]+|\[([0-9A-Fa-f:.]+)\])(:\d{1,5})?", text)
    if not found or (found[2] and not is_ipv6(found[2])):
        raise ValueError(f"{shown(text)} is no name such as tracker.example.org")
    return found[1]


def bind_address(text: str) -> str:
    """Return it as gunicorn takes it, IPv6 in brackets."""
    bare = text.removeprefix("[").removesuffix("]")
    try:
        version = ipaddress.ip_address(bare).version
    except ValueError:
        raise ValueError(f"{shown(text)} is no address such as 0.0.0.0, 127.0.0.1 or ::") from None
    return f"[{bare}]" if version == 6 else bare


def path_prefix(text: str) -> str:
    """Return it without a slash at the end; "/" is none."""
    prefix = text.rstrip("/")
    if prefix and not re.fullmatch(r"(/[\w.~-]+)+", prefix):
        raise ValueError(f"{shown(text)} is no path such as /tracker")
    return prefix


def sentry_dsn(text: str) -> str:
    parts = urlsplit(text)
    if text and not (parts.scheme in {"http", "https"} and parts.username and parts.hostname):
        raise ValueError("it is no address such as https://key@sentry.example.org/1")
    return text


def secret_url(text: str) -> str:
    parts = urlsplit(base_url(text))
    if parts.scheme == "http" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise ValueError("a token goes over http to this machine alone; elsewhere it takes https")
    return base_url(text)


def truth(text: str) -> bool:
    word = text.strip().lower()
    if word not in {"true", "yes", "on", "1", "false", "no", "off", "0"}:
        raise ValueError(f"{shown(text)} is neither true nor false")
    return word in {"true", "yes", "on", "1"}


env = Environment()
DEMO = env.bool("DEMO", default=False)
if not (TESTING or DEMO):
    # Tests and the demo must not reach a person's own accounts.
    env.read_file(BASE_DIR / ".env")
DEBUG = env.bool("DEBUG", default=False)
LOCAL = DEBUG or DEMO or TESTING

SECRET_KEY = (
    env.str("SECRET_KEY", default="django-insecure-for-development-and-the-demo-only")
    if LOCAL
    else env.str("SECRET_KEY")
)
# Older keys: still good for reading stored tokens and sessions, never for writing.
SECRET_KEY_FALLBACKS = env.texts("SECRET_KEY_FALLBACKS")

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
# The names that Railway and Heroku give; Railway asks for the health by a name of its own. A container
# asks itself for its health, as localhost.
PLATFORM_HOSTS = [
    *env.texts("RAILWAY_PUBLIC_DOMAIN"),
    *env.texts("HEROKU_APP_DEFAULT_DOMAIN_NAME"),
]
if env.str("RAILWAY_PUBLIC_DOMAIN", default=""):
    PLATFORM_HOSTS.append("healthcheck.railway.app")
ALLOWED_HOSTS = [*env.hosts("ALLOWED_HOSTS"), *PLATFORM_HOSTS, *LOCAL_HOSTS]
CSRF_TRUSTED_ORIGINS = env.trusted_origins("CSRF_TRUSTED_ORIGINS")
PORT = env.port("PORT", default=5001)
# Where the web process listens: `::` is IPv6, and IPv4 as well.
BIND_ADDRESS = env.bind_address("BIND_ADDRESS", default="0.0.0.0")  # noqa: S104 - what platforms ask for
# The path under which a proxy serves all this, such as /tracker; None for the root.
PATH_PREFIX = env.path_prefix("FORCE_SCRIPT_NAME")
FORCE_SCRIPT_NAME = PATH_PREFIX or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = PATH_PREFIX or "/"
# Processes that answer requests.
WEB_CONCURRENCY = env.count("WEB_CONCURRENCY", default=2) or 1

# --- Applications ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "corsheaders",
    "csp",
    # Before the queue, whose command `qcluster` it extends.
    "lifetracker",
    "django_q",
    "oauth_integration",
    "whoop",
    "workouts",
    "weight",
    "time_logs",
    "github_projects",
    "fasting",
]

MIDDLEWARE = [
    "lifetracker.logs.RequestLog",
    "lifetracker.middleware.lower_forwarded_proto",
    "django.middleware.security.SecurityMiddleware",
    "lifetracker.middleware.permissions_policy",
    "csp.middleware.CSPMiddleware",
    "lifetracker.middleware.policy_of_the_admin",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "lifetracker.middleware.refuse_nul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # A page that forgets to ask for the login asks for it all the same.
    "lifetracker.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "lifetracker.middleware.explain_wrong_methods",
]

ROOT_URLCONF = "lifetracker.urls"
WSGI_APPLICATION = "lifetracker.wsgi.application"
TEST_RUNNER = "lifetracker.test_runner.PytestRunner"

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
                "lifetracker.views.demo",
            ],
        },
    },
]

# --- Database -------------------------------------------------------------------------------------

try:
    DATABASES = {
        "default": env.db(
            "DATABASE_URL",
            default=f"sqlite:///{BASE_DIR / ('demo.sqlite3' if DEMO else 'lifetracker.sqlite3')}",
        )
    }
except ValueError:  # the text would hold the password
    DATABASES = {"default": {}}
if DATABASES["default"].get("ENGINE") not in {
    "django.db.backends.sqlite3",
    "django.db.backends.postgresql",
}:
    raise ImproperlyConfigured(
        "DATABASE_URL takes sqlite:////path/to/file or postgres://user:password@host:5432/name."
    )
# A connection outlives the request that opened it, and is asked whether it is still good.
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DATABASES["default"].setdefault("CONN_HEALTH_CHECKS", True)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A transaction that reads first and writes later would fail at the write, without waiting.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
    # A file, because some tests look at the database from other processes; its own for each run of
    # the tests.
    DATABASES["default"]["TEST"] = {
        "NAME": f"{gettempdir()}/lifetracker-test-{os.getpid()}.sqlite3"
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        connect_timeout=10,
        keepalives_idle=30,
        keepalives_interval=10,
        keepalives_count=3,
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- The person's time and language ---------------------------------------------------------------

LANGUAGE_CODE = "en-us"
TIME_ZONE = env.str("TIME_ZONE", default=machine_zone() if DEMO else "UTC")
try:
    ZoneInfo(TIME_ZONE)
except (ZoneInfoNotFoundError, ValueError, OSError):
    raise ImproperlyConfigured(
        f"TIME_ZONE: {TIME_ZONE!r} is no time zone. It takes a name such as Europe/Berlin."
    ) from None
USE_I18N = False
DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, H:i"
USE_TZ = True

# --- Static files ---------------------------------------------------------------------------------

STATIC_URL = f"{PATH_PREFIX}/static/"
# Development and the demo serve the files from where they are, without collecting them.
STATIC_ROOT = None if LOCAL else BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = LOCAL

# --- Who may --------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

# For `first_account`, under the names that Django's createsuperuser reads too.
FIRST_ACCOUNT = {
    "username": env.str("DJANGO_SUPERUSER_USERNAME", default=""),
    "password": env.str("DJANGO_SUPERUSER_PASSWORD", default=""),
    "email": env.str("DJANGO_SUPERUSER_EMAIL", default=""),
}

# Off only where the pages are served on this machine alone: behind a name on the net there is no
# reason for it.
HTTPS = env.bool("HTTPS", default=not LOCAL)
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
# Platforms ask for the health from within, over http; there is nothing to hide in it.
SECURE_REDIRECT_EXEMPT = ["^" + re.escape(f"{PATH_PREFIX}/"[1:]) + "api/health/?$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
# Lax and not Strict: the way back from a service's consent page has to find the session.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "lifetracker.errors.csrf_failure"

# How many proxies, one behind the other, stand before the web process: each appends an address to
# X-Forwarded-For, and what stands before theirs anybody can write.
TRUSTED_PROXIES = env.count("TRUSTED_PROXIES", default=1 if HTTPS else 0)

# After so many wrong passwords, one name from one address has to wait.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "lifetracker.middleware.client_address"
AXES_USERNAME_CALLABLE = "lifetracker.middleware.login_name"
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
# The page says when it ends: trying on must not push that out.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
# Only failures are kept, and only until a login succeeds.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
# Else it lets the scripts of every origin read that somebody is locked out.
AXES_ALLOWED_CORS_ORIGINS = ""
AXES_VERBOSE = False
# Of what it logs all the same.
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]

# Pages of other origins that may call the API. They need a token: cookies are not for them.
CORS_ALLOWED_ORIGINS = env.origins("CORS_ORIGINS")
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_CREDENTIALS = False
CORS_EXPOSE_HEADERS = ["Retry-After"]

# For each token, or each person in a browser; 0 for no limit.
API_REQUESTS_PER_MINUTE = env.count("API_REQUESTS_PER_MINUTE", default=600)

REST_FRAMEWORK = {
    # The first one says how to log in, and makes it a 401.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "lifetracker.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "EXCEPTION_HANDLER": "lifetracker.errors.answer_to",
    "DEFAULT_PARSER_CLASSES": ["lifetracker.parsing.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["lifetracker.throttling.PerCaller"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "lifetracker.paging.Pages",
    "DEFAULT_SCHEMA_CLASS": "lifetracker.schema.ApiSchema",
    "COERCE_DECIMAL_TO_STRING": False,
    # `format` is no parameter but that of the schema.
    "URL_FORMAT_OVERRIDE": None,
    "PAGE_SIZE": 400,  # a year of days is one page
}

# --- The API's description ------------------------------------------------------------------------

SPECTACULAR_SETTINGS = {
    "TITLE": "Life Tracker",
    "DESCRIPTION": "One person's health, work and code. Dates are days of the person's own life, "
    "instants are ISO 8601, and what is null is unknown and not zero.",
    "VERSION": VERSION,
    "SCHEMA_PATH_PREFIX": "/api/",
    "SERVERS": [{"url": PATH_PREFIX}] if PATH_PREFIX else [],
    "PREPROCESSING_HOOKS": ["lifetracker.schema.clean_paths"],
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "SyncKind": "lifetracker.models.SyncRun.Kind",
        "SyncRunStatus": "lifetracker.models.SyncRun.Status",
        "Ok": ["ok"],
        "Error": ["error"],
    },
}

# --- Queue ----------------------------------------------------------------------------------------

# The database carries messages to the workers, or Redis where there is one. What is to be done is
# in the ledger of runs in either case, so that a lost message loses nothing.
REDIS_URL = env.redis_url("REDIS_URL", default="")
# Heroku's Redis shows a certificate that it has signed itself.
REDIS_VERIFY_CERTIFICATE = env.bool("REDIS_VERIFY_CERTIFICATE", default=True)


def redis_within(url: str, connect: int, answer: int) -> str:
    """With the seconds after which a Redis that does not answer is given up, so that no page hangs
    with it."""
    options = {"socket_connect_timeout": f"{connect}", "socket_timeout": f"{answer}"}
    if url.startswith("rediss:") and not REDIS_VERIFY_CERTIFICATE:
        options["ssl_cert_reqs"] = "none"
    parts = urlsplit(url)
    return parts._replace(query=urlencode(options | dict(parse_qsl(parts.query)))).geturl()


Q_CLUSTER: dict[str, Any] = {
    "name": "lifetracker",
    **(
        {"redis": redis_within(REDIS_URL, connect=2, answer=3)} if REDIS_URL else {"orm": "default"}
    ),
    "workers": env.count("QUEUE_WORKERS", default=2) or 1,
    # A task that outlives `timeout` is killed before `retry` hands it to another worker.
    "timeout": 3 * 3600,
    "retry": 4 * 3600,
    "max_attempts": 3,
    "ack_failures": True,
    # What one worker has taken ahead, no other can do.
    "queue_limit": 1,
    "catch_up": False,
    "poll": 1,
    "log_level": "WARNING",
}

# Without Redis each process counts for itself.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": redis_within(REDIS_URL, connect=1, answer=1),
        "KEY_PREFIX": "lifetracker",
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# Hours between the syncs that the workers do by themselves; 0 for none.
SYNC_HOURS = {
    "Whoop": env.hours("WHOOP_SYNC_HOURS", default=24),
    "Withings": env.hours("WITHINGS_SYNC_HOURS", default=24),
    "Toggl": env.hours("TOGGL_SYNC_HOURS", default=24),
    "GitHub": env.hours("GITHUB_SYNC_HOURS", default=24),
}

# --- Webhooks -------------------------------------------------------------------------------------

# The address under which services reach this program.
PUBLIC_URL = env.optional_url("PUBLIC_URL")
GITHUB_WEBHOOK_SECRET = env.str("GITHUB_WEBHOOK_SECRET", default="")

# --- Services -------------------------------------------------------------------------------------

USER_AGENT = f"life-tracker/{VERSION} (self-hosted, one person's data)"

SANDBOX_PORT = env.port("SANDBOX_PORT", default=5010)
SANDBOX_URL = f"http://127.0.0.1:{SANDBOX_PORT}"

WHOOP_API_URL = env.base_url(
    "WHOOP_API_URL", default=f"{SANDBOX_URL}/whoop" if DEMO else "https://api.prod.whoop.com"
)
WHOOP_CLIENT_ID = env.str("WHOOP_CLIENT_ID", default="")
WHOOP_CLIENT_SECRET = env.str("WHOOP_CLIENT_SECRET", default="")
WHOOP_REDIRECT_URI = env.str(
    "WHOOP_REDIRECT_URI", default=f"http://localhost:{PORT}{PATH_PREFIX}/oauth/whoop/callback"
)
WHOOP_REFRESH_TOKEN = env.str("WHOOP_REFRESH_TOKEN", default="")
# What WHOOP grants to one application unless it was raised on request; 0 sends without a brake.
WHOOP_REQUESTS_PER_MINUTE = env.count("WHOOP_REQUESTS_PER_MINUTE", default=100)

WITHINGS_ACCOUNT_URL = env.base_url(
    "WITHINGS_ACCOUNT_URL",
    default=f"{SANDBOX_URL}/withings" if DEMO else "https://account.withings.com",
)
WITHINGS_API_URL = env.base_url(
    "WITHINGS_API_URL",
    default=f"{SANDBOX_URL}/withings" if DEMO else "https://wbsapi.withings.net",
)
WITHINGS_CLIENT_ID = env.str("WITHINGS_CLIENT_ID", default="")
WITHINGS_CLIENT_SECRET = env.str("WITHINGS_CLIENT_SECRET", default="")
WITHINGS_REDIRECT_URI = env.str(
    "WITHINGS_REDIRECT_URI", default=f"http://localhost:{PORT}{PATH_PREFIX}/oauth/withings/callback"
)
WITHINGS_REFRESH_TOKEN = env.str("WITHINGS_REFRESH_TOKEN", default="")
# What Withings grants to one application of the public plan; 0 sends without a brake.
WITHINGS_REQUESTS_PER_MINUTE = env.count("WITHINGS_REQUESTS_PER_MINUTE", default=120)

TOGGL_API_URL = env.base_url(
    "TOGGL_API_URL", default=f"{SANDBOX_URL}/toggl" if DEMO else "https://api.track.toggl.com"
)
TOGGL_API_TOKEN = env.str("TOGGL_API_TOKEN", default="")
# Toggl asks for about one request a second; 0 sends without a brake.
TOGGL_REQUESTS_PER_MINUTE = env.count("TOGGL_REQUESTS_PER_MINUTE", default=60)

GITHUB_API_URL = env.secret_url(
    "GITHUB_API_URL", default=f"{SANDBOX_URL}/github" if DEMO else "https://api.github.com"
)
GITHUB_CLONE_URL = env.secret_url(
    "GITHUB_CLONE_URL", default=f"{SANDBOX_URL}/github/git" if DEMO else "https://github.com"
)
GITHUB_ACCESS_TOKEN = env.str("GITHUB_ACCESS_TOKEN", default="")
# Addresses under which the person commits, beside those that GitHub tells.
GITHUB_EMAILS = env.emails("GITHUB_EMAILS")
# Clones are kept here, so that a refresh fetches only what is new. All of it can be lost.
GITHUB_CACHE_DIR = env.folder(
    "GITHUB_CACHE_DIR", default=Path(platformdirs.user_cache_dir("life-tracker")) / "git"
)
GITHUB_MAX_REPOSITORY_MB = env.count("GITHUB_MAX_REPOSITORY_MB", default=1000)
GITHUB_MINUTES_PER_REPOSITORY = env.count("GITHUB_MINUTES_PER_REPOSITORY", default=30)
GITHUB_LINE_COUNTER = env.word("GITHUB_LINE_COUNTER", "scc", "cloc", "git")

# --- What a page may load -------------------------------------------------------------------------

# Pressing «Connect» ends at the service's consent page, and a browser counts that redirect as a part
# of the form. The services pass it on to other hosts of theirs.
CONSENT_PAGES = [
    "https://*.whoop.com",
    "https://*.withings.com",
    *(origin_of(url) for url in (WHOOP_API_URL, WITHINGS_ACCOUNT_URL)),
]
NOWHERE, OURS = "'none'", "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NOWHERE],
        "style-src": [OURS],
        "img-src": [OURS],
        "form-action": [OURS, *dict.fromkeys(CONSENT_PAGES)],
        "frame-ancestors": [NOWHERE],
        "base-uri": [NOWHERE],
    }
}
# The admin's theme evaluates expressions that stand in its templates (Alpine).
CONTENT_SECURITY_POLICY_OF_THE_ADMIN = {
    **CONTENT_SECURITY_POLICY["DIRECTIVES"],
    "script-src": [OURS, "'unsafe-eval'"],
    "style-src": [OURS, "'unsafe-inline'"],
    "img-src": [OURS, "data:"],
    "font-src": [OURS],
    "connect-src": [OURS],
    "form-action": [OURS],
}

# --- Backups --------------------------------------------------------------------------------------

# With it every backup is encrypted, and `restore` asks nobody.
BACKUP_PASSPHRASE = env.str("BACKUP_PASSPHRASE", default="")

# --- Admin theme ----------------------------------------------------------------------------------

UNFOLD = {
    "SITE_TITLE": "Life Tracker",
    "SITE_HEADER": "Life Tracker: demo data" if DEMO else "Life Tracker",
    "SITE_URL": reverse_lazy("home"),
    "SITE_SYMBOL": "monitor_heart",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("lifetracker/icon.svg"),
        }
    ],
    "SIDEBAR": {"navigation": "lifetracker.admin.sidebar"},
    "DASHBOARD_CALLBACK": "lifetracker.admin.dashboard",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda _request: static("lifetracker/admin.css")],
    "ENVIRONMENT": "lifetracker.admin.environment_badge",
}

# --- Logs and faults ------------------------------------------------------------------------------

LOG_FORMAT = env.word("LOG_FORMAT", *("line", "json") if LOCAL else ("json", "line"))
LOG_LEVEL = env.word(
    "LOG_LEVEL", *("WARNING", "INFO") if LOCAL else ("INFO", "WARNING"), "DEBUG", "ERROR"
)
# What a command prints may be a file, and is for people; what runs on and on has lines alone.
SERVES = not sys.argv[0].endswith("manage.py") or sys.argv[1:2] == ["qcluster"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_results": {"()": "lifetracker.logs.NoResults"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
        if LOCAL
        else {
            "()": "lifetracker.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(id)s] %(message)s",
        },
        "json": {
            "()": "lifetracker.logs.JsonFormatter",
            "format": "%(levelname)s %(name)s %(message)s",
            "rename_fields": {"levelname": "level", "name": "logger"},
            "timestamp": "time",
        },
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "stream": f"ext://sys.{'stdout' if LOG_FORMAT == 'json' and SERVES else 'stderr'}",
        }
    },
    "loggers": {
        # No mail to admins.
        "django": {"handlers": []},
        # What a client did wrong stands in the line of its request.
        "django.request": {"level": "ERROR"},
        "django-q": {"level": "WARNING", "filters": ["no_results"]},
        "gunicorn.error": {"handlers": [], "propagate": True},
        # Below, they tell the addresses that are asked.
        "urllib3": {"level": "INFO"},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}

# Faults are told to Sentry, or to what understands its protocol; empty: to nobody.
SENTRY_DSN = "" if LOCAL else env.sentry_dsn("SENTRY_DSN")
