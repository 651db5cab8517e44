"""Exports and backups from the browser: the files of the commands, in pieces, for who has confirmed who they are."""

from __future__ import annotations

import io
import json
import time
import tracemalloc
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from benchmarks.many import fill
from lifetracker.accounts.events import Kind
from lifetracker.accounts.models import Event
from lifetracker.backups.archive import Archive
from lifetracker.backups.sealing import unsealed
from lifetracker.models import Preferences
from tests import makers

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery"
PASSPHRASE = "a passphrase of mine"
QUARTER = 15 * 60


@pytest.fixture
def owner(client: Client, quick_passwords: None) -> Client:
    client.force_login(User.objects.create_user("robin", password=PASSWORD, is_staff=True))
    return client


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/zip"
    return b"".join(answer.streaming_content)


def tables(file: bytes) -> dict[str, list[Any]]:
    """Return the rows of each table of a backup, checked against its manifest."""
    archive = Archive(io.BytesIO(file))
    return {held.table: list(archive.rows(held)) for held in archive.manifest.tables}


def test_the_export_is_that_of_the_command(owner: Client, tmp_path: Any) -> None:
    makers.weigh_in(kg=65.3)
    makers.entry()
    answer = owner.post("/settings/data/export")
    assert answer["Content-Disposition"].startswith('attachment; filename="lifetracker-export-20')
    assert answer["Content-Encoding"] == "identity"
    assert "no-store" in answer["Cache-Control"]
    downloaded = ZipFile(io.BytesIO(body(answer)))
    assert downloaded.testzip() is None
    call_command("export", str(tmp_path / "a.zip"), stdout=io.StringIO())
    written = ZipFile(tmp_path / "a.zip")
    assert downloaded.namelist() == written.namelist()
    for name in set(written.namelist()) - {"README.md"}:
        assert downloaded.read(name) == written.read(name)
    row = json.loads(downloaded.read("weight/weigh-ins.jsonl"))
    assert row["weight_kg"] == 65.3
    assert not downloaded.read("weight/weigh-ins.csv").startswith(b"\xef\xbb\xbf")
    marked = ZipFile(io.BytesIO(body(owner.post("/settings/data/export", {"excel": "on"}))))
    assert marked.read("weight/weigh-ins.csv").startswith(b"\xef\xbb\xbf")


def test_an_export_is_in_kilograms_whatever_is_shown(owner: Client) -> None:
    Preferences(pk=1, mass="lb").save()
    makers.weigh_in(kg=65.3)
    export = ZipFile(io.BytesIO(body(owner.post("/settings/data/export"))))
    assert json.loads(export.read("weight/weigh-ins.jsonl"))["weight_kg"] == 65.3


def test_the_backup_is_that_of_the_command(owner: Client, tmp_path: Any) -> None:
    makers.weigh_in(kg=65.3)
    Preferences(pk=1, mass="lb").save()
    found = tables(body(owner.post("/settings/data/backup")))
    call_command("backup", str(tmp_path / "a.zip"), stdout=io.StringIO())
    written = tables((tmp_path / "a.zip").read_bytes())
    assert found.keys() == written.keys()
    # What was done meanwhile is a line of the log.
    assert {name for name in found if found[name] != written[name]} <= {"accounts.Event"}
    assert [row[:2] for row in found["lifetracker.Preferences"]] == [[1, "lb"]]


def test_a_backup_under_a_passphrase(owner: Client) -> None:
    makers.weigh_in(kg=65.3)
    form = {"encrypt": "on", "secret": PASSPHRASE, "secret_again": PASSPHRASE}
    sealed = body(owner.post("/settings/data/backup", form))
    assert b"65.3" not in sealed
    with unsealed(io.BytesIO(sealed), lambda: PASSPHRASE) as plain:
        assert "weight.WeighIn" in tables(plain.read())
    assert Event.objects.filter(kind=Kind.BACKUP).get().detail == "downloaded, encrypted"


