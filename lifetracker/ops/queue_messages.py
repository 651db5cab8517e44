"""What django-q stores outside of the process, without its pickles: a message is JSON under a signature, and
so are the notes on a worker's state; what a task returned is JSON in the database. A message runs
the program's own tasks alone, whoever wrote it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import django_q.status
import django_q.worker
import picklefield.fields  # type: ignore[import-untyped]
from django.core import signing
from django.db.models.signals import post_save
from django_q.models import Task
from django_q.signals import call_hook
from django_q.signing import BadSignature, SignedPackage

MESSAGE = "lifetracker.queue.message"
STATUS = "lifetracker.queue.status"
# Of django-q's options those that run nothing: no hook, no chain, no result in the cache.
OPTIONS = ("group", "save", "ack_failure", "cluster", "timeout")
TASKS = "lifetracker.tasks"
UNREADABLE = "(stored in a format that is no longer supported)"


# --- Signed text ----------------------------------------------------------------------------------


def signed(content: object, salt: str) -> str:
    """Return the content as signed text. What JSON cannot hold becomes its text: one odd schedule must not stop the
    others."""
    text = json.dumps(content, default=str, skipkeys=True)
    return signing.TimestampSigner(salt=salt).sign(text)


def verified(given: object, salt: str) -> Any:
    """Return the content of a signed text. Raises BadSignature for whatever else it is given."""
    try:
        text = given.decode() if isinstance(given, bytes) else str(given)
        return json.loads(signing.TimestampSigner(salt=salt).unsign(text))
    except (ValueError, RecursionError) as error:
        raise BadSignature("The text was not signed here.") from error


# --- Messages -------------------------------------------------------------------------------------


def write_message(task: Mapping[str, object], compressed: bool = False) -> str:
    del compressed  # they are short
    parts = ("id", "name", "func", "args", "kwargs", "started", *OPTIONS)
    return signed({name: task[name] for name in parts if name in task}, MESSAGE)


def read_message(given: object) -> dict[str, object]:
    """Return a task as django-q takes it. Raises BadSignature."""
    content = verified(given, MESSAGE)
    try:
        options = {name: content[name] for name in OPTIONS if name in content}
        return {
            **{name: str(content[name]) for name in ("id", "name", "func")},
            "args": tuple(content["args"]),
            "kwargs": dict(content["kwargs"]),
            "started": datetime.fromisoformat(content["started"]),
            **options,
        }
    except (KeyError, TypeError, ValueError) as error:
        raise BadSignature("The message was signed by another version.") from error


def own_task(name: str) -> Callable[..., object] | None:
    """Return the task of this name, as `pydoc.locate` would that of any; None for what is none of the program's own."""
    module, _, function = name.rpartition(".")
    if module != TASKS:
        return None
    tasks = import_module(TASKS)
    function = tasks.FORMER_NAMES.get(function, function)
    if function not in tasks.OWN_TASKS:
        return None
    task: Callable[..., object] = getattr(tasks, function)
    return task


# --- The state of a worker ------------------------------------------------------------------------


class SignedStatus:
    """In the place of django-q's SignedPackage."""

    @staticmethod
    def dumps(status: django_q.status.Stat, compressed: bool = False) -> str:
        del compressed
        return signed(status.__getstate__(), STATUS)

    @staticmethod
    def loads(given: object) -> django_q.status.Stat:
        content = verified(given, STATUS)
        status = django_q.status.Stat.__new__(django_q.status.Stat)
        moments = {name: datetime.fromisoformat(content[name]) for name in ("tob", "timestamp")}
        status.__dict__.update(content | moments | {"cluster_id": UUID(content["cluster_id"])})
        return status


# --- What tasks returned --------------------------------------------------------------------------


def write_result(value: object, *_: object) -> str:
    text: str = picklefield.fields.PickledObject(json.dumps(value, default=str, skipkeys=True))
    return text


def read_result(stored: str, *_: object) -> object:
    try:
        return json.loads(stored)
    except (ValueError, RecursionError):
        return UNREADABLE


# --- In django-q's place --------------------------------------------------------------------------


def install() -> None:
    """Take the place of whatever django-q would unpickle, or import by a name that is stored."""
    SignedPackage.dumps = staticmethod(write_message)
    SignedPackage.loads = staticmethod(read_message)
    django_q.status.SignedPackage = SignedStatus
    django_q.worker.pydoc = SimpleNamespace(locate=own_task)
    picklefield.fields.dbsafe_encode = write_result
    picklefield.fields.dbsafe_decode = read_result
    post_save.disconnect(call_hook, sender=Task)
