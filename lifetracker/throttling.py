"""How much one caller of the API may ask."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from lifetracker.models import ApiToken

logger = logging.getLogger(__name__)


class PerCaller(SimpleRateThrottle):
    """API_REQUESTS_PER_MINUTE for each token, and for each person who is logged in. Who is neither
    gets nothing that could be too much; passwords are guarded at the login."""

    scope = "api"

    def get_rate(self) -> str | None:
        limit = settings.API_REQUESTS_PER_MINUTE
        return f"{limit}/min" if limit else None

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        if isinstance(request.auth, ApiToken):
            return f"api-requests-token-{request.auth.pk}"
        return f"api-requests-user-{request.user.pk}" if request.user.pk else None

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return super().allow_request(request, view)
        except RedisError as error:
            # Not counting is better than not answering.
            logger.warning("Requests are not counted: %s", type(error).__name__)
            return True