def test_with_a_setting_every_backup_is_encrypted(owner: Client, settings: Any) -> None:
    settings.BACKUP_PASSPHRASE = PASSPHRASE
    assert "Passphrase again" not in owner.get("/settings/data/").text
    sealed = body(owner.post("/settings/data/backup"))
    with unsealed(io.BytesIO(sealed), lambda: PASSPHRASE) as plain:
        assert tables(plain.read())


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [
        ({"encrypt": "on"}, "secret", "Enter at least 8 characters."),
        ({"encrypt": "on", "secret": "short"}, "secret", "Enter at least 8 characters."),
        (
            {"encrypt": "on", "secret": PASSPHRASE, "secret_again": "another one"},
            "secret_again",
            "The two passphrases differ.",
        ),
        ({"secret": PASSPHRASE}, "encrypt", "Tick this if the backup is to be encrypted."),
    ],
)
def test_a_passphrase_that_cannot_be_meant(
    owner: Client, form: dict[str, str], field: str, said: str
) -> None:
    answer = owner.post("/settings/data/backup", form)
    assert answer.status_code == 400
    assert said in answer.text
    assert f'id="backup-{field}_error"' in answer.text
    assert PASSPHRASE not in answer.text
    assert not Event.objects.filter(kind=Kind.BACKUP).exists()


# --- Who may --------------------------------------------------------------------------------------


def test_a_confirmation_is_asked_for_and_keeps_no_passphrase(
    owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + QUARTER)
    assert "/account/confirm/?next=/settings/data/" in owner.get("/settings/data/").text
    form = {"encrypt": "on", "secret": PASSPHRASE, "secret_again": PASSPHRASE}
    for path in ("/settings/data/export", "/settings/data/backup"):
        asked = owner.post(path, form)
        assert "Confirm your identity" in asked.text
        assert PASSPHRASE not in asked.text
    confirmed = owner.post("/settings/data/backup", {"encrypt": "on", "confirm_password": PASSWORD})
    assert "Enter at least 8 characters." in confirmed.text, "never one without the passphrase"
    assert "Confirm that it is you" not in owner.get("/settings/data/").text
    assert body(owner.post("/settings/data/export"))


def test_a_second_account_exports_and_makes_no_backup(client: Client) -> None:
    client.force_login(User.objects.create_user("kim"))
    assert "Download the backup" not in client.get("/settings/data/").text
    assert client.post("/settings/data/backup").status_code == 403
    assert body(client.post("/settings/data/export"))


def test_strangers_and_links_get_nothing(client: Client, owner: Client) -> None:
    for path in ("/settings/data/export", "/settings/data/backup"):
        assert owner.get(path).status_code == 405
        assert Client().post(path).status_code == 302


def test_downloads_are_in_the_log_and_no_secret_is(owner: Client) -> None:
    body(owner.post("/settings/data/export"))
    body(owner.post("/settings/data/backup"))
    lines = Event.objects.filter(kind__in=[Kind.EXPORT, Kind.BACKUP]).values_list("by", "detail")
    assert set(lines) == {("robin", "downloaded")}
    page = owner.get("/settings/data/").text
    assert page.count("last just now") == 2


# --- In pieces ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["export", "backup"])
def test_nothing_of_a_download_is_held(owner: Client, kind: str) -> None:
    fill(4_000, timezone.now())
    answer = owner.post(f"/settings/data/{kind}")
    tracemalloc.start()
    sizes = [len(piece) for piece in answer.streaming_content]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(sizes) > 20
    assert max(sizes) < 2**21
    # Of a hundred thousand records, which are more than twenty times as large.
    assert peak < 24 * 2**20


def test_who_stops_reading_ends_the_snapshot(owner: Client) -> None:
    makers.weigh_in()
    answer = owner.post("/settings/data/export")
    next(iter(answer.streaming_content))
    answer.close()
    assert not in_transaction()
    makers.weigh_in(days_ago=1)


def in_transaction() -> bool:
    if connection.vendor == "sqlite":
        return bool(connection.connection and connection.connection.in_transaction)
    return bool(connection.connection and connection.connection.info.transaction_status)
