"""Connections: the consent that the owner gave at a service, with its tokens."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

import tenacity
from django.conf import settings
from django.db import OperationalError, models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone
from django.utils.crypto import salted_hmac

from lifetracker.accounts.events import Kind, record
from lifetracker.models.encryption import EncryptedTextField, Unreadable
from lifetracker.words import title_of

# A token that expires within this time is refreshed now rather than in the middle of a request.
REFRESH_AHEAD = timedelta(minutes=2)
# Seconds for which storing new tokens is tried.
STORING_TIMEOUT = 40


class OAuthCredentialQuerySet(models.QuerySet["OAuthCredential"]):
    def of(self, provider: str) -> OAuthCredential:
        """Return the stored row, else an unsaved one with the values of the environment."""
        return self.filter(provider=provider).first() or unstored(provider)

    def by_provider(self) -> dict[str, OAuthCredential]:
        """Return the stored rows of all providers, in one statement."""
        return {row.provider: row for row in self}


def unstored(provider: str) -> OAuthCredential:
    return OAuthCredential(provider=provider, refresh_token=environment(provider, "REFRESH_TOKEN"))


def environment(provider: str, name: str) -> str:
    """Return a setting: `environment("whoop", "CLIENT_ID")` is `WHOOP_CLIENT_ID`."""
    return str(getattr(settings, f"{provider}_{name}".upper(), ""))


class OAuthCredential(models.Model):
    """The connection of a service. Tokens and the client's secret are encrypted at rest and shown nowhere."""

    not_exported = "tokens and secrets"

    provider = models.CharField(max_length=20, unique=True)
    client_id = models.CharField(max_length=200, blank=True)
    client_secret = EncryptedTextField(blank=True)
    redirect_uri = models.CharField("redirect URI", max_length=500, blank=True)
    access_token = EncryptedTextField(blank=True, editable=False)
    refresh_token = EncryptedTextField(blank=True, editable=False)
    #: The one before, where the service lets it be spent once more.
    previous_refresh_token = EncryptedTextField(blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    scopes = models.TextField(blank=True, editable=False)
    #: The service's id of the owner, where its token answers give it.
    account = models.CharField(max_length=64, blank=True, editable=False)
    needs_reauthorization = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OAuthCredentialQuerySet.as_manager()

    class Meta:
        verbose_name = "connection"
        ordering = ["provider"]

    def __str__(self) -> str:
        return title_of(self.provider)

    def setting(self, name: str) -> str:
        """Return `client_id`, `client_secret` or `redirect_uri` from the row, else from the environment."""
        return str(getattr(self, name) or environment(self.provider, name))

    @property
    def granted(self) -> set[str]:
        """Return the permissions of the consent, empty where the service has not said them."""
        return set(re.split(r"[\s,]+", self.scopes)) - {""}

    def without_secrets(self, text: str) -> str:
        """Return a service's own words, shortened, without what must not be repeated."""
        secrets_known = (
            self.access_token,
            self.refresh_token,
            self.previous_refresh_token,
            self.setting("client_secret"),
        )
        for secret in filter(None, secrets_known):
            text = text.replace(secret, "…")
        return text[:200]

    @property
    def is_connected(self) -> bool:
        return bool(self.refresh_token or self.access_token) and not self.needs_reauthorization

    @property
    def is_unreadable(self) -> bool:
        """Return whether secrets are stored that were encrypted under a key that is no longer configured."""
        secrets = (
            self.client_secret,
            self.access_token,
            self.refresh_token,
            self.previous_refresh_token,
        )
        return any(isinstance(secret, Unreadable) for secret in secrets)

    def has_fresh_token(self, rejected: str | None) -> bool:
        """Return whether there is an access token that is not `rejected` and not about to expire."""
        if not self.access_token or self.access_token == rejected or self.expires_at is None:
            return False
        # A token that lives for minutes only must not be refreshed for every request.
        ahead = min(REFRESH_AHEAD, (self.expires_at - self.updated_at) / 4)
        return self.expires_at > timezone.now() + ahead

    def update_tokens(
        self,
        *,
        access_token: str,
        refresh_token: str,
        expires_at: datetime,
        scopes: str,
        previous_refresh_token: str = "",
        account: str = "",
    ) -> None:
        """Store new tokens, in one transaction, before they are used."""
        self.access_token = access_token
        self.refresh_token = refresh_token
        self.previous_refresh_token = previous_refresh_token
        self.account = account or self.account
        self.expires_at = expires_at
        self.scopes = scopes or self.scopes
        self.needs_reauthorization = False
        self.adopt_environment()
        # The old tokens are spent: a database that is busy for a while must not lose the new ones.
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(OperationalError),
            stop=tenacity.stop_after_delay(STORING_TIMEOUT),
            wait=tenacity.wait_fixed(0.5),
            reraise=True,
        ):
            with attempt, transaction.atomic():
                self.save()

    def adopt_environment(self) -> None:
        """Copy what the row lacks from the environment, so that the row is complete."""
        for name in ("client_id", "client_secret", "redirect_uri"):
            setattr(self, name, self.setting(name))

    def forget_tokens(self) -> None:
        """Delete the tokens and keep the client's settings, but for a secret that nobody can read any more."""
        if isinstance(self.client_secret, Unreadable):
            self.client_secret = ""
        self.access_token = self.refresh_token = self.previous_refresh_token = self.scopes = ""
        self.expires_at = None
        self.needs_reauthorization = False
        self.save()

    def mark_for_reauthorization(self, failed: str) -> None:
        """Ask for a new consent, unless another process has stored another refresh token than `failed`."""
        with transaction.atomic():
            stored = (
                OAuthCredential.objects.select_for_update().filter(provider=self.provider).first()
            )
            if stored is None:
                self.needs_reauthorization = True
                self.save()
            elif stored.refresh_token == failed:
                stored.needs_reauthorization = True
                stored.save(update_fields=["needs_reauthorization", "updated_at"])


