"""Requests to a service's token endpoint."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from lifetracker.errors import BadResponse, TryLater
from lifetracker.sync.http import HttpClient
from oauth_integration.errors import usable_setting
from oauth_integration.models import OAuthCredential
from oauth_integration.service import OAuthService

RETRY_AFTER = timedelta(minutes=5)
DEFAULT_LIFETIME = timedelta(hours=1)
LONGEST_LIFETIME = timedelta(days=10 * 365)


@dataclass(frozen=True)
class TokenAnswer:
    """Tokens that a service has granted."""

    access_token: str
    #: Empty where the service sends none: the old one stays good.
    refresh_token: str
    lifetime: timedelta
    #: The permissions, separated by blanks or commas; empty where the service does not say them.
    scopes: str
    #: The service's id of the owner; empty where the service does not give it.
    account: str


class TokenEndpoint:
    """Grants tokens for a code or a refresh token."""

    def __init__(self, service: OAuthService) -> None:
        self._service = service
        # Without the rate limit of the data: a refresh must not wait for it under its lease.
        self.http = HttpClient(service.service, policy=service.policy())

    def redeem_code(self, credential: OAuthCredential, code: str) -> TokenAnswer:
        """Return the tokens for the code of a consent, which is good once."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": usable_setting(type(self._service), credential, "redirect_uri"),
        }
        return self._request(credential, form, attempts=1)

    def redeem_refresh_token(self, credential: OAuthCredential, token: str) -> TokenAnswer:
        """Return a new pair of tokens.

        After a lost answer nobody knows whether the token is spent, so it is sent once more.
        """
        form = {"grant_type": "refresh_token", "refresh_token": token}
        if self._service.refresh_scope:
            form["scope"] = self._service.refresh_scope
        return self._request(credential, form, attempts=2)

    def _request(
        self, credential: OAuthCredential, form: Mapping[str, str], *, attempts: int
    ) -> TokenAnswer:
        """Return the granted tokens.

        Raises TryLater with a time on network errors and 5xx, so that the run ends: no other request
        tries its luck with a token of unknown state.
        """
        service = type(self._service)
        data = {
            **form,
            **service.token_params,
            "client_id": usable_setting(service, credential, "client_id"),
            "client_secret": usable_setting(service, credential, "client_secret"),
        }
        try:
            response = self.http.request(
                "POST", service.base_url() + service.token_path, data=data, attempts=attempts
            )
        except TryLater as error:
            raise TryLater(str(error), after=error.after or RETRY_AFTER) from error
        return self._read(self._service.token_content(response))

    def _read(self, answer: object) -> TokenAnswer:
        """Return the tokens of an answer. Raises BadResponse where they cannot be stored or sent."""
        name = self._service.service
        if not isinstance(answer, dict) or not answer.get("access_token"):
            raise BadResponse(f"{name}: the token endpoint answered without an access token.")
        refresh_token = answer.get("refresh_token")
        tokens = [answer["access_token"], "" if refresh_token is None else refresh_token]
        if not all(is_token(token) for token in tokens):
            raise BadResponse(
                f"{name}: the token endpoint answered with something that is no token."
            )
        scopes = ascii_text(answer.get("scope"))
        return TokenAnswer(
            access_token=tokens[0],
            refresh_token=tokens[1],
            lifetime=lifetime_of(answer.get("expires_in")),
            # What a refresh asks for is no list of what was granted.
            scopes="" if scopes == self._service.refresh_scope else scopes,
            account=self._service.account_of(answer),
        )


def is_token(value: object) -> bool:
    """Return whether the value can be stored, and sent in a header."""
    return isinstance(value, str) and re.fullmatch(r"[ -~]*", value) is not None


def ascii_text(value: object) -> str:
    """Return what a service says beside its tokens, such as scopes, as text that any database stores."""
    return str(value or "").encode("ascii", "replace").decode()


def lifetime_of(seconds: object) -> timedelta:
    """Return the lifetime; an hour where the service says nothing sensible, since a 401 would show the end."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return DEFAULT_LIFETIME
    is_sensible = 0 <= seconds <= LONGEST_LIFETIME.total_seconds()
    return timedelta(seconds=seconds) if is_sensible else DEFAULT_LIFETIME
