"""Bare repositories in a folder, and git's own programs to work on them.

Nothing of the machine's configuration has a say, so that the same input makes the same objects.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CONFIG = """[core]
	repositoryformatversion = 0
	bare = true
	compression = 1
[gc]
	auto = 0
[fastimport]
	unpackLimit = 0
[uploadpack]
	allowFilter = true
	allowAnySHA1InWant = true
	hideRefs = refs/stash
[http]
	receivepack = false
	getanyfile = false
"""
LOG_FORMAT = "%x1e%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%cn%x00%ce%x00%ct%x00%B%x00"


@dataclass(frozen=True, slots=True)
class Logged:
    """One commit of `log`."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    author: tuple[str, str, int]  # name, e-mail, seconds since 1970
    committer: tuple[str, str, int]
    message: str
    additions: int
    deletions: int


def environment(**more: str) -> dict[str, str]:
    """All that a git has: none of our own environment."""
    return {
        "PATH": os.pathsep.join((str(Path(_git()).parent), os.defpath)),
        "HOME": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
        **more,
    }


def run(*arguments: str, given: bytes = b"", **variables: str) -> bytes:
    """Run a git command; return what it wrote. Raises ValueError with its complaint when it fails."""
    done = subprocess.run(  # noqa: S603 - git itself, with arguments of our own
        [_git(), *arguments],
        input=given,
        capture_output=True,
        check=False,
        env=environment(**variables),
    )
    if done.returncode:
        raise ValueError(done.stderr.decode(errors="replace").strip() or f"git {arguments[0]}")
    return done.stdout


@cache
def _git() -> str:
    git = shutil.which("git")
    if git is None:
        raise ValueError("the sandbox's GitHub needs git")
    return git


class Bare:
    """One bare repository."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def create(self, branch: str) -> None:
        """As `git init --bare` does, without starting a process."""
        for folder in ("objects/info", "objects/pack", "refs/heads", "refs/tags", "info"):
            (self.path / folder).mkdir(parents=True)
        (self.path / "config").write_text(CONFIG)
        self.point_head(branch)

    def point_head(self, branch: str) -> None:
        (self.path / "HEAD").write_text(f"ref: refs/heads/{branch}\n")

    def git(self, *arguments: str, given: bytes = b"") -> bytes:
        return run(f"--git-dir={self.path}", *arguments, given=given)

    def fast_import(self, stream: bytes) -> None:
        """Refs may move in any way that the stream says."""
        self.git("fast-import", "--quiet", "--force", given=stream)

    def oid(self, ref: str) -> str | None:
        """Return the commit at the end of this ref, if there is one. All refs are loose: nothing packs them."""
        path = self.path / ref
        return path.read_text().strip() if path.is_file() else None

    @property
    def is_empty(self) -> bool:
        """Return whether there is no branch."""
        return not any(path.is_file() for path in (self.path / "refs" / "heads").rglob("*"))

    def branches(self) -> list[str]:
        names = self.git("for-each-ref", "--format=%(refname:lstrip=2)", "refs/heads")
        return names.decode().split()

    def resolve(self, text: str) -> str | None:
        """Return the commit that a branch, a tag or (a part of) an oid stands for."""
        if text.startswith("-"):
            return None
        for name in (f"refs/heads/{text}", text):
            try:
                spoken = self.git("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
            except ValueError:
                continue
            return spoken.decode().strip()
        return None

    def count(self, oid: str, *limits: str) -> int:
        return int(self.git("rev-list", "--count", *limits, oid, "--"))

    def sizes(self, oid: str) -> Iterator[tuple[str, int]]:
        """Yield path and size of each file."""
        for line in self.git("ls-tree", "-r", "-l", "-z", oid).split(b"\0")[:-1]:
            facts, _, path = line.partition(b"\t")
            size = facts.split()[3]
            if size != b"-":  # a submodule
                yield path.decode(errors="replace"), int(size)

    def log(self, oid: str, skip: int, most: int, *limits: str) -> list[Logged]:
        """Return commits, the newest first, as `git log` does."""
        out = self.git(
            *("log", f"--skip={skip}", f"--max-count={most}", f"--format={LOG_FORMAT}"),
            *("--shortstat", "--no-renames", *limits, oid, "--"),
        )
        text = out.decode(errors="replace")
        return [_logged(*part.split("\0", 10)) for part in text.split("\x1e")[1:]]


def _logged(*parts: str) -> Logged:
    oid, tree, parents, *names, message, stat = parts
    changed = {
        word.split()[1][:3]: int(word.split()[0]) for word in stat.strip().split(",") if word
    }
    return Logged(
        oid,
        tree,
        tuple(parents.split()),
        (names[0], names[1], int(names[2])),
        (names[3], names[4], int(names[5])),
        message.rstrip("\n"),
        changed.get("ins", 0),
        changed.get("del", 0),
    )
