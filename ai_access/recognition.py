"""Who calls `/mcp` with a token that a client got by OAuth: with the rights of the API token that its person allowed."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django_mcpz.oauth.auth import oauth_auth
from django_mcpz.oauth.discovery import resource_metadata_url, resource_url
from django_mcpz.tokens import PREFIX

from ai_access.models import consent_of
from ai_access.switch import is_on
from lifetracker.tools import door
from lifetracker.tools.caller import Caller

GONE = "This access has expired or was revoked. Connect Life Tracker again in your AI client."


def by_access_token(request: HttpRequest) -> Caller | HttpResponse | None:
    """Return who calls, the answer that refuses them, or None where no such token is shown."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if not is_on() or kind.lower() != "bearer" or not secret.strip().startswith(PREFIX):
        return None
    if oauth_auth(request) is not None:
        return door.unauthorized(request, GONE)
    shown: Any = request
    consent = consent_of(shown.mcp_token.code_id)
    if consent is None or consent.token.refusal():
        return door.unauthorized(request, GONE)
    consent.token.note_use()
    return door.with_rights_of(consent.token, request)


def where_to_ask(request: HttpRequest) -> str:
    """Return what leads a client to the page where it is let in; empty while OAuth is off."""
    if not is_on():
        return ""
    where = f'resource_metadata="{resource_metadata_url(resource_url(request))}"'
    return f'error="invalid_token", {where}' if "Authorization" in request.headers else where


door.recognizers.insert(0, by_access_token)
door.hints.append(where_to_ask)
