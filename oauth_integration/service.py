"""What a service that is reached by OAuth 2 declares, and how its answers differ from the usual ones."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import requests

from lifetracker.sync.http import HttpClient, RateLimit, ResponsePolicy
from lifetracker.sync.streams import MissingConsent
from oauth_integration import errors
from oauth_integration.models import OAuthCredential, environment


class OAuthService(errors.NamedService, ABC):
    """The declared part of a client. A service overrides what is different with it."""

    authorize_path: ClassVar[str]
    token_path: ClassVar[str]
    #: The permissions that a consent is asked for.
    scopes: ClassVar[tuple[str, ...]]
    scope_separator: ClassVar[str] = " "
    #: Sent as `scope` with a refresh, where the service asks for it.
    refresh_scope: ClassVar[str] = ""
    #: Sent with every request to the token endpoint.
    token_params: ClassVar[Mapping[str, str]] = {}
    #: Whether the refresh token before the stored one may still be good.
    keeps_previous: ClassVar[bool] = False

    http: HttpClient

    @classmethod
    def base_url(cls, name: str = "API_URL") -> str:
        """Return where the service answers, as a setting of the provider says."""
        return environment(cls.provider, name)

    @classmethod
    def authorize_url(cls) -> str:
        """Return the page on which consent is given."""
        return cls.base_url() + cls.authorize_path

    @classmethod
    def is_configured(cls) -> bool:
        """Return whether the owner has begun to set this service up."""
        return bool(OAuthCredential.objects.of(cls.provider).setting("client_id"))

    @classmethod
    def missing_consent(cls) -> MissingConsent | None:
        """Return why nothing can be read until the owner gives their consent.

        A service that is not set up lacks more than that: NotConfigured says so later.
        """
        credential = OAuthCredential.objects.of(cls.provider)
        problem = errors.consent_problem(cls, credential)
        if not credential.setting("client_id") or not problem:
            return None
        if not credential.is_unreadable and not credential.setting("client_secret"):
            # Consent cannot be given without it.
            problem = errors.not_set(cls, "client_secret")
        return MissingConsent(
            problem, was_given=credential.needs_reauthorization or credential.is_unreadable
        )

    def rate_limit(self) -> RateLimit | None:
        return None

    def policy(self) -> ResponsePolicy:
        return ResponsePolicy()

    def scope_of(self, path: str) -> str:
        """Return the permission that opens this path, empty where it is not known."""
        return ""

    def account_of(self, answer: Mapping[str, object]) -> str:
        """Return the service's id of the owner, empty where a token answer does not give it."""
        return ""

    def is_unauthorized(self, response: requests.Response) -> bool:
        """Return whether the access token was refused."""
        return response.status_code == HTTPStatus.UNAUTHORIZED

    def token_content(self, response: requests.Response) -> Any:
        """Return what the token endpoint answered. Raises SyncError where it refused."""
        if response.status_code != HTTPStatus.OK:
            raise errors.token_error(type(self), response)
        return self.http.json(response)
