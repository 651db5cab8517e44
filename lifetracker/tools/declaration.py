"""What a tool is: a function of who calls and of what they ask, declared by its app."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

import orjson
from django.http import HttpRequest
from django_mcpz.server import ToolError
from rest_framework.exceptions import ValidationError

from lifetracker.domains import titles_of
from lifetracker.errors import SyncError
from lifetracker.metrics.registry import found_once
from lifetracker.tools.caller import Caller, caller_of
from lifetracker.tools.door import Closed, server
from lifetracker.words import counted

Answer = dict[str, Any]
#: Of an answer as JSON, in bytes. What a tool has more of, it cuts, and says so.
MOST_BYTES = 60_000
TOO_LONG = "This would be {:,} bytes, and an answer has at most {:,}. Ask for less: fewer metrics, fewer days."


class Told(NamedTuple):
    """What a tool answers, and how many rows of data that is, for the log of events."""

    answer: Answer
    rows: int


Run = Callable[..., Told]
HOW_TO_OPEN = "The owner can create a token that may, on the page of tokens."


def tool(
    *,
    title: str,
    description: str,
    writes: bool = False,
    domain: str = "",
) -> Callable[[Run], Run]:
    """Register a function as a tool of its name. It takes who calls and, if it asks for something, a msgspec Struct.

    `writes`: only for tokens that may write. `domain`: the label of the one that it tells of; without it, it keeps to
    the caller's domains itself."""

    def register(run: Run) -> Run:
        name = getattr(run, "__name__", "tool")

        def is_open(request: HttpRequest) -> bool:
            caller = caller_of(request)
            noted: Any = request
            noted.tool_closed = closed(caller, name, writes=writes, domain=domain)
            return noted.tool_closed is None

        server.tool(
            title=title,
            description=" ".join(description.split()),
            read_only=not writes,
            destructive=False,
            open_world=False,
            permission=is_open,
        )(answering(run if writes else found_once()(run), name))
        return run

    return register


def answering(run: Run, name: str) -> Callable[..., str]:
    """Return what answers a request with JSON, and notes on it, for the log of events, how many rows that took."""

    @wraps(run)
    def answered(request: HttpRequest, *asked: Any) -> str:
        caller = caller_of(request)
        noted: Any = request
        begin = f"{name} by {caller.name}"
        noted.tool_used = f"{begin}: refused"
        text = answer_of(run, caller, *asked)
        noted.tool_used = f"{begin}: {counted(text.rows, 'row')}"
        return text.text

    return answered


def closed(caller: Caller, name: str, *, writes: bool, domain: str) -> Closed | None:
    """Return why a caller may not use a tool; None where they may."""
    event = f"{name} by {caller.name}: refused"
    if writes and not caller.may_write:
        return Closed(f"This token may only read, and {name} writes. {HOW_TO_OPEN}", event)
    if domain and not caller.may_see([domain]):
        title = titles_of([domain])[0]
        why = f"{name} belongs to {title}, and this token may see only {caller.limit}."
        return Closed(f"{why} {HOW_TO_OPEN}", event)
    return None


class Text(NamedTuple):
    text: str
    rows: int


def answer_of(run: Run, caller: Caller, *asked: Any) -> Text:
    """Return the answer as JSON. Raises ToolError in words."""
    try:
        told = run(caller, *asked)
    except (ValidationError, SyncError) as error:
        raise ToolError(words_of(error)) from None
    text = as_json(told.answer)
    if len(text) > MOST_BYTES:
        raise ToolError(TOO_LONG.format(len(text), MOST_BYTES))
    return Text(text.decode(), told.rows)


def fitting(make: Callable[[int], Answer], rows: int) -> Answer:
    """Return what `make` answers with so many rows, or with as many fewer as fit into one answer; one at least."""
    while True:
        answer = make(rows)
        if rows <= 1 or len(as_json(answer)) <= MOST_BYTES:
            return answer
        rows //= 2


def as_json(answer: Answer) -> bytes:
    return orjson.dumps(answer, option=orjson.OPT_UTC_Z, default=str)


def words_of(error: ValidationError | SyncError) -> str:
    """Return what is wrong in words: of fields that the API refuses, each by its name."""
    if not isinstance(error, ValidationError):
        return str(error)
    found: Any = error.detail
    if not isinstance(found, dict):
        return " ".join(map(str, found))
    return " ".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in found.items())
