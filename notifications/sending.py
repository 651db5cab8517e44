"""What is due is stored, and what is stored is sent: each minute by a worker, or by `send_notifications`.

A message is delivered at least once. It is claimed before it is sent, so that of any number of processes one sends it, and
noted as sent once its channel has taken it. A process that is killed between the two leaves a message that another one
sends again after `CLAIMED_FOR`: a warning that never comes would be worse than one that comes twice, and mail programs and
browsers know the second one by its id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice

from django.utils import timezone

from lifetracker.errors import SyncError, TryLater
from lifetracker.ops.notices import Notice, NoticeKind, notice_kinds
from notifications.channels import CHANNELS
from notifications.hours import has_come, is_quiet
from notifications.models import LONGEST_TEXT, LONGEST_TITLE, ONLY, Choices, Notification
from notifications.outgoing import Outgoing

#: Of one kind at a time, and of all that one process sends in one go.
MOST_OF_A_KIND, MOST_AT_ONCE = 20, 30
#: Between two attempts, at first and at most; a refusal waits that long at once.
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
#: What could not be sent for so long is given up.
GIVEN_UP_AFTER = timedelta(days=1)
OVER = "It was over before it could be sent."


@dataclass
class Round:
    """What became of the messages of one go. `errors`: why kinds could not say what is due."""

    sent: int = 0
    postponed: int = 0
    ended: int = 0
    errors: list[Exception] = field(default_factory=list)


def send_due() -> Round:
    """Ask what is due, and send it. Costs one statement where nothing is switched on, or where it is quiet."""
    now = timezone.now()
    choices = Choices.objects.current()
    done = Round()
    if not choices.is_on or is_quiet(choices, now):
        return done
    waiting = list(Notification.objects.to_try(now)[:MOST_AT_ONCE])
    asked = [one for one in notice_kinds().values() if is_asked(one, choices, now)]
    if not (waiting or asked):
        return done
    due = Due(choices, now, done)
    if asked:
        for kind in asked:
            due.store(kind)
        note_asked(choices, asked, now)
        waiting = list(Notification.objects.to_try(now)[:MOST_AT_ONCE])
    for message in waiting:
        attempt(message, due, done)
    return done


def is_asked(kind: NoticeKind, choices: Choices, now: datetime) -> bool:
    """Return whether a kind is to be asked again: it is wanted, it is its time of the day, and the last time is long ago."""
    if not choices.channels_of(kind.name) or not has_come(kind.when, choices, now):
        return False
    last = choices.asked.get(kind.name)
    # One of the future was written down while this machine's clock was wrong.
    return last is None or not now - kind.every < datetime.fromisoformat(last) <= now


def note_asked(choices: Choices, kinds: Iterable[NoticeKind], now: datetime) -> None:
    """Of two processes that ask at once the one note may take the place of the other's: then a kind is asked once more."""
    asked = choices.asked | {one.name: now.isoformat() for one in kinds}
    Choices.objects.filter(pk=ONLY).update(asked=asked)


class Due:
    """What the kinds say is due, each asked once in a go."""

    def __init__(self, choices: Choices, now: datetime, done: Round) -> None:
        self._choices, self._now, self._done = choices, now, done
        self._found: dict[str, dict[str, Notice] | None] = {}

    def of(self, kind: NoticeKind) -> dict[str, Notice] | None:
        """Return what is due of a kind, by key; None where it could not say it, which must not silence the others."""
        if kind.name not in self._found:
            try:
                found = list(islice(kind.due(self._now), MOST_OF_A_KIND))
            except Exception as error:  # noqa: BLE001 - it is raised again when the others have had their turn
                self._done.errors.append(error)
                self._found[kind.name] = None
            else:
                self._found[kind.name] = {one.key: one for one in found}
        return self._found[kind.name]

    def store(self, kind: NoticeKind) -> None:
        """Store what is due and is not stored yet."""
        due = self.of(kind)
        if not due:
            return
        known = Notification.objects.known(kind.name, due)
        Notification.objects.bulk_create(
            [
                Notification(
                    kind=kind.name,
                    key=notice.key,
                    channel=channel,
                    title=notice.title[:LONGEST_TITLE],
                    text=notice.text[:LONGEST_TEXT],
                    path=notice.path,
                    created_at=self._now,
                    next_attempt_at=self._now,
                )
                for notice in due.values()
                for channel in self._choices.channels_of(kind.name)
                if (notice.key, channel) not in known
            ],
            # Another process may have stored it in between.
            ignore_conflicts=True,
        )

    def is_wanted(self, message: Notification) -> bool:
        return message.channel in self._choices.channels_of(message.kind)

    def still(self, message: Notification) -> Notice | bool:
        """Return the message as it is to be told now; False where it is over, True where nobody can say it at present."""
        kind = notice_kinds().get(message.kind)
        if kind is None or not has_come(kind.when, self._choices, self._now):
            return False
        due = self.of(kind)
        return True if due is None else due.get(message.key, False)


def attempt(message: Notification, due: Due, done: Round) -> None:
    """Send a message, if it is wanted and not over, and if no other process does."""
    now = timezone.now()
    notice = due.still(message) if due.is_wanted(message) else False
    if notice is True:
        return
    if not message.claim(now):
        return
    if notice is False:
        message.end(Notification.State.DROPPED, OVER)
        done.ended += 1
        return
    try:
        said = CHANNELS[message.channel].send(outgoing(message, notice))
    except SyncError as error:
        put_off(message, error, now, done)
    else:
        message.end(Notification.State.SENT, said)
        done.sent += 1


def outgoing(message: Notification, notice: Notice) -> Outgoing:
    name = f"{message.kind} {message.key} {message.channel} {message.pk}"
    identity = hashlib.sha256(name.encode()).hexdigest()[:32]
    title, text = notice.title[:LONGEST_TITLE], notice.text[:LONGEST_TEXT]
    return Outgoing(identity, title, text, notice.path, notice.mail)


def put_off(message: Notification, error: SyncError, now: datetime, done: Round) -> None:
    """Let a message that could not be sent wait, longer each time, or give it up."""
    if now - message.created_at >= GIVEN_UP_AFTER:
        message.end(Notification.State.FAILED, str(error))
        done.ended += 1
        return
    wait = LONGEST_WAIT
    if isinstance(error, TryLater):
        growing = SHORTEST_WAIT * 2 ** min(message.attempts, 10)
        wait = min(max(growing, error.after or SHORTEST_WAIT), LONGEST_WAIT)
    message.wait(now + wait, str(error))
    done.postponed += 1
