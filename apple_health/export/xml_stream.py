"""The XML of an export as elements, one after the other, in constant memory.

The DTD is not given to the parser: those of some versions of iOS are malformed, and nothing of it is needed. So no entity can be
declared, and a file that tries to is refused. Bytes that XML does not allow, which old exports have, are removed before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol
from xml.parsers import expat

from lifetracker.sync.files import MB, CannotImport

CHUNK = 256 * 1024
#: The declaration and the DTD before the root: in exports some 10 kB.
LONGEST_PROLOGUE = 1 * MB
#: No element of an export is nearly as long. What grows without an end would be kept in memory.
LONGEST_ELEMENT = 4 * MB
DEEPEST = 12
ROOT = re.compile(rb"<HealthData[\s>/]")
#: All below a space but tab, line feed and carriage return.
ILLEGAL = bytes(code for code in range(32) if code not in (9, 10, 13))
#: The same as references, which no parser takes either.
ILLEGAL_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8bBcCeEfF]|1[0-9a-fA-F]));"
)
#: A reference that a chunk may end in.
CUT_REFERENCE = re.compile(rb"&#?[0-9a-zA-Z]{0,10}\Z")
AGAIN = "Export it from Health again (your picture, Export All Health Data)."

Attributes = dict[str, str]


class Elements(Protocol):
    """Takes the elements of the export. `depth`: 1 for the root."""

    def start(self, name: str, attributes: Attributes, depth: int, line: int) -> None: ...
    def end(self, name: str, depth: int) -> None: ...


def after_prologue(name: str, file: BinaryIO) -> tuple[bytes, int]:
    """Read up to the root, and return what was read from there on, and how many lines are before it. Raises CannotImport."""
    head = b""
    while not (root := ROOT.search(head)):
        chunk = file.read(CHUNK)
        if not chunk or len(head) > LONGEST_PROLOGUE:
            raise CannotImport(
                f"{name} is not an export of Apple Health: it has no HealthData in it. {AGAIN}"
            )
        head += chunk
    if b"<!ENTITY" in head[: root.start()]:
        raise CannotImport(
            f"{name} declares entities, which no export of Apple Health does. {AGAIN}"
        )
    return head[root.start() :], head.count(b"\n", 0, root.start())


def scrubbed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Remove the characters that XML does not allow, also where they stand as references."""
    cut = b""
    for chunk in chunks:
        clean = cut + chunk.translate(None, ILLEGAL)
        if b"&#" in clean:
            clean = ILLEGAL_REFERENCE.sub(b"", clean)
        found = CUT_REFERENCE.search(clean, max(0, len(clean) - 16))
        cut = found.group() if found else b""
        yield clean[: len(clean) - len(cut)]
    yield cut


class Parser:
    """Hands the elements of a file on, and refuses what would fill the memory."""

    def __init__(self, name: str, elements: Elements) -> None:
        self._name, self._elements = name, elements
        self._depth = 0
        #: How many elements have begun or ended: where none does for long, one is too long.
        self._count = 0
        self._lines_before = 0
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > DEEPEST:
            raise CannotImport(
                f"{self._name} is nested deeper than any export of Apple Health. {AGAIN}"
            )
        line = self._lines_before + self._parser.CurrentLineNumber
        self._elements.start(name, attributes, self._depth, line)

    def _end(self, name: str) -> None:
        self._count += 1
        self._elements.end(name, self._depth)
        self._depth -= 1

    def read(self, file: BinaryIO, progress: Callable[[int], None], most: int) -> None:
        """Read a file to its end. `progress` is told how many bytes were read; more than `most` are refused. Raises
        CannotImport."""
        done = silent = 0
        for chunk in scrubbed(self._chunks(file)):
            before = self._count
            self._feed(chunk)
            done += len(chunk)
            silent = 0 if self._count > before else silent + len(chunk)
            if silent > LONGEST_ELEMENT:
                raise CannotImport(
                    f"{self._name} has a text that is longer than any of Apple Health. {AGAIN}"
                )
            if done > most:
                raise CannotImport(
                    f"{self._name} unpacks to more than {most // MB:,} MB, which no export of Apple Health does."
                )
            progress(done)
        self._feed(b"", final=True)

    def _chunks(self, file: BinaryIO) -> Iterator[bytes]:
        root, self._lines_before = after_prologue(self._name, file)
        yield root
        while chunk := file.read(CHUNK):
            yield chunk

    def _feed(self, chunk: bytes, *, final: bool = False) -> None:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            line, text = self._lines_before + error.lineno, expat.ErrorString(error.code)
            if final:
                raise CannotImport(
                    f"{self._name} was cut off: it ends within the export. Nothing was imported. {AGAIN}"
                ) from None
            raise CannotImport(
                f"{self._name} cannot be read at line {line:,}: {text}. Nothing was imported. {AGAIN}"
            ) from None
