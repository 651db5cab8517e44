"""Several processes at once, and one that is killed: each message arrives once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone

from lifetracker.accounts.events import Kind, record
from notifications.models import CLAIMED_FOR, Notification
from tests import processes
from tests.mail_server import MailServer
from tests.notifications.conftest import choose

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def variables(port: int) -> dict[str, str]:
    names = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": f"{port}", "EMAIL_USE_TLS": "false"}
    return processes.environment(**names, OWNER_EMAIL="robin@example.org")


def test_of_several_processes_one_sends_each_message(server: MailServer, tmp_path: Path) -> None:
    choose(chosen={"backup": ["mail"]})
    record(Kind.BACKUP_FAILED, detail="The disk is full.")
    imports = "from django.core.management import call_command"
    code = "for _ in range(3): call_command('send_notifications')"
    done = processes.at_once(imports, code, 3, tmp_path, variables(server.port))
    assert [(status, errors) for status, _, errors in done] == [(0, "")] * 3
    assert [one["Subject"] for one in server.mails] == ["The backup failed"]
    row = Notification.objects.get()
    assert (row.state, row.attempts) == ("sent", 1)


def test_what_a_killed_process_was_sending_is_sent_by_another_once(server: MailServer) -> None:
    """It is killed while the mail server lets it wait."""
    choose(chosen={"backup": ["mail"]})
    record(Kind.BACKUP_FAILED, detail="The disk is full.")
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        child = processes.start(
            "send_notifications", env=variables(silent.getsockname()[1]), new_session=True
        )
        connection, _ = silent.accept()
        processes.kill(child)
        connection.close()
    row = Notification.objects.get()
    assert (row.state, row.attempts) == ("waiting", 1)
    status, said, _ = send(server)
    assert (status, said) == (0, "0 messages sent.\n"), "the claim holds"
    Notification.objects.update(next_attempt_at=timezone.now())
    assert row.next_attempt_at - timezone.now() < CLAIMED_FOR
    assert send(server)[:2] == (0, "1 message sent.\n")
    assert send(server)[:2] == (0, "0 messages sent.\n")
    assert len(server.mails) == 1


def send(server: MailServer) -> tuple[int, str, str]:
    return processes.finish(processes.start("send_notifications", env=variables(server.port)))
