"""SOMNA's API."""

from __future__ import annotations

from django.conf import settings
from somna.source import SOURCE

from lifetracker.sync.http import RateLimit
from oauth_integration.client import OAuthClient


class SomnaClient(OAuthClient):
    provider = SOURCE.provider
    service = SOURCE.title
    authorize_path = "/oauth/authorize"
    token_path = "/oauth/token"
    scopes = ("daily", "naps")

    def rate_limit(self) -> RateLimit:
        return RateLimit(settings.SOMNA_REQUESTS_PER_MINUTE, 60)

    def revoke(self) -> None:
        """SOMNA has no way to withdraw a consent."""
