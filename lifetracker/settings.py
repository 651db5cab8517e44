"""Every setting, each read from the environment (or `.env`), here and nowhere else.

`.env.example` lists them with what they mean. Three switches choose the defaults: `DEBUG` for
development, `DEMO` for the demonstration with made-up data, and neither for production, where
nothing that matters has a default.
"""

import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import gettempdir
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import platformdirs
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy

from lifetracker.environment import (
    Environment,
    base_url,
    bind_address,
    contact,
    count,
    email,
    folder,
    hosts,
    language,
    ntfy_token,
    ntfy_topic,
    one_of,
    optional_url,
    origins,
    path_prefix,
    port,
    redis_url,
    sender,
    sentry_dsn,
    texts,
    trusted_origins,
)
from lifetracker.ops.machine_zone import machine_zone
from lifetracker.sync.declaration import (
    Here,
    consent_origins,
    declared_sources,
    exact_settings,
    read_settings,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VERSION = "0.1.0"

TESTING = "pytest" in sys.modules or sys.argv[1:2] == ["test"]


INSTALLED_APPS = [
    "unfold",
    "lifetracker.apps.AdminConfig",
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
    # Its script alone.
    "django_htmx",
    # Before the queue, whose command `qcluster` it extends.
    "lifetracker",
    "lifetracker.accounts",
    "django_q",
    # Its pages of the admin before ours, which take their place.
    "django_mcpz.oauth",
    "oauth_integration",
    "whoop",
    "workouts",
    "weight",
    "time_logs",
    "github_projects",
    "fasting",
    "nutrition",
    "journal",
    "own_metrics",
    "csv_import",
    "goals",
    "experiments",
    "review",
    "insights",
    "notifications",
    "projects",
    "apple_health",
    "ai_access",
]

# What the apps that are sources declare in their `source.py`: their settings, their schedules, their consent pages.
SOURCES = declared_sources(INSTALLED_APPS)
# Sources that no service is asked for: their records come from files alone, or are sent here. By the name in each record,
# what they are called.
FILE_SOURCES = {"AppleHealth": "Apple Health"}

env = Environment()
env.free |= exact_settings(SOURCES)
DEMO = env.bool("DEMO", default=False)
# Before `.env` is read: there everybody has a PORT.
PORT_IS_GIVEN = bool(os.environ.get("PORT"))
ON_PLATFORM = bool({"DYNO", "RAILWAY_PROJECT_ID", "RAILWAY_PUBLIC_DOMAIN"} & os.environ.keys())
if sys.argv[1:2] == ["demo"]:
    env.forget(setting.name for source in SOURCES for setting in source.all_settings())
    env.forget(["OPENFOODFACTS", "OPENFOODFACTS_URL", "OPENFOODFACTS_SEARCH_URL"])
    env.forget(["EMAIL_HOST", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "OWNER_EMAIL"])
    env.forget(["NTFY_URL", "NTFY_TOPIC", "NTFY_TOKEN"])
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
SECRET_KEY_FALLBACKS = env.read_list("SECRET_KEY_FALLBACKS", texts)

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
# The names that Railway and Heroku give; Railway asks for the health by a name of its own. A container
# asks itself for its health, as localhost.
PLATFORM_HOSTS = [
    *env.read_list("RAILWAY_PUBLIC_DOMAIN", texts),
    *env.read_list("HEROKU_APP_DEFAULT_DOMAIN_NAME", texts),
]
if env.str("RAILWAY_PUBLIC_DOMAIN", default=""):
    PLATFORM_HOSTS.append("healthcheck.railway.app")
ALLOWED_HOSTS = [*env.read_list("ALLOWED_HOSTS", hosts), *PLATFORM_HOSTS, *LOCAL_HOSTS]
CSRF_TRUSTED_ORIGINS = env.read_list("CSRF_TRUSTED_ORIGINS", trusted_origins)
PORT = env.read("PORT", port, default=5001)
# Where the web process listens: `::` is IPv6, and IPv4 as well. This machine alone, unless a platform or a
# container names the port: then its router comes from elsewhere.
BIND_ADDRESS = env.read(
    "BIND_ADDRESS",
    bind_address,
    default="0.0.0.0" if PORT_IS_GIVEN else "127.0.0.1",  # noqa: S104 - what platforms ask for
)
# The path under which a proxy serves all this, such as /tracker; None for the root.
PATH_PREFIX = env.read("FORCE_SCRIPT_NAME", path_prefix, default="")
FORCE_SCRIPT_NAME = PATH_PREFIX or None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = PATH_PREFIX or "/"
# Processes that answer requests.
WEB_CONCURRENCY = env.read("WEB_CONCURRENCY", count, default=2) or 1

# --- Applications ---------------------------------------------------------------------------------

MIDDLEWARE = [
    "lifetracker.ops.logs.RequestLog",
    "lifetracker.web.middleware.answer_head_without_body",
    "lifetracker.web.middleware.read_forwarded_proto",
    "lifetracker.web.middleware.answer_health_by_address",
    "django.middleware.security.SecurityMiddleware",
    # Pages and JSON. It adds up to a hundred random bytes, so that no length tells what is in a page (BREACH), and
    # leaves alone what is short or compressed already; WhiteNoise compresses its files by itself.
    "django.middleware.gzip.GZipMiddleware",
    "lifetracker.web.middleware.permissions_policy",
    "csp.middleware.CSPMiddleware",
    "lifetracker.web.middleware.policy_of_the_admin",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "lifetracker.web.middleware.refuse_nul",
    "lifetracker.web.middleware.read_preferences",
    "lifetracker.web.middleware.find_metrics_once",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "lifetracker.web.middleware.drop_extra_slash",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # A page that forgets to ask for the login asks for it all the same.
    "lifetracker.web.middleware.LoginRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "lifetracker.accounts.middleware.Accounts",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "lifetracker.accounts.guessing.KnownBrowsers",
    "axes.middleware.AxesMiddleware",
    "lifetracker.web.middleware.explain_wrong_methods",
]

ROOT_URLCONF = "lifetracker.urls"
WSGI_APPLICATION = "lifetracker.wsgi.application"
TEST_RUNNER = "lifetracker.ops.test_runner.PytestRunner"

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
                "lifetracker.web.views.frame",
            ],
            "libraries": {"human": "lifetracker.web.template_tags"},
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
        "DATABASE_URL must be sqlite:////path/to/file or postgres://user:password@host:5432/name."
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
        f"TIME_ZONE: {TIME_ZONE!r} is not a time zone. Use a name such as Europe/Berlin."
    ) from None
