"""A message as it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings

from lifetracker.ops.notices import LongMail


class Outgoing(NamedTuple):
    """`id`: the same whenever this message is sent, letters and digits. `path`: below the home page."""

    id: str
    title: str
    text: str
    path: str = ""
    #: Makes what a mail says in place of the text.
    mail: Callable[[], LongMail] | None = None

    @property
    def url(self) -> str:
        """Return where it leads, for what is read elsewhere; empty where nobody has said under which address the pages are
        reached."""
        return f"{settings.PUBLIC_URL}/{self.path}" if settings.PUBLIC_URL else ""
