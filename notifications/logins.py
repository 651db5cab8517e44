"""A browser gets messages for as long as it is its owner's: until it logs out, its login is ended from elsewhere, or the
account gets another password. A login that only expires ends nothing, as on a phone that shows messages and opens no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from lifetracker.accounts.sessions import others_ended, session_ended
from notifications.models import PushSubscription

#: In a session, and the name of the cookie: the digest of the browser's subscription.
KEY = "push_browser"
#: Browsers keep what is signed with it.
SALT = "notifications.browser"
KNOWN_FOR = timedelta(days=400)


def note(request: HttpRequest, response: HttpResponse, digest: str) -> None:
    """Let this session, and those that begin later in this browser, know which subscription is theirs."""
    request.session[KEY] = digest
    response.set_signed_cookie(
        KEY,
        digest,
        salt=SALT,
        max_age=KNOWN_FOR,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


@receiver(user_logged_in)
def recognize(request: HttpRequest, **_: object) -> None:
    if digest := request.get_signed_cookie(KEY, default="", salt=SALT, max_age=KNOWN_FOR):
        request.session[KEY] = digest


@receiver(user_logged_out)
def forget_own(request: HttpRequest, **_: object) -> None:
    forget(request.session)


@receiver(session_ended)
def forget_ended(data: Mapping[str, Any], **_: object) -> None:
    forget(data)


@receiver(others_ended)
def forget_others(user: User, kept: SessionBase | None, **_: object) -> None:
    """Remove those too of which no session knows: nobody can say that they are still its owner's."""
    own = PushSubscription.objects.filter(user=user)
    own.exclude(digest=kept.get(KEY, "") if kept else "").delete()


def forget(session: Mapping[str, Any] | SessionBase) -> None:
    if digest := session.get(KEY):
        PushSubscription.objects.filter(digest=digest).delete()
