"""A message as it leaves."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings

from lifetracker.errors import BadResponse, TryLater
from lifetracker.ops.notices import LongMail

logger = logging.getLogger(__name__)


class Outgoing(NamedTuple):
    """`id`: the same whenever this message is sent, letters and digits. `path`: below the home page."""

    id: str
    title: str
    text: str
    path: str = ""
    #: Makes what a mail says in place of the text.
    mail: Callable[[], LongMail] | None = None
    #: Browsers that have it already.
    reached: tuple[int, ...] = ()

    @property
    def url(self) -> str:
        """Return where it leads, for what is read elsewhere; empty where nobody has said under which address the pages are
        reached."""
        return f"{settings.PUBLIC_URL}/{self.path}" if settings.PUBLIC_URL else ""


class PartlySent(TryLater):
    """Some browsers took a message, and others may take it later. `reached`: the ids of those that have it."""

    def __init__(self, text: str, reached: list[int]) -> None:
        super().__init__(text)
        self.reached = reached


def unexpected(error: Exception, way: str) -> BadResponse:
    """Return what is to be said of an error that a way of sending should not have, and log where it came from. Its own
    words are left out of both: they may quote what was sent, a token or an address that is secret."""
    name = type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    where = ", ".join(f"{one.filename}:{one.lineno}" for one in frames[-3:])
    logger.error("%s failed with %s at %s", way, name, where)
    return BadResponse(
        f"{way} failed with an error that it should not have ({name}). See its settings; the log says where it was."
    )
