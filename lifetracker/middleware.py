"""What every request passes: whose it is taken to be, what is refused, what its answer forbids."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from csp.decorators import csp
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import resolve_url

from lifetracker import errors

LOGGED_OUT = "You were logged out, so what you asked for was not done. Log in, and do it again."

Answer = Callable[[HttpRequest], HttpResponseBase]

# What a page could ask the browser for, and ours never do.
UNUSED = (
    *("accelerometer", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope"),
    *("magnetometer", "microphone", "midi", "payment", "usb"),
)
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED)


MOST_OF_A_NAME = 255


def lower_forwarded_proto(get_response: Answer) -> Answer:
    """A scheme is the same in capitals (RFC 3986, 3.1), and Django compares it letter by letter: the
    redirect to https would never end."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        if told := request.META.get("HTTP_X_FORWARDED_PROTO"):
            request.META["HTTP_X_FORWARDED_PROTO"] = told.lower()
        return get_response(request)

    return answer


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


class LoginRequired(LoginRequiredMiddleware):
    """Lead whoever is not logged in to the login, and from there to where they were. What a form was
    to do is not done after the login: its address takes no GET."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        if request.method in {"GET", "HEAD"}:
            return super().handle_no_permission(request, view_func)
        messages.warning(request, LOGGED_OUT)
        login = resolve_url(self.get_login_url(view_func))
        return redirect_to_login(errors.page_of_form(request), login, REDIRECT_FIELD_NAME)


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


def refuse_nul(get_response: Answer) -> Answer:
    """PostgreSQL has no text with a NUL in it, and no honest client sends one."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        parts = (request.path_info, *request.COOKIES.values())
        if any("\0" in part for part in parts) or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("A NUL character in the address or in a cookie.")
        return get_response(request)

    return answer


def client_address(request: HttpRequest) -> str:
    """The address from which a request came. Each proxy appends the one that it saw to
    X-Forwarded-For; what stands before those of our own proxies is the client's to invent."""
    # A socket of IPv6 that takes IPv4 as well calls it so.
    direct = str(request.META.get("REMOTE_ADDR", "")).removeprefix("::ffff:")
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if not 0 < settings.TRUSTED_PROXIES <= len(seen):
        return direct
    forwarded = seen[-settings.TRUSTED_PROXIES]
    return forwarded if is_address(forwarded) else direct


def login_name(request: HttpRequest, credentials: dict[str, str] | None) -> str:
    """For whom somebody wants to log in, as far as the guard of the login can note it: a form takes
    more than its column."""
    given = (credentials or {}).get("username") or request.POST.get("username", "")
    return given[:MOST_OF_A_NAME]


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
