"""Redirects to a page that has to come first, such as the login, and from there on to where somebody was going."""

from __future__ import annotations

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode


def redirect_via(page: str, target: str) -> HttpResponseRedirect:
    """Redirect to the page of this URL name, which redirects to the address `target` when it is done."""
    query = urlencode({REDIRECT_FIELD_NAME: target})
    return HttpResponseRedirect(f"{resolve_url(page)}?{query}")
