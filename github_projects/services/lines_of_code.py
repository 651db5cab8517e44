"""Lines of code of a tree: non-blank lines that are no comments, each distinct file once.

The files are read from git and written under names of our own, so that nothing in the repository is
obeyed or followed: no ignore file, no attribute, no link, no configuration of a counter.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, Any, NamedTuple, Protocol

from github_projects.services.generated_paths import is_generated
from github_projects.services.git import Failed, Job, Processes
from github_projects.services.git_errors import Reason, unminable

LARGEST_FILE = 20_000_000
LARGEST_TREE = 500_000_000
MOST_FILES = 200_000
# Paths of a tree: more than any project has, and a tree may hold itself many times over.
MOST_PATHS = 2_000_000
# What GitHub's Linguist calls prose or data, by the names that scc and cloc give it
# (https://github.com/github-linguist/linguist/blob/main/lib/linguist/languages.yml).
NOT_CODE = frozenset(
    name.casefold()
    for name in (
        *("Markdown", "Plain Text", "Text", "ReStructuredText", "AsciiDoc", "Textile", "Org"),
        *("Creole", "License", "TaskPaper", "Rich Text Format", "JSON", "JSON5", "JSONC", "JSONL"),
        *("TOON", "CSV", "TSV", "YAML", "TOML", "XML", "XML Schema", "XSD", "DTD", "SVG", "INI"),
        *("Document Type Definition", "Web Services Description Language", "WSDL", "XAML", "FXML"),
        *("MSBuild", "MSBuild script", "nuspec", "Qt Translation Source", "Qt Linguist", "SQL"),
        *("SQL Data", "SQL Stored Procedure", "Protocol Buffers", "GraphQL", "Properties File"),
        *("Properties", "Java Properties", "DOT", "Graphviz (DOT)", "Patch", "diff", "HEX"),
        *("Intel HEX", "gitignore", "ignore", "Docker ignore", "CloudFormation", "Avro", "SPDX"),
        *("CloudFormation (JSON)", "CloudFormation (YAML)", "Bitbucket Pipeline", "Godot Scene"),
        *("Report Definition Language", "Xcode Config", "Systemd", "PO File", "Web Manifest"),
        *("Emacs Dev Env", "Bean", "Jupyter", "Jupyter Notebook"),
    )
)
SCC = (
    "--format=json",
    "--no-complexity",
    "--no-cocomo",
    "--no-gitignore",
    "--no-ignore",
    "--no-scc-ignore",
    "--no-gitmodule",
    "--no-config",
    # Else it leaves out folders and lock files of its own choice.
    "--exclude-dir=:",
    "--exclude-file=:",
)
CLOC = ("--json", "--quiet", "--skip-uniqueness", "--config=/dev/null")


# What reading an answer of another form raises.
NO_ANSWER = (ValueError, LookupError, TypeError, AttributeError)


class LinesOfCode(NamedTuple):
    """`by_language` has every language, `code` is the sum over those that are neither prose nor
    data, `generated` the part of `code` in generated and vendored files, `skipped` the number of
    files that were too large. `method` names the counter that was used: "git" stands for the
    non-blank lines of all text files, whatever they are, where no counter can run."""

    method: str
    by_language: dict[str, int]
    code: int
    generated: int
    skipped: int


class Blob(NamedTuple):
    oid: str
    size: int
    path: bytes
    generated: bool


class Repository(Protocol):
    cache: Path
    key: str

    def job(self, *arguments: str, stdin: IO[bytes] | None = None) -> Job: ...


def count_lines(
    repository: Repository, processes: Processes, tip: str, counter: str
) -> LinesOfCode:
    with closing(processes.stream(repository.job("ls-tree", "-r", "-z", "-l", tip))) as listing:
        blobs, skipped = affordable(distinct(entries(listing)))
    tool = COUNTERS[counter](processes) if counter in COUNTERS else None
    if tool:
        try:
            return tool.count(repository, blobs, skipped)
        except (Failed, OSError, *NO_ANSWER):
            # A file can be made for it to fail at.
            pass
    return plain(repository, processes, blobs, skipped)


# --- The files


def entries(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Ended by NUL each."""
    rest, count = b"", 0
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\0")
        count += len(whole)
        if count > MOST_PATHS:
            raise unminable(Reason.TOO_LARGE)
        yield from whole


def distinct(listing: Iterable[bytes]) -> list[Blob]:
    """Files, no links and no submodules. One that lies at several paths has the first that is not
    of a generated file."""
    found: dict[str, Blob] = {}
    for entry in listing:
        about, path = entry.split(b"\t", 1)
        mode, _, oid, size = about.split()
        if mode in {b"120000", b"160000"}:
            continue
        blob = Blob(oid.decode(), int(size), path, is_generated(path))
        known = found.get(blob.oid)
        if known is None or (known.generated and not blob.generated):
            found[blob.oid] = blob
    return list(found.values())


def affordable(blobs: Iterable[Blob]) -> tuple[list[Blob], int]:
    """Those within the limits, and how many are not."""
    kept: list[Blob] = []
    skipped = total = 0
    for blob in blobs:
        larger = blob.size > LARGEST_FILE or total + blob.size > LARGEST_TREE
        if larger or len(kept) == MOST_FILES:
            skipped += 1
        else:
            kept.append(blob)
            total += blob.size
    return kept, skipped


