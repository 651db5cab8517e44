"""The log of what was done to accounts and with the data as a whole: `record` writes a line of it, and
knows by whom and from where."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.apps import apps
from django.db import models
from django.http import HttpRequest
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.sessions.backends.base import SessionBase


class Caller(NamedTuple):
    """Of a request: who it is, which a login within it changes, and from which address."""

    request: HttpRequest
    address_of: Callable[[HttpRequest], str]

    @property
    def name(self) -> str:
        user = getattr(self.request, "user", None)
        return str(user.get_username()) if user is not None and user.is_authenticated else ""

    @property
    def address(self) -> str:
        return self.address_of(self.request)[:LONGEST_ADDRESS]


# Of the request that this thread answers.
_caller: ContextVar[Caller | None] = ContextVar("caller", default=None)


class Kind(models.TextChoices):
    LOGIN = "login", "Login"
    LOGIN_FAILED = "login failed", "Failed login"
    LOCKED = "locked", "Login locked"
    LOGOUT = "logout", "Logout"
    SESSION_ENDED = "session ended", "Session ended"
    PASSWORD = "password", "Password changed"
    ACCOUNT_MADE = "account made", "Account created"
    ACCOUNT_DELETED = "account deleted", "Account deleted"
    RIGHTS = "rights", "Rights changed"
    FACTOR_ADDED = "factor added", "Second factor added"
    FACTOR_REMOVED = "factor removed", "Second factor removed"
    CODES_MADE = "codes made", "Recovery codes created"
    CODE_USED = "code used", "Recovery code used"
    CONFIRM_FAILED = "confirm failed", "Failed confirmation"
    TOKEN_MADE = "token made", "API token created"
    TOKEN_CHANGED = "token changed", "API token changed"
    TOKEN_REVOKED = "token revoked", "API token revoked"
    TOOL_USED = "tool used", "Tool used by an AI client"
    CONNECTED = "connected", "Service connected"
    DISCONNECTED = "disconnected", "Service disconnected"
    BACKUP = "backup", "Backup"
    BACKUP_FAILED = "backup failed", "Failed backup"
    RESTORE = "restore", "Restore"
    EXPORT = "export", "Export"
    KEY_CHANGED = "key changed", "Secrets re-encrypted"


LONGEST_NAME, LONGEST_ADDRESS, LONGEST_DETAIL = 160, 60, 300

# Whoever is not logged in can cause these, as many as they like.
BY_STRANGERS = (Kind.LOGIN_FAILED, Kind.LOCKED)
# So many of these in an hour: more would tell nothing new, hide what else is there, and fill the disk.
MOST_BY_STRANGERS = 200


@contextmanager
def answering(request: HttpRequest, address_of: Callable[[HttpRequest], str]) -> Iterator[Caller]:
    """Attribute what is recorded within to this request."""
    caller = Caller(request, address_of)
    token = _caller.set(caller)
    try:
        yield caller
    finally:
        _caller.reset(token)


def record(
    kind: Kind, account: AbstractBaseUser | AnonymousUser | str | None = None, detail: str = ""
) -> None:
    """Write down what has just been done: to which account (a user or a name; without one, to that of
    whoever does it), and a few words on it, which must hold no secret."""
    if kind in BY_STRANGERS and are_enough():
        return
    caller = _caller.get()
    actor = caller.name if caller else program()
    if account is None:
        account = caller.name if caller else ""
    name = account if isinstance(account, str) else account.get_username()
    apps.get_model("accounts", "Event")._default_manager.create(
        kind=kind,
        account=name[:LONGEST_NAME],
        by=actor[:LONGEST_NAME],
        address=address(),
        detail=detail[:LONGEST_DETAIL],
    )


def are_enough() -> bool:
    """Return whether strangers have caused as many events within the last hour as are kept."""
    theirs = apps.get_model("accounts", "Event")._default_manager.filter(kind__in=BY_STRANGERS)
    moments = theirs.order_by("-id").values_list("at", flat=True)
    last = moments[MOST_BY_STRANGERS - 1 : MOST_BY_STRANGERS].first()
    return last is not None and last > timezone.now() - timedelta(hours=1)


def address() -> str:
    """Return from which address the request comes that this thread answers; empty without one."""
    caller = _caller.get()
    return caller.address if caller else ""


def own_session(user: AbstractBaseUser) -> SessionBase | None:
    """Return the session of the request that this thread answers; None where it is not one of this account."""
    caller = _caller.get()
    is_own = caller is not None and bool(caller.name) and caller.name == user.get_username()
    return caller.request.session if caller and is_own else None


def program() -> str:
    """Return what acts where no request is answered. Of a command line the command's name alone: what
    follows it may be a secret."""
    name, *arguments = sys.argv
    if Path(name).name == "manage.py" and arguments:
        return f"command {arguments[0]}"
    return "program"
