"""Redirects to a page that has to come first, such as the login, and from there on to where somebody was going."""

from __future__ import annotations

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, resolve_url
from django.utils.http import urlencode


def redirect_via(page: str, target: str) -> HttpResponseRedirect:
    """Redirect to the page of this URL name, which redirects to the address `target` when it is done."""
    query = urlencode({REDIRECT_FIELD_NAME: target})
    return HttpResponseRedirect(f"{resolve_url(page)}?{query}")


def moved(request: HttpRequest, to: str) -> HttpResponse:
    """Lead from the address that a page had before to the one that it has, by its URL name, with the same method."""
    target = resolve_url(to)
    query = request.META.get("QUERY_STRING", "")
    return redirect(f"{target}?{query}" if query else target, preserve_request=True)
