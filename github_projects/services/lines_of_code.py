"""Counting the lines of code of a tree: non-blank lines that are no comments, each distinct file once.

The files are read from git and written under names of our own, so that nothing in the repository is
obeyed or followed: no ignore file, no attribute, no link, no configuration of a counter.
"""

from __future__ import annotations

import collections
import json
import re
import shutil
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import NamedTuple, TypedDict, cast

from github_projects.services.clone_git import CloneGit
from github_projects.services.generated_paths import is_generated
from github_projects.services.git import git_environment
from github_projects.services.git_errors import Reason, RepositoryUnreadable
from github_projects.services.processes import ProcessFailed, ProcessSpec

MAX_FILE_BYTES = 20_000_000
MAX_TREE_BYTES = 500_000_000
MAX_FILES = 200_000
# More paths than any project has: a tree may hold itself many times over.
MAX_PATHS = 2_000_000
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
SCC_ARGUMENTS = (
    "--format=json",
    "--no-complexity",
    "--no-cocomo",
    "--no-gitignore",
    "--no-ignore",
    "--no-scc-ignore",
    "--no-gitmodule",
    "--no-config",
    # Otherwise it leaves out folders and lock files of its own choice.
    "--exclude-dir=:",
    "--exclude-file=:",
)
CLOC_ARGUMENTS = ("--json", "--quiet", "--skip-uniqueness", "--config=/dev/null")


# What reading an output of another form raises.
UNEXPECTED_OUTPUT = (ValueError, LookupError, TypeError, AttributeError)


class LinesOfCode(NamedTuple):
    """The lines of code of a tree."""

    #: The counter that was used. "git" stands for the non-blank lines of all text files, whatever they
    #: are, where no counter can run.
    method: str
    #: Of every language, prose and data too.
    by_language: dict[str, int]
    #: The sum over the languages that are neither prose nor data.
    code: int
    #: The part of `code` in generated and vendored files.
    generated: int
    #: The number of files that were too large.
    skipped: int


class Blob(NamedTuple):
    """A file of a tree."""

    oid: str
    size: int
    path: bytes
    generated: bool


def count_lines(git: CloneGit, tip: str, counter: str) -> LinesOfCode:
    """Count the lines of the tip's tree, with git alone where the counter is not there or fails."""
    with closing(git.stream("ls-tree", "-r", "-z", "-l", tip)) as listing:
        blobs, skipped = within_limits(distinct(split_entries(listing)))
    if counter in COUNTERS:
        try:
            return COUNTERS[counter](git).count(blobs, skipped)
        except (ProcessFailed, OSError, *UNEXPECTED_OUTPUT):
            # A file can be made for it to fail at.
            pass
    return count_text_lines(git, blobs, skipped)


# --- Files


def split_entries(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the entries of a listing, each of which ends with NUL. Raises RepositoryUnreadable."""
    rest, count = b"", 0
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\0")
        count += len(whole)
        if count > MAX_PATHS:
            raise RepositoryUnreadable(Reason.TOO_LARGE)
        yield from whole


def distinct(listing: Iterable[bytes]) -> list[Blob]:
    """Return the files, without links and submodules.

    One that is at several paths has the first path that is not that of a generated file.
    """
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


def within_limits(blobs: Iterable[Blob]) -> tuple[list[Blob], int]:
    """Return the files within the limits, and how many are not."""
    kept: list[Blob] = []
    skipped = total = 0
    for blob in blobs:
        larger = blob.size > MAX_FILE_BYTES or total + blob.size > MAX_TREE_BYTES
        if larger or len(kept) == MAX_FILES:
            skipped += 1
        else:
            kept.append(blob)
            total += blob.size
    return kept, skipped


def read_files(git: CloneGit, blobs: list[Blob]) -> Iterator[tuple[Blob, bytes]]:
    """Yield the files with their contents."""
    with TemporaryFile() as requested:
        requested.write("".join(f"{blob.oid}\n" for blob in blobs).encode())
        requested.seek(0)
        with closing(git.stream("cat-file", "--batch", "--buffer", stdin=requested)) as chunks:
            yield from zip(blobs, split_objects(chunks), strict=True)


def split_objects(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the contents from an output of `<oid> <type> <size>`, a newline, the content, a newline."""
    buffer = bytearray()
    for chunk in chunks:
        buffer += chunk
        while (end := buffer.find(b"\n")) >= 0:
            about = buffer[:end].split()
            if len(about) != 3:
                raise ProcessFailed(0, "missing blob")
            stop = end + 1 + int(about[2])
            if len(buffer) <= stop:
                break
            yield bytes(buffer[end + 1 : stop])
            del buffer[: stop + 1]


def safe_name(path: bytes) -> str:
    """Return the last part of a path as a name that nothing takes for an option or a configuration.

    Its end stays, because the language is known by it.
    """
    name = path.rpartition(b"/")[2].decode("ascii", errors="replace")
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-100:].lstrip(".-") or "_"


