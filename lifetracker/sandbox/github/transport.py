"""Git's smart HTTP: git's own server program, behind GitHub's manners."""

import re
import subprocess
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from lifetracker.sandbox.github import bare
from lifetracker.sandbox.github.access import Access, Caller
from lifetracker.sandbox.github.repositories import Repository
from lifetracker.sandbox.github.shelf import Shelf
from lifetracker.sandbox.messages import Answer, Incoming

PATH = re.compile(r"/([^/]+)/([^/]+?)(?:\.git)?(/info/refs|/git-upload-pack|/git-receive-pack)")
TEXT = {"Content-Type": "text/plain; charset=UTF-8"}
REALM = {"WWW-Authenticate": 'Basic realm="GitHub"'}


class Transport:
    """`fetches` names the repository of each answer in which objects were sent."""

    def __init__(self, shelf: Shelf, access: Access) -> None:
        self._shelf, self._access = shelf, access
        self.fetches: list[str] = []

    def answer(self, incoming: Incoming, path: str, base: str) -> Answer:
        """`base` stands for https://github.com."""
        match = PATH.fullmatch(path)
        if match is None:
            return Answer(404, b"Not Found", TEXT)
        if "receive-pack" in (incoming.query.get("service", "") + match[3]):
            return Answer(403, b"Write access to repository not granted.", TEXT)
        caller = self._access.caller(incoming)
        if caller == "wrong":
            return Answer(401, b"Invalid username or token.", TEXT | REALM)
        with self._shelf.lock:
            found = self._shelf.by_name(match[1], match[2])
            moved = self._shelf.moved(match[1], match[2]) if found is None else None
        if moved is not None and self._access.sees(caller, moved):
            query = f"?{urlencode(incoming.query)}" if incoming.query else ""
            return Answer(301, b"", {"Location": f"{base}/{moved.full_name}.git{match[3]}{query}"})
        if found is None or not self._access.sees(caller, found):
            return _hidden(caller)
        return self._served(incoming, found, match[3])

    def _served(self, incoming: Incoming, repository: Repository, action: str) -> Answer:
        if repository.disabled:
            return Answer(403, b"Access to this repository has been disabled.", TEXT)
        repository.delay()
        if repository.broken in ("500", "404"):
            return Answer(int(repository.broken), b"Broken on purpose.", TEXT)
        answer = _backend(self._shelf.root(), repository, incoming, action)
        if not _has_objects(answer):
            return answer
        if repository.broken == "cut":
            return Answer(answer.status, answer.body, answer.headers, send="half")
        if repository.broken == "corrupt":
            return Answer(answer.status, _damaged(answer.body), answer.headers)
        self.fetches.append(repository.full_name)
        return answer


def _hidden(caller: Caller) -> Answer:
    """Nobody is told whether there is such a repository before they have said who they are."""
    if caller == "nobody":
        return Answer(401, b"Repository not found.", TEXT | REALM)
    return Answer(404, b"Repository not found.", TEXT)


def _backend(root: Path, repository: Repository, incoming: Incoming, action: str) -> Answer:
    """Run `git http-backend`, which is a CGI program."""
    headers = incoming.headers
    variables = {
        "GIT_PROJECT_ROOT": str(root),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{repository.bare.path.name}{action}",
        "REQUEST_METHOD": incoming.method,
        "QUERY_STRING": urlencode(incoming.query),
        "CONTENT_TYPE": headers.get("Content-Type") or "",
        "CONTENT_LENGTH": str(len(incoming.body)),
        "HTTP_CONTENT_ENCODING": headers.get("Content-Encoding") or "",
        "GIT_PROTOCOL": headers.get("Git-Protocol") or "",
        "REMOTE_ADDR": "127.0.0.1",
    }
    done = subprocess.run(  # noqa: S603 - git's own program
        [_program()],
        input=incoming.body,
        capture_output=True,
        env=bare.environment(**variables),
        check=False,
    )
    return _answer(done.stdout)


@cache
def _program() -> str:
    folder = bare.run("--exec-path").decode().strip()
    return str(Path(folder) / "git-http-backend")


def _answer(spoken: bytes) -> Answer:
    """From the output of a CGI program."""
    head, _, body = spoken.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if line)
    status = int(headers.pop("Status", "200" if headers else "500").split()[0])
    return Answer(status, body, headers)


def _has_objects(answer: Answer) -> bool:
    """Return whether a pack is in it: `packfile` begins it in version 2, a sideband's `PACK` before."""
    result = answer.headers.get("Content-Type") == "application/x-git-upload-pack-result"
    return result and (b"000dpackfile\n" in answer.body or b"\x01PACK" in answer.body)


def _damaged(body: bytes) -> bytes:
    """Return the answer with another bit in the middle of the pack's objects."""
    at = body.index(b"PACK") + 12 + (len(body) - body.index(b"PACK")) // 3
    return body[:at] + bytes([body[at] ^ 0x55]) + body[at + 1 :]
