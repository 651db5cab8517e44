"""What is answered when something went wrong before or beside a view: JSON to programs, a page to
people, and in neither anything of the inside."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults
from rest_framework.exceptions import ErrorDetail, NotAuthenticated
from rest_framework.response import Response
from rest_framework.views import exception_handler

FOR_PROGRAMS = ("/api/", "/webhooks/")


HOW_TO_LOG_IN = "Log in, or send an API token: `Authorization: Bearer lt_...`. You can create one on the page /tokens."


def answer_to(error: Exception, context: dict[str, object]) -> Response | None:
    """Return DRF's own answer; who comes without a login is told how to log in."""
    if isinstance(error, NotAuthenticated):
        error.detail = ErrorDetail(HOW_TO_LOG_IN, NotAuthenticated.default_code)
    return exception_handler(error, context)


def json_or_page(
    status: HTTPStatus, text: str, page: Callable[..., HttpResponse]
) -> Callable[..., HttpResponse]:
    """Return a handler that answers `{"detail": text}` where programs ask, else `page`."""

    def handler(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if f"{request.path_info}/".startswith(FOR_PROGRAMS):
            return JsonResponse({"detail": text}, status=status)
        return page(request, *args, **kwargs)

    return handler


bad_request = json_or_page(
    HTTPStatus.BAD_REQUEST, "The request could not be understood.", defaults.bad_request
)
permission_denied = json_or_page(
    HTTPStatus.FORBIDDEN, "You do not have permission to do this.", defaults.permission_denied
)
page_not_found = json_or_page(
    HTTPStatus.NOT_FOUND, "This address does not exist.", defaults.page_not_found
)
SOMETHING_BROKE = "An error occurred in Life Tracker. The log of the web process has the details."


def broken_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Return the page, or its text alone where the page itself cannot be made: without collected static files
    none can."""
    try:
        return defaults.server_error(request, *args, **kwargs)
    except ValueError:
        return HttpResponseServerError(SOMETHING_BROKE, content_type="text/plain")


server_error = json_or_page(HTTPStatus.INTERNAL_SERVER_ERROR, SOMETHING_BROKE, broken_page)


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


def expired_form(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Return the page for a form that was opened before a login, with the way back to it."""
    back = {"back": page_of_form(request)}
    return render(request, "403_csrf.html", back, status=HTTPStatus.FORBIDDEN)


csrf_failure = json_or_page(
    HTTPStatus.FORBIDDEN,
    "The CSRF token is missing or wrong. Programs should use an API token instead of a session.",
    expired_form,
)


def button_alone(request: HttpRequest) -> HttpResponse:
    return render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)


method_not_allowed = json_or_page(
    HTTPStatus.METHOD_NOT_ALLOWED, "This address does not accept this method.", button_alone
)
