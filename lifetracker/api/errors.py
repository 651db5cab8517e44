"""What is answered when something went wrong before or beside a view: JSON to programs, a page to
people, and in neither anything of the inside."""

from __future__ import annotations

import sys
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlsplit

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from rest_framework.exceptions import ErrorDetail, NotAuthenticated
from rest_framework.response import Response
from rest_framework.views import exception_handler

from lifetracker.error_pages import ErrorPage, error_page
from lifetracker.ops.logs import current_id

FOR_PROGRAMS = ("/api/", "/webhooks/", "/mcp/")


HOW_TO_LOG_IN = "Log in, or send an API token: `Authorization: Bearer lt_...`. You can create one on the page /settings/tokens/."


def answer_to(error: Exception, context: dict[str, object]) -> Response | None:
    """Return DRF's own answer; who comes without a login is told how to log in."""
    if isinstance(error, NotAuthenticated):
        error.detail = ErrorDetail(HOW_TO_LOG_IN, NotAuthenticated.default_code)
    return exception_handler(error, context)


BAD_REQUEST = ErrorPage(
    HTTPStatus.BAD_REQUEST,
    "Invalid request",
    "The address or the form contains something invalid. Go back and try again.",
)
FORBIDDEN = ErrorPage(
    HTTPStatus.FORBIDDEN,
    "Permission denied",
    "Your account does not have permission to open this page.",
)
NOT_FOUND = ErrorPage(
    HTTPStatus.NOT_FOUND,
    "Page not found",
    "Check the address. The page may have been deleted.",
)
BUTTON_ALONE = ErrorPage(
    HTTPStatus.METHOD_NOT_ALLOWED,
    "This page cannot be opened directly",
    "This address only works with its button. Nothing was changed. Go back and press the button.",
)
EXPIRED = ErrorPage(
    HTTPStatus.FORBIDDEN,
    "This form has expired",
    "You logged in or out after opening it, or your browser blocks cookies for this site. Nothing was changed. "
    "Go back to the page and send the form again.",
    button="Go back to the page",
)
BROKEN = ErrorPage(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    "Something went wrong",
    "An error occurred in Life Tracker. The log of the web process has the details.",
)
NO_DATABASE = ErrorPage(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The database is not available",
    "Life Tracker could not use its database. Try again in a minute. If it still fails, the command `doctor` says "
    "what is wrong.",
    button="Try the home page",
)


def is_program(request: HttpRequest) -> bool:
    return f"{request.path_info}/".startswith(FOR_PROGRAMS)


def refusal(request: HttpRequest, page: ErrorPage, detail: str) -> HttpResponse:
    """Return `{"detail": ...}` where programs ask, else the page."""
    if is_program(request):
        return JsonResponse({"detail": detail}, status=page.status)
    return error_page(request, page)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, BAD_REQUEST, "The request could not be understood.")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    page = replace(FORBIDDEN, text=str(exception) or FORBIDDEN.text)
    return refusal(request, page, "You do not have permission to do this.")


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refusal(request, NOT_FOUND, "This address does not exist.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after an exception that nobody expected. It is the one at work here."""
    is_away = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    page = NO_DATABASE if is_away else BROKEN
    if is_program(request):
        answer = {"detail": page.text, "request_id": current_id.get()}
        return JsonResponse(answer, status=page.status)
    try:
        return error_page(None, page)
    except ValueError:  # without collected static files no page can be made
        return HttpResponse(page.text, content_type="text/plain", status=page.status)


def page_of_form(request: HttpRequest) -> str:
    """Return the path of the page of ours from which a form was sent, as far as the browser tells it;
    else that of the home page."""
    address = request.headers.get("Referer", "")
    ours = {request.get_host()}
    if not url_has_allowed_host_and_scheme(address, ours, require_https=request.is_secure()):
        return resolve_url("home")
    path, query = urlsplit(address)[2:4]
    if not path or path in {request.path, resolve_url("login")}:
        return resolve_url("home")
    return f"{path}?{query}" if query else path


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was opened before a login, with the way back to it."""
    detail = (
        "The CSRF token is missing or wrong. Programs should use an API token instead of a session."
    )
    return refusal(request, replace(EXPIRED, back=page_of_form(request)), detail)


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    return refusal(request, BUTTON_ALONE, "This address does not accept this method.")