@receiver(post_delete, sender=OAuthCredential)
def record_removal(instance: OAuthCredential, **_: object) -> None:
    record(Kind.DISCONNECTED, detail=f"{instance}, deleted")


# Longer than anybody needs on a consent page.
CONSENT_TIMEOUT = timedelta(minutes=10)


class PendingConsentQuerySet(models.QuerySet["PendingConsent"]):
    def begin(self, user: Any, provider: str) -> str:
        """Return a new `state` for this user's consent, which replaces the one before."""
        state = new_state()
        values = {"digest": digest_of(state), "expires_at": timezone.now() + CONSENT_TIMEOUT}
        self.update_or_create(user=user, provider=provider, defaults=values)
        return state

    def redeem(self, user: Any, provider: str, state: str) -> bool:
        """Return whether this user began a consent with this `state` a short while ago.

        True once; a wrong state changes nothing.
        """
        pending = self.filter(user=user, provider=provider, expires_at__gt=timezone.now()).first()
        if pending is None or not hmac.compare_digest(pending.digest, digest_of(state)):
            return False
        # Of two who come with it at once, one deletes it.
        return self.filter(pk=pending.pk, digest=pending.digest).delete()[0] == 1


class PendingConsent(models.Model):
    """A consent that was begun by the API and has not come back.

    There, unlike in the browser, a login need not have a session to keep the `state` in.
    """

    not_exported = "consents that are being given"
    not_backed_up = "a consent that is being given, good for minutes"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    provider = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    objects = PendingConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "provider"], name="one_pending_consent")
        ]

    def __str__(self) -> str:
        return f"{title_of(self.provider)} for {self.user}"


def new_state() -> str:
    return secrets.token_urlsafe(24)


def digest_of(state: str) -> str:
    return salted_hmac("oauth state", state, algorithm="sha256").hexdigest()
