"""The page on which a person allows a client to ask, or does not. What a request for it must be is django-mcpz's."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from django_mcpz.oauth import views
from django_mcpz.oauth.conf import LOCAL_HOSTS
from django_mcpz.oauth.models import AuthorizationCode, Client
from django_mcpz.tokens import sha256_hex

from ai_access.forms import ConsentForm
from ai_access.limits import must_be_on, refused
from ai_access.models import Consent, name_of
from lifetracker.accounts import freshness
from lifetracker.accounts.current_user import current_user
from lifetracker.accounts.redirects import redirect_via
from lifetracker.models.tokens import Scope

# What a policy takes as an origin: anything else in an address could end the directive and begin another.
ORIGIN = re.compile(r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)
UNREADABLE = "The application's description holds characters that cannot be stored."


# It leads to the login itself, so that it is not there at all while OAuth is off.
@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    must_be_on()
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if answer := refused(request, "authorize"):
        return error_page(request, answer)
    # Also after a press of "Allow", which is then to be pressed again: the page that asks for the confirmation could not
    # lead on to the client, as its policy names no other site.
    if not (settings.DEMO or freshness.is_fresh(request)):
        return redirect_via("confirm", request.get_full_path())
    try:
        return decide(request)
    except (DataError, UnicodeError):
        context = {"error": "invalid_client", "description": UNREADABLE}
        return render(request, "django_mcpz/oauth/error.html", context, status=400)


def decide(request: HttpRequest) -> HttpResponse:
    allows = request.method == "POST" and request.POST.get("decision") == "allow"
    form = ConsentForm(request.POST if allows else None, user=current_user(request))
    asking: Any = request
    # The template finds it there: the package's view has a context of its own.
    asking.consent_form = form
    if allows and form.is_valid():
        return allow(asking, form)
    if allows:
        # So that the package's view shows the page again, with what is wrong in the form.
        asking.method = "GET"
    return with_policy(request, views.authorize(request))


def allow(asking: Any, form: ConsentForm) -> HttpResponse:
    """Return the redirect that brings the client its code. What it may do is what was chosen, not what it asked for."""
    chosen = form.cleaned_data
    scope = Scope(chosen["rights"])
    asked = asking.GET.copy()
    asked["scope"] = "read write" if scope == Scope.WRITE else "read"
    asking.GET = asked
    response = with_policy(asking, views.authorize(asking))
    if code := code_in(response):
        name = name_of(code.client.name, host_of(code.redirect_uri))
        # Not with the code: the package may ask the client's site meanwhile, and a code without it opens nothing.
        with transaction.atomic():
            Consent.objects.give(
                code, name, scope=scope, domains=chosen["domains"], days=chosen["days"]
            )
    return response


def code_in(response: HttpResponse) -> AuthorizationCode | None:
    query = parse_qs(urlsplit(response.get("Location", "")).query)
    given = AuthorizationCode.objects.select_related("client")
    # The last one: the address of a client may have a parameter of this name itself.
    return given.filter(digest=sha256_hex(query.get("code", [""])[-1])).first()


def host_of(address: str) -> str:
    host = urlsplit(address).hostname or ""
    return "this computer" if host in LOCAL_HOSTS else host


def with_policy(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Put our own policy, which forbids framing too, in the place of the package's, and let the form lead to the client:
    a browser counts the redirect as a part of it."""
    del response["Content-Security-Policy"]
    origin = ORIGIN.match(redirect_address(request)) if response.status_code == 200 else None
    if origin is None:
        return response
    csp_update({"form-action": [origin[0]]})(lambda _: response)(request)
    return response


def redirect_address(request: HttpRequest) -> str:
    """Return where a request that has been accepted leads to."""
    if address := request.GET.get("redirect_uri"):
        return address
    client = Client.objects.filter(client_id=request.GET.get("client_id", "")).first()
    return str(client.redirect_uris[0]) if client else ""


def error_page(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Say to a person what `answer` says to a program that asks too often."""
    wait = answer["Retry-After"]
    context = {
        "error": "too_many_requests",
        "description": f"Too many requests. Try again in {wait} seconds.",
    }
    page = render(request, "django_mcpz/oauth/error.html", context, status=answer.status_code)
    page["Retry-After"] = wait
    return page
