"""The two limits: the hourly quotas of user and organization, and the leaky bucket before them.

Both run on real monotonic time: a client that waits as told must be let in, wherever the
sandbox's clock stands.
"""

import math
import threading
import time
from dataclasses import dataclass, field

PLENTY = 1_000_000  # what is left where there is no limit


@dataclass(slots=True)
class Window:
    """Opened by its first request; refused requests count too."""

    limit: int | None
    seconds: float
    opened: float
    used: int = 0

    @property
    def total(self) -> int:
        return PLENTY if self.limit is None else self.limit

    @property
    def remaining(self) -> int:
        """Negative once refused requests have come."""
        return self.total - self.used

    def resets_in(self, now: float) -> int:
        return math.ceil(self.seconds - (now - self.opened))


@dataclass(frozen=True, slots=True)
class Admission:
    admitted: bool
    resets_in: int
    headers: dict[str, str]


@dataclass(slots=True)
class Quota:
    """One window for the user, and one for each organization; at first without a limit."""

    user: int | None = None
    organization: int | None = None
    window: float = 3600.0
    _windows: dict[int | None, Window] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def configure(
        self, user: int | None = None, organization: int | None = None, window: float = 3600.0
    ) -> None:
        """Start afresh with these limits; None: as many as anybody likes."""
        with self._lock:
            self.user, self.organization, self.window = user, organization, window
            self._windows = {}

    def admit(self, organization: int | None, *, counted: bool = True) -> Admission:
        """One request to an organization, or (None) to what is the user's own."""
        with self._lock:
            window, now = self._window(organization)
            window.used += counted
            left, resets_in = max(0, window.remaining), window.resets_in(now)
            admitted = window.remaining >= 0 or not counted
        headers = {
            "X-Toggl-Quota-Remaining": str(left),
            "X-Toggl-Quota-Resets-In": str(resets_in),
        }
        return Admission(admitted, resets_in, headers)

    def listing(self, organizations: tuple[int, ...]) -> list[dict[str, int | None]]:
        listed = []
        with self._lock:
            for organization in (None, *organizations):
                window, now = self._window(organization)
                listed.append(
                    {
                        "organization_id": organization,
                        "remaining": window.remaining,
                        "resets_in_secs": window.resets_in(now),
                        "total": window.total,
                    }
                )
        return listed

    def _window(self, organization: int | None) -> tuple[Window, float]:
        """Return the running window, or as long as nothing has come a new one that begins now."""
        limit, now = self.user if organization is None else self.organization, time.monotonic()
        window = self._windows.get(organization)
        if window is None or not window.used or now - window.opened >= self.window:
            window = self._windows[organization] = Window(limit, self.window, opened=now)
        return window, now


class Bucket:
    """Off until configured. Every request fills it by one; it leaks `per_second`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._per_second: float | None = None
        self._burst, self._level, self._seen = 0.0, 0.0, 0.0
        self.retry_after: int | None = None

    def configure(
        self,
        per_second: float | None = 1.0,
        burst: float = 3,
        retry_after: int | None = None,
    ) -> None:
        """`burst` requests may come at once; `retry_after`: the header, which is not always sent."""
        with self._lock:
            self._per_second, self._burst, self.retry_after = per_second, burst, retry_after
            self._level, self._seen = 0.0, time.monotonic()

    def admit(self) -> bool:
        with self._lock:
            if self._per_second is None:
                return True
            now = time.monotonic()
            leaked = (now - self._seen) * self._per_second
            self._level, self._seen = max(0.0, self._level - leaked), now
            if self._level + 1 > self._burst:
                return False
            self._level += 1
            return True
