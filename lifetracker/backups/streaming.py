"""Files that are handed on while they are written, so that nothing of them is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from lifetracker.backups.archive import Steps, write_backup
from lifetracker.backups.sealing import sealed

PIECE = 64 * 1024


class Pipe:
    """What a zip is written into as into a pipe: it cannot be gone back in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """There is nothing to wait for."""

    def take(self) -> bytes:
        """Return what was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces.clear()
        return taken


def no_progress(_: str, __: int) -> None:
    """Nobody watches."""


def streamed(make: Callable[[BinaryIO], Steps[Any]]) -> Iterator[bytes]:
    """Yield a file in pieces, each as soon as it is written. Whoever reads no further ends the writing too."""
    pipe = Pipe()
    with closing(make(cast("BinaryIO", pipe))) as steps:
        for _ in steps:
            if piece := pipe.take():
                yield piece
    yield pipe.take()


def sealed_backup(passphrase: str) -> Iterator[bytes]:
    """Write an encrypted backup into a temporary file without a name; return its pieces. To encrypt, all of it must be
    there. Raises OSError and UnusableBackup."""
    whole = TemporaryFile()  # noqa: SIM115 - closed with the pieces
    try:
        with sealed(cast("BinaryIO", whole), passphrase) as out:
            write_backup(out, no_progress)
    except BaseException:
        whole.close()
        raise
    whole.seek(0)
    return pieces_of(cast("BinaryIO", whole))


def pieces_of(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(PIECE):
            yield piece