# --- Counting


def count_text_lines(git: CloneGit, blobs: list[Blob], skipped: int) -> LinesOfCode:
    """Count the non-blank lines of all text files, without another program."""
    total = generated = 0
    for blob, content in read_files(git, blobs):
        if b"\0" not in content[:8000]:
            lines = sum(1 for line in content.splitlines() if line.strip())
            total += lines
            generated += lines if blob.generated else 0
    return LinesOfCode("git", {"Text": total} if total else {}, total, generated, skipped)


class Counter(ABC):
    """A program that counts the lines of the files of a folder by language."""

    name: str
    version: str
    arguments: tuple[str, ...]

    def __init__(self, git: CloneGit) -> None:
        self._git = git
        self._runner = git.runner

    def count(self, blobs: list[Blob], skipped: int) -> LinesOfCode:
        """Write the files into a folder and count them. Raises ProcessFailed and what an odd output raises."""
        # Before the files are written: there may be no such program.
        method = f"{self.name} {self._version()}"
        files = self._git.files
        with TemporaryDirectory(prefix=f"{files.key}.tree-", dir=files.cache) as folder:
            own, generated = Path(folder, "own"), Path(folder, "generated")
            self._write(blobs, own, generated)
            in_generated = self._count_folder(generated)
            by_language = self._count_folder(own) + in_generated
        code = sum(lines for name, lines in by_language.items() if is_code(name))
        generated_code = sum(lines for name, lines in in_generated.items() if is_code(name))
        return LinesOfCode(method, dict(by_language), code, generated_code, skipped)

    def _write(self, blobs: list[Blob], own: Path, generated: Path) -> None:
        if shutil.disk_usage(own.parent).free < self._space_needed(blobs):
            raise RepositoryUnreadable(Reason.DISK_FULL)
        for folder in (own, generated):
            folder.mkdir(mode=0o700)
        # Each use of a name has a folder of its own; some disks take "A" and "a" for one name.
        uses: collections.Counter[tuple[Path, str]] = collections.Counter()
        for blob, content in read_files(self._git, blobs):
            name, folder = safe_name(blob.path), generated if blob.generated else own
            place = folder / str(uses[folder, name.lower()])
            uses[folder, name.lower()] += 1
            place.mkdir(mode=0o700, exist_ok=True)
            (place / name).write_bytes(content)

    def _space_needed(self, blobs: list[Blob]) -> int:
        return sum(blob.size + 8192 for blob in blobs) + self._runner.limits.free_kb * 1024

    def _run(self, *arguments: str) -> bytes:
        beside = Path(sys.executable).with_name(self.name)
        program = str(beside) if beside.exists() else self.name
        return self._runner.run(ProcessSpec([program, *arguments], git_environment()))

    def _version(self) -> str:
        found = re.search(rb"\d+\.\d+(\.\d+)?", self._run("--version"))
        if not found:
            raise ValueError("no version")
        return found[0].decode()

    def _count_folder(self, folder: Path) -> collections.Counter[str]:
        output = json.loads(self._run(*self.arguments, str(folder)) or b"[]")
        return collections.Counter({name: lines for name, lines in self.parse(output) if lines})

    @abstractmethod
    def parse(self, output: object) -> Iterator[tuple[str, int]]:
        """Yield the languages and their lines of code from what the program prints."""


class SccLanguage(TypedDict):
    Name: str
    Code: int


class Scc(Counter):
    """https://github.com/boyter/scc"""

    name = "scc"
    arguments = SCC_ARGUMENTS

    def parse(self, output: object) -> Iterator[tuple[str, int]]:
        for language in cast("list[SccLanguage]", output or []):
            yield language["Name"], language["Code"]


class ClocLanguage(TypedDict):
    code: int


class Cloc(Counter):
    """https://github.com/AlDanial/cloc"""

    name = "cloc"
    arguments = CLOC_ARGUMENTS

    def parse(self, output: object) -> Iterator[tuple[str, int]]:
        # Of an empty folder cloc prints nothing, which stands as an empty list here.
        for name, numbers in dict(cast("dict[str, ClocLanguage]", output)).items():
            if name not in {"header", "SUM"}:
                yield name, numbers["code"]


COUNTERS: dict[str, type[Counter]] = {"scc": Scc, "cloc": Cloc}


def is_code(language: str) -> bool:
    return language.casefold() not in NOT_CODE