def contents(
    repository: Repository, processes: Processes, blobs: list[Blob]
) -> Iterator[tuple[Blob, bytes]]:
    with TemporaryFile() as asked:
        asked.write("".join(f"{blob.oid}\n" for blob in blobs).encode())
        asked.seek(0)
        job = repository.job("cat-file", "--batch", "--buffer", stdin=asked)
        with closing(processes.stream(job)) as chunks:
            yield from zip(blobs, objects(chunks), strict=True)


def objects(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A line `<oid> <type> <size>`, the content, a newline; and so on."""
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while (end := buffer.find(b"\n")) >= 0:
            about = buffer[:end].split()
            if len(about) != 3:
                raise Failed(0, "missing blob")
            stop = end + 1 + int(about[2])
            if len(buffer) <= stop:
                break
            yield bytes(buffer[end + 1 : stop])
            del buffer[: stop + 1]


def safe_name(path: bytes) -> str:
    """The last part of a path as a name that nothing takes for an option, an ignore file or a
    configuration. Its end is kept, for the language is known by it."""
    name = path.rpartition(b"/")[2].decode("ascii", errors="replace")
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-100:].lstrip(".-") or "_"


# --- Counting


def plain(
    repository: Repository, processes: Processes, blobs: list[Blob], skipped: int
) -> LinesOfCode:
    total = generated = 0
    for blob, content in contents(repository, processes, blobs):
        if b"\0" not in content[:8000]:
            lines = sum(1 for line in content.splitlines() if line.strip())
            total += lines
            generated += lines if blob.generated else 0
    return LinesOfCode("git", {"Text": total} if total else {}, total, generated, skipped)


class Tool(ABC):
    """A program that counts the files of a folder by language."""

    name: str
    version: str
    arguments: tuple[str, ...]

    def __init__(self, processes: Processes) -> None:
        self.processes = processes

    def count(self, repository: Repository, blobs: list[Blob], skipped: int) -> LinesOfCode:
        # Before the files are written: there may be no such program.
        method = f"{self.name} {self._version()}"
        with TemporaryDirectory(prefix=f"{repository.key}.tree-", dir=repository.cache) as place:
            own, generated = Path(place, "own"), Path(place, "generated")
            self._write(repository, blobs, own, generated)
            of_others = self._counted(generated)
            by_language = self._counted(own) + of_others
        code = sum(lines for name, lines in by_language.items() if is_code(name))
        part = sum(lines for name, lines in of_others.items() if is_code(name))
        return LinesOfCode(method, dict(by_language), code, part, skipped)

    def _write(self, repository: Repository, blobs: list[Blob], own: Path, generated: Path) -> None:
        if shutil.disk_usage(own.parent).free < self._needed(blobs):
            raise unminable(Reason.DISK_FULL)
        # Names of which some disks make no difference are in folders of their own.
        times: Counter[tuple[Path, str]] = Counter()
        for folder in (own, generated):
            folder.mkdir(mode=0o700)
        for blob, content in contents(repository, self.processes, blobs):
            name, folder = safe_name(blob.path), generated if blob.generated else own
            place = folder / str(times[folder, name.lower()])
            times[folder, name.lower()] += 1
            place.mkdir(mode=0o700, exist_ok=True)
            (place / name).write_bytes(content)

    def _needed(self, blobs: list[Blob]) -> int:
        return sum(blob.size + 8192 for blob in blobs) + self.processes.limits.free_kb * 1024

    def _run(self, *arguments: str) -> bytes:
        beside = Path(sys.executable).with_name(self.name)
        program = str(beside) if beside.exists() else self.name
        return self.processes.run(Job([program, *arguments], self.processes.environment()))

    def _version(self) -> str:
        found = re.search(rb"\d+\.\d+(\.\d+)?", self._run("--version"))
        if not found:
            raise ValueError("no version")
        return found[0].decode()

    def _counted(self, folder: Path) -> Counter[str]:
        said = self._run(*self.arguments, str(folder))
        return Counter(
            {name: lines for name, lines in self.parsed(json.loads(said or b"[]")) if lines}
        )

    @abstractmethod
    def parsed(self, answer: Any) -> Iterator[tuple[str, int]]:
        """Languages with their lines of code, from what the program prints."""


class Scc(Tool):
    """https://github.com/boyter/scc"""

    name = "scc"
    arguments = SCC

    def parsed(self, answer: Any) -> Iterator[tuple[str, int]]:
        for language in answer or []:
            yield language["Name"], language["Code"]


class Cloc(Tool):
    """https://github.com/AlDanial/cloc"""

    name = "cloc"
    arguments = CLOC

    def parsed(self, answer: Any) -> Iterator[tuple[str, int]]:
        for name, numbers in dict(answer).items():
            if name not in {"header", "SUM"}:
                yield name, numbers["code"]


COUNTERS: dict[str, type[Tool]] = {"scc": Scc, "cloc": Cloc}


def is_code(language: str) -> bool:
    return language.casefold() not in NOT_CODE
