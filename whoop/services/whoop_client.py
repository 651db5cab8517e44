"""WHOOP's API v2 (https://developer.whoop.com/api)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.conf import settings

from lifetracker.http import BadResponse, NeedsReauthorization, RateLimit
from oauth_integration.client import OAuthClient
from whoop.models import member

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

    @cached_property
    def _member(self) -> int | None:
        return member()

    def scope_of(self, path: str) -> str:
        own = path.removeprefix("/developer")
        fitting = (s for pattern, s in SCOPES_OF_PATHS.items() if re.fullmatch(pattern, own))
        return next(fitting, "")

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """The parsed JSON of one answer. Another member's records are refused: with those of the
        stored one they would make a history of nobody, and one's would hide the other's."""
        answer = super().get(path, params)
        records = answer.get("records") if isinstance(answer, dict) else None
        for record in records if isinstance(records, list) else []:
            self.refuse_another_member(record)
        return answer

    def refuse_another_member(self, record: Any) -> None:
        """Of whom the record is need not be told."""
        found = record.get("user_id") if isinstance(record, dict) else None
        if self._member is not None and type(found) is int and found != self._member:
            raise NeedsReauthorization(
                "WHOOP: the consent was given by another member than the one whose records are stored here. "
                "Connect with that member's account, or use a new database."
            )

    def rate_limit(self) -> RateLimit:
        return RateLimit(settings.WHOOP_REQUESTS_PER_MINUTE, 60)

    def revoke(self) -> None:
        response = self.request("DELETE", "/developer/v2/user/access")
        if response.status_code != HTTPStatus.NO_CONTENT:
            raise BadResponse(
                f"WHOOP answered {response.status_code} to the withdrawal of the consent."
            )
