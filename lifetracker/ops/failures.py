"""What the machine refuses (a full disk, a file that cannot be written, a database that is away), in a
sentence for the person who can change it."""

from __future__ import annotations

import errno
import sys

from django.db import DatabaseError, connection

ONLY_READABLE = "{name} is on a read-only file system."
NOT_ALLOWED = "This user does not have permission to read or write {name}."
REASONS = {
    errno.ENOSPC: "The disk is full: {name} could not be written.",
    errno.EDQUOT: "The disk quota is used up: {name} could not be written.",
    errno.EROFS: ONLY_READABLE,
    errno.EACCES: NOT_ALLOWED,
    errno.EPERM: NOT_ALLOWED,
}
# By what SQLite and PostgreSQL say.
DATABASE_REASONS = {
    "disk is full": "The disk is full: the database {name} could not be written.",
    "readonly database": "The database {name} cannot be written because this user has only read permission for the file or its folder.",
    "unable to open": "The database {name} cannot be opened. Its folder is missing, or this user has no write permission there. Check DATABASE_URL.",
    "disk I/O error": "The database {name} could not be read or written. The disk is full, read-only or failing.",
    "database is locked": "The database {name} is locked by another program. Stop that program and try again.",
    "not a database": "{name} is not an SQLite database. Check DATABASE_URL.",
    "read-only transaction": "The database {name} is read-only, or its server is a replica.",
    "No space left": "The disk of the database server is full: {name} could not be written.",
    "malformed": "The database {name} is damaged. Restore a backup into a new file.",
}


def file_failure(error: OSError) -> str | None:
    """Return a sentence on this error; None for one that is no matter of the disk or of permissions."""
    reason = REASONS.get(error.errno or 0)
    return reason and reason.format(name=error.filename or "a file")


def database_failure(error: DatabaseError) -> str:
    message = str(error).splitlines()[0] if str(error) else type(error).__name__
    for words, reason in DATABASE_REASONS.items():
        if words in message:
            return reason.format(name=connection.settings_dict["NAME"])
    return (
        f"Database: {message}\n"
        "If the database is new, or Life Tracker was updated, run: python manage.py migrate. "
        "If it cannot be reached, check DATABASE_URL. (--traceback shows more.)"
    )


def redis_errors() -> tuple[type[Exception], ...]:
    """Return what to catch of Redis: nothing where its client was not loaded, which takes long and is
    for those alone who have one."""
    if "redis" not in sys.modules:
        return ()
    from redis.exceptions import RedisError  # noqa: PLC0415

    return (RedisError,)
