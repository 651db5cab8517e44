"""Grants and tokens: single-use codes, rotation, reuse detection, expiry."""

import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass

from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.messages import Answer, Incoming, json_answer
from lifetracker.sandbox.whoop.options import Options

SCOPES = (
    "offline",
    "read:recovery",
    "read:cycles",
    "read:sleep",
    "read:workout",
    "read:profile",
    "read:body_measurement",
)
CODE_LIFETIME = 10 * 60 * 1000
INVALID_GRANT = (
    "The provided authorization grant (e.g., authorization code, resource owner credentials) or "
    "refresh token is invalid, expired, revoked, does not match the redirection URI used in the "
    "authorization request, or was issued to another client."
)
INVALID_CLIENT = (
    "Client authentication failed (e.g., unknown client, no client authentication included, or "
    "unsupported authentication method)."
)
INVALID_REQUEST = (
    "The request is missing a required parameter, includes an invalid parameter value, includes "
    "a parameter more than once, or is otherwise malformed."
)


class TokenError(Exception):
    """What the token endpoint refuses, with the answer that it gives."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.answer = json_answer(status, {"error": error, "error_description": description})


@dataclass(slots=True)
class Grant:
    """One consent and the tokens that descend from it; None: there is none (any more)."""

    scopes: tuple[str, ...]
    access: str | None = None
    expires: int = 0
    refresh: str | None = None


@dataclass(frozen=True, slots=True)
class Code:
    redirect_uri: str
    scopes: tuple[str, ...]
    expires: int


class OAuth:
    """The state of one client and one member."""

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        redirect_uris: Iterable[str],
        clock: Clock,
        options: Options,
    ) -> None:
        self.client_id, self.client_secret = client_id, client_secret
        self.redirect_uris = list(redirect_uris)
        self.refreshes = 0
        self.revoked = False  # by the member, until the next consent
        self.withheld: set[str] = set()  # what she does not allow on the consent page
        self._clock, self._options = clock, options
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._by_access: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}  # spent ones too, so that reuse is noticed

    def code(self, redirect_uri: str, scopes: tuple[str, ...]) -> str:
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = Code(redirect_uri, scopes, self._clock.ms() + CODE_LIFETIME)
        return code

    def scopes_of(self, access_token: str) -> tuple[str, ...] | None:
        """The scopes of a token that is good now; None for any other."""
        with self._lock:
            grant = self._by_access.get(access_token)
            return grant.scopes if grant and grant.expires > self._clock.ms() else None

    def grant(self, scopes: tuple[str, ...], lifetime: int | None = None) -> dict[str, object]:
        """Return the token answer to a new consent."""
        with self._lock:
            return self._issue(Grant(scopes), lifetime)

    def drop_scope(self, scope: str) -> None:
        """Take it from all grants: their tokens stay good for the rest."""
        if scope not in SCOPES:
            raise ValueError(f"no scope {scope!r}; there are {', '.join(SCOPES)}")
        with self._lock:
            for grant in [*self._by_access.values(), *self._by_refresh.values()]:
                grant.scopes = tuple(one for one in grant.scopes if one != scope)

    def revoke_all(self) -> None:
        with self._lock:
            self._by_access.clear()
            self._by_refresh.clear()
            self._codes.clear()
            self.revoked = True

    def token(self, incoming: Incoming) -> Answer:
        """Answer at the token endpoint."""
        try:
            form = incoming.form()
            if "grant_type" not in form:
                raise TokenError(400, "invalid_request", INVALID_REQUEST)
            self._authenticate(form)
            answer = self._redeem(form)
        except TokenError as error:
            return error.answer
        return json_answer(200, answer, {"Cache-Control": "no-store"})

    def _authenticate(self, form: dict[str, str]) -> None:
        """By the secret in the body only: HTTP Basic is refused like no secret at all."""
        given = (form.get("client_id"), form.get("client_secret"))
        if given != (self.client_id, self.client_secret):
            raise TokenError(401, "invalid_client", INVALID_CLIENT)

    def _redeem(self, form: dict[str, str]) -> dict[str, object]:
        with self._lock:
            match form:
                case {"grant_type": "authorization_code", "code": code}:
                    return self._redeem_code(code, form.get("redirect_uri"))
                case {"grant_type": "refresh_token", "refresh_token": token}:
                    return self._rotate(token)
        raise TokenError(400, "invalid_request", INVALID_REQUEST)

    def _redeem_code(self, value: str, redirect_uri: str | None) -> dict[str, object]:
        code = self._codes.pop(value, None)
        if code is None or code.expires <= self._clock.ms() or code.redirect_uri != redirect_uri:
            raise TokenError(400, "invalid_grant", INVALID_GRANT)
        return self._issue(Grant(code.scopes))

    def _rotate(self, token: str) -> dict[str, object]:
        grant = self._by_refresh.get(token)
        if grant is None or grant.refresh != token:
            if grant and self._options.rotation == "family":
                self._forget(grant)
            raise TokenError(400, "invalid_grant", INVALID_GRANT)
        self.refreshes += 1
        return self._issue(grant)

    def _forget(self, grant: Grant) -> None:
        self._by_access.pop(grant.access or "", None)
        grant.access = grant.refresh = None

    def _issue(self, grant: Grant, lifetime: int | None = None) -> dict[str, object]:
        """Make a new pair for this grant; the former access token is dead from now on."""
        self._forget(grant)
        seconds = self._options.token_lifetime if lifetime is None else lifetime
        self.revoked = False
        grant.access = secrets.token_urlsafe(32)
        grant.expires = self._clock.ms() + 1000 * seconds
        self._by_access[grant.access] = grant
        answer = {
            "access_token": grant.access,
            "expires_in": seconds,
            "scope": " ".join(grant.scopes),
            "token_type": "bearer",
        }
        if "offline" in grant.scopes:
            answer["refresh_token"] = grant.refresh = secrets.token_urlsafe(32)
            self._by_refresh[grant.refresh] = grant
        return answer
