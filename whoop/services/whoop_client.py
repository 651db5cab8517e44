"""WHOOP's API v2 (https://developer.whoop.com/api)."""

from __future__ import annotations

import re
from http import HTTPStatus

from django.conf import settings

from lifetracker.errors import BadResponse
from lifetracker.sync.http import RateLimit, ResponsePolicy
from oauth_integration.client import OAuthClient
from whoop.source import SOURCE

# Belongs to no stream of its own.
BODY_PATH = "/developer/v2/user/measurement/body"
# What opens a path; of several that fit, the first.
SCOPES_OF_PATHS = {
    r"/v2/recovery|/v2/cycle/\d+/recovery": "read:recovery",
    r"/v2/activity/sleep(/.*)?|/v2/cycle/\d+/sleep": "read:sleep",
    r"/v2/activity/workout(/.*)?": "read:workout",
    r"/v2/cycle(/.*)?": "read:cycles",
    r"/v2/user/profile/.*": "read:profile",
    r"/v2/user/measurement/.*": "read:body_measurement",
}


class DailySignals(ResponsePolicy):
    # Beside the limit for a minute there is one for a day.
    longest_window = 86_400.0


class WhoopAPIClient(OAuthClient):
    """Consent, tokens and requests at WHOOP. Every refresh replaces both tokens and kills the old
    pair."""

    provider = SOURCE.provider
    service = SOURCE.title
    authorize_path = "/oauth/oauth2/auth"
    token_path = "/oauth/oauth2/token"
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

    def scope_of(self, path: str) -> str:
        own = path.removeprefix("/developer")
        fitting = (s for pattern, s in SCOPES_OF_PATHS.items() if re.fullmatch(pattern, own))
        return next(fitting, "")

    def policy(self) -> ResponsePolicy:
        return DailySignals()

    def rate_limit(self) -> RateLimit:
        return RateLimit(settings.WHOOP_REQUESTS_PER_MINUTE, 60)

    def revoke(self) -> None:
        response = self.request("DELETE", "/developer/v2/user/access")
        if response.status_code != HTTPStatus.NO_CONTENT:
            raise BadResponse(
                f"WHOOP answered {response.status_code} to the request to revoke the consent."
            )
