"""Connecting and disconnecting a service in the browser."""

from __future__ import annotations

from contextlib import closing

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from lifetracker.accounts.confirmation import confirm_writing
from lifetracker.accounts.rights import staff_only
from lifetracker.errors import SyncError
from lifetracker.models import SyncRun
from lifetracker.tasks import enqueue_after_consent
from lifetracker.web.connections.notices import at
from oauth_integration.client import OAuthClient, providers, source_of
from oauth_integration.consent import code_of
from oauth_integration.models import PendingConsent


def client_of(provider: str) -> OAuthClient:
    """Return a client that does not retry, because somebody waits for the page. Raises Http404."""
    if provider not in providers():
        raise Http404
    client = providers()[provider]()
    client.http.attempts = 1
    return client


@confirm_writing
@staff_only
@require_POST
def connect(request: HttpRequest, provider: str) -> HttpResponse:
    with closing(client_of(provider)) as client:
        state = client.new_state()
        try:
            address = client.get_authorization_url(state)
        except SyncError as error:
            messages.error(request, str(error), extra_tags=at(provider))
            return redirect(card_of(provider))
    request.session[f"oauth state {provider}"] = state
    return redirect(address)


@staff_only
@require_GET
def callback(request: HttpRequest, provider: str) -> HttpResponse:
    # Taken out of the session first: a state is good for one answer, whatever the answer is.
    state = request.session.pop(f"oauth state {provider}", "")
    given = request.GET.get("state", "")
    if not state and PendingConsent.objects.redeem(request.user, provider, given):
        state = given  # begun by the API
    with closing(client_of(provider)) as client:
        try:
            client.exchange_code_for_token(code_of(as_text(request.GET), state))
        except SyncError as error:
            messages.error(request, str(error), extra_tags=at(provider))
        else:
            begin_reading(request, client)
            if warning := client.consent_warning():
                messages.warning(request, warning, extra_tags=at(provider))
    return redirect(card_of(provider))


def begin_reading(request: HttpRequest, client: OAuthClient) -> None:
    """Queue a sync of what the consent opens, and say so."""
    run = enqueue_after_consent(source_of(client.provider))
    what = "its whole history" if run.kind == SyncRun.Kind.FULL else "what is new there"
    messages.success(
        request,
        f"{client.service} is connected. Life Tracker reads {what} now; this page shows the progress.",
        extra_tags=at(client.provider),
    )


@confirm_writing
@staff_only
@require_POST
def disconnect(request: HttpRequest, provider: str) -> HttpResponse:
    with closing(client_of(provider)) as client:
        try:
            problem = client.disconnect()
        except SyncError as error:
            messages.error(
                request, f"{client.service} is still connected. {error}", extra_tags=at(provider)
            )
            return redirect(card_of(provider))
    if problem:
        messages.warning(
            request,
            f"{client.service}: the tokens were deleted here, but the consent was not withdrawn there: {problem}",
            extra_tags=at(provider),
        )
    else:
        messages.success(
            request,
            f"{client.service} is disconnected. The tokens were deleted.",
            extra_tags=at(provider),
        )
    return redirect(card_of(provider))


def card_of(provider: str) -> str:
    """Return the address of the provider's card on the page of connections."""
    return f"{reverse('connections')}#{provider}"


def as_text(query: QueryDict) -> dict[str, str]:
    return {name: str(value) for name, value in query.items()}
