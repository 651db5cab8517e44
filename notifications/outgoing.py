"""A message as it leaves."""

from __future__ import annotations

from typing import NamedTuple

from django.conf import settings


class Outgoing(NamedTuple):
    """`id`: the same whenever this message is sent, letters and digits. `path`: below the home page."""

    id: str
    title: str
    text: str
    path: str = ""

    @property
    def url(self) -> str:
        """Return where it leads, for what is read elsewhere; empty where nobody has said under which address the pages are
        reached."""
        return f"{settings.PUBLIC_URL}/{self.path}" if settings.PUBLIC_URL else ""
