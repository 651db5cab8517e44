"""How WHOOP is connected, and connecting it, for clients that are no browser."""

from __future__ import annotations

from contextlib import closing

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from lifetracker.accounts.rights import IsConfirmed, IsStaff
from lifetracker.api.parameters import ApiView
from lifetracker.api.runs import ServiceView
from lifetracker.api.serializers import InstantField
from lifetracker.errors import BadResponse, NeedsReauthorization, NotConfigured, SyncError, TryLater
from lifetracker.sync.streams import sources
from lifetracker.tasks import enqueue_after_consent
from oauth_integration.client import OAuthClient, providers
from oauth_integration.models import OAuthCredential, PendingConsent
from whoop.models import WHOOP as WHOOP_SOURCE

WHOOP = "whoop"
PROFILE_PATH = "/developer/v2/user/profile/basic"


def client() -> OAuthClient:
    made = providers()[WHOOP]()
    made.http.attempts = 1
    return made


# --- What is known without a request --------------------------------------------------------------


class ConnectionStatusSerializer(serializers.Serializer[object]):
    configured = serializers.BooleanField(help_text="Whether client id and secret are set.")
    connected = serializers.BooleanField()
    needs_reauthorization = serializers.BooleanField()
    scopes = serializers.ListField(
        child=serializers.CharField(), help_text="Scopes that were granted."
    )
    missing_scopes = serializers.ListField(
        child=serializers.CharField(), help_text="Scopes that are required but were not granted."
    )
    expires_at = InstantField(allow_null=True, help_text="When the access token expires.")
    redirect_uri = serializers.CharField()


class Status(ApiView):
    """Whether WHOOP is set up and connected, as it is stored here; no secret is in it."""

    @extend_schema(responses=ConnectionStatusSerializer)
    def get(self, request: Request) -> Response:
        credential = OAuthCredential.objects.of(WHOOP)
        granted = sorted(credential.granted)
        needed = providers()[WHOOP].scopes if credential.is_connected else ()
        secrets = (credential.setting("client_id"), credential.setting("client_secret"))
        status = {
            "configured": all(secrets),
            "connected": credential.is_connected,
            "needs_reauthorization": credential.needs_reauthorization,
            "scopes": granted,
            "missing_scopes": [scope for scope in needed if granted and scope not in granted],
            "expires_at": credential.expires_at,
            "redirect_uri": credential.setting("redirect_uri"),
        }
        return Response(ConnectionStatusSerializer(status).data)


# --- What a request shows -------------------------------------------------------------------------

KINDS: dict[type[SyncError], str] = {
    NotConfigured: "not_configured",
    NeedsReauthorization: "needs_reauthorization",
    TryLater: "try_later",
    BadResponse: "bad_response",
}


class ConnectionTestSerializer(serializers.Serializer[object]):
    ok = serializers.BooleanField()
    error = serializers.ChoiceField(choices=list(KINDS.values()), allow_null=True)
    detail = serializers.CharField()


class ConnectionTest(ApiView):
    """Asks WHOOP for the profile, once, and says whether the connection works; if not, why."""

    permission_classes = (IsStaff,)
    # It costs a part of WHOOP's quota.
    get_starts = True

    @extend_schema(responses=ConnectionTestSerializer)
    def get(self, request: Request) -> Response:
        # That the connection does not work is what was asked, and no failure of this request.
        with closing(client()) as whoop:
            try:
                whoop.get(PROFILE_PATH, {})
            except SyncError as error:
                kind = next(name for kind, name in KINDS.items() if isinstance(error, kind))
                return Response({"ok": False, "error": kind, "detail": str(error)})
        return Response({"ok": True, "error": None, "detail": "WHOOP answers."})


# --- Consent --------------------------------------------------------------------------------------


class AuthorizationSerializer(serializers.Serializer[object]):
    authorize_url = serializers.URLField(help_text="Address to open in the owner's browser.")
    state = serializers.CharField(help_text="Returned with the code. Valid once, for 10 minutes.")


class AuthorizeUrl(ServiceView):
    """Where consent is given: the address, with a state that is good once and for ten minutes."""

    permission_classes = (IsStaff, IsConfirmed)
    errors = {409: ServiceView.errors[409]}
    # The state before it is good no more.
    get_starts = True

    @extend_schema(responses=AuthorizationSerializer)
    def get(self, request: Request) -> Response:
        with closing(client()) as whoop:
            whoop.get_authorization_url("")  # what is not set up must not cost the state before
            state = PendingConsent.objects.begin(request.user, WHOOP)
            return Response({"authorize_url": whoop.get_authorization_url(state), "state": state})


class ConsentSerializer(serializers.Serializer[object]):
    code = serializers.CharField(max_length=2000)
    state = serializers.CharField(max_length=200)


class ExchangeCode(ServiceView):
    """Trades the code of a consent, with the state that it was asked with, for tokens, and has the
    whole history read by a worker."""

    permission_classes = (IsStaff, IsConfirmed)
    body_serializer = ConsentSerializer

    @extend_schema(request=ConsentSerializer, responses=ConnectionStatusSerializer)
    def post(self, request: Request) -> Response:
        asked = ConsentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        code, state = asked.validated_data["code"], asked.validated_data["state"]
        if not PendingConsent.objects.redeem(request.user, WHOOP, state):
            raise serializers.ValidationError(
                {"state": ["This consent has expired or was started elsewhere. Start again."]}
            )
        with closing(client()) as whoop:
            try:
                whoop.exchange_code_for_token(code)
            except NeedsReauthorization as error:
                raise serializers.ValidationError({"code": [str(error)]}) from None
        enqueue_after_consent(sources[WHOOP_SOURCE])
        return Status().get(request)
