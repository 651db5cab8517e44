"""What is for staff alone: a second account reads what there is and types in, and does not act for the owner
at a service."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.permissions import BasePermission, IsAdminUser
from rest_framework.request import Request
from rest_framework.views import APIView

from lifetracker.accounts import freshness

FOR_STAFF = (
    "Only an account with staff rights can connect and disconnect services, start syncs, import files, and query a "
    "service directly. "
    "An administrator can grant these rights in the admin, under Users."
)

CONFIRM = (
    "Confirm that it is you: open /account/confirm/ in this browser, then try again. Requests with an API token need no "
    "confirmation."
)

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class IsStaff(IsAdminUser):
    message = FOR_STAFF


class IsConfirmed(BasePermission):
    """For endpoints that change who reaches the data: by a session they take what the pages take. A token was
    confirmed when it was made."""

    message = CONFIRM

    def has_permission(self, request: Request, view: APIView) -> bool:
        return settings.DEMO or request.auth is not None or freshness.is_fresh(request)


def staff_only(view: View[P]) -> View[P]:
    """Restrict a page to staff: redirect strangers to the login, and refuse other accounts."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_staff:
            raise PermissionDenied(FOR_STAFF)
        return view(request, *args, **kwargs)

    return guarded
