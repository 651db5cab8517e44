"""The export as blocks of whole lines: packed or not, with lines of any length, in constant memory."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from lifetracker.sync.files import GZIP, OTHER_FILES, ZIP, CannotImport, Expected

#: Bytes that are asked for at once. Lines have 10 kB in the middle.
CHUNK = 128 * 1024
#: No product is known to have as much; what is longer is left out.
LONGEST_LINE = 8 * 1024 * 1024
NEWLINE = b"\n"

WANTED = (
    "Give openfoodfacts-products.jsonl.gz, the CSV, or a file of its daily changes, from world.openfoodfacts.org/data, "
    "packed or not."
)
NOT_GZIP = {magic: what for magic, what in OTHER_FILES.items() if magic != GZIP}
EXPECTED = Expected(
    "Open Food Facts",
    WANTED,
    {**NOT_GZIP, **dict.fromkeys(ZIP, "a zip archive"), b"PAR1": "a Parquet file"},
)


class CutOff(CannotImport):
    """The file ends before its end, or is damaged there. What came before it is whole."""


class Block(NamedTuple):
    """Lines without their ends; None stands for one that is too long. `end`: so many bytes of the unpacked file lead up
    to the end of the last one. `checksum`: of all these bytes."""

    lines: list[bytes | None]
    end: int
    checksum: int


class Place(NamedTuple):
    """An end of a line: see Block."""

    end: int = 0
    checksum: int = 0


def unpacked(path: Path, file: BinaryIO) -> Callable[[int], bytes]:
    """Return what reads the next bytes of a file, at most so many, unpacked if it is packed."""
    head = file.read(512)
    file.seek(0)
    EXPECTED.refuse_others(path.name, head)
    if not head.startswith(GZIP):
        return file.read
    packed = gzip.GzipFile(fileobj=file)

    def read(most: int) -> bytes:
        try:
            return packed.read1(most)
        except EOFError:
            raise CutOff(
                f"{path.name} was cut off: its download did not finish. Download it again."
            ) from None
        except (OSError, zlib.error):
            raise CutOff(
                f"{path.name} is damaged: it cannot be unpacked any further. Download it again."
            ) from None

    return read


def leads_to(read: Callable[[int], bytes], place: Place) -> bool:
    """Read on to a place; return whether what lies before it is what was there when it was noted."""
    checksum, left = 0, place.end
    while left and (chunk := read(min(left, CHUNK))):
        checksum = zlib.crc32(chunk, checksum)
        left -= len(chunk)
    return not left and checksum == place.checksum


def blocks(read: Callable[[int], bytes], since: Place) -> Iterator[Block]:
    """Yield the lines that follow a place. Raises CutOff."""
    (end, checksum), rest = since, Rest()
    while chunk := read(CHUNK):
        cut = chunk.rfind(NEWLINE) + 1
        if not cut:
            rest.add(chunk)
            checksum = zlib.crc32(chunk, checksum)
            continue
        first, *others = chunk[: cut - 1].split(NEWLINE)
        checksum = zlib.crc32(chunk[:cut], checksum)
        end += rest.length + cut
        yield Block([rest.with_end(first), *others], end, checksum)
        rest.add(chunk[cut:])
        checksum = zlib.crc32(chunk[cut:], checksum)
    if rest.length:
        end += rest.length
        yield Block([rest.with_end(b"")], end, checksum)


class Rest:
    """The beginning of a line whose end has not come; not kept once it is too long."""

    def __init__(self) -> None:
        self.length = 0
        self._pieces: list[bytes] = []

    def add(self, piece: bytes) -> None:
        self.length += len(piece)
        self._pieces.append(piece)
        if self.length > LONGEST_LINE:
            self._pieces.clear()

    def with_end(self, piece: bytes) -> bytes | None:
        """Return the whole line, None for one that is too long, and begin the next one."""
        self.add(piece)
        line = None if self.length > LONGEST_LINE else b"".join(self._pieces)
        self.length = 0
        self._pieces.clear()
        return line
