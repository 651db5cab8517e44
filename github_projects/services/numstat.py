"""What `git log --numstat -z` prints, and what it says of each commit.

Seven fields ended by NUL, which no commit can hold, and then a record for each file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from github_projects.services.generated_paths import is_generated
from github_projects.services.git import Failed
from github_projects.services.git_errors import Reason, unminable

OID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
FORMAT = "%H%x00%P%x00%at%x00%ct%x00%ad%x00%ae%x00%an"
LOG = (
    "--literal-pathspecs",
    "log",
    "-z",
    "--numstat",
    "-M100%",
    f"--format={FORMAT}",
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
# Longer than any path or name that is meant seriously.
LONGEST_FIELD = 16_000_000


class MinedCommit(NamedTuple):
    """`authored` and `committed` are seconds since 1970 as the commit claims, however absurd; 0
    where it names no number of at most 18 digits. `generated` is the part of `added` and `deleted`
    together that lies in generated, vendored and lock files."""

    oid: str
    parents: int
    authored: int
    committed: int
    offset_min: int
    email: str
    name: str
    added: int
    deleted: int
    generated: int


def checked(oid: str) -> str:
    if not OID.fullmatch(oid):
        raise ValueError("An object id is 40 or 64 hexadecimal digits.")
    return oid


def fields(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
        if len(rest) > LONGEST_FIELD:
            raise unminable(Reason.MALFORMED)
    if rest:
        raise Failed(0, "the output is cut off")


def commits(given: Iterator[bytes]) -> Iterator[MinedCommit]:
    """A record has a tab, an object id has none: that, and nothing in a name, tells them apart."""
    oid = next(given, None)
    while oid is not None:
        head = list(islice(given, 6))
        if len(head) < 6 or not OID.fullmatch(oid.decode("latin-1")):
            raise Failed(0, "the output is not as expected")
        upcoming = None
        added = deleted = generated = 0
        for field in given:
            if b"\t" not in field:
                upcoming = field
                break
            plus, minus, path = field.split(b"\t", 2)
            if not path:
                # It was moved: the old path and the new one follow.
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
        yield commit(oid, head, added, deleted, generated)
        oid = upcoming


def commit(oid: bytes, head: list[bytes], added: int, deleted: int, generated: int) -> MinedCommit:
    parents, authored, committed, zone, email, name = head
    return MinedCommit(
        oid.decode(),
        len(parents.split()),
        seconds(authored),
        seconds(committed),
        minutes(zone),
        text(email),
        text(name),
        added,
        deleted,
        generated,
    )


def seconds(digits: bytes) -> int:
    return int(digits) if digits.isdigit() and len(digits) <= 18 else 0


@lru_cache(maxsize=1000)
def minutes(zone: bytes) -> int:
    """Of "+0530"; 0 for what is no offset of any place on earth."""
    found = re.fullmatch(rb"([+-])(\d\d)([0-5]\d)", zone)
    if not found:
        return 0
    size = int(found[2]) * 60 + int(found[3])
    return 0 if size > 14 * 60 else -size if found[1] == b"-" else size


def text(raw: bytes) -> str:
    """Names are bytes in git. Controls go: databases refuse some, terminals obey others."""
    # Only what is short is worth being remembered.
    return cleaned(raw) if len(raw) < 1000 else cleaned.__wrapped__(raw)


@lru_cache(maxsize=10_000)
def cleaned(raw: bytes) -> str:
    try:
        decoded = raw.decode()
    except UnicodeDecodeError:
        decoded = raw.decode("latin-1")
    return "".join(sign for sign in decoded if unicodedata.category(sign) != "Cc").strip()[:255]
