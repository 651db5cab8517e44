"""Where a repository is fetched from, and what git checks when it is."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass
from urllib.parse import urlsplit

from github_projects.services.git_errors import Reason, RepositoryUnreadable
from lifetracker.errors import NotConfigured

LOOPBACK_HOSTS = {"localhost", "127.0.0.1", "::1"}
# Git's checks of objects (https://git-scm.com/docs/git-fsck) that refuse no repository: old and odd
# programs wrote such lines, and git reads them as it reads others.
# `ignore` and not `warn`: a history may have a hundred thousand of them.
IGNORED_CHECKS = (
    # An odd time or zone: the commit counts, and its time stays unknown.
    "badTimezone",
    "missingSpaceBeforeDate",
    "zeroPaddedDate",
    "badDateOverflow",
    # An author without a name, or without a blank after it: the address is read all the same.
    "missingNameBeforeEmail",
    "missingSpaceBeforeEmail",
    # `040000` for `40000`: the same mode.
    "zeroPaddedFilemode",
    # In a message, which is not read here. In the lines before it NUL stays forbidden.
    "nulInCommit",
)
# All other checks refuse a repository: names that lead out of a folder or into `.git`, and entries that
# are there twice or unsorted (git could read one tree in two ways); submodules and attributes that are
# made to do harm; authors whose address cannot be told from the rest (badName, badEmail, missingEmail,
# badDate, multipleAuthors); objects that are incomplete.


@dataclass(frozen=True)
class Remote:
    """A branch of a repository at a service, with the token that opens it."""

    #: The address of the service, such as https://github.com.
    base: str
    owner: str
    name: str
    branch: str
    token: str
    #: Whether git's check of objects may refuse the repository.
    strict: bool = True

    def __post_init__(self) -> None:
        parts = urlsplit(self.base)
        secure = parts.scheme == "https" or self.is_local
        if not (secure and parts.hostname) or parts.username or parts.query or parts.fragment:
            raise NotConfigured(
                "GitHub could not be synced: GITHUB_CLONE_URL must be https://HOST, without a user name."
            )
        if not re.fullmatch(r"[!-~]*", self.token):
            raise NotConfigured(
                "GitHub could not be synced: GITHUB_ACCESS_TOKEN contains a character that no token has. Copy it again."
            )
        if not (is_name(self.owner) and is_name(self.name) and is_branch(self.branch)):
            raise RepositoryUnreadable(Reason.ODD_NAME)

    @property
    def is_local(self) -> bool:
        parts = urlsplit(self.base)
        return parts.scheme == "http" and parts.hostname in LOOPBACK_HOSTS

    @property
    def url(self) -> str:
        return f"{self.base.rstrip('/')}/{self.owner}/{self.name}.git"

    @property
    def ref(self) -> str:
        return f"refs/heads/{self.branch}"

    @property
    def credential(self) -> str:
        return b64encode(f"x-access-token:{self.token}".encode()).decode()

    @property
    def config(self) -> dict[str, str]:
        check = "true" if self.strict else "false"
        config = {"fetch.fsckObjects": check, "transfer.fsckObjects": check}
        config |= {f"fetch.fsck.{name}": "ignore" for name in IGNORED_CHECKS}
        if self.is_local:
            config["protocol.http.allow"] = "always"
        if self.token:
            parts = urlsplit(self.base)
            key = f"http.{parts.scheme}://{parts.netloc}/.extraHeader"
            config[key] = f"Authorization: Basic {self.credential}"
        return config

    @property
    def secrets(self) -> tuple[str, ...]:
        return (self.token, self.credential) if self.token else ()


def is_name(name: str) -> bool:
    return bool(re.fullmatch(r"[A-Za-z0-9._-]+", name)) and name not in {".", ".."}


def is_branch(branch: str) -> bool:
    """Return whether the name is valid by the rules of `git check-ref-format`.

    See https://git-scm.com/docs/git-check-ref-format.
    """
    forbidden = r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/$|^/|\.$|(^|/)\.|\.lock(/|$)|^-"
    return bool(branch) and not re.search(forbidden, branch)
