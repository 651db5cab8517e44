"""Commits as `git fast-import` reads them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lifetracker.sandbox.github.people import Person

Files = Mapping[str, bytes | None]  # None: deleted


@dataclass(frozen=True, slots=True)
class Commit:
    """`zone` is the offset of both times, such as `+0100`. `base`: the ref that a new ref starts
    from; `merge`: a second parent."""

    ref: str
    author: Person
    at: int
    committer: Person
    committed: int
    zone: str
    message: str
    files: Files = field(default_factory=dict)
    base: str | None = None
    merge: str | None = None

    def write(self) -> bytes:
        message = self.message.encode()
        lines = [
            f"commit {self.ref}",
            f"author {self.author.name} <{self.author.email}> {self.at} {self.zone}",
            f"committer {self.committer.name} <{self.committer.email}> {self.committed} {self.zone}",
            f"data {len(message)}",
        ]
        parts = ["\n".join(lines).encode(), b"\n", message, b"\n"]
        if self.base:
            parts.append(f"from {self.base}\n".encode())
        if self.merge:
            parts.append(f"merge {self.merge}\n".encode())
        for path, content in self.files.items():
            parts += _file(path, content)
        return b"".join((*parts, b"\n"))


def _file(path: str, content: bytes | None) -> tuple[bytes, ...]:
    if content is None:
        return (f"D {_quoted(path)}\n".encode(),)
    mode = "100755" if path.endswith(".sh") else "100644"
    return f"M {mode} inline {_quoted(path)}\ndata {len(content)}\n".encode(), content, b"\n"


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
