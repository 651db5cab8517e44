"""A rate limiter of fixed windows, each opened by its first request.

It runs on real monotonic time: a client that waits as told must be let in, wherever the
sandbox's clock stands.
"""

import math
import threading
import time
from dataclasses import dataclass

DAY = 86_400


@dataclass(slots=True)
class Window:
    limit: int
    seconds: float
    opened: float = -math.inf
    used: int = 0

    def roll(self, now: float) -> None:
        if now - self.opened >= self.seconds:
            self.opened, self.used = now, 0

    @property
    def remaining(self) -> int:
        return max(0, self.limit - self.used)


class RateLimiter:
    """Off until configured with a limit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._windows: list[Window] = []

    def configure(
        self,
        limit: int | None = 100,
        window: float = 60,
        day_limit: int = 10_000,
        day_window: float = DAY,
    ) -> None:
        """Start afresh with these limits; `limit=None` switches the limiter off."""
        short, long = Window(limit or 0, window), Window(day_limit, day_window)
        with self._lock:
            self._windows = [] if limit is None else [short, long]

    def admit(self) -> tuple[bool, dict[str, str]]:
        """Count a request; return whether it is let in, and the headers that its answer carries."""
        with self._lock:
            if not self._windows:
                return True, {}
            now = time.monotonic()
            for window in self._windows:
                window.roll(now)
            admitted = all(window.remaining for window in self._windows)
            if admitted:
                for window in self._windows:
                    window.used += 1
            return admitted, self._headers(now)

    def _headers(self, now: float) -> dict[str, str]:
        nearest = min(self._windows, key=lambda window: window.remaining)
        all_windows = ", ".join(f"{w.limit};window={w.seconds:g}" for w in self._windows)
        return {
            "X-RateLimit-Limit": f"{nearest.limit}, {all_windows}",
            "X-RateLimit-Remaining": str(nearest.remaining),
            "X-RateLimit-Reset": str(math.ceil(nearest.opened + nearest.seconds - now)),
        }
