"""Why a repository could not be read, by who can do something about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from enum import Enum

from lifetracker.errors import BadResponse, NeedsReauthorization, NotConfigured, SyncError, TryLater


class Reason(Enum):
    """Why a repository cannot be read, each with the words that users see."""

    GONE = "it was not found: it was deleted or renamed, or the token has no access to it"
    REFUSED = "access is refused: the token may not read it, or its organisation requires the token to be authorised"
    TAKEN_DOWN = "it is no longer available: it was taken down"
    MOVED = "it has moved to another name"
    BRANCH_GONE = "its default branch does not exist"
    SHALLOW = "its history is incomplete at the service"
    ODD_NAME = "its name, or its branch's name, is not one that GitHub allows"
    TOO_LARGE = "it is larger than the limit (GITHUB_MAX_REPOSITORY_MB)"
    TOO_HEAVY = "it needs more memory than one repository may use"
    TOO_SLOW = "it took longer than the limit (GITHUB_MINUTES_PER_REPOSITORY)"
    DISK_FULL = "the disk is full"
    MALFORMED = "it contains malformed objects, which git's check refuses. If you trust it, run `sync_github --repo NAME --accept-malformed`"
    DAMAGED = "the local copy is damaged. The next sync fetches it again"
    CANCELLED = "it was cancelled"
    UNKNOWN = "git could not read it"


NOT_VISIBLE = {Reason.GONE, Reason.REFUSED, Reason.TAKEN_DOWN}


class RepositoryUnreadable(BadResponse):
    """This repository cannot be read. Its numbers stay as they were read the last time."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"The repository cannot be read: {reason.value}{detail}.")
        self.reason = reason

    @property
    def gone(self) -> bool:
        """Return whether it does not exist any more, or not for this token."""
        return self.reason in NOT_VISIBLE


# Failures of the network and of the service that pass.
NETWORK_FAILURES = (
    r"returned error: (429|5\d\d)|Could not resolve|Couldn't resolve|Failed to connect|Couldn't connect|"
    r"Connection (was )?(refused|reset|timed out|closed)|[Tt]imed out|too slow|early EOF|hung up unexpectedly|"
    r"RPC failed|unexpected disconnect|Empty reply|transfer closed|Recv failure|Send failure|SSL_ERROR|"
    r"GnuTLS|gnutls_handshake|bytes of body are still expected|unable to access"
)
SIGNS_OF_DAMAGE = (
    r"not a git repository|bad object|corrupt|[Mm]issing (blob|tree|commit)|unable to read|could not read|"
    r"unable to find|loose object|did not receive expected object|bad (tree|signature)|inflate|"
    r"bad config|unable to parse|packfile|pack has|index file|bad revision|not a valid object|cannot lock ref|Failed to traverse"
)


def token_refused() -> SyncError:
    return NeedsReauthorization(
        "GitHub does not accept the token for cloning. Make a new one and put it into .env as GITHUB_ACCESS_TOKEN."
    )


def certificate_refused() -> SyncError:
    return NotConfigured(
        "GitHub could not be synced: git cannot verify the server's certificate. Set GIT_SSL_CAINFO to the file with the certificate authorities."
    )


def no_git(why: str = "a part of git is missing") -> SyncError:
    return NotConfigured(
        f"GitHub could not be synced: {why}. Histories are read with git 2.31 or newer. Install it (apt-get install git). "
        "On Heroku, add the apt buildpack, which reads the Aptfile, and set GIT_EXEC_PATH to /app/.apt/usr/lib/git-core."
    )


def network_failed() -> SyncError:
    return TryLater("GitHub: the repository could not be fetched, the network failed.")


class CloneBusy(TryLater):
    """Another process uses the clone, such as a git that outlives the worker that started it."""

    def __init__(self) -> None:
        super().__init__("Another process is reading this repository. Try again in a minute.")


# What git writes, and the cause. The first that fits counts: what is certain stands before what git
# writes in many cases.
CAUSES: tuple[tuple[str, Reason | Callable[[], SyncError]], ...] = (
    (r"[Oo]ut of memory|malloc failed|mmap failed|Cannot allocate memory", Reason.TOO_HEAVY),
    (r"No space left|quota exceeded", Reason.DISK_FULL),
    (r"is not a git command|find remote helper|loading shared libraries", no_git),
    (r"returned error: 451|DMCA|disabled by GitHub", Reason.TAKEN_DOWN),
    (r"returned error: 4(04|10)|repository '.*' not found|Repository not found", Reason.GONE),
    (r"[Cc]ouldn't find remote ref", Reason.BRANCH_GONE),
    (r"returned error: 30\d|redirect", Reason.MOVED),
    (r"Authentication failed|returned error: 401|could not read Username", token_refused),
    (r"returned error: 403|access denied", Reason.REFUSED),
    (r"certificate|CAfile|CApath", certificate_refused),
    (r"\.lock': File exists|but expected", CloneBusy),
    (r"fsck error|error: object [0-9a-f]+: \w+:", Reason.MALFORMED),
    (NETWORK_FAILURES, network_failed),
    (SIGNS_OF_DAMAGE, Reason.DAMAGED),
)


# The name of a repository or a branch says nothing about what went wrong with it.
NAMES = re.compile(r"https?://[^\s']+|refs/heads/\S+")


def explain(stderr: str, secrets: Collection[str] = ()) -> SyncError:
    """Return the error for what git wrote.

    Its text is our own; only where git is not understood it holds git's last line, without secrets and
    without paths of this machine.
    """
    without_names = NAMES.sub("…", stderr)
    cause = next((cause for sign, cause in CAUSES if re.search(sign, without_names)), None)
    if cause is token_refused and not secrets:
        # Without a token GitHub says no more than that about a private repository.
        cause = Reason.GONE
    if cause is None:
        return RepositoryUnreadable(Reason.UNKNOWN, f" ({last_line(stderr, secrets)})")
    if isinstance(cause, Reason):
        return RepositoryUnreadable(cause, detail(cause, stderr))
    return cause()


def detail(reason: Reason, stderr: str) -> str:
    """Return which of git's checks it was (https://git-scm.com/docs/git-fsck)."""
    found = re.search(r"object [0-9a-f]+: (\w{1,40}):", stderr)
    return f" ({found[1]})" if found and reason is Reason.MALFORMED else ""


def last_line(stderr: str, secrets: Iterable[str]) -> str:
    lines = [line for line in stderr.splitlines() if line and not line.startswith("remote:")]
    return redacted(lines[-1] if lines else "no reason given", secrets)[:200]


def redacted(text: str, secrets: Iterable[str]) -> str:
    """Return the text without secrets, addresses and paths."""
    for secret in secrets:
        text = text.replace(secret, "…")
    text = re.sub(r"(?i)authorization:.*", "…", text)
    text = re.sub(r"(gh[a-z]_|github_pat_)\w+", "…", text)
    return re.sub(r"\S*/\S*", "…", text)
