"""What was found, and what to do about it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.utils import timezone


class Finding(NamedTuple):
    """`subject`: what it is about, such as the name of a service. `text`: what is the matter. `todo`: what to do.

    `needs_owner`: nothing mends it unless somebody acts.
    """

    subject: str
    text: str
    todo: str = ""
    needs_owner: bool = True


def note(subject: str, text: str, todo: str = "") -> Finding:
    """Return what is good to know and needs nobody."""
    return Finding(subject, text, todo, needs_owner=False)


def at(moment: datetime | None) -> str:
    """Return a moment as clocks show it; `never` where there is none."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else "never"
