"""What the owner chose to be told, what was sent, and the browsers that take it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import NamedTuple, Self

from django.contrib.auth.models import User
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from lifetracker.models.encryption import EncryptedTextField
from lifetracker.models.leases import LONGEST_WAIT
from lifetracker.ops.notices import LONGEST_KEY, LONGEST_NAME

# There is one row, or none as long as nobody has chosen anything.
ONLY = 1
#: So long a message is sent by one process alone: longer than the slowest channel takes.
CLAIMED_FOR = timedelta(minutes=10)
LONGEST_TITLE, LONGEST_TEXT, LONGEST_OUTCOME = 200, 1000, 300


class ChannelName(models.TextChoices):
    MAIL = "mail", "Mail"
    NTFY = "ntfy", "ntfy"
    PUSH = "push", "Web push"


class ChoicesQuerySet(models.QuerySet["Choices"]):
    def current(self) -> Choices:
        """Return what the owner chose; where they have not, an unsaved row by which nothing is sent."""
        return self.filter(pk=ONLY).first() or Choices(pk=ONLY)


class Choices(models.Model):
    """What the owner wants to be told, by which channels, and when: one row."""

    not_exported = "which notifications are sent, and when"

    #: By the name of a kind of notices, the names of channels.
    chosen = models.JSONField(default=dict)
    quiet_from = models.TimeField(null=True)
    quiet_to = models.TimeField(null=True)
    morning = models.TimeField(default=time(8))
    evening = models.TimeField(default=time(18))
    #: By the name of a kind, when it was asked last.
    asked = models.JSONField(default=dict, editable=False)

    objects = ChoicesQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "choices of notifications"
        constraints = [
            models.CheckConstraint(condition=Q(pk=ONLY), name="choices_are_one_row"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | Q(quiet_from__isnull=False, quiet_to__isnull=False),
                name="quiet_hours_have_two_ends",
            ),
        ]

    def __str__(self) -> str:
        return "Notifications"

    @property
    def is_on(self) -> bool:
        return any(self.chosen.values())

    def channels_of(self, kind: str) -> list[str]:
        """Return by which channels the owner wants to be told of a kind of notices."""
        return [name for name in self.chosen.get(kind, []) if name in ChannelName]


class NotificationQuerySet(models.QuerySet["Notification"]):
    def waiting(self) -> Self:
        return self.filter(state=Notification.State.WAITING)

    def to_try(self, now: datetime) -> Self:
        """Return those whose turn has come. A moment far ahead was written while this machine's clock was wrong."""
        over = Q(next_attempt_at__lte=now) | Q(next_attempt_at__gt=now + LONGEST_WAIT)
        return self.waiting().filter(over).order_by("next_attempt_at", "pk")

    def drop(self, why: str) -> int:
        """Let these not be sent any more; return how many there were."""
        return self.waiting().update(
            state=Notification.State.DROPPED, outcome=why, ended_at=timezone.now()
        )

    def drop_unwanted(self, chosen: dict[str, list[str]]) -> int:
        """Drop what waits and was switched off meanwhile."""
        wanted = Q(pk__in=[])
        for kind, channels in chosen.items():
            wanted |= Q(kind=kind, channel__in=channels)
        return self.exclude(wanted).drop("Switched off before it was sent.")

    def known(self, kind: str, keys: Iterable[str]) -> Known:
        """Return which of these are there already."""
        rows = self.filter(kind=kind, key__in=list(keys)).order_by("pk")
        found = list(rows.values_list("pk", "key", "channel", "state"))
        return Known(
            {(key, channel) for _, key, channel, _ in found},
            [(pk, channel) for pk, _, channel, state in found if state in UNSENT],
        )

    def revive(self, pks: list[int], now: datetime) -> None:
        """Let those that ended unsent wait to be sent once more."""
        if pks:
            self.filter(pk__in=pks, state__in=UNSENT).update(
                state=Notification.State.WAITING,
                created_at=now,
                next_attempt_at=now,
                attempts=0,
                reached=[],
                ended_at=None,
                outcome="",
            )

    def hurry(self, channel: str) -> None:
        """Let those that wait after an attempt by this channel be tried at once. One that is being sent has no outcome."""
        rows = self.waiting().filter(channel=channel).exclude(outcome="")
        rows.update(next_attempt_at=timezone.now())


