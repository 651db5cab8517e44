"""Who is let in, what an answer's head says, and whether it has to be sent at all."""

import hashlib
import itertools
from dataclasses import replace

from lifetracker.sandbox.github.access import Access, Caller
from lifetracker.sandbox.github.answers import DOCS, NO_USER_AGENT, Refused, not_found
from lifetracker.sandbox.github.graph import GraphQL
from lifetracker.sandbox.github.limits import SECONDARY, Budget, Limits
from lifetracker.sandbox.github.people import USER_ID
from lifetracker.sandbox.github.rest import Asked, Rest
from lifetracker.sandbox.messages import Answer, Incoming

VERSIONS = ("2022-11-28", "2026-03-10")
FREE = "/rate_limit"
ABOUT_LIMITS = f"{DOCS}/using-the-rest-api/rate-limits-for-the-rest-api"
ABOUT_SECONDARY = f"{ABOUT_LIMITS}#about-secondary-rate-limits"
ALWAYS = {
    "X-GitHub-Media-Type": "github.v3; format=json",
    "Vary": "Accept, Authorization, Cookie, X-GitHub-OTP, Accept-Encoding",
    "X-Content-Type-Options": "nosniff",
}


class API:
    def __init__(self, rest: Rest, graph: GraphQL, access: Access, limits: Limits) -> None:
        self._rest, self._graph, self._access, self._limits = rest, graph, access, limits
        self._numbers = itertools.count(0x51A2_0000)

    def answer(self, incoming: Incoming, path: str) -> Answer:
        if not incoming.headers.get("User-Agent"):
            return Answer(403, NO_USER_AGENT, {"Content-Type": "text/html; charset=utf-8"})
        caller, graphql = self._access.caller(incoming), path == "/graphql"
        budget = self._budget(caller, graphql=graphql)
        wanted = self._rest.wanted(path)
        try:
            _check_version(incoming)
            self._let_in(caller, budget, path)
            if graphql:
                answer = self._graph_answer(incoming, caller)
            else:
                answer = _conditional(self._rest.answer(Asked(incoming, caller), path), incoming)
        except Refused as refused:
            answer = refused.answer()
        # GraphQL counts its points itself; what has not changed is free to those who are known.
        if not graphql and path != FREE and not (answer.status == 304 and caller == "user"):
            budget.spend(1)
        head = self._head(incoming, caller, budget, wanted)
        return replace(answer, headers=answer.headers | head)

    def _graph_answer(self, incoming: Incoming, caller: Caller) -> Answer:
        if incoming.method != "POST":
            raise not_found(DOCS)
        if caller != "user":
            raise Refused(401, "This endpoint requires you to be authenticated.", DOCS)
        return self._graph.answer(incoming)

    def _budget(self, caller: Caller, *, graphql: bool) -> Budget:
        if caller != "user":
            return self._limits.anonymous
        return self._limits.graphql if graphql else self._limits.core

    def _let_in(self, caller: Caller, budget: Budget, path: str) -> None:
        secondary = self._limits.over_secondary()
        if secondary is not None:
            refused = Refused(secondary.status, SECONDARY, ABOUT_SECONDARY)
            if secondary.retry_after is not None:
                refused.headers = {"Retry-After": str(secondary.retry_after)}
            raise refused
        if caller == "wrong":
            raise Refused(401, "Bad credentials")
        if path not in (FREE, "/graphql") and not budget.remaining:
            whose = f"user ID {USER_ID}" if caller == "user" else "127.0.0.1"
            raise Refused(403, f"API rate limit exceeded for {whose}.", ABOUT_LIMITS)

    def _head(
        self, incoming: Incoming, caller: Caller, budget: Budget, wanted: str
    ) -> dict[str, str]:
        number = next(self._numbers)
        head: dict[str, str] = {
            **ALWAYS,
            **budget.headers(),
            "X-GitHub-Request-Id": f"C0DE:{number:08X}:1F2E3D:2A3B4C:{number * 7:08X}",
            "X-GitHub-Api-Version-Selected": _version(incoming),
        }
        return head | (self._access.headers(wanted) if caller == "user" else {})


def _conditional(answer: Answer, incoming: Incoming) -> Answer:
    """With a tag for what is in it, and for whom; without a body if that is known there."""
    seed = f"{incoming.headers.get('Authorization')} {incoming.path} {incoming.query}"
    digest = hashlib.sha256(seed.encode() + answer.body).hexdigest()
    tag = f'W/"{digest}"'
    headers = {
        **answer.headers,
        "ETag": tag,
        "Cache-Control": "private, max-age=60, s-maxage=60",
    }
    known = [one.strip() for one in (incoming.headers.get("If-None-Match") or "").split(",")]
    if tag in known or tag.removeprefix("W/") in known:
        headers.pop("Content-Type")
        return Answer(304, b"", headers)
    return replace(answer, headers=headers)


def _version(incoming: Incoming) -> str:
    return incoming.headers.get("X-GitHub-Api-Version") or VERSIONS[0]


def _check_version(incoming: Incoming) -> None:
    if _version(incoming) not in VERSIONS:
        message = f'Version "{_version(incoming)}" is not a supported version.'
        raise Refused(400, message, f"{DOCS}/about-the-rest-api/api-versions")
