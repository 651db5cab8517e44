"""Messages at the part of the page that they are about, to which an answer leads back: at the top nobody would see
them there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

PREFIX = "at-"


class Notices(NamedTuple):
    """`general`: what stands at the top of the page; `placed`: by the id of a part, what stands in it."""

    general: list[Message]
    placed: Mapping[str, list[Message]]


def at(place: str) -> str:
    """Return the tag of a message that belongs to the part of the page with this id."""
    return f"{PREFIX}{place}"


def notices_of(request: HttpRequest, places: Collection[str]) -> Notices:
    """Return the messages for this page, which are taken off the list. `places`: the parts that it has."""
    general: list[Message] = []
    placed: dict[str, list[Message]] = defaultdict(list)
    for message in messages.get_messages(request):
        place = (message.extra_tags or "").removeprefix(PREFIX)
        (placed[place] if place in places else general).append(message)
    return Notices(general, dict(placed))
