"""Two limits: requests a minute of the whole application, and the same request again."""

import math
import sys
import threading
import time
from collections.abc import Mapping

from lifetracker.sandbox.limits import RateLimiter

SAME_WITHIN = 10  # seconds


class Limits:
    """Off until configured. On real time, so that a client that waits as told is let in."""

    def __init__(self) -> None:
        self._limiter = RateLimiter()

    def configure(self, limit: int | None = 120, window: float = 60) -> None:
        """Start afresh; `limit=None` switches the limit off."""
        self._limiter.configure(limit, window, day_limit=sys.maxsize)

    def wait(self) -> int | None:
        """Return seconds to wait for a request that is not let in."""
        admitted, headers = self._limiter.admit()
        return None if admitted else int(headers["X-RateLimit-Reset"])


class Repetitions:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._seen: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}

    def wait(self, path: str, given: Mapping[str, str]) -> int | None:
        """Return seconds to wait until these arguments may come again; None lets them in."""
        key, now = (path, frozenset(given.items())), time.monotonic()
        with self._lock:
            self._seen = {known: at for known, at in self._seen.items() if now - at < SAME_WITHIN}
            if key in self._seen:
                return math.ceil(self._seen[key] + SAME_WITHIN - now)
            self._seen[key] = now
            return None
