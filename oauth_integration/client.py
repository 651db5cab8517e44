"""The base of every client of a service that is reached by OAuth 2: consent, and requests with a token."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

import requests
from requests.auth import AuthBase

from lifetracker.accounts.events import Kind, record
from lifetracker.errors import BadResponse, NeedsReauthorization, SyncError
from lifetracker.sync.http import HttpClient
from lifetracker.sync.lossless import Json
from lifetracker.sync.streams import Source, sources
from lifetracker.sync.transport import Param
from oauth_integration.errors import how_to_connect, usable_setting
from oauth_integration.models import OAuthCredential, new_state
from oauth_integration.permissions import Permissions
from oauth_integration.service import OAuthService
from oauth_integration.tokens import Tokens


class Bearer(AuthBase):
    """Sends a token, as `auth=` rather than as a header, which a `.netrc` file would replace."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class OAuthClient(OAuthService):
    """Connects a service and sends requests that carry its token.

    Raises NotConfigured where the owner must set something, NeedsReauthorization where consent is
    missing, TryLater where time helps, BadResponse for the rest. No text holds a secret.
    """

    def __init__(self) -> None:
        self.http = HttpClient(self.service, self.rate_limit(), self.policy())
        self._tokens = Tokens(self, self.http)
        self.permissions = Permissions(self, self._tokens)
        warning = self.consent_warning() if self.credential.is_connected else ""
        #: What the owner should know although nothing failed.
        self.remarks = [warning] if warning else []
        # Whether a token was good for anything since this client was made.
        self._was_accepted = False

    def close(self) -> None:
        self.http.close()
        self._tokens.close()

    @property
    def credential(self) -> OAuthCredential:
        """Return the stored connection, as it was read the last time."""
        return self._tokens.credential

    # --- Consent

    @staticmethod
    def new_state() -> str:
        return new_state()

    def get_authorization_url(self, state: str) -> str:
        """Return where the owner's browser must go to give consent. Raises NotConfigured."""
        query = {
            "response_type": "code",
            "client_id": self.setting("client_id"),
            "redirect_uri": self.setting("redirect_uri"),
            "scope": self.scope_separator.join(self.scopes),
            "state": state,
        }
        # Better missed now than after the consent.
        self.setting("client_secret")
        return f"{self.authorize_url()}?{urlencode(query)}"

    def setting(self, name: str) -> str:
        """Return the client's id, secret or redirect URI. Raises NotConfigured."""
        return usable_setting(type(self), self.credential, name)

    def exchange_code_for_token(self, code: str) -> None:
        """Trade the code of a consent for tokens and store them."""
        self._tokens.redeem_code(code)
        record(Kind.CONNECTED, detail=self.service)

    def consent_warning(self) -> str:
        """Return which permissions are missing, empty if none is."""
        return self.permissions.warning()

    def disconnect(self) -> str:
        """Withdraw the consent upstream, then forget the tokens whatever the answer was.

        Returns what went wrong upstream.
        """
        problem = ""
        try:
            self.revoke()
        except SyncError as error:
            problem = str(error)
        self._tokens.forget()
        record(Kind.DISCONNECTED, detail=self.service)
        return problem

    @abstractmethod
    def revoke(self) -> None:
        """Tell the service that the consent is withdrawn."""

    # --- Requests

    def access_token(self, rejected: str | None = None) -> str:
        """Return a token that works: the stored one, or a new one if it ends soon or is `rejected`."""
        return self._tokens.access_token(rejected)

    def refresh_access_token(self) -> None:
        """Spend the refresh token on a new pair. Only under the lease that `access_token` takes."""
        self._tokens.refresh()

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Param] | None = None,
        data: Mapping[str, Param] | None = None,
    ) -> requests.Response:
        """Return an authorized answer.

        After a 401 the request is sent once more with a new token, which another process may have
        stored already.
        """

        def send(token: str) -> requests.Response:
            url = self.base_url() + path
            return self.http.request(method, url, auth=Bearer(token), params=params, data=data)

        token = self.access_token()
        response = send(token)
        if self.is_unauthorized(response) and self.permissions.opens(path):
            response = send(self.access_token(rejected=token))
        if self.is_unauthorized(response):
            raise self._refused(path)
        self._was_accepted |= response.status_code == HTTPStatus.OK
        return response

    def _refused(self, path: str) -> SyncError:
        # Some answer 401 where others answer 403: another token would be no better.
        if self._was_accepted or not self.permissions.opens(path):
            return self.permissions.not_allowed(path, HTTPStatus.UNAUTHORIZED)
        return NeedsReauthorization(
            f"{self.service} refuses even a new token at {path}. {how_to_connect(type(self))}"
        )

    def get(self, path: str, params: Mapping[str, Param]) -> Json:
        """Return the parsed JSON of one answer."""
        response = self.request("GET", path, params=params)
        if response.status_code == HTTPStatus.FORBIDDEN:
            raise self.permissions.not_allowed(path, HTTPStatus.FORBIDDEN)
        if response.status_code != HTTPStatus.OK:
            raise BadResponse(
                f"{self.service} answered {response.status_code} to {path}.", response.status_code
            )
        body: Json = self.http.json(response)
        return body


def providers() -> dict[str, type[OAuthClient]]:
    """Return the clients, among all registered sources, that are reached by OAuth."""
    clients = [source.client for source in sources.values()]
    return {
        client.provider: client
        for client in clients
        if isinstance(client, type) and issubclass(client, OAuthClient)
    }


def source_of(provider: str) -> Source:
    """Return the registered source that is reached by this provider's client."""
    return next(one for one in sources.values() if one.declaration.provider == provider)
