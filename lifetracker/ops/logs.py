"""What is logged, and how: one line for each request and each task, with an id that joins it to
whatever else was logged meanwhile, and nothing personal.

Paths, queries, bodies and the texts of exceptions may hold what a person typed, a name of a
repository or a code of a consent. So a request is logged as the route that it took, and an exception
as its type and place.
"""

from __future__ import annotations

import logging
import re
import time
import traceback
import uuid
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import wraps
from types import TracebackType
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from pythonjsonlogger.json import JsonFormatter as BaseJsonFormatter

P = ParamSpec("P")
T = TypeVar("T")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

logger = logging.getLogger(__name__)

# Of the request or the task that is at work.
current_id: ContextVar[str] = ContextVar("current_id", default="-")

# A router's own id is taken over if it looks like one.
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,80}")
# Gunicorn quotes what it could not read, and names the address of what it could not answer.
QUOTED = re.compile(r"^(Invalid request from|Error handling request) .*", re.DOTALL)
QUERY = re.compile(r"\?\S*=\S*")
STANDARD = frozenset(logging.makeLogRecord({}).__dict__)
EXTRAS = frozenset({"method", "route", "status", "ms", "task", "run"})
# Their texts are about the server and its settings.
IMPERSONAL = (OperationalError, ImproperlyConfigured)


# --- Requests and tasks ---------------------------------------------------------------------------


class RequestLog:
    """Middleware: gives each request an id, which the answer carries, and writes one line."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begin = time.perf_counter()
        token = current_id.set(request_id(request))
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = current_id.get()
            log_request(request, response.status_code, time.perf_counter() - begin)
        finally:
            current_id.reset(token)
        return response


def request_id(request: HttpRequest) -> str:
    given = request.headers.get("X-Request-ID", "")
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def log_request(request: HttpRequest, status: int, seconds: float) -> None:
    fields = {
        "method": request.method,
        "route": route_of(request),
        "status": status,
        "ms": round(seconds * 1000, 1),
    }
    logger.info("%(method)s %(route)s %(status)s in %(ms)s ms", fields, extra=fields)


def route_of(request: HttpRequest) -> str:
    """Return the pattern of its address, without the values in it."""
    if request.resolver_match:
        return f"/{request.resolver_match.route.removeprefix('^')}"
    return settings.STATIC_URL if request.path.startswith(settings.STATIC_URL) else "unknown"


def logged(task: Callable[P, T]) -> Callable[P, T]:
    """Give what the queue runs an id, and log one line when it has ended."""

    @wraps(task)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        fields: dict[str, object] = {"task": task.__name__}
        if args and isinstance(args[0], int):
            fields["run"] = args[0]
        begin = time.perf_counter()
        token = current_id.set(uuid.uuid4().hex)
        try:
            result = task(*args, **kwargs)
            fields["ms"] = round((time.perf_counter() - begin) * 1000, 1)
            logger.info("%s ended", task.__name__, extra=fields)
        except Exception:
            logger.exception("%s failed", task.__name__, extra=fields)
            raise
        finally:
            current_id.reset(token)
        return result

    return run


class NoResults(logging.Filter):
    """Drops what django-q logs of a failed task, with the text of its exception; `logged` has logged it without."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.module != "monitor"


# --- Lines ----------------------------------------------------------------------------------------


def discreet(record: logging.LogRecord) -> logging.LogRecord:
    """Return the record without what may be personal."""
    kept = {k: v for k, v in record.__dict__.items() if k in STANDARD or k in EXTRAS}
    cleaned = logging.makeLogRecord(kept)
    if isinstance(request := getattr(record, "request", None), HttpRequest) and record.args:
        # Django names the path of what it refuses or could not answer.
        args = record.args if isinstance(record.args, tuple) else (record.args,)
        cleaned.args = tuple(route_of(request) if arg == request.path else arg for arg in args)
    cleaned.msg, cleaned.args = QUERY.sub("?…", QUOTED.sub(r"\1 …", cleaned.getMessage())), None
    cleaned.exc_text = cleaned.stack_info = None
    cleaned.id = current_id.get()
    return cleaned


def exception_lines(error: BaseException) -> Iterator[str]:
    """Yield type and place of an exception and of those before it, in the order in which they came."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before:
        yield from exception_lines(before)
        yield "Then:\n"
    yield from traceback.format_tb(error.__traceback__)
    kind = f"{type(error).__module__}.{type(error).__qualname__}"
    yield f"{kind}: {error}\n" if isinstance(error, IMPERSONAL) else f"{kind}\n"


class Discreet(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return super().format(discreet(record))

    def formatException(self, ei: ExcInfo) -> str:  # noqa: N802 - logging's own name
        return "".join(exception_lines(ei[1])).rstrip() if ei[1] else ""


class LineFormatter(Discreet):
    """For people, who read it in production; in development they see everything."""


class JsonFormatter(Discreet, BaseJsonFormatter):
    """For machines: an object on each line."""
