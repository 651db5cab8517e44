"""The limits: primary ones of REST and of GraphQL, and the secondary one.

They run on real time: a client that waits as told must be let in, wherever the sandbox's clock
stands.
"""

import math
import threading
import time
from dataclasses import dataclass, field

PLENTY = 1_000_000
SECONDARY = (
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
)


@dataclass(slots=True)
class Budget:
    """A window, opened by the first request in it."""

    resource: str
    limit: int = PLENTY
    window: float = 3600.0
    used: int = 0
    _opened: float = field(default=-math.inf)

    @property
    def remaining(self) -> int:
        self._roll()
        return max(0, self.limit - self.used)

    def spend(self, points: int) -> None:
        self._roll()
        if not self.used:
            self._opened = time.monotonic()
        self.used = min(self.limit, self.used + points)

    def reset(self) -> int:
        """When it is full again, in real seconds since 1970."""
        self._roll()
        left = self.window - (time.monotonic() - self._opened) if self.used else self.window
        return math.ceil(time.time() + left)

    def shown(self) -> dict[str, int]:
        remaining, reset = self.remaining, self.reset()
        return {"limit": self.limit, "used": self.used, "remaining": remaining, "reset": reset}

    def headers(self) -> dict[str, str]:
        headers = {f"X-RateLimit-{name.title()}": str(n) for name, n in self.shown().items()}
        return {**headers, "X-RateLimit-Resource": self.resource}

    def _roll(self) -> None:
        if self.used and time.monotonic() - self._opened >= self.window:
            self.used = 0


@dataclass(frozen=True, slots=True)
class Secondary:
    """How a request over the secondary limit is refused."""

    status: int
    retry_after: int | None


class Limits:
    """Without effect until configured."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secondary: Secondary | None = None
        self._times: int | None = 0
        self.core, self.graphql, self.anonymous = _budgets()

    def configure(
        self,
        core: int | None = None,
        graphql: int | None = None,
        anonymous: int | None = None,
        window: float = 3600.0,
    ) -> None:
        """Start afresh: requests (REST, without a token) and points (GraphQL) in a window.

        None: as many as anybody likes.
        """
        with self._lock:
            self.core, self.graphql, self.anonymous = _budgets(core, graphql, anonymous, window)

    def secondary(
        self, times: int | None = 1, retry_after: int | None = 60, status: int = 403
    ) -> None:
        """Refuse the next `times` requests (None: all, 0: no more), with or without `retry_after`."""
        if status not in (403, 429):
            raise ValueError("a secondary limit is a 403 or a 429")
        with self._lock:
            self._times, self._secondary = times, Secondary(status, retry_after)

    def over_secondary(self) -> Secondary | None:
        """Count a request; how it is refused, if it is."""
        with self._lock:
            if self._times == 0:
                return None
            if self._times is not None:
                self._times -= 1
            return self._secondary


def _budgets(
    core: int | None = None,
    graphql: int | None = None,
    anonymous: int | None = None,
    window: float = 3600.0,
) -> tuple[Budget, Budget, Budget]:
    return (
        Budget("core", PLENTY if core is None else core, window),
        Budget("graphql", PLENTY if graphql is None else graphql, window),
        Budget("core", PLENTY if anonymous is None else anonymous, window),
    )
