"""What the machine refuses (a full disk, a file that cannot be written, a database that is away), in a
sentence for the person who can change it."""

from __future__ import annotations

import errno

from django.db import DatabaseError, connection

ONLY_READABLE = "{name} is on a file system that can only be read."
NOT_ALLOWED = "This user may not read or write {name}."
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
    "readonly database": "The database {name} cannot be written: this user may only read the file, or its folder.",
    "unable to open": "The database {name} cannot be opened: its folder is missing, or this user may not write there. DATABASE_URL names it.",
    "disk I/O error": "The database {name} could not be read or written: the disk is full, can only be read, or is failing.",
    "database is locked": "The database {name} is in use by another program that does not let go of it. Stop that, and try again.",
    "not a database": "{name} is no database of SQLite. DATABASE_URL names another file.",
    "read-only transaction": "The database {name} only answers what reads: its server is set so, or is the copy of another.",
    "No space left": "The disk of the database server is full: {name} could not be written.",
    "malformed": "The database {name} is damaged. Restore a backup into a new file.",
}


def file_failure(error: OSError) -> str | None:
    """None for an error that is no matter of the disk or of permissions."""
    reason = REASONS.get(error.errno or 0)
    return reason and reason.format(name=error.filename or "a file")


def database_failure(error: DatabaseError) -> str:
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    for words, reason in DATABASE_REASONS.items():
        if words in said:
            return reason.format(name=connection.settings_dict["NAME"])
    return (
        f"Database: {said}\n"
        "If it is new, or the program was updated: python manage.py migrate. "
        "If it cannot be opened or reached, DATABASE_URL is wrong. (--traceback shows more.)"
    )
