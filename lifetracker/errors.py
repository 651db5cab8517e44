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


HOW_TO_LOG_IN = (
    "Log in, or send an API token: `Authorization: Bearer lt_...`. The page /tokens makes one."
)


def answer_to(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's own, except that who comes without a login is told what to do."""
    if isinstance(error, NotAuthenticated):
        error.detail = ErrorDetail(HOW_TO_LOG_IN, NotAuthenticated.default_code)
    return exception_handler(error, context)


def told(status: HTTPStatus, text: str, page: Callable[..., HttpResponse]) -> Any:
    """A handler that answers `{"detail": text}` where programs ask, else `page`."""

    def handler(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if f"{request.path_info}/".startswith(FOR_PROGRAMS):
            return JsonResponse({"detail": text}, status=status)
        return page(request, *args, **kwargs)

    return handler


bad_request = told(
    HTTPStatus.BAD_REQUEST, "The request could not be understood.", defaults.bad_request
)
permission_denied = told(HTTPStatus.FORBIDDEN, "That is not allowed.", defaults.permission_denied)
page_not_found = told(
    HTTPStatus.NOT_FOUND, "There is nothing at this address.", defaults.page_not_found
)
SOMETHING_BROKE = "Something broke in Life Tracker; its log says what."


def broken_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The page, or its text alone where the page itself cannot be made: without collected static files
    none can."""
    try:
        return defaults.server_error(request, *args, **kwargs)
    except ValueError:
        return HttpResponseServerError(SOMETHING_BROKE, content_type="text/plain")


server_error = told(HTTPStatus.INTERNAL_SERVER_ERROR, SOMETHING_BROKE, broken_page)


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


def expired_form(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The page for a form that was opened before a login, with the way back to it."""
    back = {"back": page_of_form(request)}
    return render(request, "403_csrf.html", back, status=HTTPStatus.FORBIDDEN)


csrf_failure = told(
    HTTPStatus.FORBIDDEN,
    "The CSRF token is missing or wrong. Programs call the API with a token instead of a session.",
    expired_form,
)


def button_alone(request: HttpRequest) -> HttpResponse:
    return render(request, "405.html", status=HTTPStatus.METHOD_NOT_ALLOWED)


method_not_allowed = told(
    HTTPStatus.METHOD_NOT_ALLOWED, "This address does not take this method.", button_alone
)
