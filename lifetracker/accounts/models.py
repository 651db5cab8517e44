"""What is kept of accounts beside Django's own: logins, second factors, and the log of events."""

from __future__ import annotations

import hashlib
import re
import secrets
import time
from contextlib import suppress

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest
from django.utils import timezone

from lifetracker.accounts.events import LONGEST_ADDRESS, LONGEST_DETAIL, LONGEST_NAME, Kind
from lifetracker.models.encryption import EncryptedTextField, Unreadable

LONGEST_BROWSER = 300


class Event(models.Model):
    """A line of the log. Names and not references: it outlives the account."""

    at = models.DateTimeField(auto_now_add=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    account = models.CharField(max_length=LONGEST_NAME, blank=True)
    # Who did it: a name, a command, or nobody who is known.
    by = models.CharField(max_length=LONGEST_NAME, blank=True)
    # As text: PostgreSQL's own kind takes no address with the name of an interface.
    address = models.CharField(max_length=LONGEST_ADDRESS, blank=True)
    detail = models.CharField(max_length=LONGEST_DETAIL, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} at {self.at:%Y-%m-%d %H:%M} UTC"


# In the session itself, so that hardly any request asks the database about it.
SEEN = "seen"
SEEN_IS_NOTED_EVERY = 300


class UserSessionQuerySet(models.QuerySet["UserSession"]):
    def note(self, request: HttpRequest, address: str) -> None:
        """Write down that the session of a login was seen, if that was not done some minutes ago."""
        session = request.session
        key, at = session.get(SEEN, ("", 0))
        # Under a new key it is a new row of Django's.
        if key == session.session_key and abs(time.time() - at) < SEEN_IS_NOTED_EVERY:
            return
        session[SEEN] = (session.session_key, time.time())
        seen = {
            "seen_at": timezone.now(),
            "address": address[:LONGEST_ADDRESS],
            "browser": request.headers.get("User-Agent", "").replace("\0", "")[:LONGEST_BROWSER],
        }
        # Somebody may be ending it at this moment.
        with suppress(IntegrityError), transaction.atomic():
            self.update_or_create(
                session_id=session.session_key, defaults={"user_id": session[SESSION_KEY], **seen}
            )

    def forget(self) -> int:
        """End these at once, by removing what Django knows of them; return how many."""
        keys = list(self.values_list("session", flat=True))
        Session.objects.filter(pk__in=keys).delete()
        return len(keys)


class UserSession(models.Model):
    """Where an account is logged in: what Django's session does not tell. Gone with it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="user_sessions"
    )
    session = models.OneToOneField(Session, on_delete=models.CASCADE)
    began_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=LONGEST_ADDRESS, blank=True)
    browser = models.CharField(max_length=LONGEST_BROWSER, blank=True)

    objects = UserSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at", "-id"]

    def __str__(self) -> str:
        return f"{self.user} since {self.began_at:%Y-%m-%d %H:%M} UTC"


class AuthenticatorApp(models.Model):
    """The secret that an account shares with an app which shows six digits (TOTP, RFC 6238). It counts
    from the first code that came of it."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="authenticator_app"
    )
    secret = EncryptedTextField(editable=False)
    added_at = models.DateTimeField(null=True, editable=False)
    # Of the latest code that was taken: none is taken twice, and none before it.
    last_step = models.BigIntegerField(default=0, editable=False)

    def __str__(self) -> str:
        return f"authenticator app of {self.user}"

    @property
    def is_unreadable(self) -> bool:
        return isinstance(self.secret, Unreadable)


class Passkey(models.Model):
    """A key pair of which the private one never leaves a device (WebAuthn)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="passkeys"
    )
    name = models.CharField(max_length=60)
    # The name under which the pages were open: elsewhere browsers do not offer it.
    site = models.CharField(max_length=253, editable=False)
    # An id has 1,023 bytes at most (base64, as the next).
    credential_id = models.CharField(max_length=1400, unique=True, editable=False)
    public_key = models.TextField(editable=False)
    # How often it has signed, where the device counts.
    counter = models.BigIntegerField(default=0, editable=False)
    added_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        ordering = ["added_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"],
                name="passkey_named_once_per_user",
                violation_error_message="You already have a passkey with this name.",
            )
        ]

    def __str__(self) -> str:
        return self.name


# Without what is easily mistaken for something else.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
LENGTH, GROUP = 16, 4
CODES = 10


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    def renew(self, user: User) -> list[str]:
        """Make new ones in the place of the old ones; return them, which are known here and now alone."""
        drawn = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(CODES)]
        with transaction.atomic():
            self.filter(user=user).delete()
            self.bulk_create(RecoveryCode(user=user, digest=digest_of(code)) for code in drawn)
        return ["-".join(re.findall(f".{{{GROUP}}}", code)) for code in drawn]

    def spend(self, user: User, code: str) -> bool:
        """Use up this code; return whether it is an unused one of this user's."""
        letters = re.sub(r"[^a-z0-9]", "", code.lower())
        found = self.filter(user=user, digest=digest_of(letters), used_at=None)
        return found.update(used_at=timezone.now()) == 1


def digest_of(code: str) -> str:
    # 79 bits of chance need no slow hash; and no key, so that they open the account after a restore too.
    return hashlib.sha256(code.encode()).hexdigest()


class RecoveryCode(models.Model):
    """Opens an account once, instead of a second factor that was lost. Kept as a digest."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64, editable=False)
    used_at = models.DateTimeField(null=True, editable=False)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once_per_user")
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.user}"
