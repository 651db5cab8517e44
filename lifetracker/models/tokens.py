"""The tokens with which scripts use the API."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import timedelta
from typing import Any, NamedTuple, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from lifetracker.domains import domains, titles_of
from lifetracker.words import joined

# By this a token is known for one wherever it turns up: by people, and by what scans for secrets.
TOKEN_PREFIX = "lt_"  # noqa: S105 - no secret
# In the place of its beginning, for what a client may do that was let in by its person (OAuth): nobody has its secret,
# and the client has tokens of its own.
BY_CONSENT = "OAuth"
# So much of a secret is shown in lists; what remains is far beyond guessing.
SHOWN = len(TOKEN_PREFIX) + 6
USE_IS_NOTED_EVERY = timedelta(minutes=5)


def digest_of(secret: str) -> str:
    """Return what is kept of a token. Its secret is 256 bits of chance, which nobody can try through: a slow
    hash, as for passwords, would only make each request slow."""
    return hashlib.sha256(secret.encode()).hexdigest()


# Sent with the `token` whose use has ended.
token_revoked = Signal()


class Scope(models.TextChoices):
    """What a token may do."""

    READ = "read", "Read only"
    WRITE = "write", "Read and write"
    IMPORT = "import", "Send Health Auto Export only"


RIGHTS = {
    Scope.READ: "read only",
    Scope.WRITE: "read and write",
    Scope.IMPORT: "send Health Auto Export only",
}


def refuse_unknown_domains(value: object) -> None:
    """Raise ValidationError for what is no list of labels of domains."""
    if not isinstance(value, list) or not all(one in [*domains()] for one in value):
        known = ", ".join(domains())
        raise ValidationError(f"Choose from these domains: {known}.")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self) -> Self:
        now = timezone.now()
        return self.filter(revoked_at=None).exclude(expires_at__lte=now)

    def of(self, secret: str) -> ApiToken | None:
        """Return the token with this secret, usable or not, and its person."""
        return self.select_related("user").filter(digest=digest_of(secret)).first()

    def issue(
        self,
        user: Any,
        name: str,
        *,
        scope: Scope = Scope.WRITE,
        domains: Collection[str] = (),
        days: int | None = None,
    ) -> IssuedToken:
        """Return a new token, which works for `days` from now, or until it is revoked. Its secret is known
        here and now, and never again. `domains`: the labels of those that it is limited to; empty for all."""
        token = self.model(user=user, name=name, scope=scope, domains=sorted(domains))
        if days is not None:
            token.expires_at = timezone.now() + timedelta(days=days)
        secret = token.draw_secret()
        token.save()
        return IssuedToken(token, secret)

    def revoke(self) -> int:
        """Revoke these tokens; return how many were valid."""
        working = list(self.filter(revoked_at=None).select_related("user"))
        for token in working:
            token_revoked.send(ApiToken, token=token)
        return self.filter(pk__in=[token.pk for token in working]).update(revoked_at=timezone.now())


class ApiToken(models.Model):
    """What a script shows instead of a login. It is kept as a digest, and can do what its person can, or of that only
    what its scope and its domains allow."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(max_length=60, help_text="The script or device that will use it.")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField("starts with", max_length=SHOWN, editable=False)
    scope = models.CharField(
        "may",
        max_length=10,
        choices=Scope.choices,
        default=Scope.WRITE,
        help_text="A read-only token cannot change anything or start a sync.",
    )
    # The labels of apps. That of an app that is gone stays, and opens nothing.
    domains = models.JSONField(
        "only these domains",
        default=list,
        blank=True,
        validators=[refuse_unknown_domains],
        help_text="None: all of them.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(
        "expires", null=True, blank=True, help_text="Leave empty for a token without a time limit."
    )
    last_used_at = models.DateTimeField("last used", null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField("revoked", null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                condition=Q(revoked_at=None),
                name="api_token_named_once_per_user",
                violation_error_message="You already have a token with this name.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.shown})"

    @property
    def by_consent(self) -> bool:
        return self.prefix == BY_CONSENT

    @property
    def shown(self) -> str:
        """Return what it is known by in lists: the beginning of its secret, if anybody has that."""
        return self.prefix if self.by_consent else f"{self.prefix}…"

    @property
    def read_only(self) -> bool:
        return self.scope == Scope.READ

    @property
    def rights(self) -> str:
        """Return what it may do in words, such as `read only: Fasting and Weight`."""
        scope = RIGHTS[Scope(self.scope)]
        return f"{scope}: {joined(self.titles)}" if self.domains else scope

    @property
    def titles(self) -> list[str]:
        """Return the titles of the domains that it is limited to; none where it is not."""
        return titles_of(self.domains)

    def may_see(self, domain: str) -> bool:
        """Return whether it opens a domain, by its label."""
        return not self.domains or domain in self.domains

    def draw_secret(self) -> str:
        """Return a new secret, of which the digest and the beginning are kept."""
        secret = TOKEN_PREFIX + secrets.token_urlsafe(32)
        self.digest, self.prefix = digest_of(secret), secret[:SHOWN]
        return secret

    @property
    def has_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now()

    def refusal(self) -> str:
        """Return why it opens nothing; empty if it does."""
        if self.revoked_at:
            return "This API token has been revoked."
        if self.has_expired:
            return "This API token has expired."
        return "" if self.user.is_active else "The account that owns this API token is inactive."

    def note_use(self) -> None:
        """Store when it was used, to within some minutes, so that what only reads hardly ever writes."""
        now = timezone.now()
        if self.last_used_at is None or now - self.last_used_at >= USE_IS_NOTED_EVERY:
            type(self).objects.filter(pk=self.pk).update(last_used_at=now)


class IssuedToken(NamedTuple):
    token: ApiToken
    secret: str
