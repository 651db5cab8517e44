"""The content security policy of pages whose scripts ask the server: those that use a passkey or follow a sync."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest
from django.http.response import HttpResponseBase

with_script = csp_update({"connect-src": [SELF]})


def allow_script(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the response with a policy that lets our own scripts ask the server."""
    return with_script(lambda _: response)(request)
