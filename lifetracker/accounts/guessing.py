"""What keeps passwords from being guessed, beside axes' lock of one name at one address: a larger limit for a
name at all addresses together, and one hash at a time, so that who guesses takes no page away from others.

A browser in which somebody has logged in before is known by a cookie. For the name that it is known for
it is not held up by what strangers do.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from http import HTTPStatus

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.db.models import Sum
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from lifetracker.accounts.addresses import login_name
from lifetracker.error_pages import ErrorPage, error_page

KNOWN_BROWSER = "known_browser"
KNOWN_FOR = timedelta(days=400)  # browsers keep no cookie for longer
# Browsers keep what is signed with it, so it must not follow the name of this module.
SALT = "lifetracker.guessing"

# Hashes of strangers in a process: one at work, and one that waits.
MOST_HASHES = 2
RETRY_AFTER = 2
BUSY = ErrorPage(
    HTTPStatus.TOO_MANY_REQUESTS,
    "Too many logins at once",
    "The server is busy with other logins. Go back and try again in a few seconds.",
)

# Whether this request is a login from a browser that nobody knows.
is_strangers_login: ContextVar[bool] = ContextVar("is_strangers_login", default=False)


class TooManyLogins(Exception):
    """More want to log in at this moment than can be answered."""


# --- One hash at a time ---------------------------------------------------------------------------


class Turns:
    """One after the other. Strangers do not queue up: each of them would keep a thread from the pages."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._counting = threading.Lock()
        self._here = 0

    def refuse_strangers(self) -> None:
        """Raise TooManyLogins for a stranger who would have to queue up."""
        if is_strangers_login.get() and self._here >= MOST_HASHES:
            raise TooManyLogins

    @contextmanager
    def taken(self) -> Iterator[None]:
        with self._counting:
            self.refuse_strangers()
            self._here += 1
        try:
            with self._turn:
                yield
        finally:
            with self._counting:
                self._here -= 1


turns = Turns()


class OneAtATime(PBKDF2PasswordHasher):
    """Django's own hash. It takes a third of a second of a core, and several at once take all of them."""

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        with turns.taken():
            return super().encode(password, salt, iterations)


# --- Who may try ----------------------------------------------------------------------------------


class Guard(AxesDatabaseHandler):
    def is_allowed(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> bool:
        """Return whether this login may be tried. Raises TooManyLogins."""
        is_strangers_login.set(not is_known(request, login_name(request, credentials)))
        turns.refuse_strangers()
        return bool(super().is_allowed(request, credentials))

    def is_locked(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> bool:
        return super().is_locked(request, credentials) or (
            is_strangers_login.get() and is_guessed(login_name(request, credentials))
        )

    def get_failures(self, request: HttpRequest, credentials: dict[str, str] | None = None) -> int:
        """Return the wrong passwords that count here. A known browser has those of its own, from whatever address: a stranger at the same one does not lock it,
        and its cookie elsewhere gives no more guesses."""
        name = login_name(request, credentials)
        if not is_known(request, name):
            return int(super().get_failures(request, credentials))
        return failures_of(name, user_agent=browser_of(request))

    def user_login_failed(
        self,
        sender: str,
        credentials: dict[str, str],
        request: HttpRequest | None = None,
        **kwargs: object,
    ) -> None:
        if request is not None and is_known(request, login_name(request, credentials)):
            request.axes_user_agent = browser_of(request)  # type: ignore[attr-defined]  # axes' own
        super().user_login_failed(sender, credentials, request, **kwargs)


def is_guessed(name: str) -> bool:
    """Return whether this name had too many wrong passwords lately, wherever they came from."""
    return failures_of(name) >= int(settings.WRONG_PASSWORDS_PER_NAME)


def failures_of(name: str, **of: str) -> int:
    """Return how many wrong passwords this name had lately."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    lately = AccessAttempt.objects.filter(username=name, attempt_time__gt=since, **of)
    return int(lately.aggregate(total=Sum("failures_since_start"))["total"] or 0)


def browser_of(request: HttpRequest) -> str:
    """Return what stands in the place of what a known browser says of itself: a digest of its cookie."""
    cookie = request.COOKIES[KNOWN_BROWSER].encode()
    return f"known browser {hashlib.sha256(cookie).hexdigest()}"


def is_known(request: HttpRequest, name: str) -> bool:
    given = request.COOKIES.get(KNOWN_BROWSER, "")
    try:
        return bool(signing.loads(given, salt=SALT, max_age=KNOWN_FOR) == name)
    except signing.BadSignature:
        return False


@receiver(user_logged_in)
def note_login(request: HttpRequest, user: User, **_: object) -> None:
    request.has_logged_in = user.get_username()  # type: ignore[attr-defined]  # ours


class KnownBrowsers:
    """Middleware: gives the cookie to a browser in which somebody logs in, and answers who comes at a moment
    when too many do."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = is_strangers_login.set(False)
        try:
            response = self.get_response(request)
        finally:
            is_strangers_login.reset(token)
        if name := getattr(request, "has_logged_in", None):
            response.set_cookie(
                KNOWN_BROWSER,
                signing.dumps(name, salt=SALT),
                max_age=KNOWN_FOR,
                path=settings.SESSION_COOKIE_PATH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return come_later(request) if isinstance(error, TooManyLogins) else None


def come_later(request: HttpRequest) -> HttpResponse:
    """Answer who comes at a moment when too many log in."""
    response = error_page(request, BUSY)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response
