"""The page for what went wrong: what happened, the way back, and the id under which the log has it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from lifetracker.ops.logs import current_id


@dataclass(frozen=True)
class ErrorPage:
    """What the page for an error says."""

    status: HTTPStatus
    title: str
    #: What happened, and what to do about it. What stands in backticks is shown as code.
    text: str
    #: The address of the way back; of the home page if empty.
    back: str = ""
    #: What the button says that leads there.
    button: str = "Go to the home page"


def error_page(request: HttpRequest | None, error: ErrorPage) -> HttpResponse:
    """Return the page for an error. Without a request it asks neither the database nor the session, and has no rail."""
    context = {"error": error, "request_id": current_id.get(), "demo": settings.DEMO}
    return HttpResponse(render_to_string("error.html", context, request), status=error.status)