class Known(NamedTuple):
    """Messages that are stored: key and channel of all, and id and channel of those that ended unsent."""

    keys: set[tuple[str, str]]
    unsent: list[tuple[int, str]]


class Notification(models.Model):
    """A message by one channel: it is stored before it is sent, and is sent once."""

    not_exported = "the log of what was sent"

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENT = "sent", "sent"
        #: It was over before it could be sent, or switched off.
        DROPPED = "dropped", "dropped"
        FAILED = "failed", "failed"

    kind = models.CharField(max_length=LONGEST_NAME)
    key = models.CharField(max_length=LONGEST_KEY)
    channel = models.CharField(max_length=4, choices=ChannelName)
    title = models.CharField(max_length=LONGEST_TITLE)
    text = models.CharField(max_length=LONGEST_TEXT)
    path = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    created_at = models.DateTimeField("due since", default=timezone.now)
    next_attempt_at = models.DateTimeField("next attempt", default=timezone.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    #: The ids of browsers that took it, while others could not be reached.
    reached = models.JSONField(default=list, editable=False)
    ended_at = models.DateTimeField("ended", null=True)
    #: Of the last attempt; no secret, and nothing that a server made of one.
    outcome = models.CharField(max_length=LONGEST_OUTCOME, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key", "channel"], name="notification_is_sent_once"
            )
        ]
        indexes = [
            # What is to be sent, each minute.
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state="waiting"),
                name="notification_to_try",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def claim(self, now: datetime) -> bool:
        """Return whether this process alone sends it now: of any number that try, one changes the row. Whoever is killed
        meanwhile leaves it to others once `CLAIMED_FOR` has passed."""
        own = Notification.objects.waiting().filter(
            pk=self.pk, next_attempt_at=self.next_attempt_at, attempts=self.attempts
        )
        claimed = own.update(
            next_attempt_at=now + CLAIMED_FOR, attempts=F("attempts") + 1, outcome=""
        )
        return claimed == 1

    def end(self, state: State, outcome: str = "") -> None:
        """Note how it ended, unless somebody has dropped it meanwhile and it was not sent."""
        rows = Notification.objects.filter(pk=self.pk)
        rows = rows if state == self.State.SENT else rows.waiting()
        rows.update(state=state, outcome=outcome[:LONGEST_OUTCOME], ended_at=timezone.now())

    def wait(self, until: datetime, why: str) -> None:
        rows = Notification.objects.waiting().filter(pk=self.pk)
        rows.update(next_attempt_at=until, outcome=why[:LONGEST_OUTCOME], reached=self.reached)


#: What ended so is told when it is so again, or still.
UNSENT = {Notification.State.DROPPED, Notification.State.FAILED}


class PushKey(models.Model):
    """The key by which browsers know who pushes (VAPID): one row, made when the first browser is added."""

    not_exported = "a key of this program"

    #: The number of the P-256 key, in Base64 of addresses without padding.
    private = EncryptedTextField()
    #: The point that belongs to it, likewise: what a browser is given.
    public = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "key of web push"
        constraints = [models.CheckConstraint(condition=Q(pk=ONLY), name="push_key_is_one_row")]

    def __str__(self) -> str:
        return "Key of web push"


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    def allowed(self) -> Self:
        """Return those of accounts that may still read what is sent."""
        return self.filter(user__is_active=True, user__is_staff=True)


class PushSubscription(models.Model):
    """A browser that shows what is pushed. Where to push is a secret: whoever knows it and the key reaches that browser."""

    not_exported = "where browsers are reached, and their secrets"

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    #: SHA-256 of the endpoint, by which it is known.
    digest = models.CharField(max_length=64, unique=True, editable=False)
    endpoint = EncryptedTextField(editable=False)
    #: The browser's public key and its secret, by which a message is encrypted for it.
    p256dh = models.CharField(max_length=100, editable=False)
    auth = EncryptedTextField(editable=False)
    browser = models.CharField(max_length=60)
    created_at = models.DateTimeField("added", auto_now_add=True)
    reached_at = models.DateTimeField("last reached", null=True, editable=False)
    #: What went wrong since; empty where nothing did.
    trouble = models.CharField(max_length=LONGEST_OUTCOME, blank=True, editable=False)

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = "browser for web push"
        verbose_name_plural = "browsers for web push"
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.browser

    @property
    def is_allowed(self) -> bool:
        return self.user.is_active and self.user.is_staff
