"""What the program of a client asks for: metadata, registration, tokens. Each is answered by django-mcpz, while it is on,
and no more often than is reasonable."""

from __future__ import annotations

import json

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from django_mcpz.oauth import views
from django_mcpz.oauth.models import AccessToken, AuthorizationCode, Client, RefreshToken
from django_mcpz.tokens import sha256_hex

from ai_access.limits import must_be_on, refused
from ai_access.models import consent_of

# Names and redirect addresses: more is no registration.
MOST_BYTES = 16 * 1024
# Anybody can register a client. Of those that nobody has let in, so many are kept, the newest.
MOST_UNUSED = 200
UNREADABLE = "The request is not JSON, is too long, or holds characters that cannot be stored."


@login_not_required
def protected_resource(request: HttpRequest, resource_path: str = "") -> HttpResponse:
    must_be_on()
    return views.protected_resource_metadata(request, resource_path)


@login_not_required
def authorization_server(request: HttpRequest, issuer_path: str = "") -> HttpResponse:
    must_be_on()
    return views.authorization_server_metadata(request, issuer_path)


@login_not_required
@csrf_exempt
@require_POST
def register(request: HttpRequest) -> HttpResponse:
    if answer := refused(request, "register"):
        return answer
    if not can_be_stored(request.body):
        return wrong("invalid_client_metadata", UNREADABLE)
    response = views.register(request)
    unused = Client.objects.filter(
        kind=Client.Kind.REGISTERED, last_used_at=None, authorizationcode=None
    )
    surplus = unused.order_by("-created_at", "-pk").values_list("pk", flat=True)[MOST_UNUSED:]
    Client.objects.filter(pk__in=list(surplus)).delete()
    return response


def can_be_stored(body: bytes) -> bool:
    """Return whether this is JSON of a reasonable size that both databases take: PostgreSQL knows no NUL, and neither
    one half of a character."""
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False) if len(body) <= MOST_BYTES else ""
        text.encode()
    except (ValueError, RecursionError):
        return False
    return bool(text) and "\\u0000" not in text


@login_not_required
@csrf_exempt
@require_POST
def token(request: HttpRequest) -> HttpResponse:
    if answer := refused(request, "token") or unreadable(request.POST):
        return answer
    code = code_of(request.POST.get("code", ""), request.POST.get("refresh_token", ""))
    if code and is_closed(code):
        # The package then refuses it as it refuses what has expired.
        code.revoke_family()
        AuthorizationCode.objects.filter(pk=code.pk).update(expires_at=timezone.now())
    response = views.token(request)
    withdraw_if_over(code)
    return response


@login_not_required
@csrf_exempt
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    if answer := refused(request, "revoke") or unreadable(request.POST):
        return answer
    secret = request.POST.get("token", "")
    code = code_of("", secret)
    response = views.revoke(request)
    withdraw_if_over(code)
    return response


def code_of(code: str, refresh_token: str) -> AuthorizationCode | None:
    """Return the code that is shown, or the one of which a refresh token came."""
    found = AuthorizationCode.objects
    if code:
        return found.filter(digest=sha256_hex(code)).first()
    return found.filter(refreshtoken__digest=sha256_hex(refresh_token)).first()


def is_closed(code: AuthorizationCode) -> bool:
    """Return whether its person has allowed nothing with it, or no longer does."""
    consent = consent_of(code.pk)
    return consent is None or bool(consent.token.refusal())


def withdraw_if_over(code: AuthorizationCode | None) -> None:
    """Where a client has revoked all that it held, or lost it because a code or a token was shown twice, show it as
    revoked in the list of tokens too, and write that down."""
    if code is None or not AccessToken.objects.filter(code=code).exists():
        return
    if RefreshToken.objects.filter(code=code, revoked_at=None).exists():
        return
    if consent := consent_of(code.pk):
        consent.withdraw()


def unreadable(params: QueryDict) -> HttpResponse | None:
    if any("\0" in value for values in params.lists() for value in values[1]):
        return wrong("invalid_request", "A parameter contains a NUL character.")
    return None


def wrong(error: str, description: str) -> HttpResponse:
    return JsonResponse({"error": error, "error_description": description}, status=400)
