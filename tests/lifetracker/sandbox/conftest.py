"""A running sandbox at noon of a fixed day, and a caller with a token for everything."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from lifetracker.sandbox.server import Sandbox

NOON = datetime(2026, 3, 18, 12, 0, 30, tzinfo=UTC)
PATHS = {
    "cycle": "/v2/cycle",
    "recovery": "/v2/recovery",
    "sleep": "/v2/activity/sleep",
    "workout": "/v2/activity/workout",
}
KINDS = tuple(PATHS)


class Caller:
    """Somebody with an access token, over real HTTP."""

    def __init__(self, sandbox: Sandbox, scope: str | None = None) -> None:
        self.sandbox = sandbox
        self.session = requests.Session()
        self.session.trust_env = False
        self.use(sandbox.whoop.issue_tokens(scope))

    def use(self, tokens: dict[str, Any]) -> None:
        self.tokens = tokens
        self.session.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.session.get(
            f"{self.sandbox.whoop.url}/developer{path}", params=query, timeout=10
        )

    def page(self, kind: str, **query: Any) -> dict[str, Any]:
        answer = self.get(PATHS[kind], **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def walk(self, kind: str, **query: Any) -> list[dict[str, Any]]:
        page = self.page(kind, **query)
        records = page["records"]
        while page["next_token"]:
            page = self.page(kind, nextToken=page["next_token"], **query)
            records += page["records"]
        return records

    def token(self, form: dict[str, str], **kwargs: Any) -> requests.Response:
        """POST to the token endpoint as our client."""
        client = {
            "client_id": self.sandbox.whoop.client_id,
            "client_secret": self.sandbox.whoop.client_secret,
        }
        return self.session.post(
            f"{self.sandbox.whoop.url}/oauth/oauth2/token",
            data=client | form,
            timeout=10,
            **kwargs,
        )

    def refresh(self, refresh_token: str) -> requests.Response:
        return self.token({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def verb(self, name: str, **body: Any) -> requests.Response:
        return self.session.post(f"{self.sandbox.url}/sandbox/{name}", json=body, timeout=10)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, days=45, now=NOON) as running:
        yield running


@pytest.fixture
def caller(sandbox: Sandbox) -> Iterator[Caller]:
    caller = Caller(sandbox)
    with caller.session:
        yield caller
