"""WHOOP's API v2 (https://developer.whoop.com/api)."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings

from lifetracker.http import BadResponse, RateLimit
from oauth_integration.client import OAuthClient

# Belongs to no stream of its own.
BODY_PATH = "/developer/v2/user/measurement/body"


class WhoopAPIClient(OAuthClient):
    """Consent, tokens and requests at WHOOP. Every refresh replaces both tokens and kills the old
    pair."""

    provider = "whoop"
    service = "WHOOP"
    authorize_path = "/oauth/oauth2/auth"
    token_path = "/oauth/oauth2/token"  # noqa: S105 - a path
    scopes = (
        "offline",  # without it there is no refresh token, and the connection dies within the hour
        "read:cycles",
        "read:recovery",
        "read:sleep",
        "read:workout",
        "read:profile",
        "read:body_measurement",
    )
    refresh_scope = "offline"

    def rate_limit(self) -> RateLimit:
        return RateLimit(settings.WHOOP_REQUESTS_PER_MINUTE, 60)

    def revoke(self) -> None:
        response = self.request("DELETE", "/developer/v2/user/access")
        if response.status_code != HTTPStatus.NO_CONTENT:
            raise BadResponse(
                f"WHOOP answered {response.status_code} to the withdrawal of the consent."
            )
