"""How much one caller of the API may ask."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from lifetracker.models import ApiToken
from lifetracker.ops.failures import redis_errors

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)

# Between the clocks of two machines that count together.
CLOCKS = 5.0


def no_redis() -> tuple[type[Exception], ...]:
    """Return what is raised where Redis cannot be reached, or what answers there is none."""
    return (*redis_errors(), OSError, ValueError, RecursionError)


class PerCaller(SimpleRateThrottle):
    """API_REQUESTS_PER_MINUTE for each token, and for each person who is logged in. Who is neither
    gets nothing that could be too much; passwords are guarded at the login."""

    scope = "api"
    # From the rate.
    num_requests: int
    duration: int

    def get_rate(self) -> str | None:
        limit = settings.API_REQUESTS_PER_MINUTE
        return f"{limit}/min" if limit else None

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        if isinstance(request.auth, ApiToken):
            return f"api-requests-token-{request.auth.pk}"
        return f"api-requests-user-{request.user.pk}" if request.user.pk else None

    def allow_request(self, request: Request, view: APIView) -> bool:
        if self.rate is None or (key := self.get_cache_key(request, view)) is None:
            return True
        self.key, self.now = key, self.timer()
        try:
            self.history = self.moments(self.cache.get(key))
            if len(self.history) >= self.num_requests:
                return bool(self.throttle_failure())
            return bool(self.throttle_success())
        except no_redis() as error:
            # Not counting is better than not answering.
            logger.warning("Requests cannot be counted: %s", type(error).__name__)
            return True

    def moments(self, stored: object) -> list[float]:
        """Return the moments of the last minute, the newest first. Others can write into the cache:
        what is no such moment does not count."""
        begin, end = self.now - self.duration, self.now + CLOCKS
        numbers = stored if isinstance(stored, list) else []
        return sorted(
            (one for one in numbers if type(one) in {int, float} and begin < one <= end),
            reverse=True,
        )
