"""What every request passes: whose it is taken to be, what is refused, what its answer forbids."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from posixpath import normpath
from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import resolve_url
from django.urls import is_valid_path
from django.utils.encoding import escape_uri_path
from django.utils.http import escape_leading_slashes

from lifetracker.accounts.addresses import address_in
from lifetracker.api import errors
from lifetracker.metrics.registry import found_once
from lifetracker.models.preferences import read_once

LOGGED_OUT = "You have been logged out, so nothing was changed. Log in and try again."

Answer = Callable[[HttpRequest], HttpResponseBase]

# What a page could ask the browser for, and ours never do.
UNUSED = (
    *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope"),
    *("magnetometer", "microphone", "midi", "payment", "usb"),
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED)


UNTRUSTED_PROXY = (
    "A proxy reports that this request came over https, but Life Tracker trusts no proxy. If your own proxy forwards "
    "requests to Life Tracker, set TRUSTED_PROXIES=1. See docs/production.md.\n"
)


def answer_head_without_body(get_response: Answer) -> Answer:
    """The answer to HEAD has the headers of that to GET alone (RFC 9110, 9.3.2). Django leaves the rest to its server, which
    warns of each."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "HEAD":
            if isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
            elif isinstance(response, HttpResponse):
                response.content = b""
        return response

    return answer


def read_forwarded_proto(get_response: Answer) -> Answer:
    """Believe only a trusted proxy about the scheme; where there is none, say so, because the redirect to
    https would never end. A scheme is the same in capitals (RFC 3986, 3.1), and Django compares it letter by letter."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        scheme = request.META.pop("HTTP_X_FORWARDED_PROTO", "").lower()
        if scheme and settings.TRUSTED_PROXIES:
            request.META["HTTP_X_FORWARDED_PROTO"] = scheme
        elif scheme.startswith("https") and settings.SECURE_SSL_REDIRECT and not is_health(request):
            return HttpResponse(UNTRUSTED_PROXY, "text/plain", HTTPStatus.BAD_REQUEST)
        return get_response(request)

    return answer


def answer_health_by_address(get_response: Answer) -> Answer:
    """Platforms ask for the health by the address of a container, or without a name at all. Nothing in its answer
    depends on the name; every other path takes the names of ALLOWED_HOSTS alone."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        host = request.META.get("HTTP_HOST", "")
        if is_health(request) and (not host or address_in(host)):
            request.META["HTTP_HOST"] = settings.LOCAL_HOSTS[0]
        return get_response(request)

    return answer


def is_health(request: HttpRequest) -> bool:
    return request.path_info in {"/api/health", "/api/health/"}


def permissions_policy(get_response: Answer) -> Answer:
    """And that nothing is kept: what is answered is a person's own, but for static files, which say
    themselves how long they are good."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    return answer


def policy_of_the_admin(get_response: Answer) -> Answer:
    """The admin's theme needs more than our own pages may do."""
    relaxed = csp(settings.CONTENT_SECURITY_POLICY_OF_THE_ADMIN)

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        match = request.resolver_match
        if match and "admin" in match.app_names:
            return relaxed(lambda _: response)(request)
        return response

    return answer


def read_preferences(get_response: Answer) -> Answer:
    """Let what is shown ask for the owner's units and clock; they are read once, if anything asks."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        with read_once():
            return get_response(request)

    return answer


def find_metrics_once(get_response: Answer) -> Answer:
    """Let a page that names a metric in many places ask for it once."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return get_response(request)
        with found_once():
            return get_response(request)

    return answer


class LoginRequired(LoginRequiredMiddleware):
    """Lead whoever is not logged in to the login, and from there to where they were. What a form was
    to do is not done after the login: its address takes no GET."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]  # htmx must not be redirected
        if "HX-Request" in request.headers:
            return self.lead_page_to_login(request, view_func)
        if request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        messages.warning(request, LOGGED_OUT)
        login = resolve_url(self.get_login_url(view_func))
        return redirect_to_login(errors.page_of_form(request), login, REDIRECT_FIELD_NAME)

    def lead_page_to_login(self, request: HttpRequest, view_func: Any) -> HttpResponse:
        """Let htmx, which would put the login into a part of a page, lead the whole page there, and from there back."""
        login = resolve_url(self.get_login_url(view_func))
        there = redirect_to_login(errors.page_of_form(request), login, REDIRECT_FIELD_NAME).url
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": there})


def explain_wrong_methods(get_response: Answer) -> Answer:
    """Where an address that only a button sends to is opened by a browser, say so."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_empty = not response.streaming and not getattr(response, "content", b"")
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or not is_empty:
            return response
        explained: HttpResponseBase = errors.method_not_allowed(request)
        explained.headers["Allow"] = response.headers["Allow"]
        return explained

    return answer


def drop_extra_slash(get_response: Answer) -> Answer:
    """Lead from an address that is none only because of a slash at its end to the one without it, as Django leads to the one with
    a slash where that is missing."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        is_unknown = response.status_code == HTTPStatus.NOT_FOUND and request.resolver_match is None
        if not is_unknown or request.method not in {"GET", "HEAD"}:
            return response
        wanted = request.path_info.rstrip("/")
        # A browser would follow dots to another page.
        if not is_valid_path(wanted) or normpath(wanted) != wanted:
            return response
        query = request.META.get("QUERY_STRING", "")
        path = escape_leading_slashes(escape_uri_path(request.path.rstrip("/")))
        return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)

    return answer


def refuse_nul(get_response: Answer) -> Answer:
    """PostgreSQL has no text with a NUL in it, and no honest client sends one."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        parts = (request.path_info, *request.COOKIES.values())
        if any("\0" in part for part in parts) or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address or a cookie contains a NUL character.")
        return get_response(request)

    return answer