USE_I18N = False
# Django's own formats for English show hours as "5:28 p.m."
FORMAT_MODULE_PATH = "lifetracker.web.formats"
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
# Each test has a program of its own, which would look for all files when it begins.
WHITENOISE_AUTOREFRESH = DEBUG or TESTING

# --- Who may --------------------------------------------------------------------------------------

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "lifetracker.accounts.signal_receivers.RecordPasswords"}]
PASSWORD_HASHERS = ["lifetracker.accounts.guessing.OneAtATime"]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
SESSION_ENGINE = "lifetracker.accounts.session_store"
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
# They bind names that may serve something else, and browsers remember it for a year: the owner's to say.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=False)
# `check --deploy` misses these two.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
# Platforms ask for the health from within, over http; there is nothing to hide in it.
SECURE_REDIRECT_EXEMPT = ["^" + re.escape(f"{PATH_PREFIX}/"[1:]) + "api/health/?$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
# Lax and not Strict: the way back from a service's consent page has to find the session.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "lifetracker.api.errors.csrf_failure"

# How many proxies, one behind the other, stand before the web process: each appends an address to
# X-Forwarded-For, and what stands before theirs anybody can write. With none, nothing of either header is
# believed. The routers of Heroku and Railway cannot be gone around.
TRUSTED_PROXIES = env.read("TRUSTED_PROXIES", count, default=1 if ON_PLATFORM else 0)

# After so many wrong passwords, one name from one address has to wait.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "lifetracker.accounts.guessing.Guard"
# After so many from any addresses, the name has to wait in every browser that it was never used in.
WRONG_PASSWORDS_PER_NAME = 25
AXES_CLIENT_IP_CALLABLE = "lifetracker.accounts.addresses.client_address"
AXES_USERNAME_CALLABLE = "lifetracker.accounts.addresses.login_name"
AXES_LOCKOUT_CALLABLE = "lifetracker.accounts.lockout.locked_out"
# The page says when it ends: trying on must not push that out.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
# Only failures are kept, and only until a login succeeds.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# Of what it logs all the same.
AXES_SENSITIVE_PARAMETERS = [
    *("username", "ip_address", "old_password", "new_password1", "new_password2"),
    *("code", "passkey", "confirm_password", "confirm_code", "confirm_passkey"),
]

# Pages of other origins that may call the API. They need a token: cookies are not for them.
CORS_ALLOWED_ORIGINS = env.read_list("CORS_ORIGINS", origins)
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_CREDENTIALS = False
CORS_EXPOSE_HEADERS = ["Retry-After"]

# For each token, or each person in a browser; 0 for no limit.
API_REQUESTS_PER_MINUTE = env.read("API_REQUESTS_PER_MINUTE", count, default=600)

# Whether AI clients may ask, at /mcp, with an API token.
MCP = env.bool("MCP", default=True)
# Whether they may also ask their person for access, on a page of ours, instead of being given a token.
MCP_OAUTH = env.bool("MCP_OAUTH", default=False)

REST_FRAMEWORK = {
    # The first one says how to log in, and makes it a 401.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "lifetracker.api.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "EXCEPTION_HANDLER": "lifetracker.api.errors.answer_to",
    "DEFAULT_PARSER_CLASSES": ["lifetracker.api.parsers.JSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["lifetracker.api.throttling.PerCaller"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "lifetracker.api.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "lifetracker.api.schema.ApiSchema",
    "COERCE_DECIMAL_TO_STRING": False,
    # `format` is no parameter but that of the schema.
    "URL_FORMAT_OVERRIDE": None,
    "PAGE_SIZE": 400,  # a year of days is one page
}

# --- The API's description ------------------------------------------------------------------------

SPECTACULAR_SETTINGS = {
    "TITLE": "Life Tracker",
    "DESCRIPTION": "One person's health, work and code data. Dates are the owner's local days. "
    "Instants are ISO 8601. Null means unknown, never zero.",
    "VERSION": VERSION,
    "SCHEMA_PATH_PREFIX": "/api/",
    "SERVERS": [{"url": PATH_PREFIX}] if PATH_PREFIX else [],
    "PREPROCESSING_HOOKS": ["lifetracker.api.schema.clean_paths"],
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "ENUM_NAME_OVERRIDES": {
        "SyncKind": "lifetracker.models.SyncRun.Kind",
        "SyncRunStatus": "lifetracker.models.SyncRun.Status",
        "DayMarkKind": "lifetracker.models.DayMark.Kind",
        "GoalKind": "goals.plan.Kind",
        "MealKind": "nutrition.models.Meal.Kind",
        "ExperimentState": "experiments.models.State",
        "DayMarkState": "lifetracker.models.DayMark.State",
        "Wanted": "experiments.models.Wanted",
        "Better": ["higher", "lower", "neither"],
        "Ok": ["ok"],
        "Error": ["error"],
    },
}

# --- Queue ----------------------------------------------------------------------------------------

# The database carries messages to the workers, or Redis where there is one. What is to be done is
# in the runs in either case, so that a lost message loses nothing.
REDIS_URL = env.read("REDIS_URL", redis_url, default="")
# Heroku's Redis shows a certificate that it has signed itself.
REDIS_VERIFY_CERTIFICATE = env.bool("REDIS_VERIFY_CERTIFICATE", default=True)


def redis_within(url: str, connect: int, answer: int) -> str:
    """Return the address with the seconds after which a Redis that does not answer is given up, so that no page hangs
    with it."""
    options = {"socket_connect_timeout": f"{connect}", "socket_timeout": f"{answer}"}
    if url.startswith("rediss:") and not REDIS_VERIFY_CERTIFICATE:
        options["ssl_cert_reqs"] = "none"
    parts = urlsplit(url)
    return parts._replace(query=urlencode(options | dict(parse_qsl(parts.query)))).geturl()


Q_CLUSTER: dict[str, Any] = {
    "name": "lifetracker",
    **(
        {
            "redis": redis_within(REDIS_URL, connect=2, answer=3),
            "broker_class": "lifetracker.ops.redis_queue.RedisQueue",
        }
        if REDIS_URL
        else {"orm": "default"}
    ),
    "workers": env.read("QUEUE_WORKERS", count, default=2) or 1,
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

# A file that the worker touches every few seconds, for a health check from outside; empty for none.
WORKER_HEARTBEAT_FILE = env.str("WORKER_HEARTBEAT_FILE", default="")

# --- Imported files -------------------------------------------------------------------------------

# Where a file that was uploaded lies until a worker has imported it: a folder that the web and the workers both see.
IMPORTS_DIR = env.read(
    "IMPORTS_DIR", folder, default=Path(platformdirs.user_cache_dir("life-tracker")) / "imports"
)

# Without Redis each process counts for itself.
CACHES = {
    "default": {
        "BACKEND": "lifetracker.ops.caches.JsonRedisCache",
        "LOCATION": redis_within(REDIS_URL, connect=1, answer=1),
        "KEY_PREFIX": "lifetracker",
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- Revisions ------------------------------------------------------------------------------------

# Whether old values are kept when a record changes, and for how many days; 0 for ever.
KEEP_REVISIONS = env.bool("KEEP_REVISIONS", default=True)
REVISIONS_DAYS = env.read("REVISIONS_DAYS", count, default=0)

# --- Webhooks -------------------------------------------------------------------------------------

# The address under which services reach this program.
PUBLIC_URL = env.read("PUBLIC_URL", optional_url, default="")

# --- Mail to the owner ----------------------------------------------------------------------------

# Without a host nothing is sent. `lifetracker/ops/mail.py` says what is missing.
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
# TLS from the first byte, as on port 465; else it begins after the greeting (STARTTLS), unless that is switched off.
EMAIL_USE_SSL = env.bool("EMAIL_USE_SSL", default=False)
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=not EMAIL_USE_SSL)
EMAIL_PORT = env.read(
    "EMAIL_PORT", port, default=465 if EMAIL_USE_SSL else 587 if EMAIL_USE_TLS else 25
)
# Seconds for each step of a delivery.
EMAIL_TIMEOUT = 15
EMAIL_BACKEND = "lifetracker.ops.smtp.Backend"
OWNER_EMAIL = env.read("OWNER_EMAIL", email, default="")
DEFAULT_FROM_EMAIL = env.read(
    "DEFAULT_FROM_EMAIL", sender, default=EMAIL_HOST_USER if "@" in EMAIL_HOST_USER else OWNER_EMAIL
)

# --- Notifications --------------------------------------------------------------------------------

# https://ntfy.sh, or a server of one's own, also in the network at home. Whoever knows the topic can read it.
NTFY_URL = env.read("NTFY_URL", base_url, default="https://ntfy.sh")
NTFY_TOPIC = env.read("NTFY_TOPIC", ntfy_topic, default="")
NTFY_TOKEN = env.read("NTFY_TOKEN", ntfy_token, default="")
# A browser says where it is pushed to, and must not name a machine of the network at home. For tests alone.
PUSH_TO_PRIVATE_ADDRESSES = False

# --- Services -------------------------------------------------------------------------------------

USER_AGENT = f"life-tracker/{VERSION} (self-hosted, one person's data)"

SANDBOX_PORT = env.read("SANDBOX_PORT", port, default=5010)
SANDBOX_URL = f"http://127.0.0.1:{SANDBOX_PORT}"

SOURCE_SETTINGS = read_settings(
    env, SOURCES, Here(f"http://localhost:{PORT}{PATH_PREFIX}", SANDBOX_URL, DEMO)
)
globals().update(SOURCE_SETTINGS)
# Hours between the syncs that the workers do by themselves; 0 for none.
SYNC_HOURS = {
    source.name: SOURCE_SETTINGS[source.schedule.setting] for source in SOURCES if source.schedule
}

# No source: nothing is synced from it. It is asked for a product or a name when its owner asks for one.
OPENFOODFACTS = env.bool("OPENFOODFACTS", default=not TESTING)
OPENFOODFACTS_URL = env.read(
    "OPENFOODFACTS_URL",
    base_url,
    default=f"{SANDBOX_URL}/openfoodfacts" if DEMO else "https://world.openfoodfacts.org",
)
OPENFOODFACTS_SEARCH_URL = env.read(
    "OPENFOODFACTS_SEARCH_URL",
    base_url,
    default=f"{SANDBOX_URL}/openfoodfacts" if DEMO else "https://search.openfoodfacts.org",
)
# How its operators reach whoever runs this program, as they ask.
OPENFOODFACTS_CONTACT = env.read("OPENFOODFACTS_CONTACT", contact, default="self-hosted")
# In which names of products are taken, where they have several.
OPENFOODFACTS_LANGUAGE = env.read("OPENFOODFACTS_LANGUAGE", language, default="en")

# --- What a page may load -------------------------------------------------------------------------

# Pressing "Connect" ends at the service's consent page, and a browser counts that redirect as a part
# of the form. The services pass it on to other hosts of theirs.
CONSENT_PAGES = consent_origins(SOURCES, SOURCE_SETTINGS)
NOWHERE, OURS = "'none'", "'self'"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NOWHERE],
        "script-src": [OURS],
        "style-src": [OURS],
        "img-src": [OURS],
        "manifest-src": [OURS],
        "worker-src": [OURS],
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

LOG_FORMAT = env.read("LOG_FORMAT", one_of("line", "json"), default="line" if LOCAL else "json")
LOG_LEVEL = env.read(
    "LOG_LEVEL",
    one_of("DEBUG", "INFO", "WARNING", "ERROR"),
    default="WARNING" if LOCAL else "INFO",
)
# What a command prints may be a file, and is for people; what runs on and on has lines alone.
SERVES = not sys.argv[0].endswith("manage.py") or sys.argv[1:2] == ["qcluster"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_results": {"()": "lifetracker.ops.logs.NoResults"}},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}
        if LOCAL
        else {
            "()": "lifetracker.ops.logs.LineFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s [%(id)s] %(message)s",
        },
        "json": {
            "()": "lifetracker.ops.logs.JsonFormatter",
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
        # It tells with which values a tool was called; the log of events has the rest.
        "django_mcpz.calls": {"level": "WARNING"},
        # Below, they tell the addresses that are asked.
        "urllib3": {"level": "INFO"},
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}

# Faults are told to Sentry, or to what understands its protocol; empty: to nobody.
SENTRY_DSN = "" if LOCAL else env.read("SENTRY_DSN", sentry_dsn, default="")
