"""Repositories made by `git fast-import`, and a server that gives them over HTTP as git does it."""

from __future__ import annotations

import gzip
import os
import random
import subprocess
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MORNING = 1_577_840_400
ENVIRONMENT = {
    **{name: os.environ[name] for name in ("PATH", "GIT_EXEC_PATH") if name in os.environ},
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "HOME": "/nonexistent",
    "LC_ALL": "C",
}
Content = bytes | tuple[str, bytes] | None


def git(folder: Path, *arguments: str, given: bytes = b"") -> bytes:
    command = ["git", f"--git-dir={folder}", *arguments]
    done = subprocess.run(command, input=given, env=ENVIRONMENT, capture_output=True, check=False)
    if done.returncode:
        raise AssertionError(done.stderr.decode(errors="replace"))
    return done.stdout


def create(folder: Path, *options: str) -> Path:
    folder.parent.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--bare", "--quiet", "-b", "main", *options, str(folder))
    return folder


def imported(folder: Path, stream: bytes) -> Path:
    git(create(folder), "fast-import", "--quiet", given=stream)
    return folder


def ident(who: bytes, seconds: int | bytes, zone: bytes) -> bytes:
    moment = seconds if isinstance(seconds, bytes) else str(seconds).encode()
    return who + b" " + moment + b" " + zone


def quoted(path: bytes) -> bytes:
    """A path as fast-import reads any: in quotes, each byte by its octal number."""
    return b'"' + b"".join(b"\\%03o" % byte for byte in path) + b'"'


@dataclass
class History:
    """A stream for fast-import, commit by commit. A content is bytes, a mode with bytes, or None
    for a file that goes."""

    branch: str = "main"
    seconds: int = MORNING
    _parts: list[bytes] = field(default_factory=list)
    _marks: int = 0

    def commit(
        self,
        files: Mapping[bytes, Content] | None = None,
        *,
        who: bytes = b"Ada <ada@example.org>",
        zone: bytes = b"+0000",
        authored: int | None = None,
        parents: Iterable[int] | None = None,
        branch: str | None = None,
    ) -> int:
        """Its mark. Each is an hour after the one before."""
        self._marks += 1
        self.seconds += 3600
        author = ident(who, self.seconds if authored is None else authored, zone)
        lines = [
            f"commit refs/heads/{branch or self.branch}\nmark :{self._marks}\n".encode(),
            b"author " + author + b"\n",
            b"committer " + ident(b"Ada <ada@example.org>", self.seconds, b"+0000") + b"\n",
            b"data 1\nx\n",
        ]
        for place, parent in enumerate(parents or ()):
            lines.append(f"{'merge' if place else 'from'} :{parent}\n".encode())
        lines += [change(path, content) for path, content in (files or {}).items()]
        self._parts.append(b"".join(lines) + b"\n")
        return self._marks

    def new_root(self, branch: str) -> None:
        self._parts.append(f"reset refs/heads/{branch}\n\n".encode())

    def stream(self) -> bytes:
        return b"".join(self._parts)

    def save(self, folder: Path) -> Path:
        return imported(folder, self.stream())

    def add_to(self, folder: Path, *options: str) -> None:
        git(folder, "fast-import", "--quiet", *options, given=self.stream())


def change(path: bytes, content: Content) -> bytes:
    if content is None:
        return b"D " + quoted(path) + b"\n"
    mode, body = content if isinstance(content, tuple) else ("100644", content)
    if mode == "160000":
        return b"M 160000 " + body + b" " + quoted(path) + b"\n"
    size = str(len(body)).encode()
    return (
        b"M "
        + mode.encode()
        + b" inline "
        + quoted(path)
        + b"\ndata "
        + size
        + b"\n"
        + body
        + b"\n"
    )


def raw_commit(
    folder: Path,
    author: bytes,
    *,
    parents: Iterable[str] = (),
    files: Mapping[str, bytes] | None = None,
) -> str:
    """A commit with whatever author line, which fast-import would refuse, at the tip of main."""
    entries = []
    for name, content in (files or {}).items():
        oid = git(folder, "hash-object", "-w", "--stdin", given=content).decode().strip()
        entries.append(f"100644 blob {oid}\t{name}")
    tree = git(folder, "mktree", given="\n".join(entries).encode()).strip()
    lines = [b"tree " + tree, *(f"parent {oid}".encode() for oid in parents)]
    lines += [b"author " + author, b"committer Ada <ada@example.org> 1577840400 +0000", b"", b"x"]
    arguments = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
    oid = git(folder, *arguments, given=b"\n".join(lines)).decode().strip()
    (folder / "refs/heads/main").write_text(oid + "\n")
    return oid


