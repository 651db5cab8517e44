"""Where accounts are logged in, and the end of it."""

from __future__ import annotations

import re

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone

from lifetracker.accounts.addresses import client_address
from lifetracker.accounts.events import Kind, record
from lifetracker.accounts.models import UserSession, UserSessionQuerySet

#: A session was ended from elsewhere; `data`: what it held.
session_ended = Signal()
#: All sessions of `user` were ended but `kept`, which is None where no session of theirs ended them.
others_ended = Signal()

# The first that fits: most say that they are others too.
BROWSERS = {
    "Edge": r"Edg(e|A|iOS)?/",
    "Opera": r"OPR/",
    "Samsung Internet": r"SamsungBrowser/",
    "Firefox": r"(Firefox|FxiOS)/",
    "Chrome": r"(HeadlessChrome|Chrome|CriOS|Chromium)/",
    "Safari": r"Safari/",
}
SYSTEMS = {
    "an iPhone": r"iPhone",
    "an iPad": r"iPad",
    "Android": r"Android",
    "Windows": r"Windows",
    "a Mac": r"Macintosh|Mac OS X",
    "ChromeOS": r"CrOS",
    "Linux": r"Linux",
}


def note(request: HttpRequest) -> None:
    """Write down that this session was seen, every few minutes."""
    UserSession.objects.note(request, client_address(request))


def end(ended: UserSessionQuerySet) -> int:
    """End these at once; return how many."""
    found = list(ended.select_related("user", "session"))
    for one in found:
        record(Kind.SESSION_ENDED, one.user, device_of(one.browser))
        session_ended.send(UserSession, data=one.session.get_decoded())
    return UserSession.objects.filter(pk__in=[one.pk for one in found]).forget()


def others(request: HttpRequest) -> UserSessionQuerySet:
    """Return every login of this account but the one that asks."""
    own = UserSession.objects.filter(user=request.user.pk)
    return own.exclude(session=request.session.session_key)


def end_others(request: HttpRequest) -> int:
    """End them, those too that were not seen since logins are noted; return how many."""
    unnoted = Session.objects.filter(usersession=None, expire_date__gt=timezone.now())
    keys = [
        one.session_key
        for one in unnoted.iterator()
        if one.get_decoded().get(SESSION_KEY) == str(request.user.pk)
        and one.session_key != request.session.session_key
    ]
    removed = Session.objects.filter(pk__in=keys).delete()[0]
    count = removed + end(others(request))
    others_ended.send(UserSession, user=request.user, kept=request.session)
    return count


def device_of(browser: str) -> str:
    """Return `Firefox on Linux` for what a browser says of itself."""
    name, system = (
        next((name for name, form in forms.items() if re.search(form, browser)), "")
        for forms in (BROWSERS, SYSTEMS)
    )
    if not name:
        return "A program"
    return f"{name} on {system}" if system else name
