"""API tokens of requests: `Authorization: Bearer lt_...`, or `Token lt_...`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from lifetracker.domains import domain_of_module
from lifetracker.models import ApiToken
from lifetracker.models.tokens import Scope
from lifetracker.words import joined

if TYPE_CHECKING:
    from django.contrib.auth.models import User

# OPTIONS describes an endpoint; HEAD is a GET without its answer, and starts what a GET starts.
READING = ("GET", "HEAD", "OPTIONS")
MAKE_ANOTHER = (
    "Create a new one on the page /settings/tokens/ or with `manage.py api_token create`."
)


class TokenAuthentication(authentication.TokenAuthentication):
    """The person whose token a request carries. A token that is wrong, has expired or is revoked is a 401; one whose
    scope or domains do not allow what is asked is a 403, whatever the view's permissions are."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        found = self.recognize(request)
        if found and (reason := why_not(found[1], request)):
            raise PermissionDenied(reason)
        return found

    def recognize(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return whose token a request carries, whatever that may do; None where it carries none. Raises
        AuthenticationFailed."""
        if authentication.get_authorization_header(request).lower().startswith(b"token"):
            self.keyword = "Token"
        return super().authenticate(request)

    def authenticate_credentials(self, key: str) -> tuple[User, ApiToken]:
        token = ApiToken.objects.of(key)
        if token is None:
            raise AuthenticationFailed(f"This API token does not exist. {MAKE_ANOTHER}")
        if reason := token.refusal():
            raise AuthenticationFailed(f"{reason} {MAKE_ANOTHER}")
        token.note_use()
        return token.user, token


def why_not(token: ApiToken, request: Request) -> str:
    """Return why the scope or the domains of a token do not allow a request; empty if they do.

    A view of an app is of the domain of that app. One of what all share is closed to a token that is limited to
    domains, unless it says that it tells nothing of others (`keeps_to_domains`). A token for imports opens what says
    that it takes them (`takes_imports`), and nothing else."""
    view = request.parser_context["view"]
    if token.scope == Scope.IMPORT:
        return "" if getattr(view, "takes_imports", False) else ONLY_IMPORTS
    if token.read_only and writes(request):
        return "This API token is read only."
    domain = domain_of_module(type(view).__module__)
    if domain:
        return "" if token.may_see(domain) else limited_to(token)
    return limited_to(token) if token.domains and not keeps_to_domains(view) else ""


ONLY_IMPORTS = "This API token can only send files of Health Auto Export."


def keeps_to_domains(view: object) -> bool:
    return bool(getattr(view, "keeps_to_domains", False))


def limited_to(token: ApiToken) -> str:
    """Say what a token is limited to, where something else is asked."""
    names = joined(token.titles)
    return (
        f"This API token is limited to {names}. What you asked for is beyond that. Ask for {names} only, or create a "
        "token without this limit on the page /settings/tokens/."
    )


def opens(request: Request, domain: str) -> bool:
    """Return whether a domain may be told of to who asks: a login and a token without a limit see all."""
    return not isinstance(request.auth, ApiToken) or request.auth.may_see(domain)


def sees_all(request: Request) -> bool:
    return not isinstance(request.auth, ApiToken) or not request.auth.domains


def writes(request: Request) -> bool:
    """Return whether a request changes something: by its method, or because the view says that a GET of it
    starts something or costs a part of a service's quota (`get_starts`)."""
    if request.method not in READING:
        return True
    view = request.parser_context["view"]
    return request.method != "OPTIONS" and getattr(view, "get_starts", False)
