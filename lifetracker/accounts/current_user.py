"""The account that a request is made by."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def current_user(request: HttpRequest) -> User:
    """Return the account that is logged in. Raises PermissionDenied where none is."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
