"""The base of every client of a service that is reached by OAuth 2: consent, tokens, and requests
that carry them."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from time import monotonic, sleep
from typing import Any, ClassVar
from urllib.parse import urlencode

import requests
from django.utils import timezone
from requests.auth import AuthBase

from lifetracker.http import (
    BadResponse,
    Door,
    NeedsReauthorization,
    NotAllowed,
    NotConfigured,
    RateLimit,
    Signals,
    TryLater,
    parsed,
)
from lifetracker.models import Lease
from lifetracker.streams import MissingConsent, Source, sources
from oauth_integration.models import OAuthCredential, environment, new_state

TOKENS = ("access_token", "refresh_token")
# Longer than any silence of a living refresh: it renews the lease once connected, and whenever the
# answer keeps it waiting.
REFRESH_LEASE = timedelta(seconds=40)
# How long somebody who waits for a page or an answer waits for another process to finish a refresh.
LONGEST_WAIT_IN_A_REQUEST = timedelta(seconds=10)


class Bearer(AuthBase):
    """As `auth=` rather than as a header, which a `.netrc` file would replace."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class OAuthClient(ABC):
    """A service's client knows its paths; this class knows how consent and tokens work.

    Raises NotConfigured where the person must set something, NeedsReauthorization where consent is
    gone, TryLater where time helps, BadResponse for the rest. None of the texts holds a secret.
    """

    provider: ClassVar[str]
    service: ClassVar[str]
    authorize_path: ClassVar[str]
    token_path: ClassVar[str]
    scopes: ClassVar[tuple[str, ...]]
    scope_separator: ClassVar[str] = " "
    # Sent as `scope` with a refresh, where the service asks for it.
    refresh_scope: ClassVar[str] = ""
    # Sent with every request to the token endpoint.
    token_params: ClassVar[Mapping[str, str]] = {}
    # Whether the refresh token before the stored one may still be good.
    keeps_previous: ClassVar[bool] = False

    def __init__(self) -> None:
        self.credential = OAuthCredential.objects.of(self.provider)
        self.door = Door(self.service, self.rate_limit(), self.signals())
        # The token endpoint has no part in the data's limit, and a refresh must not wait for it
        # under its lease.
        self._token_door = Door(self.service, signals=self.signals())
        self.remarks = self._about_consent()
        # Whether a token was good for anything since this client was made.
        self._was_accepted = False

    def rate_limit(self) -> RateLimit | None:
        return None

    def signals(self) -> Signals:
        return Signals()

    def base_url(self, name: str = "API_URL") -> str:
        """Where the service answers, as a setting of the provider says."""
        return environment(self.provider, name)

    def authorize_url(self) -> str:
        """The page on which consent is given."""
        return self.base_url() + self.authorize_path

    def close(self) -> None:
        self.door.close()
        self._token_door.close()

    @classmethod
    def is_configured(cls) -> bool:
        """Whether the person has begun to set this service up."""
        return bool(OAuthCredential.objects.of(cls.provider).setting("client_id"))

    @classmethod
    def missing_consent(cls) -> MissingConsent | None:
        """Return why nothing can be read until the person gives their consent. What is not set up
        lacks more than that, and is told by NotConfigured."""
        credential = OAuthCredential.objects.of(cls.provider)
        if not credential.setting("client_id") or not (trouble := cls._consent_trouble(credential)):
            return None
        if not credential.is_unreadable and not credential.setting("client_secret"):
            # Consent cannot be given without it.
            trouble = cls._not_set("client_secret")
        return MissingConsent(
            trouble, was_given=credential.needs_reauthorization or credential.is_unreadable
        )

    def _setting(self, name: str) -> str:
        value = self.credential.setting(name)
        if not value:
            raise NotConfigured(self._not_set(name))
        if not re.fullmatch(r"[!-~]+", value):
            variable = f"{self.provider}_{name}".upper()
            raise NotConfigured(
                f"{self.service}: {variable} holds a blank or another character that it cannot have. Copy it anew from the service's developer dashboard. "
                "Once stored it is changed in the admin, under Connections, and no longer in .env."
            )
        return value

    @classmethod
    def _not_set(cls, name: str) -> str:
        variable = f"{cls.provider}_{name}".upper()
        return f"{cls.service}: {variable} is not set. Put it into .env (README, «Connect {cls.service}») and try again."

    # --- Consent

    @staticmethod
    def new_state() -> str:
        return new_state()

    def get_authorization_url(self, state: str) -> str:
        """Where the person's browser must go to give consent."""
        query = {
            "response_type": "code",
            "client_id": self._setting("client_id"),
            "redirect_uri": self._setting("redirect_uri"),
            "scope": self.scope_separator.join(self.scopes),
            "state": state,
        }
        self._setting("client_secret")  # better missed now than after the consent
        return f"{self.authorize_url()}?{urlencode(query)}"

    def exchange_code_for_token(self, code: str) -> None:
        """Trade the code of a consent for tokens and store them."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._setting("redirect_uri"),
        }
        # Not while a refresh is on its way: its answer would overwrite the new consent.
        with self._wait_for_lease():
            answer = self._token_request(form, attempts=1)
            self._refuse_another_person(self.account_of(answer))
            self._store(answer)

    def account_of(self, answer: dict[str, Any]) -> str:
        """The service's id of the person, if a token answer tells it."""
        return ""

    def _refuse_another_person(self, account: str) -> None:
        """Two people's records in one history would be worth nothing, and one's would bury the other's."""
        known = self.credential.account
        if known and account and account != known:
            raise NeedsReauthorization(
                f"{self.service}: the consent was given by another account than the one whose records are stored here. "
                "Connect with that account, or use a new database."
            )

    # --- Permissions

    def scope_of(self, path: str) -> str:
        """The permission that opens this path; empty where it is not known."""
        return ""

    def missing_scopes(self) -> list[str]:
        """What was asked for and not granted, as far as the service has told what it granted."""
        granted = self.credential.granted
        return [scope for scope in self.scopes if granted and scope not in granted]

    def consent_warning(self) -> str:
        """For the owner, right after a consent and with every sync; empty if nothing is missing."""
        missing = ", ".join(self.missing_scopes())
        if not missing:
            return ""
        return (
            f"{self.service}: the consent lacks {missing}. What these permissions open is not synced any more; "
            f"what is stored of it stays. Connect again and allow everything. {self._how_to_connect()}"
        )

    def _about_consent(self) -> list[str]:
        warning = self.consent_warning() if self.credential.is_connected else ""
        return [warning] if warning else []

    def not_allowed(self, path: str, status: int) -> NotAllowed:
        """With the permission that is missing, or what else can be the reason."""
        scope, granted = self.scope_of(path), self.credential.granted
        if scope and scope in granted:
            why = f"although the consent has the permission {scope}. Perhaps the membership has ended."
        elif scope and granted:
            why = f"because the consent lacks the permission {scope}."
        else:
            why = f"because the consent lacks the permission for it{f' ({scope})' if scope else ''}, or the membership has ended."
        return NotAllowed(
            f"{self.service} does not allow {path} (status {status}), {why} What is stored stays. Connect again and allow everything. {self._how_to_connect()}",
            status,
        )

    # --- Tokens

    def access_token(self, rejected: str | None = None) -> str:
        """A token that works: the stored one, or a new one if it ends soon or is the one that the
        service `rejected`.

        However many processes ask at once, one of them refreshes and the others get what it stored.
        """
        if not self.credential.has_fresh_token(rejected):
            self._require_consent()
            with self._wait_for_lease(until=lambda: self.credential.has_fresh_token(rejected)):
                if not self.credential.has_fresh_token(rejected):
                    self.refresh_access_token()
        return str(self.credential.access_token)

    @contextmanager
    def _wait_for_lease(self, until: Callable[[], bool] = lambda: False) -> Iterator[None]:
        """The sole right to change the tokens, with the stored ones read again; given up as
        needless when `until` holds.

        Raises TryLater if another process keeps it for longer than a dead one could, or, where
        somebody waits for the answer, for longer than that is bearable.
        """
        end = monotonic() + self._patience().total_seconds()
        while (lease := Lease.objects.acquire(f"refresh:{self.provider}", REFRESH_LEASE)) is None:
            if monotonic() > end:
                raise TryLater(
                    f"{self.service}: another process is refreshing the token and does not finish. Try again in a minute.",
                    after=REFRESH_LEASE,
                )
            sleep(0.05)
            self._reload()
            if until():
                yield
                return
        # A service that asks to wait must not cost the lease.
        self._token_door.pulse = lambda _seconds: lease.renew()
        with lease:
            self._reload()
            yield

    def _patience(self) -> timedelta:
        somebody_waits = self.door.attempts == 1
        return LONGEST_WAIT_IN_A_REQUEST if somebody_waits else REFRESH_LEASE + timedelta(seconds=5)

    def refresh_access_token(self) -> None:
        """Spend the refresh token on a new pair. Only under the lease that `access_token` takes."""
        self._require_consent()
        spent = self.credential.refresh_token
        if not spent:
            raise NeedsReauthorization(
                f"{self.service}: the access token has expired and no refresh token was granted. {self._how_to_connect()}"
            )
        if not re.fullmatch(r"[!-~]+", spent):
            raise NeedsReauthorization(
                f"{self.service}: the refresh token holds a blank or another character that no token has; if it came from {self.provider.upper()}_REFRESH_TOKEN, copy it anew. {self._how_to_connect()}"
            )
        # The one before it may be the one that the service knows.
        previous = self.credential.previous_refresh_token if self.keeps_previous else ""
        try:
            try:
                answer = self._redeem(spent)
            except NeedsReauthorization:
                if not previous:
                    raise
                answer, spent = self._redeem(previous), previous
        except NeedsReauthorization:
            self.credential.mark_for_reauthorization(failed=self.credential.refresh_token)
            raise
        self._store(answer, previous=spent if self.keeps_previous else "")

    def _redeem(self, token: str) -> dict[str, Any]:
        return self._token_request(self._refresh_form(token), attempts=2)

    def _refresh_form(self, token: str) -> dict[str, str]:
        # After a lost answer nobody knows whether the token is spent: asking once more with the
        # same one tells.
        form = {"grant_type": "refresh_token", "refresh_token": token}
        return form | {"scope": self.refresh_scope} if self.refresh_scope else form

    def _reload(self) -> None:
        self.credential = OAuthCredential.objects.of(self.provider)

    def _require_consent(self) -> None:
        trouble = self._consent_trouble(self.credential)
        if not self.credential.is_unreadable:
            for name in ("client_id", "client_secret"):
                self._setting(name)
        if trouble:
            raise NeedsReauthorization(trouble)

    @classmethod
    def _consent_trouble(cls, credential: OAuthCredential) -> str:
        """Return what is wrong with the stored consent, and what to do; empty if nothing is."""
        if credential.is_unreadable:
            return f"{cls.service}: the stored tokens were encrypted under another SECRET_KEY. Add that key to SECRET_KEY_FALLBACKS, or: {cls._how_to_connect()}"
        if credential.needs_reauthorization:
            return f"{cls.service} no longer accepts the stored consent. {cls._how_to_connect()}"
        if not credential.is_connected:
            return f"{cls.service} is not connected yet. {cls._how_to_connect()}"
        return ""

    @classmethod
    def _how_to_connect(cls) -> str:
        return f"Run `python manage.py {cls.provider}_auth`, or press Connect on the home page."

    def _token_request(self, form: dict[str, str], *, attempts: int) -> dict[str, Any]:
        """The answer of the token endpoint. Raises TryLater with a time on network errors and 5xx,
        so that the run ends rather than that another request tries its luck with a token of unknown
        state."""
        form |= {
            **self.token_params,
            "client_id": self._setting("client_id"),
            "client_secret": self._setting("client_secret"),
        }
        try:
            response = self._token_door.request(
                "POST", self.base_url() + self.token_path, data=form, attempts=attempts
            )
        except TryLater as error:
            raise TryLater(str(error), after=error.after or timedelta(minutes=5)) from error
        answer = self.token_content(response)
        tokens = [answer.get(name) for name in TOKENS] if isinstance(answer, dict) else [None]
        if not tokens[0]:
            raise BadResponse(
                f"{self.service}: the token endpoint answered without an access token."
            )
        if not all(one is None or is_token(one) for one in tokens):
            raise BadResponse(f"{self.service}: the token endpoint answered with what is no token.")
        return dict(answer)

    def without_secrets(self, text: str) -> str:
        """A service's own words, shortened, without what must not be repeated."""
        one = self.credential
        secrets_known = (
            one.access_token,
            one.refresh_token,
            one.previous_refresh_token,
            one.setting("client_secret"),
        )
        for secret in filter(None, secrets_known):
            text = text.replace(secret, "…")
        return text[:200]

    def token_content(self, response: requests.Response) -> Any:
        """What the token endpoint answered. Raises SyncError where it refused."""
        if response.status_code != HTTPStatus.OK:
            raise self._token_error(response)
        return self._token_door.json(response)

    def _token_error(self, response: requests.Response) -> Exception:
        try:
            body = parsed(response)
        except (ValueError, RecursionError):
            body = {}
        error = body.get("error") if isinstance(body, dict) else None
        if error == "invalid_grant":
            return self._consent_refused(error)
        if error == "invalid_client":
            return self._client_unknown(error)
        return BadResponse(
            f"{self.service}: the token endpoint answered {response.status_code} ({error or 'no reason given'})."
        )

    def _consent_refused(self, reason: str) -> NeedsReauthorization:
        return NeedsReauthorization(
            f"{self.service} no longer accepts the stored consent or this code ({reason}). {self._how_to_connect()}"
        )

    def _client_unknown(self, reason: str) -> NotConfigured:
        prefix = self.provider.upper()
        return NotConfigured(
            f"{self.service} does not know this client ({reason}). Compare {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET with the service's developer dashboard. Once stored they are changed in the admin, under Connections, and no longer in .env."
        )

    def _store(self, answer: dict[str, Any], previous: str = "") -> None:
        told = plain(answer.get("scope"))
        self.credential.update_tokens(
            access_token=str(answer["access_token"]),
            # A service that sends none lets the old one stand.
            refresh_token=str(answer.get("refresh_token") or self.credential.refresh_token),
            expires_at=timezone.now() + lifetime_of(answer.get("expires_in")),
            # What a refresh asks for is no list of what was granted.
            scopes="" if told == self.refresh_scope else told,
            previous_refresh_token=previous,
            account=self.account_of(answer),
        )

    # --- Requests

    def request(self, method: str, path: str, **options: Any) -> requests.Response:
        """An authorized answer. A 401 is tried once more with a new token, unless another process
        has stored one already."""
        token = self.access_token()
        response = self._send(method, path, token, options)
        if not self.is_unauthorized(response):
            return self._accepted(response)
        if self.scope_of(path) in self.missing_scopes():
            # Some answer so where others answer 403: another token would be no better.
            raise self.not_allowed(path, HTTPStatus.UNAUTHORIZED)
        response = self._send(method, path, self.access_token(rejected=token), options)
        if not self.is_unauthorized(response):
            return self._accepted(response)
        if self._was_accepted:
            raise self.not_allowed(path, HTTPStatus.UNAUTHORIZED)
        raise NeedsReauthorization(
            f"{self.service} refuses even a new token at {path}. {self._how_to_connect()}"
        )

    def _accepted(self, response: requests.Response) -> requests.Response:
        self._was_accepted |= response.status_code == HTTPStatus.OK
        return response

    def is_unauthorized(self, response: requests.Response) -> bool:
        """Whether the access token was refused."""
        return response.status_code == HTTPStatus.UNAUTHORIZED

    def _send(
        self, method: str, path: str, token: str, options: dict[str, Any]
    ) -> requests.Response:
        return self.door.request(method, self.base_url() + path, auth=Bearer(token), **options)

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """The parsed JSON of one answer."""
        response = self.request("GET", path, params=params)
        if response.status_code == HTTPStatus.FORBIDDEN:
            raise self.not_allowed(path, HTTPStatus.FORBIDDEN)
        if response.status_code != HTTPStatus.OK:
            raise BadResponse(
                f"{self.service} answered {response.status_code} to {path}.", response.status_code
            )
        return self.door.json(response)

    # --- The end

    def disconnect(self) -> str:
        """Withdraw the consent upstream, then forget the tokens whatever the answer was. Returns
        what went wrong upstream."""
        trouble = ""
        try:
            self.revoke()
        except (BadResponse, NeedsReauthorization, NotConfigured, TryLater) as error:
            trouble = str(error)
        with self._wait_for_lease():
            self.credential.forget_tokens()
        return trouble

    @abstractmethod
    def revoke(self) -> None:
        """Tell the service that the consent is withdrawn."""


def is_token(value: Any) -> bool:
    """Whether it can be stored, and sent in a header."""
    return isinstance(value, str) and re.fullmatch(r"[ -~]*", value) is not None


def plain(value: Any) -> str:
    """What a service tells beside its tokens, such as scopes: only what any database can hold."""
    return str(value or "").encode("ascii", "replace").decode()


def lifetime_of(seconds: Any) -> timedelta:
    """An hour where the service says nothing sensible: the pair itself is good, and a 401 would tell."""
    if type(seconds) in {int, float} and 0 <= seconds <= 10 * 365 * 86_400:
        return timedelta(seconds=seconds)
    return timedelta(hours=1)


def providers() -> dict[str, type[OAuthClient]]:
    """The clients, among all registered sources, that are reached by OAuth."""
    clients = [source.client for source in sources.values()]
    return {
        client.provider: client
        for client in clients
        if isinstance(client, type) and issubclass(client, OAuthClient)
    }


def source_of(provider: str) -> Source:
    """Return the registered source that is reached by this provider's client."""
    return next(source for source in sources.values() if source.slug == provider)
