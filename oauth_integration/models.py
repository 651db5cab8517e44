"""The consent that the person gave to this program at a service, with the tokens that prove it."""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

import tenacity
from django.conf import settings
from django.db import OperationalError, models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from oauth_integration.encryption import EncryptedTextField, Unreadable

# A token that ends within this time is refreshed now rather than in the middle of a request.
REFRESH_AHEAD = timedelta(minutes=2)
# Seconds for which storing a new pair is tried.
LONGEST_STORING = 40


class OAuthCredentialQuerySet(models.QuerySet["OAuthCredential"]):
    def of(self, provider: str) -> OAuthCredential:
        """The stored row, else an unsaved one with the first values that the environment gives."""
        return self.filter(provider=provider).first() or OAuthCredential(
            provider=provider, refresh_token=environment(provider, "REFRESH_TOKEN")
        )


def environment(provider: str, name: str) -> str:
    """`environment("whoop", "CLIENT_ID")` is the setting `WHOOP_CLIENT_ID`."""
    return str(getattr(settings, f"{provider}_{name}".upper(), ""))


class OAuthCredential(models.Model):
    """One row for each `provider`. Tokens and the client's secret are encrypted at rest and shown
    nowhere."""

    provider = models.CharField(max_length=20, unique=True)
    client_id = models.CharField(max_length=200, blank=True)
    client_secret = EncryptedTextField(blank=True)
    redirect_uri = models.CharField("redirect URI", max_length=500, blank=True)
    access_token = EncryptedTextField(blank=True, editable=False)
    refresh_token = EncryptedTextField(blank=True, editable=False)
    # What the stored pair was bought with, where the service lets it be spent once more.
    previous_refresh_token = EncryptedTextField(blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    scopes = models.TextField(blank=True, editable=False)
    # The service's id of the person, where the token answer tells it.
    account = models.CharField(max_length=64, blank=True, editable=False)
    needs_reauthorization = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OAuthCredentialQuerySet.as_manager()

    class Meta:
        verbose_name = "connection"
        ordering = ["provider"]

    def __str__(self) -> str:
        return self.provider

    def setting(self, name: str) -> str:
        """`client_id`, `client_secret` or `redirect_uri`: from the row, else from the environment."""
        return str(getattr(self, name) or environment(self.provider, name))

    @property
    def granted(self) -> set[str]:
        """The permissions of the consent; empty where the service has not told them."""
        return set(re.split(r"[\s,]+", self.scopes)) - {""}

    @property
    def is_connected(self) -> bool:
        return bool(self.refresh_token or self.access_token) and not self.needs_reauthorization

    @property
    def is_unreadable(self) -> bool:
        """Secrets are stored, but under a key that is not configured any more."""
        secrets = (
            self.client_secret,
            self.access_token,
            self.refresh_token,
            self.previous_refresh_token,
        )
        return any(isinstance(secret, Unreadable) for secret in secrets)

    def has_fresh_token(self, rejected: str | None) -> bool:
        """Whether the access token can be used: there, not the one that was `rejected`, and not
        about to expire."""
        if not self.access_token or self.access_token == rejected or self.expires_at is None:
            return False
        # A token that lives for minutes only is not to be refreshed for every request.
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
        """Store a new pair, in one transaction, before anybody uses it."""
        self.access_token = access_token
        self.refresh_token = refresh_token
        self.previous_refresh_token = previous_refresh_token
        self.account = account or self.account
        self.expires_at = expires_at
        self.scopes = scopes or self.scopes
        self.needs_reauthorization = False
        self.adopt_environment()
        # The old pair is spent: a database that is busy for a while must not cost the new one.
        for attempt in tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(OperationalError),
            stop=tenacity.stop_after_delay(LONGEST_STORING),
            wait=tenacity.wait_fixed(0.5),
            reraise=True,
        ):
            with attempt, transaction.atomic():
                self.save()

    def adopt_environment(self) -> None:
        """Copy what the row lacks from the environment: from here on the row is complete by itself."""
        for name in ("client_id", "client_secret", "redirect_uri"):
            setattr(self, name, self.setting(name))

    def forget_tokens(self) -> None:
        self.access_token = self.refresh_token = self.previous_refresh_token = self.scopes = ""
        self.expires_at = None
        self.needs_reauthorization = False
        self.save()

    def mark_for_reauthorization(self, failed: str) -> None:
        """Only if the refresh token that `failed` is still the stored one: another process may have
        stored a better one."""
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


# Longer than a person takes on a consent page.
PENDING = timedelta(minutes=10)


class PendingConsentQuerySet(models.QuerySet["PendingConsent"]):
    def begin(self, user: Any, provider: str) -> str:
        """A new `state` for this user's consent; the one before it is good no longer."""
        state = new_state()
        values = {"digest": digest_of(state), "expires_at": timezone.now() + PENDING}
        self.update_or_create(user=user, provider=provider, defaults=values)
        return state

    def redeem(self, user: Any, provider: str, state: str) -> bool:
        """Whether this user began a consent with this `state` a short while ago. True once; a wrong
        one changes nothing."""
        pending = self.filter(user=user, provider=provider, expires_at__gt=timezone.now()).first()
        if pending is None or not hmac.compare_digest(pending.digest, digest_of(state)):
            return False
        # Of two who come with it at once, one deletes it.
        return self.filter(pk=pending.pk, digest=pending.digest).delete()[0] == 1


class PendingConsent(models.Model):
    """A consent that was begun by the API and has not come back: there, unlike in the browser, a
    login need not have a session to keep the `state` in."""

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
        return f"{self.provider} for {self.user}"


def new_state() -> str:
    return secrets.token_urlsafe(24)


def digest_of(state: str) -> str:
    return salted_hmac("oauth state", state, algorithm="sha256").hexdigest()
