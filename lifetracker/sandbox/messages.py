"""What passes between the server and a service: a request as it came in, an answer to write."""

import json
from dataclasses import dataclass, field
from datetime import datetime
from email.message import Message
from typing import Any, Literal
from urllib.parse import parse_qsl

# A JSON object as a service shows or takes it.
JsonObject = dict[str, Any]

MOST_REQUESTS = 100_000  # a sandbox left running for weeks must not grow for ever


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request before it is answered; `path` is whole, with the prefix of its service."""

    method: str
    path: str
    query: dict[str, str]
    headers: "Message[str, str]"  # subscriptable only for the type checker
    body: bytes = b""

    def form(self) -> dict[str, str]:
        """Return fields of an `x-www-form-urlencoded` body; none for any other kind of body."""
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            return {}
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))


@dataclass(frozen=True, slots=True)
class Answer:
    """`send` says how much of it reaches the caller; less than all closes the connection."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    send: Literal["all", "half", "nothing"] = "all"


@dataclass(frozen=True, slots=True)
class Request:
    """One answered request; status 0 when a fault dropped it before it was carried out."""

    method: str
    path: str
    query: dict[str, str]
    status: int
    at: datetime


class RequestLog(list[Request]):
    """The newest requests. Appending, clearing and copying a list are atomic in CPython."""

    def append(self, request: Request) -> None:
        super().append(request)
        if len(self) > MOST_REQUESTS:
            del self[: MOST_REQUESTS // 2]


def json_answer(status: int, content: object, headers: dict[str, str] | None = None) -> Answer:
    body = json.dumps(content, separators=(",", ":"), default=str).encode()
    return Answer(status, body, {"Content-Type": "application/json", **(headers or {})})


def html_answer(status: int, page: str) -> Answer:
    return Answer(status, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def redirect(location: str) -> Answer:
    return Answer(303, b"", {"Location": location})
