"""Codes and pairs of tokens: short-lived codes, rotation, and the grace of the former token."""

import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass

from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.instants import HOUR, SECOND
from lifetracker.sandbox.messages import Answer
from lifetracker.sandbox.withings.envelope import (
    INVALID_PARAMS,
    NOT_IMPLEMENTED,
    Refusal,
    success,
)
from lifetracker.sandbox.withings.options import Options
from lifetracker.sandbox.withings.signing import Signing

SCOPES = ("user.info", "user.metrics", "user.activity", "user.sleepevents")
GRACE = 8 * HOUR
YEAR = 365 * 24 * HOUR


@dataclass(slots=True, eq=False)
class Pair:
    """An access token and its refresh token; `heir` is what the refresh token was spent on."""

    scopes: tuple[str, ...]
    access: str
    refresh: str
    access_dies: int
    refresh_dies: int
    parent: "Pair | None" = None
    heir: "Pair | None" = None
    dead: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    redirect_uri: str
    scopes: tuple[str, ...]
    dies: int


class OAuth:
    """The state of one client and one user."""

    def __init__(self, signing: Signing, user_id: int, clock: Clock, options: Options) -> None:
        self.redirect_uris: list[str] = []
        self.refreshes = 0
        self.revoked = False  # by the user, until the next consent
        self._signing, self._user_id = signing, user_id
        self._clock, self._options = clock, options
        self._lock = threading.Lock()
        self._codes: dict[str, Code] = {}
        self._by_access: dict[str, Pair] = {}
        self._by_refresh: dict[str, Pair] = {}

    @property
    def client_id(self) -> str:
        return self._signing.client_id

    def code(self, redirect_uri: str, scopes: tuple[str, ...]) -> str:
        code = secrets.token_hex(20)
        dies = self._clock.ms() + self._options.code_lifetime * SECOND
        with self._lock:
            self._codes[code] = Code(redirect_uri, scopes, dies)
        return code

    def use(self, access_token: str) -> tuple[str, ...] | None:
        """The scopes of a token that is good now, which ends the grace of all before it."""
        with self._lock:
            pair = self._by_access.get(access_token)
            if pair is None or pair.dead or pair.access_dies <= self._clock.ms():
                return None
            former = pair.parent
            while former is not None and former.refresh_dies:
                former.refresh_dies = 0
                former = former.parent
            return pair.scopes

    def grant(self, scopes: tuple[str, ...], lifetime: int | None = None) -> dict[str, object]:
        """Return the body of the token answer to a new consent."""
        with self._lock:
            return self._issue(scopes, lifetime=lifetime)

    def revoke_all(self) -> None:
        with self._lock:
            self._by_access.clear()
            self._by_refresh.clear()
            self._codes.clear()
            self.revoked = True

    def answer(self, given: Mapping[str, str]) -> Answer:
        """`POST /v2/oauth2`"""
        if given.get("action") != "requesttoken":
            raise Refusal(NOT_IMPLEMENTED)
        self._signing.authenticate(given)
        with self._lock:
            match given:
                case {"grant_type": "authorization_code", "code": code}:
                    return success(self._redeem(code, given.get("redirect_uri")))
                case {"grant_type": "refresh_token", "refresh_token": token}:
                    return success(self._rotate(token))
        raise Refusal(INVALID_PARAMS, "Invalid Params: invalid grant_type")

    def _redeem(self, value: str, redirect_uri: str | None) -> dict[str, object]:
        code = self._codes.pop(value, None)
        if code is None or code.dies <= self._clock.ms():
            raise Refusal(INVALID_PARAMS, "Invalid Params: invalid code", bare=True)
        if code.redirect_uri != redirect_uri:
            raise Refusal(INVALID_PARAMS, "Invalid Params: invalid redirect_uri")
        return self._issue(code.scopes)

    def _rotate(self, token: str) -> dict[str, object]:
        pair = self._by_refresh.get(token)
        if pair is None or pair.dead or pair.refresh_dies <= self._clock.ms():
            raise Refusal(INVALID_PARAMS, "Invalid Params: invalid refresh_token")
        # A second pair for one refresh token replaces the first, which nobody has used.
        heir = pair.heir
        while heir is not None:
            heir.dead = True
            heir = heir.heir
        self.refreshes += 1
        return self._issue(pair.scopes, parent=pair)

    def _issue(
        self, scopes: tuple[str, ...], *, parent: Pair | None = None, lifetime: int | None = None
    ) -> dict[str, object]:
        now = self._clock.ms()
        seconds = self._options.token_lifetime if lifetime is None else lifetime
        access, refresh = secrets.token_hex(20), secrets.token_hex(20)
        pair = Pair(scopes, access, refresh, now + seconds * SECOND, now + YEAR, parent)
        if parent is not None:
            if parent.heir is None:
                parent.refresh_dies = min(parent.refresh_dies, now + GRACE)
            parent.heir = pair
        self._by_access[access] = self._by_refresh[refresh] = pair
        self.revoked = False
        return {
            "userid": self._user_id if self._options.userid == "int" else str(self._user_id),
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": seconds,
            "scope": ",".join(scopes),
            "csrf_token": secrets.token_hex(16),
            "token_type": "Bearer",
        }
