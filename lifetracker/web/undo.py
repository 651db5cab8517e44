"""Messages of what was done that have a button which undoes it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

#: What the tag of such a message begins with; the address to which the button sends follows.
PREFIX = "undo:"


def say_with_undo(request: HttpRequest, text: str, address: str) -> None:
    """Say what was done, on the next page, with a button that sends to an address of ours."""
    messages.success(request, text, extra_tags=f"{PREFIX}{address}")


def undo_address(message: Message) -> str:
    """Return where the button of a message sends to; empty where it has none."""
    tags = message.extra_tags or ""
    return tags.removeprefix(PREFIX) if tags.startswith(PREFIX) else ""
