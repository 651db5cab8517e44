"""Whose request it is, before anybody is logged in: the address it came from and the name that it gives."""

from __future__ import annotations

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

MOST_OF_A_NAME = 255

# [2001:db8::1], perhaps with a port; 192.0.2.1:5678.
BRACKETED = re.compile(r'"?\[([^\]]*)\](?::\d{1,5})?"?')
WITH_PORT = re.compile(r'"?([\d.]+)(?::\d{1,5})?"?')


def client_address(request: HttpRequest) -> str:
    """Return the address from which a request came. Each proxy appends the one that it saw to
    X-Forwarded-For; what stands before those of our own proxies is the client's to invent."""
    direct = address_in(str(request.META.get("REMOTE_ADDR", ""))) or ""
    seen = request.headers.get("X-Forwarded-For", "").split(",")
    if not 0 < settings.TRUSTED_PROXIES <= len(seen):
        return direct
    return address_in(seen[-settings.TRUSTED_PROXIES]) or direct


def address_in(text: str) -> str | None:
    """Return the address of an entry, in one spelling: proxies write it with a port or in brackets too. None
    for what is none."""
    found = BRACKETED.fullmatch(text.strip()) or WITH_PORT.fullmatch(text.strip())
    try:
        address = ipaddress.ip_address(found[1] if found else text.strip())
    except ValueError:
        return None
    # A socket of IPv6 that takes IPv4 as well calls it so.
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def login_name(request: HttpRequest, credentials: dict[str, str] | None) -> str:
    """Return the name with which somebody wants to log in, as far as the guard of the login can note it: a form takes
    more than its column."""
    given = (credentials or {}).get("username") or request.POST.get("username", "")
    return given[:MOST_OF_A_NAME]
