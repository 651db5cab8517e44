"""Since when a session's owner has shown that it is really them."""

from __future__ import annotations

import time

from django.http import HttpRequest

LASTS = 15 * 60
_CONFIRMED = "confirmed"


def note(request: HttpRequest) -> None:
    request.session[_CONFIRMED] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    return bool(0 <= time.time() - request.session.get(_CONFIRMED, 0) < LASTS)
