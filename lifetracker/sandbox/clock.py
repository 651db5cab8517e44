"""The time inside the sandbox: the real one, a shifted one, or one that stands still."""

import threading
from datetime import UTC, datetime, timedelta

from lifetracker.sandbox import instants


class Clock:
    def __init__(self, now: datetime | None = None, shift: timedelta = timedelta(0)) -> None:
        self._lock = threading.Lock()
        self._shift = shift
        self._fixed: datetime | None = None
        if now is not None:
            self.set(now)

    def now(self) -> datetime:
        with self._lock:
            return self._fixed or datetime.now(UTC) + self._shift

    def ms(self) -> int:
        return instants.to_ms(self.now())

    def set(self, moment: datetime) -> None:
        """Stand still at this instant until the next `set`, `advance` or `follow`."""
        if moment.tzinfo is None:
            raise ValueError("the clock needs an aware datetime")
        with self._lock:
            self._fixed = moment.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Jump ahead (or back); a clock that runs goes on running from there."""
        with self._lock:
            if self._fixed is None:
                self._shift += by
            else:
                self._fixed += by

    def follow(self) -> None:
        """Follow real time again."""
        with self._lock:
            self._fixed, self._shift = None, timedelta(0)

    def adjust(self, to: str | None = None, advance: float | None = None) -> str:
        """Set (ISO text), advance (seconds), or without either follow real time; the new time."""
        if to is not None:
            self.set(instants.from_ms(instants.parse(to)))
        if advance is not None:
            self.advance(timedelta(seconds=advance))
        if to is None and advance is None:
            self.follow()
        return self.now().isoformat()
