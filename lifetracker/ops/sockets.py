"""How bytes come in from a socket, within a total time."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

#: Seconds after which a wait for bytes is interrupted, so that something can be done meanwhile.
WAIT_SLICE = 10.0


@dataclass(frozen=True, kw_only=True)
class Patience:
    """What may be waited for, in seconds: as a `whole`, and in `silence`, without a byte. `on_wait` is called meanwhile, at
    least every `pause` seconds."""

    whole: float
    silence: float
    on_wait: Callable[[], None] = lambda: None
    pause: float = WAIT_SLICE


class Reader(io.RawIOBase):
    """Bytes of one answer, or of all that one connection brings. A timeout of the socket alone would not do: it begins
    anew with every byte, so that an answer that comes drop by drop never ends."""

    def __init__(self, sock: socket.socket, file: io.BufferedReader, patience: Patience) -> None:
        self._sock = sock
        self._file = file  # keeps the socket open for as long as this is
        self._patience = patience
        self._end = time.monotonic() + patience.whole

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what has come. Raises TimeoutError."""
        end = min(self._end, time.monotonic() + self._patience.silence)
        while (left := end - time.monotonic()) > 0:
            self._sock.settimeout(min(left, self._patience.pause))
            try:
                return self._sock.recv_into(buffer)
            except TimeoutError:
                self._patience.on_wait()
        raise TimeoutError("the answer took too long")

    def close(self) -> None:
        self._file.close()
        super().close()
