"""Connections to a mail server that end: the timeout of a socket begins anew with every byte, so that a server that answers
drop by drop would never let go of who asks."""

from __future__ import annotations

import io
import smtplib
import time
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from lifetracker.ops.sockets import Patience, Reader

#: Seconds for all answers to one connection.
WHOLE = 60.0


class _Bounded(smtplib.SMTP):
    def __init__(self, *args: Any, **options: Any) -> None:
        # Set first: the base class connects at once.
        self._end = time.monotonic() + WHOLE
        super().__init__(*args, **options)

    def getreply(self) -> tuple[int, bytes]:
        """Return an answer. Raises SMTPServerDisconnected once all of them have taken too long."""
        sock = self.sock
        if self.file is None and sock is not None:
            left = max(self._end - time.monotonic(), 0.0)
            silence = left if self.timeout is None else min(left, self.timeout)
            patience = Patience(whole=left, silence=silence)
            self.file = io.BufferedReader(Reader(sock, sock.makefile("rb"), patience))
        answer = super().getreply()
        # The reader has waited in slices.
        if self.sock is not None:
            self.sock.settimeout(self.timeout)
        return answer


class _SmtpSsl(_Bounded, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SmtpSsl if self.use_ssl else _Bounded
