"""The page that a form leads back to."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

#: The field, or part of an address, that names it.
NEXT = "next"


def way_back(request: HttpRequest, default: str) -> str:
    """Return the page of ours that a form or an address names, else `default`: never an address of another host."""
    there = request.POST.get(NEXT) or request.GET.get(NEXT, "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(there, hosts, require_https=request.is_secure())
    return there if safe else default
