"""What is due is stored, and what is stored is sent: each minute by a worker, or by `send_notifications`.

A message is delivered at least once. It is claimed before it is sent, so that of any number of processes one sends it, and
noted as sent once its channel has taken it. A process that is killed between the two leaves a message that another one
sends again after `CLAIMED_FOR`: a warning that never comes would be worse than one that comes twice, and mail programs,
ntfy and browsers know the second one by its id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from itertools import islice

from django.utils import timezone

from lifetracker.errors import NotConfigured, SyncError, TryLater
from lifetracker.ops.notices import Notice, NoticeKind, notice_kinds
from notifications.channels import CHANNELS
from notifications.hours import has_come, is_quiet
from notifications.models import LONGEST_TEXT, LONGEST_TITLE, ONLY, Choices, Notification
from notifications.outgoing import Outgoing, PartlySent

#: Of one kind that are stored in one go, the others in the next; and of all that one process tries in one.
MOST_OF_A_KIND, MOST_AT_ONCE = 20, 30
#: So many are looked at: those of a channel that is closed keep their turn, and must not hide the others.
MOST_WAITING = 500
#: More of one kind is not looked at.
MOST_DUE = 1000
#: Between two attempts, at first and at most.
SHORTEST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
#: So often a message is tried that some browsers have, and others not.
MOST_OF_THE_REST = 5
#: What nobody can say of for so long whether it is still so is given up.
GIVEN_UP_AFTER = timedelta(days=1)
OVER = "It was over before it could be sent."
NOBODY_KNOWS = "Whether this is still so could not be found out. The log says why."


@dataclass
class Round:
    """What became of the messages of one go. `closed`: channels that could not be reached, or are not set up: the others
    of theirs keep their turn for the next go, so that a server that hangs does not take a minute for each. `errors`: why
    kinds could not say what is due."""

    sent: int = 0
    postponed: int = 0
    ended: int = 0
    closed: set[str] = field(default_factory=set)
    errors: list[Exception] = field(default_factory=list)

    @property
    def tried(self) -> int:
        return self.sent + self.postponed + self.ended


def send_due() -> Round:
    """Ask what is due, and send it. Costs one statement where nothing is switched on, or where it is quiet."""
    now = timezone.now()
    choices = Choices.objects.current()
    done = Round()
    if not choices.is_on or is_quiet(choices, now):
        return done
    waiting = list(Notification.objects.to_try(now)[:MOST_WAITING])
    asked = [one for one in notice_kinds().values() if is_asked(one, choices, now)]
    if not (waiting or asked):
        return done
    due = Due(choices, now, done)
    if asked:
        note_asked(choices, [kind for kind in asked if due.store(kind)], now)
        waiting = list(Notification.objects.to_try(now)[:MOST_WAITING])
    for message in waiting:
        # Quiet hours may have begun while a slow channel sent the one before.
        if done.tried >= MOST_AT_ONCE or is_quiet(choices, timezone.now()):
            break
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
    if asked == choices.asked:
        return
    Choices.objects.filter(pk=ONLY).update(asked=asked)


class NoNotice(Enum):
    """Why there is nothing to be told of a message now."""

    OVER = auto()
    #: Its kind could not say at present whether it is still so.
    UNKNOWN = auto()


class Due:
    """What the kinds say is due, each asked once in a go."""

    def __init__(self, choices: Choices, now: datetime, done: Round) -> None:
        self._choices, self._now, self._done = choices, now, done
        self._found: dict[str, dict[str, Notice] | None] = {}

    def of(self, kind: NoticeKind) -> dict[str, Notice] | None:
        """Return what is due of a kind, by key; None where it could not say it, which must not silence the others."""
        if kind.name not in self._found:
            try:
                found = list(islice(kind.due(self._now), MOST_DUE))
            except Exception as error:  # noqa: BLE001 - it is raised again when the others have had their turn
                self._done.errors.append(error)
                self._found[kind.name] = None
            else:
                self._found[kind.name] = {one.key: one for one in found}
        return self._found[kind.name]

    def store(self, kind: NoticeKind) -> bool:
        """Store what is due and is not stored yet, and let what ended unsent and is so again wait anew. Returns whether that
        is all that is due."""
        due = self.of(kind)
        if not due:
            return True
        known = Notification.objects.known(kind.name, due)
        Notification.objects.revive(
            [pk for pk, channel in known.unsent if self._wants(kind.name, channel)], self._now
        )
        new = [
            self._message(kind, notice, channel)
            for notice in due.values()
            for channel in self._choices.channels_of(kind.name)
            if (notice.key, channel) not in known.keys
        ]
        # Another process may have stored it in between.
        Notification.objects.bulk_create(new[:MOST_OF_A_KIND], ignore_conflicts=True)
        return len(new) <= MOST_OF_A_KIND

    def _message(self, kind: NoticeKind, notice: Notice, channel: str) -> Notification:
        return Notification(
            kind=kind.name,
            key=notice.key,
            channel=channel,
            title=notice.title[:LONGEST_TITLE],
            text=notice.text[:LONGEST_TEXT],
            path=notice.path,
            created_at=self._now,
            next_attempt_at=self._now,
        )

    def _wants(self, kind: str, channel: str) -> bool:
        return channel in self._choices.channels_of(kind)

    def still(self, message: Notification) -> Notice | NoNotice:
        """Return the message as it is to be told now, or why it is not: what nobody wants any more is over, too."""
        kind = notice_kinds().get(message.kind)
        if kind is None or not self._wants(kind.name, message.channel):
            return NoNotice.OVER
        if not has_come(kind.when, self._choices, self._now):
            return NoNotice.OVER
        due = self.of(kind)
        return NoNotice.UNKNOWN if due is None else due.get(message.key, NoNotice.OVER)


def attempt(message: Notification, due: Due, done: Round) -> None:
    """Send a message, if it is wanted and not over, and if no other process does."""
    now = timezone.now()
    notice = due.still(message)
    is_closed = notice is not NoNotice.OVER and message.channel in done.closed
    if is_closed or not message.claim(now):
        return
    if notice is NoNotice.UNKNOWN:
        hold(message, now, done)
        return
    if notice is NoNotice.OVER:
        end_over(message, done)
        return
    try:
        said = CHANNELS[message.channel].send(outgoing(message, notice))
    except PartlySent as error:
        send_rest(message, error, now, done)
    except SyncError as error:
        if isinstance(error, TryLater | NotConfigured):
            done.closed.add(message.channel)
        put_off(message, error, now, done)
    else:
        message.end(Notification.State.SENT, said)
        done.sent += 1


def outgoing(message: Notification, notice: Notice) -> Outgoing:
    name = f"{message.kind} {message.key} {message.channel} {message.pk}"
    identity = hashlib.sha256(name.encode()).hexdigest()[:32]
    title, text = notice.title[:LONGEST_TITLE], notice.text[:LONGEST_TEXT]
    return Outgoing(identity, title, text, notice.path, notice.mail, tuple(message.reached))


def end_over(message: Notification, done: Round) -> None:
    if message.reached:
        message.end(Notification.State.SENT, message.outcome)
    else:
        message.end(Notification.State.DROPPED, OVER)
    done.ended += 1


def send_rest(message: Notification, error: PartlySent, now: datetime, done: Round) -> None:
    """Let the browsers that could not be reached have their turn again, for about half an hour: the others have it."""
    if message.reached and message.attempts >= MOST_OF_THE_REST:
        message.end(Notification.State.SENT, str(error))
        done.sent += 1
    else:
        message.reached = error.reached
        put_off(message, error, now, done)


def hold(message: Notification, now: datetime, done: Round) -> None:
    """Let a message wait of which its kind cannot say whether it is still so, or give it up: those that can be sent must
    not wait behind it for ever."""
    if now - message.created_at >= GIVEN_UP_AFTER:
        message.end(Notification.State.FAILED, NOBODY_KNOWS)
        done.ended += 1
    else:
        put_off(message, TryLater(NOBODY_KNOWS), now, done)


def put_off(message: Notification, error: SyncError, now: datetime, done: Round) -> None:
    """Let a message that could not be sent wait, longer each time: for as long as it is so, its owner may mend the channel
    and has not been told."""
    growing = SHORTEST_WAIT * 2 ** min(message.attempts, 10)
    named = error.after if isinstance(error, TryLater) else None
    wait = min(max(growing, named or SHORTEST_WAIT), LONGEST_WAIT)
    message.wait(now + wait, str(error))
    done.postponed += 1
