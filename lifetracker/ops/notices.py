"""What the owner may be told of without looking. An app declares it in `notices.py`; `notifications/` asks and sends.

These modules are loaded when somebody has switched something on, or opens the page on which that is done: what they need
to say it in words is not for every process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import NamedTuple

from django.utils.module_loading import autodiscover_modules

LONGEST_NAME, LONGEST_KEY = 30, 100


class When(Enum):
    """At which time of the owner's day something is told."""

    ANYTIME = "anytime"
    #: Between the hours of the morning and of the evening that the owner chose.
    MORNING = "morning"
    #: From the hour of the evening to the end of the day.
    EVENING = "evening"


class LongMail(NamedTuple):
    """A mail as text and as HTML."""

    text: str
    html: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A message that is due. `key`: the same for as long as it is about the same, such as `12 2026-09-16`: it is sent once.
    `path`: where it leads, below the home page, such as `goals/12`; written out, because `reverse` loads every page."""

    key: str
    title: str
    text: str
    path: str = ""
    #: Makes what a mail says in place of `text`, when it is sent.
    mail: Callable[[], LongMail] | None = field(default=None, compare=False)


@dataclass(frozen=True, kw_only=True)
class NoticeKind:
    """What may be told. `name` is stored and never changes. `due` returns what is due at a moment: it is asked again before
    a message is sent that had to wait, and what it does not return any more is not sent."""

    name: str
    title: str
    #: When it comes and what it says, in a sentence for the page.
    about: str
    due: Callable[[datetime], Iterable[Notice]]
    when: When = When.ANYTIME
    #: How often it is asked.
    every: timedelta = timedelta(minutes=10)
    #: Its place on the page.
    order: int = 50


_declared: dict[str, NoticeKind] = {}


def register_notices(kind: NoticeKind) -> None:
    """Declare what the owner may be told of."""
    if not kind.name or len(kind.name) > LONGEST_NAME:
        raise ValueError(f"{kind.name!r} is no name of a kind of notices")
    _declared[kind.name] = kind


@cache
def load() -> None:
    autodiscover_modules("notices")


def notice_kinds() -> dict[str, NoticeKind]:
    """Return what the apps declare, by name, in the order of the page."""
    load()
    return {one.name: one for one in sorted(_declared.values(), key=lambda one: one.order)}
