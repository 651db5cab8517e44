"""What goes wrong with a connection, each as the error that it is and with the next step for the owner."""

from __future__ import annotations

import re
from typing import ClassVar

import requests

from lifetracker.errors import BadResponse, NeedsReauthorization, NotConfigured, SyncError
from lifetracker.sync.http import parsed
from oauth_integration.models import OAuthCredential

CHANGED_IN_THE_ADMIN = "Once it is stored, change it in the admin under Connections, not in .env."


class NamedService:
    """The names of a service."""

    #: In settings, commands and stored credentials, such as "whoop".
    provider: ClassVar[str]
    #: As users read it.
    service: ClassVar[str]


def how_to_connect(service: type[NamedService]) -> str:
    return f"Run `python manage.py {service.provider}_auth`, or press Connect on the page of connections."


def not_set(service: type[NamedService], name: str) -> str:
    variable = f"{service.provider}_{name}".upper()
    return f"{service.service}: {variable} is not set. Put it into .env (docs/{service.provider}.md) and try again."


def usable_setting(service: type[NamedService], credential: OAuthCredential, name: str) -> str:
    """Return a setting. Raises NotConfigured for one that is missing or cannot be right."""
    value = credential.setting(name)
    if not value:
        raise NotConfigured(not_set(service, name))
    if not re.fullmatch(r"[!-~]+", value):
        variable = f"{service.provider}_{name}".upper()
        raise NotConfigured(
            f"{service.service}: {variable} holds a blank or another character that it cannot have. Copy it again from the service's developer dashboard. "
            f"{CHANGED_IN_THE_ADMIN}"
        )
    return value


def consent_problem(service: type[NamedService], credential: OAuthCredential) -> str:
    """Return what is wrong with the stored consent, and what to do; empty if nothing is."""
    if credential.is_unreadable:
        return f"{service.service}: the stored tokens were encrypted under another SECRET_KEY. Add that key to SECRET_KEY_FALLBACKS, or connect again. {how_to_connect(service)}"
    if credential.needs_reauthorization:
        return f"{service.service} no longer accepts the stored consent. {how_to_connect(service)}"
    if not credential.is_connected:
        return f"{service.service} is not connected yet. {how_to_connect(service)}"
    return ""


def token_error(service: type[NamedService], response: requests.Response) -> SyncError:
    """Return the error for a refusal of the token endpoint (RFC 6749, 5.2)."""
    try:
        body = parsed(response)
    except (ValueError, RecursionError):
        body = {}
    error = body.get("error") if isinstance(body, dict) else None
    if error == "invalid_grant":
        return consent_refused(service, error)
    if error == "invalid_client":
        return client_unknown(service, error)
    return BadResponse(
        f"{service.service}: the token endpoint answered {response.status_code} ({error or 'no reason given'})."
    )


def consent_refused(service: type[NamedService], reason: str) -> NeedsReauthorization:
    return NeedsReauthorization(
        f"{service.service} no longer accepts the stored consent or this code ({reason}). {how_to_connect(service)}"
    )


def client_unknown(service: type[NamedService], reason: str) -> NotConfigured:
    prefix = service.provider.upper()
    return NotConfigured(
        f"{service.service} does not know this client ({reason}). Compare {prefix}_CLIENT_ID and {prefix}_CLIENT_SECRET with the service's developer dashboard. "
        f"{CHANGED_IN_THE_ADMIN}"
    )


def no_refresh_token(service: type[NamedService]) -> NeedsReauthorization:
    return NeedsReauthorization(
        f"{service.service}: the access token has expired and no refresh token was granted. {how_to_connect(service)}"
    )


def malformed_refresh_token(service: type[NamedService]) -> NeedsReauthorization:
    return NeedsReauthorization(
        f"{service.service}: the refresh token holds a blank or another character that no token has. If it came from {service.provider.upper()}_REFRESH_TOKEN, copy it again. {how_to_connect(service)}"
    )


def another_account(service: type[NamedService]) -> NeedsReauthorization:
    return NeedsReauthorization(
        f"{service.service}: the consent was given by another account than the one whose records are stored here. "
        "Connect with that account, or use a new database."
    )
