"""Who the client is: its secret, or a nonce and a signature made with the secret."""

import hashlib
import hmac
import secrets
import threading
from collections.abc import Mapping

from lifetracker.sandbox.clock import Clock
from lifetracker.sandbox.instants import MINUTE
from lifetracker.sandbox.messages import Answer
from lifetracker.sandbox.withings.envelope import (
    BAD_SIGNATURE,
    INVALID_PARAMS,
    NOT_IMPLEMENTED,
    Refusal,
    success,
)

NONCE_LIFETIME = 30 * MINUTE


def signature(secret: str, *values: str) -> str:
    """hex(HMAC-SHA256(secret, the values joined by commas))"""
    return hmac.new(secret.encode(), ",".join(values).encode(), hashlib.sha256).hexdigest()


class Signing:
    def __init__(self, client_id: str, client_secret: str, clock: Clock) -> None:
        self.client_id, self.client_secret = client_id, client_secret
        self._clock = clock
        self._lock = threading.Lock()
        self._nonces: dict[str, int] = {}

    def answer(self, given: Mapping[str, str]) -> Answer:
        """`POST /v2/signature`"""
        if given.get("action") != "getnonce":
            raise Refusal(NOT_IMPLEMENTED)
        self._know(given)
        if not given.get("timestamp", "").isdigit():
            raise Refusal(INVALID_PARAMS, "Invalid Params: invalid timestamp")
        self._compare(given, "getnonce", self.client_id, given["timestamp"])
        nonce = secrets.token_hex(20)
        with self._lock:
            self._nonces[nonce] = self._clock.ms() + NONCE_LIFETIME
        return success({"nonce": nonce})

    def authenticate(self, given: Mapping[str, str]) -> None:
        """By the secret, or in its place by a signature. Raises Refusal."""
        if "signature" in given:
            self.check(given)
            return
        self._know(given)
        if given.get("client_secret") != self.client_secret:
            raise Refusal(INVALID_PARAMS, "Invalid Params: invalid client_secret")

    def check(self, given: Mapping[str, str]) -> None:
        """The signature of a call; its nonce is spent whatever comes of it. Raises Refusal."""
        self._know(given)
        nonce = given.get("nonce", "")
        with self._lock:
            dies = self._nonces.pop(nonce, 0)
        if dies <= self._clock.ms():
            raise Refusal(INVALID_PARAMS, "Invalid Params: invalid nonce")
        self._compare(given, given.get("action", ""), self.client_id, nonce)

    def _know(self, given: Mapping[str, str]) -> None:
        if given.get("client_id") != self.client_id:
            raise Refusal(INVALID_PARAMS, "Invalid Params: invalid client_id")

    def _compare(self, given: Mapping[str, str], *values: str) -> None:
        expected = signature(self.client_secret, *values)
        if not hmac.compare_digest(expected.encode(), given.get("signature", "").encode()):
            raise Refusal(BAD_SIGNATURE)
