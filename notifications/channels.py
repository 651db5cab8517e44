"""The ways by which a message reaches the owner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lifetracker.errors import NotConfigured, SyncError
from lifetracker.ops import mail
from notifications import ntfy, push
from notifications.models import ChannelName
from notifications.outgoing import Outgoing, unexpected


@dataclass(frozen=True, kw_only=True)
class Channel:
    """`missing`: why it cannot be used and what to do, in words; empty where it can."""

    name: ChannelName
    about: str
    missing: Callable[[], str]
    way: Callable[[Outgoing], str]

    def send(self, message: Outgoing) -> str:
        """Send a message, and return what is to be noted beside that it was sent. Raises a SyncError whose text is for the
        owner, and nothing else: what one message or one channel does wrong must not stop the others."""
        try:
            return self.way(message)
        except SyncError:
            raise
        except Exception as error:  # noqa: BLE001 - it is noted with the message, and logged
            raise unexpected(error, self.name.label) from None


def missing_of_mail() -> str:
    if mail.has_mail():
        return ""
    found = [f"{fault.text} {fault.todo}" for fault in mail.faults()]
    return " ".join(found) or "Set EMAIL_HOST and OWNER_EMAIL, then restart: docs/settings.md."


def send_mail(message: Outgoing) -> str:
    """Send it under an id of its own, by which a mail program knows one that comes twice: as plain text, unless it brings a
    mail of its own."""
    if missing := missing_of_mail():
        raise NotConfigured(missing)
    if message.mail:
        mail.send_to_owner(message.title, *message.mail(), identity=message.id)
        return ""
    text = "\n\n".join(filter(None, [message.text, message.url]))
    mail.send_to_owner(message.title, text, identity=message.id)
    return ""


CHANNELS = {
    one.name.value: one
    for one in (
        Channel(
            name=ChannelName.MAIL,
            about="To OWNER_EMAIL, by your mail server. The providers of both can read it.",
            missing=missing_of_mail,
            way=send_mail,
        ),
        Channel(
            name=ChannelName.NTFY,
            about="To your topic of ntfy. The operator of its server can read it, and whoever knows the topic.",
            missing=ntfy.missing,
            way=ntfy.send,
        ),
        Channel(
            name=ChannelName.PUSH,
            about="To the browsers below, encrypted so that only they can read it.",
            missing=push.missing,
            way=push.send,
        ),
    )
}