def large(folder: Path, commits: int, seed: int = 1) -> Path:
    """A history as of a project of some size: 600 files, each commit changes a few of them."""
    chance = random.Random(seed)  # noqa: S311 - the same at each run, not secret
    words = ["alpha", "beta", "gamma", "delta", "epsilon", "return", "value", "import", "self"]

    def line() -> bytes:
        return " ".join(chance.choices(words, k=chance.randint(2, 6))).encode()

    files = {f"src/p{n % 30}/m{n}.py".encode(): [line() for _ in range(40)] for n in range(600)}
    names = list(files)
    create(folder)
    with subprocess.Popen(
        ["git", f"--git-dir={folder}", "fast-import", "--quiet"],  # noqa: S607 - the git of PATH
        stdin=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as importing:
        assert importing.stdin
        for number in range(commits):
            changed = names if number == 0 else chance.sample(names, chance.randint(1, 5))
            for name in changed:
                lines = files[name]
                place = chance.randrange(len(lines))
                lines[place : place + chance.randint(0, 2)] = [
                    line() for _ in range(chance.randint(0, 3))
                ]
                lines.append(line()) if len(lines) < 20 else None
            history = History(seconds=MORNING + number * 1800)
            who = b"Person %d <p%d@example.org>" % (number % 7, number % 7)
            history.commit({name: b"\n".join(files[name]) + b"\n" for name in changed}, who=who)
            importing.stdin.write(history._parts[0].replace(b"mark :1\n", b""))
    git(folder, "gc", "--quiet")
    return folder


class GitServer:
    """Gives the repositories below `root` at `url`. `status` answers that to all; `pause` are seconds
    between pieces of 16 KB; `tokens` are the Authorization headers that came."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.status: int | None = None
        self.message = b""
        self.headers: dict[str, str] = {}
        self.pause = 0.0
        self.tokens: list[str | None] = []
        self.requests: list[str] = []
        self._server = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Bound", (Handler,), {"git": self})
        )
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> GitServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Handler(BaseHTTPRequestHandler):
    git: GitServer

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self._body())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline(), 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def _answer(self, body: bytes) -> None:
        self.git.tokens.append(self.headers.get("Authorization"))
        self.git.requests.append(f"{self.command} {self.path}")
        if self.git.status:
            self.send_response(self.git.status)
            for name, value in self.git.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write(self.git.message)
            return
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        with subprocess.Popen(
            ["git", "http-backend"],  # noqa: S607 - the git of PATH
            env={**ENVIRONMENT, **self._variables(len(body))},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as backend:
            assert backend.stdin
            assert backend.stdout
            # The one that asked may be gone, killed by the test.
            with suppress(BrokenPipeError, ConnectionError):
                backend.stdin.write(body)
                backend.stdin.close()
                self._pass_on(backend.stdout)
            backend.kill()

    def _variables(self, size: int) -> dict[str, str]:
        parts = urlsplit(self.path)
        return {
            "GIT_PROJECT_ROOT": str(self.git.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": parts.path,
            "QUERY_STRING": parts.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(size),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }

    def _pass_on(self, answer: Any) -> None:
        said = dict(headers(answer))
        status = said.pop("Status", "200 OK")
        self.send_response(int(status.split()[0]))
        for name, value in said.items():
            self.send_header(name, value)
        self.end_headers()
        while piece := answer.read(16_384):
            self.wfile.write(piece)
            time.sleep(self.git.pause)


def headers(answer: Any) -> Iterator[tuple[str, str]]:
    while line := answer.readline().decode().strip():
        name, _, value = line.partition(": ")
        yield name, value


def packed_with_zeros(folder: Path) -> str:
    """A commit whose tree has a folder's mode with a zero before it, at the tip of main."""
    blob = git(folder, "hash-object", "-w", "--stdin", given=b"x = 1\n").decode().strip()
    inner = git(folder, "mktree", given=f"100644 blob {blob}\ta.py".encode()).decode().strip()
    tree = b"040000 src\0" + bytes.fromhex(inner)
    arguments = ("hash-object", "-t", "tree", "-w", "--literally", "--stdin")
    return commit_of(folder, git(folder, *arguments, given=tree).decode().strip())


def commit_of(folder: Path, tree: str, message: bytes = b"x") -> str:
    """A commit of a tree that may be malformed, at the tip of main."""
    who = b"Ada <ada@example.org> 1577840400 +0000"
    lines = [b"tree " + tree.encode(), b"author " + who, b"committer " + who, b"", message]
    arguments = ("hash-object", "-t", "commit", "-w", "--literally", "--stdin")
    oid = git(folder, *arguments, given=b"\n".join(lines)).decode().strip()
    (folder / "refs/heads/main").write_text(oid + "\n")
    return oid
