"""Parsing what `git log --numstat -z` prints of commits.

Of each commit: seven fields ended by NUL, which no commit can hold, and then a record for each file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from github_projects.services.generated_paths import is_generated
from github_projects.services.git_errors import Reason, RepositoryUnreadable
from github_projects.services.processes import ProcessFailed

OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
LOG_FORMAT = "%H%x00%P%x00%at%x00%ct%x00%ad%x00%ae%x00%an"
LOG_ARGUMENTS = (
    "--literal-pathspecs",
    "log",
    "-z",
    "--numstat",
    "-M100%",
    f"--format={LOG_FORMAT}",
    "--date=format:%z",
    "--no-color",
    "--no-ext-diff",
    "--no-textconv",
    "--no-mailmap",
    "--no-notes",
    "--no-show-signature",
    "--encoding=none",
    "--diff-algorithm=myers",
    "--no-walk=unsorted",
    "--stdin",
)
# Longer than any real path or name.
MAX_FIELD_BYTES = 16_000_000


class GitCommit(NamedTuple):
    """A commit, as git reads it."""

    oid: str
    parents: int
    #: Seconds since 1970 as the commit says, however absurd; 0 for no number of at most 18 digits.
    authored: int
    committed: int
    offset_min: int
    email: str
    name: str
    added: int
    deleted: int
    #: The part of `added` and `deleted` together in generated, vendored and lock files.
    generated: int


def checked_oid(oid: str) -> str:
    """Return the id. Raises ValueError for what is none, such as an option of git."""
    if not OID.fullmatch(oid):
        raise ValueError("An object id is 40 or 64 hexadecimal digits.")
    return oid


def split_fields(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the fields of an output. Raises ProcessFailed if it ends within one."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
        if len(rest) > MAX_FIELD_BYTES:
            raise RepositoryUnreadable(Reason.MALFORMED)
    if rest:
        raise ProcessFailed(0, "the output is cut off")


def parse_commits(given: Iterator[bytes]) -> Iterator[GitCommit]:
    """Yield the commits of the fields. Raises ProcessFailed for an output of another form."""
    oid = next(given, None)
    while oid is not None:
        head = list(islice(given, 6))
        if len(head) < 6 or not OID.fullmatch(oid.decode("latin-1")):
            raise ProcessFailed(0, "the output is not as expected")
        upcoming = None
        added = deleted = generated = 0
        for field in given:
            # A record has a tab, an object id has none, whatever a name holds.
            if b"\t" not in field:
                upcoming = field
                break
            plus, minus, path = field.split(b"\t", 2)
            if not path:
                # The file was moved: its old path and its new one follow.
                next(given, b"")
                path = next(given, b"")
            # The first record has a newline before it. Binary files have no numbers.
            if not minus.isdigit():
                continue
            more, less = int(plus), int(minus)
            added += more
            deleted += less
            if (more or less) and is_generated(path):
                generated += more + less
        yield parse_commit(oid, head, added, deleted, generated)
        oid = upcoming


def parse_commit(
    oid: bytes, head: list[bytes], added: int, deleted: int, generated: int
) -> GitCommit:
    parents, authored, committed, zone, email, name = head
    return GitCommit(
        oid.decode(),
        len(parents.split()),
        parse_seconds(authored),
        parse_seconds(committed),
        parse_offset(zone),
        decode_name(email),
        decode_name(name),
        added,
        deleted,
        generated,
    )


def parse_seconds(digits: bytes) -> int:
    return int(digits) if digits.isdigit() and len(digits) <= 18 else 0


@lru_cache(maxsize=1000)
def parse_offset(zone: bytes) -> int:
    """Return the minutes of "+0530", 0 for what is no offset of any place on earth."""
    found = re.fullmatch(rb"([+-])(\d\d)([0-5]\d)", zone)
    if not found:
        return 0
    size = int(found[2]) * 60 + int(found[3])
    return 0 if size > 14 * 60 else -size if found[1] == b"-" else size


def decode_name(raw: bytes) -> str:
    """Return a name or an address, which are bytes in git, as text of at most 255 characters."""
    # Long ones are not worth caching.
    return decode_cached(raw) if len(raw) < 1000 else decode_cached.__wrapped__(raw)


@lru_cache(maxsize=10_000)
def decode_cached(raw: bytes) -> str:
    try:
        decoded = raw.decode()
    except UnicodeDecodeError:
        decoded = raw.decode("latin-1")
    # Without controls: databases refuse some of them, and terminals obey others.
    return "".join(sign for sign in decoded if unicodedata.category(sign) != "Cc").strip()[:255]
