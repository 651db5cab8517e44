"""Wrong codes count as wrong passwords do: after a few of them axes locks the name for a while."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from lifetracker.error_pages import ErrorPage, error_page
from lifetracker.words import counted


def is_locked(request: HttpRequest, user: User) -> bool:
    """Return whether axes locks this account at this address; if so, its middleware answers the request."""
    credentials = {"username": user.get_username()}
    if AxesProxyHandler.is_allowed(request, credentials):
        return False
    request.axes_locked_out = True  # type: ignore[attr-defined]  # axes' own
    request.axes_credentials = credentials  # type: ignore[attr-defined]
    return True


def count_wrong(request: HttpRequest, user: User, detail: str) -> None:
    """Count a failed attempt of this account, which Django and axes then know of as a failed login."""
    credentials = {"username": user.get_username()}
    user_login_failed.send(__name__, credentials=credentials, request=request, detail=detail)


def reset_attempts(request: HttpRequest, user: User) -> None:
    """Forget the failed attempts before, as a login does."""
    AxesProxyHandler.update_request(request)
    address = request.axes_ip_address  # type: ignore[attr-defined]
    AxesProxyHandler.reset_attempts(username=user.get_username(), ip_address=address)


def locked_out(request: HttpRequest, answer: object, credentials: object) -> HttpResponse:
    """Answer who is locked out, as axes asks for it."""
    minutes = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
    text = (
        f"After {settings.AXES_FAILURE_LIMIT} wrong passwords or codes, this account is locked for "
        f"{counted(minutes, 'minute')} at your address. The right password does not help during this time. "
        "An administrator can unlock it: `python manage.py axes_reset`."
    )
    title, back = "Too many wrong passwords", reverse("login")
    locked = ErrorPage(HTTPStatus.TOO_MANY_REQUESTS, title, text, back, "Go to the login")
    return error_page(request, locked)
