"""The HTTP client of every service: time limits, retries, rate limits."""

from __future__ import annotations

import http.client
import math
import random
import re
import ssl
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypedDict, Unpack
from urllib.parse import urlsplit

import requests
import urllib3
from django.conf import settings
from django.utils import timezone

from lifetracker.errors import BadResponse, NotConfigured, TryLater
from lifetracker.sync.lossless import read_json
from lifetracker.sync.quotas import RequestQuota, quota_of
from lifetracker.sync.transport import (
    MAX_BODY,
    Auth,
    BodyTooLong,
    Limits,
    Param,
    PrivateAddress,
    Session,
    limited,
    read_body,
)
from lifetracker.words import counted

CONNECT_TIMEOUT = 10
# Seconds without a byte of an answer, and for the whole of it.
READ_TIMEOUT = 30
ANSWER_TIMEOUT = 60
ATTEMPTS = 4
# Seconds in a row that a service may take without one whole answer, over all attempts; and how many
# of them one request may use up, so that an endpoint that hangs does not keep the others from being
# asked.
LONGEST_SILENCE = 90
LONGEST_TRYING = 60
# Seconds before another attempt, at most; before the first of them half a second.
LONGEST_PAUSE = 20
# When a service that did not answer for so long is asked again.
AFTER_SILENCE = timedelta(minutes=5)
# A wait that is longer ends the run: it must not keep a worker busy with sleeping.
LONGEST_WAIT = 120
# Waits are cut in slices, so that whoever holds a lease can renew it meanwhile, and a run can be stopped.
WAIT_SLICE = 2
# A service that asks for more than this asks for nothing sensible.
LONGEST_NAMED = 30 * 86_400.0
# A number from here on is no count of seconds: it is a moment since September 2001.
FIRST_MOMENT = 1_000_000_000
# The request could not even be tried: an address, a proxy or a certificate that is none.
UNUSABLE = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)


class RequestOptions(TypedDict, total=False):
    """What a request may carry."""

    params: Mapping[str, Param] | None
    headers: Mapping[str, str]
    data: Mapping[str, Param] | bytes | None
    json: object
    auth: Auth


class _Transient(Exception):
    """A failure that another attempt may mend."""


@dataclass
class RateLimit:
    """At most `limit` requests within any `window` seconds, counted here and corrected by the
    service's own headers.

    A request is let go when the one `limit` places before it was answered a whole window ago. That
    can never break a limit that the service counts over fixed or sliding windows, and loses no time
    against either. The headers add what cannot be known here: the limit in force, and that others
    have used a part of it.
    """

    limit: int
    window: float
    _answered: deque[float] = field(default_factory=deque)
    _blocked_until: float = 0.0

    def delay(self) -> float:
        """Return the seconds to wait before the next request."""
        now = time.monotonic()
        return max(self._own_slot() - now, self._blocked_until - now, 0.0)

    def _own_slot(self) -> float:
        if not self.limit or len(self._answered) < self.limit:
            return 0.0
        return self._answered[-self.limit] + self.window

    def count(self) -> None:
        """Count a request that has ended, whatever its end: the service may have counted it."""
        self._answered.append(time.monotonic())
        while len(self._answered) > max(self.limit, 1):
            self._answered.popleft()

    def learn(self, response: requests.Response) -> None:
        """Read `X-RateLimit-Limit: 100, 100;window=60, 10000;window=86400` (the nearest limit
        first), `X-RateLimit-Remaining` and `X-RateLimit-Reset` (whole seconds from now)."""
        now = time.monotonic()
        self._adopt(response.headers.get("X-RateLimit-Limit", ""))
        if response.headers.get("X-RateLimit-Remaining") != "0":
            return
        reset = seconds_until(response.headers.get("X-RateLimit-Reset"))
        # Whole seconds may be rounded up or down. Where our own count names the same moment, it
        # names it exactly.
        if reset is not None and abs(now + reset - self._own_slot()) > 1:
            self._blocked_until = now + reset + 1

    def _adopt(self, header: str) -> None:
        policies = re.findall(r"(\d+)\s*;\s*window=(\d+(?:\.\d+)?)", header)
        if self.limit and policies:
            # The shortest window is ours to pace; a day's limit shows in Remaining and Reset when
            # it is near.
            limit, window = min(policies, key=lambda policy: float(policy[1]))
            self.limit, self.window = min(self.limit, int(limit)), float(window)


