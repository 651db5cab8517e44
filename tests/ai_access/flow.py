"""A client that asks for access by OAuth, and its person with a browser, over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2

from tests.lifetracker.mcp_calls import message

PASSWORD = "correct horse battery"
CALLBACK = "http://127.0.0.1:8123/callback"
VERIFIER = "a-verifier-of-more-than-forty-three-characters-0123456789"
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


_open: list[httpx2.Client] = []


def opened(url: str) -> httpx2.Client:
    """A client whose connections end with the test (`close`)."""
    _open.append(httpx2.Client(base_url=url, timeout=60))
    return _open[-1]


def close() -> None:
    while _open:
        _open.pop().close()


@dataclass
class Browser:
    """Of a person who is logged in."""

    url: str
    name: str = "robin"
    http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        self.http = opened(self.url)
        self.http.get("/login/")
        typed = {"username": self.name, "password": PASSWORD}
        answer = self.post("/login/", typed)
        assert answer.status_code == 302, answer.text

    def post(self, path: str, data: dict[str, Any]) -> httpx2.Response:
        token = self.http.cookies["csrftoken"]
        return self.http.post(path, data=data | {"csrfmiddlewaretoken": token})

    def press(self, path: str, decision: str = "allow", **chosen: Any) -> httpx2.Response:
        """Look at the page of the consent, and press a button of it."""
        page = self.http.get(path)
        assert page.status_code == 200, page.text
        action = re.search(r'<form action="(/ai-access/[^"]*)"', page.text)
        assert action, page.text
        data = {"rights": "read", "days": "30", "decision": decision} | chosen
        return self.post(unescape(action[1]), data)


@dataclass
class Program:
    """A client, which registers when it is made."""

    url: str
    name: str = "Helper"
    callback: str = CALLBACK
    http: httpx2.Client = field(init=False)
    client_id: str = field(init=False)

    def __post_init__(self) -> None:
        self.http = opened(self.url)
        described = {"client_name": self.name, "redirect_uris": [self.callback]}
        answer = self.http.post("/ai-access/register", json=described)
        assert answer.status_code == 201, answer.text
        self.client_id = answer.json()["client_id"]

    def address(self, **changes: str | None) -> str:
        """Where it sends its person, with what is changed in the request; None leaves out."""
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.callback,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            "resource": f"{self.url}/mcp",
            "state": "a state",
        }
        kept = {name: value for name, value in (asked | changes).items() if value is not None}
        return f"/ai-access/authorize?{urlencode(kept)}"

    def exchange(self, code: str, **changes: str) -> httpx2.Response:
        asked = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": code,
            "redirect_uri": self.callback,
            "code_verifier": VERIFIER,
        }
        return self.http.post("/ai-access/token", data=asked | changes)

    def refresh(self, refresh_token: str) -> httpx2.Response:
        asked = {"grant_type": "refresh_token", "client_id": self.client_id}
        return self.http.post("/ai-access/token", data=asked | {"refresh_token": refresh_token})

    def ask(self, method: str, access_token: str, **params: Any) -> httpx2.Response:
        body, headers = message("2025-06-18", method, params)
        shown = {"Authorization": f"Bearer {access_token}"} if access_token else {}
        return self.http.post("/mcp", json=body, headers=headers | shown)

    def tools(self, access_token: str) -> set[str]:
        answer = self.ask("tools/list", access_token)
        assert answer.status_code == 200, answer.text
        return {one["name"] for one in answer.json()["result"]["tools"]}


def told(answer: httpx2.Response) -> dict[str, str]:
    """What a redirect tells the client."""
    assert answer.status_code == 302, answer.text
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: values[0] for name, values in query.items()}
