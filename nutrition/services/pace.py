"""How often a service is asked for something: some requests at once, and then one after each pause.

What was asked is counted in the cache: over all processes where Redis is used, else in each for itself.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from django.core.cache import cache

from lifetracker.ops.failures import redis_errors

logger = logging.getLogger(__name__)

#: No refusal is remembered for longer.
LONGEST_REFUSAL = 600.0


def no_cache() -> tuple[type[Exception], ...]:
    """Return what is raised where the cache cannot be reached."""
    return (*redis_errors(), OSError)


@dataclass(frozen=True)
class Pace:
    """`at_once`: so many requests after a long rest. `pause`: seconds after which there is one more."""

    name: str
    at_once: int
    pause: float

    def take(self) -> float:
        """Count a request and return 0; or count none, and return the seconds after which it may be made."""
        now = time.time()
        used_until = max(self._read(now), now)
        wait = used_until - now - (self.at_once - 1) * self.pause
        if wait > 0:
            return wait
        self._write(used_until + self.pause)
        return 0.0

    def refuse_for(self, seconds: float) -> None:
        """Let nothing through for so long, because the service has said that it was too much."""
        rest = min(seconds, LONGEST_REFUSAL)
        self._write(time.time() + (self.at_once - 1) * self.pause + rest)

    def _read(self, now: float) -> float:
        """Return until when what was asked is used up. Others can write into the cache: what is no such moment does not
        count."""
        furthest = now + self.at_once * self.pause + LONGEST_REFUSAL
        try:
            stored = cache.get(self.name)
        except no_cache() as error:
            logger.warning("Requests cannot be counted: %s", type(error).__name__)
            stored = None
        return stored if isinstance(stored, float) and stored <= furthest else 0.0

    def _write(self, used_until: float) -> None:
        try:
            cache.set(self.name, used_until, timeout=3600)
        except no_cache() as error:
            logger.warning("Requests cannot be counted: %s", type(error).__name__)
