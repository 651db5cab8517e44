"""How much may be asked of the addresses that answer without a login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest, HttpResponse
from rest_framework.request import Request

from ai_access.switch import is_on
from lifetracker.accounts.addresses import client_address
from lifetracker.api.throttling import PerCaller
from lifetracker.tools.door import throttled

if TYPE_CHECKING:
    from rest_framework.views import APIView

RATES = {"register": "10/hour", "authorize": "30/min", "token": "60/min", "revoke": "60/min"}


class PerAddress(PerCaller):
    """So many requests from one address: who asks here shows no token that could be counted by."""

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__()

    def get_rate(self) -> str:
        return RATES[self.what]

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return f"ai-access-{self.what}-{client_address(request._request)}"


def refused(request: HttpRequest, what: str) -> HttpResponse | None:
    """Return the answer to who asks too often, None to everybody else. Raises Http404 while OAuth is off."""
    must_be_on()
    return throttled(PerAddress(what), Request(request))


def must_be_on() -> None:
    if not is_on():
        raise Http404
