"""API tokens of requests: `Authorization: Bearer lt_...`, or `Token lt_...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from lifetracker.models import ApiToken

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# OPTIONS describes an endpoint; HEAD is a GET without its answer, and starts what a GET starts.
READING = ("GET", "HEAD", "OPTIONS")
MAKE_ANOTHER = (
    "Create a new one on the page /settings/tokens/ or with `manage.py api_token create`."
)


class TokenAuthentication(authentication.TokenAuthentication):
    """The person whose token a request carries. A token that is wrong, has expired or is revoked is a
    401; one for reading that would write is a 403, whatever the view's permissions are."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        if authentication.get_authorization_header(request).lower().startswith(b"token"):
            self.keyword = "Token"
        found = super().authenticate(request)
        if found and found[1].read_only and writes(request):
            raise PermissionDenied("This API token is read only.")
        return found

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        token = ApiToken.objects.of(key)
        if token is None:
            raise AuthenticationFailed(f"This API token does not exist. {MAKE_ANOTHER}")
        if reason := token.refusal():
            raise AuthenticationFailed(f"{reason} {MAKE_ANOTHER}")
        token.note_use()
        return token.user, token


def writes(request: Request) -> bool:
    """Return whether a request changes something: by its method, or because the view says that a GET of it
    starts something or costs a part of a service's quota (`get_starts`)."""
    if request.method not in READING:
        return True
    view = request.parser_context["view"]
    return request.method != "OPTIONS" and getattr(view, "get_starts", False)
