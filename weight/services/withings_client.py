"""Withings' public API (https://developer.withings.com/api-reference)."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import requests
from django.conf import settings

from lifetracker.errors import BadResponse
from lifetracker.sync.http import (
    RateLimit,
    ResponsePolicy,
    parsed,
    seconds_until,
    wait_after_refusal,
)
from lifetracker.sync.mapping import Item
from oauth_integration.client import OAuthClient
from oauth_integration.errors import client_unknown, consent_refused
from oauth_integration.token_endpoint import ascii_text
from weight.source import SOURCE


def numbers(text: str) -> frozenset[int]:
    """Read `"100-102 200"` as {100, 101, 102, 200}."""
    spans = [part.partition("-") for part in text.split()]
    return frozenset(
        n for first, _, last in spans for n in range(int(first), int(last or first) + 1)
    )


# The families of `status`, as the reference lists them.
OK = 0
UNAUTHENTICATED = numbers("100-102 200 401")
INVALID = numbers(
    "201-213 216-218 220-221 223 225 227-230 234-236 238 240-252 254 260-267 271-272 275-276 283-288 290 293-295 "
    "297 300-304 321 323-353 380-382 400 501-511 523 532 3017-3019"
)
FORBIDDEN = numbers("214 277 2553 2555")
TOO_MANY = 601
# Seconds for which the same question is refused.
SAME_QUESTION = 10.0
TRANSIENT = numbers(
    "215 219 222 224 226 231-233 237 253 255-259 268-270 273-274 278-282 289 291-292 296 298 305-320 322 370-375 383 "
    "391 402 516-522 524-531 533 602 700 1051-1054 2551-2552 2556-2559 3000-3016 3020-3024 5000-5006 6000 6010-6011 "
    "9000 10000"
)
# What the token endpoint says of a code or a refresh token that it does not take: 503 is its own
# number for parameters that are wrong, and not HTTP's "service unavailable".
REFUSED_GRANT = UNAUTHENTICATED | {283, 503}


def envelope(response: requests.Response) -> Item:
    """Return `{"status": ..., "body": ..., "error": ...}`, in which every answer comes; empty for what is
    none."""
    if response.status_code != HTTPStatus.OK:
        return {}
    try:
        answer = parsed(response)
    except (ValueError, RecursionError):
        return {}
    return answer if isinstance(answer, dict) and type(answer.get("status")) is int else {}


def is_repeated(answer: Item) -> bool:
    """Return whether a 601 refuses a question because it was just asked, and not because of the limit. It may
    tell a wait that has nothing to do with that."""
    return "same arguments" in str(answer.get("error")).lower()


class EnvelopeSignals(ResponsePolicy):
    """Withings answers 200 whatever happened; what happened is the envelope's `status`."""

    # Its limit is a number of requests a minute.
    longest_window = 60.0

    def refused(self, response: requests.Response, attempt: int) -> float | None:
        answer = envelope(response)
        if answer.get("status") != TOO_MANY:
            return super().refused(response, attempt)
        body = answer.get("body")
        asked = seconds_until(str(body.get("wait_seconds"))) if isinstance(body, dict) else None
        wait = wait_after_refusal(response, attempt) if asked is None else asked
        return min(wait, SAME_QUESTION) if is_repeated(answer) else wait

    def failed(self, response: requests.Response) -> str | None:
        status = envelope(response).get("status")
        return f"answered status {status}" if status in TRANSIENT else super().failed(response)


class WithingsAPIClient(OAuthClient):
    """Consent, tokens and requests at Withings.

    Every refresh replaces both tokens. The old refresh token stays good for eight hours, or until
    the new access token is used: so a pair whose answer was lost can be asked for again.
    """

    provider = SOURCE.provider
    service = SOURCE.title
    authorize_path = "/oauth2_user/authorize2"
    token_path = "/v2/oauth2"
    scopes = ("user.metrics",)
    scope_separator = ","
    token_params = {"action": "requesttoken"}
    keeps_previous = True

    def rate_limit(self) -> RateLimit:
        return RateLimit(settings.WITHINGS_REQUESTS_PER_MINUTE, 60)

    def policy(self) -> ResponsePolicy:
        return EnvelopeSignals()

    @classmethod
    def authorize_url(cls) -> str:
        return cls.base_url("ACCOUNT_URL") + cls.authorize_path

    def scope_of(self, path: str) -> str:
        return "user.metrics" if path == "/measure" else ""

    # --- Answers

    def get(self, path: str, params: Mapping[str, Any]) -> Any:
        """Return the `body` of one answer."""
        response = self.request("POST", path, data=dict(params))
        return self._body(self._opened(response), path)

    def is_unauthorized(self, response: requests.Response) -> bool:
        return envelope(response).get("status") in UNAUTHENTICATED or super().is_unauthorized(
            response
        )

    def _reason(self, answer: Item) -> str:
        return self.credential.without_secrets(str(answer.get("error") or "no reason given"))

    def _opened(self, response: requests.Response) -> Item:
        """Return the envelope. Raises BadResponse for what is none."""
        answer = envelope(response)
        if not answer:
            self.http.json(response)  # tells what came instead, if it is no JSON
            raise BadResponse(
                f"Withings answered {response.status_code} without the status that all its answers have.",
                response.status_code,
            )
        return answer

    def _body(self, answer: Item, path: str) -> Item:
        status, body = answer["status"], answer.get("body")
        if status == OK and isinstance(body, dict):
            return body
        if status in FORBIDDEN:
            raise self.permissions.not_allowed(path, status)
        raise BadResponse(
            f"Withings answered status {status} to {path} ({self._reason(answer)}).", status
        )

    def token_content(self, response: requests.Response) -> Any:
        answer = self._opened(response)
        status, reason = answer["status"], self._reason(answer)
        if status in UNAUTHENTICATED | INVALID and "client" in reason:
            raise client_unknown(type(self), reason)
        if status in REFUSED_GRANT:
            raise consent_refused(type(self), reason)
        return self._body(answer, self.token_path)

    def account_of(self, answer: Mapping[str, object]) -> str:
        # Documented as a number, sent as a text too.
        return ascii_text(answer.get("userid"))[:64]

    # --- Disconnecting

    def revoke(self) -> None:
        """Withdraw the consent, with a signature, as the reference asks for every call but the data's."""
        form = {
            "action": "revoke",
            "client_id": self.setting("client_id"),
            "nonce": self._nonce(),
            "userid": self.credential.account,
        }
        form["signature"] = self._signature(form["action"], form["client_id"], form["nonce"])
        response = self.http.request("POST", self.base_url() + self.token_path, data=form)
        answer = self._opened(response)
        if answer["status"] != OK:
            raise BadResponse(
                f"Withings answered status {answer['status']} to the request to revoke the consent ({self._reason(answer)}).",
                answer["status"],
            )

    def _nonce(self) -> str:
        client_id, now = self.setting("client_id"), str(int(time.time()))
        form = {"action": "getnonce", "client_id": client_id, "timestamp": now}
        form["signature"] = self._signature("getnonce", client_id, now)
        response = self.http.request("POST", f"{self.base_url()}/v2/signature", data=form)
        return str(self._body(self._opened(response), "/v2/signature").get("nonce"))

    def _signature(self, *values: str) -> str:
        key = self.setting("client_secret").encode()
        return hmac.new(key, ",".join(values).encode(), hashlib.sha256).hexdigest()
