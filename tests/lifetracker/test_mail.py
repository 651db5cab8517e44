"""Mail to the owner, to a server on a real socket."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.core.checks import run_checks

from lifetracker.environment import email, sender
from lifetracker.errors import BadResponse, NotConfigured, SyncError, TryLater
from lifetracker.ops import smtp
from lifetracker.ops.mail import has_mail, send_to_owner
from tests.mail_server import MailServer

PASSWORD = "sesame-open-1"


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with MailServer() as server:
        use(settings, server)
        yield server


def use(settings: Any, server: MailServer) -> None:
    settings.EMAIL_BACKEND = "lifetracker.ops.smtp.Backend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "robin", PASSWORD
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    settings.OWNER_EMAIL = "robin@example.org"
    settings.DEFAULT_FROM_EMAIL = "Life Tracker <tracker@example.org>"


def refusal_of(text: str = "hello") -> SyncError:
    with pytest.raises(SyncError) as refused:
        send_to_owner("A subject", text)
    assert PASSWORD not in str(refused.value)
    # Neither does what a log would show of it.
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    return refused.value


def test_a_mail_arrives(server: MailServer) -> None:
    send_to_owner("Über\nnight", "Steps: 1\n.\nend", "<p>Steps</p>", identity="1")
    (mail,) = server.mails
    assert (mail["To"], mail["From"]) == (
        "robin@example.org",
        "Life Tracker <tracker@example.org>",
    )
    assert (mail["Subject"], mail["Message-ID"]) == ("Über night", "<1@example.org>")
    assert mail["Auto-Submitted"] == "auto-generated"
    plain, html = mail.iter_parts()
    assert plain.get_content().splitlines() == ["Steps: 1", ".", "end"]
    assert html.get_content().strip() == "<p>Steps</p>"
    assert any(line.startswith("AUTH PLAIN") for line in server.said)


@pytest.mark.parametrize(
    ("word", "answer", "kind", "words"),
    [
        ("AUTH", f"535 no {PASSWORD}", BadResponse, "refused the login (535)"),
        ("AUTH", "454 later", TryLater, "refused the login (454)"),
        ("RCPT", "550 5.1.1 No such user.", BadResponse, "(550: 5.1.1 No such user)."),
        ("RCPT", "450 busy", TryLater, "does not take mail to OWNER_EMAIL (450: busy)."),
        ("MAIL", f"553 not yours {PASSWORD}", BadResponse, "DEFAULT_FROM_EMAIL (553: not yours …)"),
        ("DATA", "554 spam", BadResponse, "refused the mail (554: spam)."),
        ("DATA", "421", TryLater, "refused the mail (421)."),
    ],
)
def test_a_refusal_is_a_sentence(
    server: MailServer, word: str, answer: str, kind: type[SyncError], words: str
) -> None:
    server.refusals[word] = answer
    refused = refusal_of()
    assert type(refused) is kind
    assert words in str(refused)
    assert not server.mails


def test_a_server_that_is_not_there(settings: Any, server: MailServer) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = free.getsockname()[1]
        refused = refusal_of()
    assert isinstance(refused, TryLater)
    assert "does not listen there" in str(refused)
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "mail.invalid", True
    assert "was not found" in str(refusal_of())


def test_a_server_that_is_silent(settings: Any, server: MailServer) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.EMAIL_PORT = silent.getsockname()[1]
        assert "did not answer" in str(refusal_of())


@pytest.mark.parametrize("banner", [b"220 test", b"220-test\r\n"])
def test_a_server_that_answers_drop_by_drop(
    settings: Any, server: MailServer, monkeypatch: pytest.MonkeyPatch, banner: bytes
) -> None:
    """Each drop comes within the time limit of the socket, and they never end."""
    monkeypatch.setattr(smtp, "WHOLE", 0.5)
    is_over = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            while not is_over.wait(0.05):
                connection.sendall(banner)

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        settings.EMAIL_PORT = listening.getsockname()[1]
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        began = time.monotonic()
        refused = refusal_of()
        assert time.monotonic() - began < 3
        is_over.set()
        thread.join()
    assert isinstance(refused, TryLater)
    assert "did not answer" in str(refused)


def test_a_login_that_cannot_be_sent_is_named(settings: Any, server: MailServer) -> None:
    settings.EMAIL_HOST_PASSWORD = f"{PASSWORD}\N{EURO SIGN}"
    refused = refusal_of()
    assert isinstance(refused, NotConfigured)
    assert "the login has letters" in str(refused)
    assert not server.said


def test_an_id_of_a_host_with_other_letters(settings: Any, server: MailServer) -> None:
    settings.OWNER_EMAIL = "me@exämple.org"
    send_to_owner("A subject", "hello", identity="1")
    assert server.mails[0]["Message-ID"] == "<1@xn--exmple-cua.org>"


def test_a_server_without_tls_gets_no_password(settings: Any, server: MailServer) -> None:
    settings.EMAIL_USE_TLS = True
    assert "does not offer what the settings ask for" in str(refusal_of())
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = False, True
    settings.EMAIL_TIMEOUT = 1
    assert isinstance(refusal_of(), (NotConfigured, TryLater))
    assert not any("AUTH" in line for line in server.said)


def test_a_certificate_of_nobody_is_refused(settings: Any, tmp_path: Path) -> None:
    with MailServer(self_signed(tmp_path)) as server:
        use(settings, server)
        settings.EMAIL_USE_SSL = True
        assert "shows a certificate that is not valid" in str(refusal_of())
        assert not server.said


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "server.pem"
    path.write_bytes(private + made.public_bytes(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"EMAIL_HOST": ""}, "EMAIL_HOST is missing"),
        ({"OWNER_EMAIL": ""}, "OWNER_EMAIL is missing"),
        ({"EMAIL_HOST_PASSWORD": ""}, "EMAIL_HOST_PASSWORD is missing"),
        ({"EMAIL_HOST_USER": ""}, "EMAIL_HOST_USER is missing"),
        ({"EMAIL_USE_TLS": True, "EMAIL_USE_SSL": True}, "exclude each other"),
        ({"EMAIL_HOST": "mail.example.org"}, "would travel readable"),
    ],
    ids=str,
)
def test_what_is_half_set_up_is_named(
    settings: Any, server: MailServer, change: dict[str, object], words: str
) -> None:
    assert has_mail()
    for name, value in change.items():
        setattr(settings, name, value)
    assert not has_mail()
    assert words in str(refusal_of())
    warnings = [one for one in run_checks(tags=["compatibility"]) if one.id == "lifetracker.W055"]
    assert any(words in one.msg and one.hint for one in warnings)
    assert PASSWORD not in repr(warnings)
    assert not server.said


def test_without_mail_nothing_is_said(settings: Any) -> None:
    settings.EMAIL_HOST = settings.EMAIL_HOST_USER = settings.OWNER_EMAIL = ""
    assert not has_mail()
    assert not [one for one in run_checks(tags=["compatibility"]) if one.id == "lifetracker.W055"]
    assert "Mail is not set up" in str(refusal_of())


def test_addresses_in_settings() -> None:
    assert email("robin@example.org") == "robin@example.org"
    assert sender("Life Tracker <a@b.c>") == "Life Tracker <a@b.c>"
    for wrong in ("robin", "a@b.c, d@e.f", "a@b.c\nBcc: d@e.f"):
        with pytest.raises(ValueError, match="mail address"):
            email(wrong)
        with pytest.raises(ValueError, match="mail address"):
            sender(wrong)
