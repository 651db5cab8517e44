"""Why a repository could not be read, told apart by who can mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from enum import Enum

from lifetracker.http import BadResponse, NeedsReauthorization, NotConfigured, SyncError, TryLater


class Reason(Enum):
    """Each with what the person reads."""

    GONE = "not found: it was removed or renamed, or the token may not see it"
    REFUSED = "access is refused: the token may not read it, or its organisation wants the token authorised"
    TAKEN_DOWN = "it is not available any more: it was taken down"
    MOVED = "it has moved to another name"
    BRANCH_GONE = "its default branch is not there"
    SHALLOW = "its history is cut off at the service"
    ODD_NAME = "its name or its branch's name is none that GitHub allows"
    TOO_LARGE = "it is larger than the limit (GITHUB_MAX_REPOSITORY_MB)"
    TOO_HEAVY = "it needs more memory than is allowed for one repository"
    TOO_SLOW = "it took longer than the limit (GITHUB_MINUTES_PER_REPOSITORY)"
    DISK_FULL = "the disk is full"
    MALFORMED = "it holds malformed objects, which git's check refuses; if it is one that you trust, `sync_github --repo NAME --accept-malformed` reads it all the same"
    DAMAGED = "the copy here is damaged; the next run fetches it anew"
    CANCELLED = "it was cancelled"
    UNKNOWN = "git could not read it"


NOT_VISIBLE = {Reason.GONE, Reason.REFUSED, Reason.TAKEN_DOWN}


class Unminable(BadResponse):
    """This repository cannot be read, for this reason. `gone` says that it is not there any more,
    or not for this token: its last numbers are the last ones."""

    def __init__(self, message: str, reason: Reason = Reason.UNKNOWN) -> None:
        super().__init__(message)
        self.reason = reason

    @property
    def gone(self) -> bool:
        return self.reason in NOT_VISIBLE


def unminable(reason: Reason, detail: str = "") -> Unminable:
    return Unminable(f"The repository cannot be read: {reason.value}{detail}.", reason)


# Passing troubles of the network and of the service.
NETWORK = (
    r"returned error: (429|5\d\d)|Could not resolve|Couldn't resolve|Failed to connect|Couldn't connect|"
    r"Connection (was )?(refused|reset|timed out|closed)|[Tt]imed out|too slow|early EOF|hung up unexpectedly|"
    r"RPC failed|unexpected disconnect|Empty reply|transfer closed|Recv failure|Send failure|SSL_ERROR|"
    r"GnuTLS|gnutls_handshake|bytes of body are still expected|unable to access"
)
DAMAGE = (
    r"not a git repository|bad object|corrupt|[Mm]issing (blob|tree|commit)|unable to read|could not read|"
    r"unable to find|loose object|did not receive expected object|bad (tree|signature)|inflate|"
    r"bad config|unable to parse|packfile|pack has|index file|bad revision|not a valid object|cannot lock ref|Failed to traverse"
)


def no_consent() -> SyncError:
    return NeedsReauthorization(
        "GitHub does not accept the token for cloning. Make a new one and put it into .env."
    )


def no_certificate() -> SyncError:
    return NotConfigured(
        "GitHub: git cannot check the server's certificate. Name the file of the authorities in GIT_SSL_CAINFO."
    )


def no_git(why: str = "git lacks a part of itself") -> SyncError:
    return NotConfigured(
        f"GitHub: {why}; histories are read with git 2.31 or newer. Install it (apt-get install git). "
        "On Heroku: the apt buildpack with the Aptfile of this project, and GIT_EXEC_PATH set to /app/.apt/usr/lib/git-core."
    )


def no_network() -> SyncError:
    return TryLater("GitHub: the repository could not be fetched, the network failed.")


class Busy(TryLater):
    """What was at work at the clone before has not ended yet: a git may outlive its master."""


def busy() -> SyncError:
    return Busy("Another process is at work at this repository.")


# The first that fits: what is certain stands before what git says in many cases.
VERDICTS: tuple[tuple[str, Reason | Callable[[], SyncError]], ...] = (
    (r"[Oo]ut of memory|malloc failed|mmap failed|Cannot allocate memory", Reason.TOO_HEAVY),
    (r"No space left|quota exceeded", Reason.DISK_FULL),
    (r"is not a git command|find remote helper|loading shared libraries", no_git),
    (r"returned error: 451|DMCA|disabled by GitHub", Reason.TAKEN_DOWN),
    (r"returned error: 4(04|10)|repository '.*' not found|Repository not found", Reason.GONE),
    (r"[Cc]ouldn't find remote ref", Reason.BRANCH_GONE),
    (r"returned error: 30\d|redirect", Reason.MOVED),
    (r"Authentication failed|returned error: 401|could not read Username", no_consent),
    (r"returned error: 403|access denied", Reason.REFUSED),
    (r"certificate|CAfile|CApath", no_certificate),
    (r"\.lock': File exists|but expected", busy),
    (r"fsck error|error: object [0-9a-f]+: \w+:", Reason.MALFORMED),
    (NETWORK, no_network),
    (DAMAGE, Reason.DAMAGED),
)


# What a repository or a branch is called says nothing about what went wrong with it.
NAMES = re.compile(r"https?://[^\s']+|refs/heads/\S+")


def explain(complaint: str, secrets: Collection[str] = ()) -> SyncError:
    """The error for what git said. Its text is ours; only where git is not understood, its last
    line is given, without secrets and without places of this machine."""
    plain = NAMES.sub("…", complaint)
    verdict = next((is_so for sign, is_so in VERDICTS if re.search(sign, plain)), None)
    if verdict is no_consent and not secrets:
        # Whoever shows no token is told no more about a private repository.
        verdict = Reason.GONE
    if verdict is None:
        return unminable(Reason.UNKNOWN, f" ({last_line(complaint, secrets)})")
    if isinstance(verdict, Reason):
        return unminable(verdict, detail(verdict, complaint))
    return verdict()


def detail(reason: Reason, complaint: str) -> str:
    """Which of git's checks it was (https://git-scm.com/docs/git-fsck)."""
    found = re.search(r"object [0-9a-f]+: (\w{1,40}):", complaint)
    return f" ({found[1]})" if found and reason is Reason.MALFORMED else ""


def last_line(complaint: str, secrets: Iterable[str]) -> str:
    lines = [line for line in complaint.splitlines() if line and not line.startswith("remote:")]
    return redacted(lines[-1] if lines else "no reason given", secrets)[:200]


def redacted(text: str, secrets: Iterable[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, "…")
    text = re.sub(r"(?i)authorization:.*", "…", text)
    text = re.sub(r"(gh[a-z]_|github_pat_)\w+", "…", text)
    # Addresses and folders.
    return re.sub(r"\S*/\S*", "…", text)