def wait_after_refusal(response: requests.Response, attempt: int) -> float:
    """Return the seconds to wait after a 429: what the service says, else longer each time."""
    seconds = seconds_until(response.headers.get("Retry-After"))
    if seconds is not None:
        return seconds
    reset = seconds_until(response.headers.get("X-RateLimit-Reset"))
    # It may be rounded down.
    return float(2**attempt * 5) if reset is None else reset + 1


def seconds_until(text: str | None) -> float | None:
    """Return a wait in seconds, in whichever way it is written: as a count of seconds, as a date (RFC 9110,
    10.2.3, or ISO 8601), or as a moment that is counted from 1970, in seconds or milliseconds. None
    for what is none of these."""
    try:
        number = float(text or "")
    except ValueError:
        moment = date_of(text or "")
        return max((moment - timezone.now()).total_seconds(), 0.0) if moment else None
    if not number >= 0:
        return None
    if number < FIRST_MOMENT or math.isinf(number):
        return min(number, LONGEST_NAMED)
    seconds = number if number < 1000 * FIRST_MOMENT else number / 1000
    return max(seconds - time.time(), 0.0)


def date_of(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return http_date(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class ResponsePolicy:
    """What an answer says beside its content. A service that says it in another way than HTTP does
    overrides these."""

    # In seconds: no wait is longer than the longest window over which the service counts requests.
    longest_window: float = LONGEST_NAMED

    def refused(self, response: requests.Response, attempt: int) -> float | None:
        """Return the seconds to wait where a limit was reached; None where none was."""
        return wait_after_refusal(response, attempt) if response.status_code == 429 else None

    def failed(self, response: requests.Response) -> str | None:
        """Return what went wrong, where another attempt may bring a better answer."""
        return f"answered {response.status_code}" if response.status_code >= 500 else None

    def quota(self, response: requests.Response) -> RequestQuota | None:
        """Return how many requests the service still takes; None where the answer does not say."""
        headers = response.headers
        return quota_of(
            headers.get("X-RateLimit-Remaining"),
            limits=headers.get("X-RateLimit-Limit", ""),
            seconds=seconds_until(headers.get("X-RateLimit-Reset")),
        )


class HttpClient:
    """One service's requests: timeouts, retries with jitter on what is transient, and its rate
    limit.

    `pulse(seconds)` is called before each attempt and during waits with the seconds that are still
    to wait: a place to renew a lease and to tell the person. `requests_made` counts every attempt.
    """

    def __init__(
        self,
        service: str,
        rate_limit: RateLimit | None = None,
        policy: ResponsePolicy | None = None,
    ) -> None:
        self.service = service
        self.rate_limit = rate_limit
        self.policy = policy or ResponsePolicy()
        self.on_wait: Callable[[float], None] = lambda _seconds: None
        # 1 where somebody waits for the answer: then trouble is told at once, and not sat out.
        self.attempts = ATTEMPTS
        # Seconds for a whole answer: fewer where somebody waits for it.
        self.answer_timeout: float = ANSWER_TIMEOUT
        # Whether addresses that lead into a private network are refused: for those that no setting names.
        self.public_only = False
        # What the service's clock showed at its last answer.
        self.service_time: datetime | None = None
        # What the service last said of each of its counts of requests, by their names.
        self.quotas: dict[str, RequestQuota] = {}
        self.requests_made = 0
        # Seconds since the last whole answer that were spent on waiting for one.
        self._silence = 0.0
        self._session = Session()
        self._session.headers["User-Agent"] = settings.USER_AGENT
        self._environment: dict[str, Any] | None = None

    def close(self) -> None:
        self._session.close()

    def request(
        self,
        method: str,
        url: str,
        *,
        attempts: int | None = None,
        **options: Unpack[RequestOptions],
    ) -> requests.Response:
        """Return the answer, whatever its status, except where a limit was reached or another attempt may
        help (`Signals`): those are tried again first.

        Raises TryLater when every attempt met a network error, a cut body or such a failure; with
        `after`, when the service's limit asks for a wait of more than `LONGEST_WAIT` seconds, or
        when nothing whole has come from the service for `LONGEST_SILENCE` seconds. Raises
        BadResponse for a body that is too long.
        """
        attempts = attempts or self.attempts
        made = 0
        while True:
            try:
                return self._within_limits(method, url, options, attempts)
            except _Transient as error:
                made += 1
                if made >= attempts or self._silence >= LONGEST_TRYING:
                    raise self._given_up(error, made) from error
            longest = min(0.5 * 2 ** (made - 1), LONGEST_PAUSE)
            self._wait(random.uniform(0, longest))  # noqa: S311 - so that many do not come back at once

    def _given_up(self, error: _Transient, made: int) -> TryLater:
        return TryLater(
            f"{self.service}: {error} ({counted(made, 'attempt')}).",
            after=AFTER_SILENCE if self._silence >= LONGEST_SILENCE else None,
        )

    def json(self, response: requests.Response) -> Any:
        """Return the parsed body. Raises BadResponse with the place, never with the body."""
        try:
            return parsed(response)
        except (ValueError, RecursionError):
            kind = response.headers.get("Content-Type", "no content type")
            raise BadResponse(
                f"{self.service} answered {response.status_code} to {place(response.url)} with an answer that is not JSON ({kind})."
            ) from None

    def _within_limits(
        self, method: str, url: str, options: RequestOptions, attempts: int
    ) -> requests.Response:
        waited = 0.0
        for attempt in range(attempts):
            self._wait_for_slot()
            response = self._send(method, url, options)
            seconds = self.policy.refused(response, attempt)
            if seconds is None:
                return response
            seconds = min(seconds, self.policy.longest_window)
            self._check_wait(seconds, waited)
            if attempt + 1 < attempts:
                self._wait(seconds)
            waited += seconds
        raise TryLater(
            f"{self.service} keeps reporting that its rate limit is reached.",
            after=timedelta(minutes=5),
        )

    def _wait_for_slot(self) -> None:
        if self.rate_limit:
            delay = min(self.rate_limit.delay(), self.policy.longest_window)
            self._wait(self._check_wait(delay))

    def _check_wait(self, seconds: float, waited: float = 0.0) -> float:
        """Return the wait, which may be long once, and may not add up to much after others."""
        if seconds > LONGEST_WAIT or (waited and waited + seconds > LONGEST_SILENCE):
            raise TryLater(
                f"{self.service}'s request limit is used up; it opens again in {timedelta(seconds=round(seconds))}.",
                after=timedelta(seconds=seconds),
            )
        return seconds

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.on_wait(left)
            time.sleep(min(left, WAIT_SLICE))

    def _proxies(self, url: str) -> dict[str, Any]:
        """Return the proxies and certificates that the environment names: asked once, because a service is one
        place and `requests` would search the whole environment for each request. The body of the
        answer is left to `read_body`."""
        if self._environment is None:
            session = self._session
            self._environment = dict(session.merge_environment_settings(url, {}, True, None, None))
            session.trust_env = False
        return self._environment

    def _send(self, method: str, url: str, options: RequestOptions) -> requests.Response:
        self.on_wait(0)
        self.requests_made += 1
        response = self._whole_answer(method, url, options)
        self.service_time = http_date(response.headers.get("Date")) or self.service_time
        if quota := self.policy.quota(response):
            self.quotas[quota.name] = quota
        if self.rate_limit:
            self.rate_limit.learn(response)
        if why := self.policy.failed(response):
            raise _Transient(f"{place(url)} {why}")
        return response

    def _whole_answer(self, method: str, url: str, options: RequestOptions) -> requests.Response:
        began = time.monotonic()
        try:
            with limited(self._limits()):
                response = self._ask(method, url, options)
        except UNUSABLE as error:
            raise self._unusable(url, error) from error
        except requests.RequestException as error:
            self._silence += time.monotonic() - began
            raise _Transient(
                f"no complete answer from {place(url)}: {in_words(error)} ({type(error).__name__})"
            ) from error
        except urllib3.exceptions.HTTPError as error:
            raise self._unusable(url, error) from error
        except BodyTooLong as error:
            raise BadResponse(
                f"{self.service}'s answer to {place(url)} is larger than the limit of {MAX_BODY // 1_000_000} MB."
            ) from error
        except PrivateAddress as error:
            raise BadResponse(
                f"{self.service} is not asked: its address leads into a private network."
            ) from error
        except OSError as error:
            raise NotConfigured(
                f"{self.service}: the file in REQUESTS_CA_BUNDLE cannot be used ({error.strerror or 'not found'})."
            ) from error
        finally:
            if self.rate_limit:
                self.rate_limit.count()
        self._silence = 0.0
        return response

    def _unusable(self, url: str, error: Exception) -> NotConfigured:
        return NotConfigured(
            f"{self.service}: {place(url)} cannot be requested ({type(error).__name__}). Check the address in "
            "the settings, and HTTP_PROXY, HTTPS_PROXY and REQUESTS_CA_BUNDLE in the environment."
        )

    def _limits(self) -> Limits:
        # A last attempt gets what is left, and not so little that no answer could come.
        left = max(LONGEST_SILENCE - self._silence, LONGEST_SILENCE / 10)
        whole = min(self.answer_timeout, left)
        silence = min(READ_TIMEOUT, whole)
        return Limits(whole, silence, lambda: self.on_wait(0), self.public_only)

    def _ask(self, method: str, url: str, options: RequestOptions) -> requests.Response:
        timeout = (min(CONNECT_TIMEOUT, self.answer_timeout), READ_TIMEOUT)
        if method == "GET" and options.keys() <= {"params", "auth"} and not self._session.cookies:
            response = self._session.fetch(url, **options, timeout=timeout, **self._proxies(url))
        else:
            response = self._session.request(
                method,
                url,
                timeout=timeout,
                # A redirect could carry the token to another host; no service here needs one.
                allow_redirects=False,
                **self._proxies(url),
                **options,
            )
        read_body(response)
        # Without it `text` would guess the encoding, which takes long and may be wrong.
        response.encoding = response.encoding or "utf-8"
        return response


def parsed(response: requests.Response) -> Any:
    """Return the body as JSON, of which no other encoding is guessed. Raises ValueError and RecursionError."""
    return read_json(response.content)


def in_words(error: BaseException) -> str:
    """Return why no answer came, for people to read."""
    chain = [error]
    while following := chain[-1].__cause__ or chain[-1].__context__:
        chain.append(following)
    found = (text for kind, text in NO_ANSWER for one in chain if isinstance(one, kind))
    return next(found, "the connection was interrupted")


# The first that is anywhere in the chain of causes says it.
NO_ANSWER: tuple[tuple[type[BaseException], str], ...] = (
    (urllib3.exceptions.NameResolutionError, "the host name was not found"),
    (requests.exceptions.ProxyError, "the proxy refused the connection"),
    (ssl.SSLError, "the encrypted connection failed or the certificate is invalid"),
    (urllib3.exceptions.ReadTimeoutError, "the server did not answer in time"),
    (ConnectionRefusedError, "the connection was refused"),
    (urllib3.exceptions.ConnectTimeoutError, "the connection timed out"),
    (TimeoutError, "the server did not answer in time"),
    (ConnectionError, "the connection was interrupted"),
    (urllib3.exceptions.DecodeError, "the answer could not be decompressed"),
    (http.client.IncompleteRead, "the answer was cut off"),
    (http.client.HTTPException, "the answer is not HTTP"),
)


def place(url: str) -> str:
    """Return host and path: what may stand in a message, without the query and without a password."""
    parts = urlsplit(url)
    return f"{parts.netloc.rpartition('@')[2]}{parts.path}"
