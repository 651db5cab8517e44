"""Mail to the owner, by a mail server that the environment names."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.encoding import punycode

from lifetracker.errors import BadResponse, NotConfigured, SyncError, TryLater

#: The settings with which mail begins: who sets one of them wants mail.
NAMES = ("EMAIL_HOST", "EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "OWNER_EMAIL")
#: Mail servers that need no encryption, because nothing leaves this machine.
THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
#: Codes of SMTP (RFC 5321, 4.2.1) from here on say that a second attempt would end alike.
FINAL = 500
LONGEST_ANSWER = 200
#: Programs that answer mails by themselves do not answer this one (RFC 3834, 5).
BY_ITSELF = {"Auto-Submitted": "auto-generated"}

SEE_ENCRYPTION = "See EMAIL_USE_TLS, EMAIL_USE_SSL and EMAIL_PORT"
#: What may happen on the way to a server, more special kinds first, who can mend it, and how it goes on after the name
#: of the server.
FAILURES: tuple[tuple[type[Exception], type[SyncError], str], ...] = (
    (
        smtplib.SMTPNotSupportedError,
        NotConfigured,
        f"does not offer what the settings ask for. {SEE_ENCRYPTION}",
    ),
    (
        ssl.SSLCertVerificationError,
        NotConfigured,
        "shows a certificate that is not valid for its name",
    ),
    (ssl.SSLError, NotConfigured, f"does not speak TLS as the settings say. {SEE_ENCRYPTION}"),
    (socket.gaierror, TryLater, "was not found. See EMAIL_HOST, and the connection"),
    (ConnectionRefusedError, TryLater, "does not listen there. See EMAIL_HOST and EMAIL_PORT"),
    (TimeoutError, TryLater, f"did not answer in time. {SEE_ENCRYPTION}"),
    # What `smtplib` makes of that where the connection is there already.
    (
        smtplib.SMTPServerDisconnected,
        TryLater,
        f"did not answer, or closed the connection. {SEE_ENCRYPTION}",
    ),
    (ValueError, NotConfigured, "gets no mail: an address is not valid. See OWNER_EMAIL"),
)


class Fault(NamedTuple):
    """Why no mail can be sent, and what to do."""

    text: str
    todo: str


def has_mail() -> bool:
    """Return whether a mail can be sent to the owner, by what the settings say. The server is not asked."""
    return bool(settings.EMAIL_HOST) and not faults()


def faults() -> list[Fault]:
    """Return what is wrong with the settings of mail; nothing where they are complete, or nobody wants mail."""
    if not any(getattr(settings, name) for name in NAMES):
        return []
    found = []
    if missing := [name for name in ("EMAIL_HOST", "OWNER_EMAIL") if not getattr(settings, name)]:
        names = " and ".join(missing)
        found.append(Fault(f"No mail can be sent: {names} is missing.", f"Set {names}."))
    if bool(settings.EMAIL_HOST_USER) != bool(settings.EMAIL_HOST_PASSWORD):
        is_password = bool(settings.EMAIL_HOST_USER)
        name = "EMAIL_HOST_PASSWORD" if is_password else "EMAIL_HOST_USER"
        text = f"No mail can be sent: the login is half set, {name} is missing."
        found.append(Fault(text, f"Set {name}, or neither."))
    if not f"{settings.EMAIL_HOST_USER}{settings.EMAIL_HOST_PASSWORD}".isascii():
        text = "No mail can be sent: the login has letters that a login by SMTP cannot carry."
        todo = "Use an EMAIL_HOST_USER and EMAIL_HOST_PASSWORD of plain letters, digits and signs."
        found.append(Fault(text, todo))
    if settings.EMAIL_USE_TLS and settings.EMAIL_USE_SSL:
        text = "No mail can be sent: EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other."
        found.append(Fault(text, "Set EMAIL_USE_SSL=true for port 465, else EMAIL_USE_TLS=true."))
    is_open = not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL)
    if is_open and settings.EMAIL_HOST_PASSWORD and settings.EMAIL_HOST not in THIS_MACHINE:
        text = "No mail can be sent: the password would travel readable, without TLS."
        found.append(Fault(text, "Set EMAIL_USE_TLS=true, or EMAIL_USE_SSL=true for port 465."))
    return found


@register(Tags.compatibility)
def check_mail(**_: object) -> Iterable[CheckMessage]:
    """Warn only: all else works without mail."""
    for fault in faults():
        yield checks.Warning(fault.text, hint=fault.todo, id="lifetracker.W055")


def send_to_owner(subject: str, text: str, html: str = "", *, identity: str = "") -> None:
    """Send a mail to `OWNER_EMAIL`; with `html`, mail programs show that instead of the text. By `identity`, letters and
    digits, they know one that comes twice.

    Takes up to about a minute where the server is slow (`smtp.py`), so it is for a worker, or for who presses a button.

    Raises NotConfigured where the settings must be mended first, BadResponse where the server refuses this mail,
    TryLater where a later attempt may work. Their texts are for the owner and hold no password.
    """
    if not has_mail():
        raise NotConfigured(
            faults()[0].text if faults() else "Mail is not set up. See docs/settings.md."
        )
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[settings.OWNER_EMAIL],
        headers={**BY_ITSELF, **({"Message-ID": message_id(identity)} if identity else {})},
    )
    if html:
        mail.attach_alternative(html, "text/html")
    server = get_connection()
    try:
        server.send_messages([mail])
    except (OSError, smtplib.SMTPException, ValueError) as error:
        # `from None`: what went wrong below may hold what was sent.
        raise in_words(error) from None
    finally:
        # One that refused the login is connected still.
        with suppress(OSError, smtplib.SMTPException):
            server.close()


def message_id(identity: str) -> str:
    # A header of an id has no letters but those of ASCII.
    return f"<{identity}@{punycode(settings.OWNER_EMAIL.rpartition('@')[2])}>"


def in_words(error: Exception) -> SyncError:
    """Return the error with a sentence for the owner."""
    server = f"The mail server {settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return by_code(code, f"{server} does not take mail to OWNER_EMAIL{answer(code, said)}.")
    if isinstance(error, smtplib.SMTPResponseException):
        return by_code(error.smtp_code, f"{server} {refusal(error)}.")
    for failure, kind, words in FAILURES:
        if isinstance(error, failure):
            return kind(f"{server} {words}.")
    return TryLater(f"{server} broke the connection off ({type(error).__name__}).")


def refusal(error: smtplib.SMTPResponseException) -> str:
    code, said = error.smtp_code, error.smtp_error
    if isinstance(error, smtplib.SMTPAuthenticationError):
        # Without the server's words: these might be those that it was told.
        return f"refused the login ({code}). See EMAIL_HOST_USER and EMAIL_HOST_PASSWORD"
    if isinstance(error, smtplib.SMTPSenderRefused):
        return f"does not take mail from DEFAULT_FROM_EMAIL{answer(code, said)}"
    return f"refused the mail{answer(code, said)}"


def by_code(code: int, text: str) -> SyncError:
    return BadResponse(text, code) if code >= FINAL else TryLater(text)


def answer(code: int, said: bytes | str) -> str:
    """Return what the server answered, in one short line and without the login."""
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    for secret in (settings.EMAIL_HOST_PASSWORD, settings.EMAIL_HOST_USER):
        words = words.replace(secret, "…") if secret else words
    line = re.sub(r"[\x00-\x1f\x7f\s]+", " ", words).strip().rstrip(".")[:LONGEST_ANSWER]
    return f" ({code}: {line})" if line else f" ({code})"
