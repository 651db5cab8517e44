"""What a person has allowed a client that asked by OAuth. Its clients, codes and tokens are those of django-mcpz."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Self

from django.contrib.auth.models import User
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django_mcpz.oauth.models import AuthorizationCode, RefreshToken

from lifetracker.models import ApiToken
from lifetracker.models.tokens import BY_CONSENT, Scope

LONGEST_NAME = 60
LONGEST_HOST = 40


class ConsentQuerySet(models.QuerySet["Consent"]):
    def give(
        self,
        code: AuthorizationCode,
        name: str,
        *,
        scope: Scope,
        domains: Collection[str] = (),
        days: int | None = None,
    ) -> Consent:
        """Return the consent that goes with a code. Call it in a transaction: of two at once, one waits for the other,
        so that each finds a name of its own."""
        user = User.objects.select_for_update().get(pk=code.user_id)
        token = ApiToken(user=user, scope=scope, domains=sorted(domains))
        token.name = free_name(user, name)
        # Of no use to anybody: the secret is forgotten here.
        token.draw_secret()
        token.prefix = BY_CONSENT
        if days is not None:
            token.expires_at = timezone.now() + timedelta(days=days)
        token.save()
        return self.create(code=code, token=token)

    def over(self, now: datetime) -> Self:
        """Return those that no client can use any more: its code was never exchanged, or it has not come back."""
        refreshable = RefreshToken.objects.filter(
            code=OuterRef("code"), revoked_at=None, used_at=None, expires_at__gt=now
        )
        waits = Q(code__used_at=None, code__expires_at__gt=now)
        return self.exclude(waits | Exists(refreshable))


class Consent(models.Model):
    """That a client may act with the rights of an API token. The code, and each token that came of it, has these
    rights and no others; without the row they open nothing."""

    not_exported = "what AI clients may do here"

    code = models.OneToOneField(AuthorizationCode, on_delete=models.CASCADE)
    token = models.OneToOneField(ApiToken, on_delete=models.CASCADE)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = "consent"

    def __str__(self) -> str:
        return str(self.token)

    def withdraw(self) -> None:
        """Revoke what was allowed, and with it every token of the client."""
        ApiToken.objects.filter(pk=self.token_id).revoke()


def consent_of(code_id: int | None) -> Consent | None:
    """Return what was allowed with a code, and its token and person."""
    found: Any = Consent.objects.select_related("code", "token__user")
    return found.filter(code_id=code_id).first() if code_id else None


def name_of(client: str, host: str) -> str:
    """Return what a client is called in the list of tokens. Its name is what it says of itself, so that its host stays
    whole beside it."""
    plain = "".join(one if one.isprintable() else " " for one in client)
    shown = host if len(host) <= LONGEST_HOST else f"…{host[1 - LONGEST_HOST :]}"
    room = LONGEST_NAME - len(shown) - len(" () 999")
    return f"{' '.join(plain.split())[:room].strip() or 'AI client'} ({shown})"


def free_name(user: User, name: str) -> str:
    """Return a name that no valid token of a person has: this one, or with a number behind it."""
    taken = set(user.api_tokens.filter(revoked_at=None).values_list("name", flat=True))
    number = 1
    found = name
    while found in taken:
        number += 1
        found = f"{name} {number}"
    return found
