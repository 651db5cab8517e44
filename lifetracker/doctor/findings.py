"""What was found, and what to do about it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import DatabaseError
from django.utils import timezone

from lifetracker.web.clock import time_at


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
    """Return a moment as clocks show it, `2026-09-16 19:05`; `never` where there is none."""
    if moment is None:
        return "never"
    local = timezone.localtime(moment)
    try:
        time = time_at(local.hour, local.minute)
    except DatabaseError:
        # Which is what the doctor is asked about: the preferences are not there before `migrate`.
        time = f"{local:%H:%M}"
    return f"{local:%Y-%m-%d} {time}"
