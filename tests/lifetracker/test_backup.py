"""Backups: what is in them, that they are of one moment, and that they come back, or are refused."""

from __future__ import annotations

import base64
import errno
import fcntl
import hashlib
import io
import json
import os
import pty
import re
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZipFile

import pyrage
import pytest
from django.apps import apps
from django.conf import settings as project
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection, transaction
from django_q.models import Schedule

from lifetracker.accounts.events import Kind
from lifetracker.accounts.models import Event
from lifetracker.backups import passphrase as age
from lifetracker.backups.archive import Archive, UnusableBackup, chunks, write_backup
from lifetracker.backups.tables import (
    FILLED_BY_MIGRATE,
    NOT_STATE,
    Table,
    line,
    state,
    stored,
    why_no_state,
)
from lifetracker.models import Lease, RejectedItem, Revision, SyncRun
from lifetracker.tasks import remove_foreign_schedules
from oauth_integration.models import OAuthCredential
from tests import databases, processes
from tests.lifetracker.rows import everything, fill_every_table
from tests.makers import weigh_in
from time_logs.models import TogglProject, TogglTag
from weight.models import WeighIn

pytestmark = pytest.mark.django_db(transaction=True)

PASSPHRASE = "correct horse battery staple"
TOKEN = "a-token-that-must-stay-secret"


def call(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def silent(table: str, rows: int) -> None:
    pass


def empty_the_database() -> None:
    """As a new one is after `migrate`, but that it numbers its models differently."""
    options = {"inhibit_post_migrate": True, "reset_sequences": False}
    call_command("flush", interactive=False, verbosity=0, **options)
    ContentType.objects.clear_cache()
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def assert_empty() -> None:
    kept = {t.label: t.count() for t in state() if t.label not in FILLED_BY_MIGRATE and t.count()}
    assert kept == {}


def tags(count: int) -> None:
    TogglTag.objects.bulk_create(
        TogglTag(source="Toggl", source_id=str(number), name=f"tag {number}", raw={"id": number})
        for number in range(count)
    )


@pytest.fixture
def small(tmp_path: Path, quick_passwords: None) -> Path:
    """A backup of three tags and a login; the database is empty again."""
    tags(3)
    User.objects.create_user("robin", password="secret-of-robin")
    path = tmp_path / "small.zip"
    call("backup", str(path))
    empty_the_database()
    return path


# --- What is state --------------------------------------------------------------------------------


def test_every_table_is_state_or_has_a_reason() -> None:
    """Our own tables are in by themselves. Of a package's tables it must be decided: put one that is
    no state into NOT_STATE with the reason, and one that is into this list."""
    of_packages = {
        *("admin.LogEntry", "auth.Group", "auth.User", "django_q.Schedule"),
        *("auth.Group_permissions", "auth.User_groups", "auth.User_user_permissions"),
        *("django_mcpz_oauth.AccessToken", "django_mcpz_oauth.AuthorizationCode"),
        *("django_mcpz_oauth.Client", "django_mcpz_oauth.RefreshToken"),
    }
    here = {path.name for path in Path(project.BASE_DIR).iterdir()}
    ours = {a.label for a in apps.get_app_configs() if a.name.split(".")[0] in here}
    held = {table.label for table in state()}
    assert {label for label in held if label.split(".")[0] not in ours} == of_packages
    every = {m._meta.label for m in apps.get_models(include_auto_created=True) if not m._meta.proxy}
    left_out = not_state()
    assert held | left_out == every
    assert left_out >= set(NOT_STATE)
    assert held >= FILLED_BY_MIGRATE


def not_state() -> set[str]:
    return {model._meta.label for model in stored() if why_no_state(model)}


def test_what_is_no_state_is_left_out(tmp_path: Path) -> None:
    Lease.objects.acquire("sync:Whoop", timedelta(hours=1))
    call("backup", str(tmp_path / "b.zip"))
    names = ZipFile(tmp_path / "b.zip").namelist()
    assert not set(names) & {f"{label}.jsonl" for label in not_state()}
    assert len(names) == len(state()) + 1


# --- There and back -------------------------------------------------------------------------------


@pytest.mark.long
def test_everything_survives_a_way_over_another_database(tmp_path: Path) -> None:
    """On PostgreSQL: to SQLite and back."""
    other = tmp_path / "elsewhere.sqlite3"
    elsewhere = {"DATABASE_URL": f"sqlite:///{other}"}
    if not databases.new_file(other):
        assert processes.command("migrate", "--verbosity", "0", **elsewhere)[0] == 0
    fill_every_table()
    # What is no task of this program does not come back, and has a test of its own.
    remove_foreign_schedules()
    before = everything()
    assert {name for name, rows in before.items() if len(rows) < 2} == {
        "lifetracker.Preferences",
        "apple_health.SourceOrder",
        "notifications.Choices",
        "notifications.PushKey",
    }
    call("backup", str(tmp_path / "first.zip"))

    for command in (
        ("restore", str(tmp_path / "first.zip")),
        ("backup", str(tmp_path / "second.zip")),
    ):
        status, out, err = processes.command(*command, **elsewhere)
        assert status == 0, (command, out, err)

    empty_the_database()
    assert everything() != before
    call("restore", str(tmp_path / "second.zip"))
    # Each restore is in the log itself.
    assert Event.objects.filter(kind=Kind.RESTORE).delete()[0] == 2
    assert everything() == before


def test_what_comes_back_goes_on(small: Path) -> None:
    """Numbers go on after the last one, the login works, and a restored lease keeps nobody out."""
    call("restore", str(small))
    assert User.objects.get().check_password("secret-of-robin")
    last = TogglTag.objects.latest("pk").pk
    assert TogglTag.objects.create(source="Toggl", source_id="new", name="new").pk > last
    assert User.objects.create_user("sam").pk > User.objects.get(username="robin").pk


def test_restore_tells_the_counts(small: Path) -> None:
    told = call("restore", str(small))
    assert re.search(r"^time_logs\.TogglTag +3 +3$", told, re.M)
    assert re.search(r"^auth\.User +1 +1$", told, re.M)
    assert "This backup was made at 20" in told


def test_schedules_come_back_as_the_person_left_them(tmp_path: Path) -> None:
    schedules = Schedule.objects.order_by("name")
    assert schedules.exists()
    schedules.filter(name="Sync Whoop").update(minutes=17)
    schedules.filter(name="Sync Toggl").delete()
    before = list(schedules.values())
    call("backup", str(tmp_path / "b.zip"))
    empty_the_database()
    call("restore", str(tmp_path / "b.zip"))
    assert list(Schedule.objects.order_by("name").values()) == before
    call_command("migrate", verbosity=0)
    assert list(Schedule.objects.order_by("name").values()) == before


# --- One moment -----------------------------------------------------------------------------------


class Writer(threading.Thread):
    """Commits a tag and a project together, again and again."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.pairs = 0
        self.stop = threading.Event()

    def run(self) -> None:
        with closing(connection):
            while not self.stop.is_set():
                with transaction.atomic():
                    name = f"pair {self.pairs}"
                    TogglProject.objects.create(source_id=name, name=name)
                    TogglTag.objects.create(source_id=name, name=name)
                self.pairs += 1


def test_a_backup_is_of_one_moment_and_nobody_waits_for_it() -> None:
    tags(10)
    writer = Writer()
    writer.start()
    processes.wait_until(lambda: writer.pairs >= 3)
    begun = writer.pairs
    seen_at: list[int] = []

    def let_write(table: str, rows: int) -> None:
        seen = writer.pairs
        seen_at.append(seen)
        processes.wait_until(lambda: writer.pairs > seen + 1)

    out = io.BytesIO()
    try:
        manifest = write_backup(out, let_write)
    finally:
        writer.stop.set()
        writer.join()
    rows = {held.table: held.rows for held in manifest.tables}
    projects = rows["time_logs.TogglProject"]
    assert rows["time_logs.TogglTag"] == projects + 10
    # The moment was before the first table was read, though much was written until the last one. (A
    # pair is counted a little after it is committed.)
    assert begun <= projects <= seen_at[0] + 1 < writer.pairs


# --- The file -------------------------------------------------------------------------------------


@pytest.mark.one_database
def test_only_its_owner_may_read_it_and_it_takes_no_other_files_place(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    told = call("backup", str(path))
    assert "Backup written to" in told
    assert "SECRET_KEY" in told
    assert path.stat().st_mode & 0o777 == 0o600
    first = path.read_bytes()
    with pytest.raises(CommandError, match="there already"):
        call("backup", str(path))
    assert path.read_bytes() == first
    tags(1)
    call("backup", str(path), "--overwrite")
    assert path.read_bytes() != first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["b.zip"]


@pytest.mark.one_database
def test_without_a_name_it_is_called_after_the_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    call("backup")
    (tmp_path / "folder").mkdir()
    call("backup", str(tmp_path / "folder"))
    names = [path.name for path in tmp_path.rglob("*.zip")]
    assert len(names) == 2
    assert all(re.fullmatch(r"lifetracker-backup-\d{4}-\d\d-\d\d-\d{6}\.zip", n) for n in names)


def test_to_standard_output_and_from_standard_input(small: Path) -> None:
    call("restore", str(small))
    found = run_with("backup", "-")
    assert b"Backup written to standard output" in found.stderr
    assert contents(found.stdout)[TAGS] == contents(small.read_bytes())[TAGS]
    empty_the_database()
    back = run_with("restore", "-", given=found.stdout)
    assert b"TogglTag" in back.stdout
    assert TogglTag.objects.count() == 3


def run_with(*words: str, given: bytes = b"", **extra: str) -> subprocess.CompletedProcess[bytes]:
    found = subprocess.run(
        [sys.executable, str(project.BASE_DIR / "manage.py"), *words],
        env=processes.environment(**extra),
        input=given,
        capture_output=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr.decode()
    return found


@pytest.mark.one_database
def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"There is no folder {tmp_path}/no folder. Make it"):
        call("backup", str(tmp_path / "no folder" / "b.zip"))
    with pytest.raises(CommandError, match="There is no folder"):
        call("backup", f"{tmp_path}/no folder/")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """/dev/full refuses every byte."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OSError, match="No space") as caught, Path("/dev/full").open("wb") as out:
        write_backup(out, silent)
    assert caught.value.errno == errno.ENOSPC
    # The snapshot has ended: the connection can write again.
    tags(1)


def test_tokens_are_in_it_only_encrypted_and_nothing_secret_is_told(tmp_path: Path) -> None:
    store_token()
    User.objects.create_user("robin", password=PASSPHRASE)
    path = tmp_path / "b.zip"
    told = call("backup", str(path))
    stored = ZipFile(path).read("oauth_integration.OAuthCredential.jsonl").decode()
    assert TOKEN not in stored
    assert "whoop" in stored
    empty_the_database()
    told += call("restore", str(path))
    assert OAuthCredential.objects.get().access_token == TOKEN
    for secret in (TOKEN, User.objects.get().password, *re.findall(r"gAAAA[\w=-]+", stored)):
        assert secret not in told


def store_token() -> None:
    OAuthCredential.objects.create(
        provider="whoop", client_id="id", client_secret=TOKEN, access_token=TOKEN
    )


def test_another_secret_key_is_told_at_the_restore(tmp_path: Path) -> None:
    store_token()
    path = tmp_path / "b.zip"
    call("backup", str(path))
    empty_the_database()
    status, _, err = processes.command("restore", str(path), SECRET_KEY="another key " * 5)
    assert status == 0
    assert "tokens of WHOOP cannot be read" in err
    assert "SECRET_KEY_FALLBACKS" in err
    assert OAuthCredential.objects.get().access_token == TOKEN


# --- Killed ---------------------------------------------------------------------------------------


def many_rejected(count: int = 15_000) -> None:
    RejectedItem.objects.bulk_create(
        (
            RejectedItem(source="Whoop", stream="sleep", item_key=str(n), payload=f"{n} " * 200)
            for n in range(count)
        ),
        batch_size=500,
    )


@pytest.mark.one_database
def test_a_killed_backup_leaves_no_file_under_its_name(tmp_path: Path) -> None:
    many_rejected()
    path = tmp_path / "b.zip"
    process = processes.start("backup", str(path))
    processes.wait_until(lambda: any(part.stat().st_size for part in tmp_path.iterdir()))
    process.kill()
    process.communicate()
    assert process.returncode == -9
    assert not path.exists()


@pytest.mark.long
def test_a_killed_restore_leaves_the_database_empty(tmp_path: Path) -> None:
    many_rejected()
    path = tmp_path / "b.zip"
    call("backup", str(path))
    empty_the_database()
    forget_what_was_written()
    assert bytes_written() < 100_000
    process = processes.start("restore", str(path))
    processes.wait_until(lambda: bytes_written() > 1_000_000, tell=process.poll)
    process.kill()
    process.communicate()
    assert process.returncode == -9
    assert_empty()
    call("restore", str(path))
    assert RejectedItem.objects.count() == 15_000


def bytes_written() -> int:
    """How much of the rows is on the disk, committed or not."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_relation_size('lifetracker_rejecteditem')")
            return int(cursor.fetchone()[0])
    return Path(f"{connection.settings_dict['NAME']}-wal").stat().st_size


def forget_what_was_written() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --- Refused --------------------------------------------------------------------------------------


def refused(path: Path, match: str) -> None:
    with pytest.raises(CommandError, match=match) as caught:
        call("restore", str(path))
    assert str(caught.value).startswith("Nothing was restored or changed.")
    assert_empty()


def test_a_database_that_is_not_empty(small: Path) -> None:
    call_command("createsuperuser", interactive=False, username="sam", email="", verbosity=0)
    with pytest.raises(CommandError, match=r"not empty: it has auth\.User 1"):
        call("restore", str(small))
    User.objects.all().delete()
    WeighIn.objects.create(measured_at=datetime(2026, 1, 1, tzinfo=UTC), weight_kg=70)
    with pytest.raises(CommandError, match=r"weight\.WeighIn 1"):
        call("restore", str(small))
    WeighIn.objects.all().delete()
    with pytest.raises(CommandError, match=r"lifetracker\.Revision 1"):
        call("restore", str(small))
    Revision.objects.all().delete()
    call("restore", str(small))
    with pytest.raises(CommandError, match="not empty"):
        call("restore", str(small))
    assert TogglTag.objects.count() == 3


@pytest.mark.one_database
def test_a_cut_file(small: Path) -> None:
    whole = small.read_bytes()
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 30, len(whole) - 1):
        small.write_bytes(whole[:length])
        refused(small, "no backup|damaged")


@pytest.mark.one_database
def test_a_flipped_byte_changes_nothing(small: Path) -> None:
    """It is seen; or it is where nothing of the content stands, such as the time of a zip's entry."""
    whole = small.read_bytes()
    good = contents(whole)
    seen = 0
    for position in range(0, len(whole), 7):
        flipped = bytearray(whole)
        flipped[position] ^= 0x55
        try:
            assert contents(bytes(flipped)) == good, position
        except UnusableBackup:
            seen += 1
    assert seen > len(whole) / 7 / 3


def contents(file: bytes) -> dict[str, list[Any]]:
    archive = Archive(io.BytesIO(file))
    return {held.table: list(archive.rows(held)) for held in archive.manifest.tables}


@pytest.mark.one_database
def test_what_is_no_backup(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    refused(path, "No such file")
    refused(tmp_path, "directory")
    path.write_bytes(b"A text, and no zip at all.")
    refused(path, "This is no backup")
    with ZipFile(path, "w") as archive:
        archive.writestr("holiday.jpg", b"beach")
    refused(path, "no manifest")
    for manifest in ("", "[]", "{}", '{"format": 1}', '{"format": "x"}', "nonsense"):
        with ZipFile(path, "w") as archive:
            archive.writestr("manifest.json", manifest)
        refused(path, "damaged")


def rewrite(path: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> None:
    """A backup that is whole by its digests, and yet another one."""
    with ZipFile(path) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(files.pop("manifest.json"))
    change(manifest, files)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr("manifest.json", json.dumps(manifest))


def sign(manifest: dict[str, Any], files: dict[str, bytes], table: str) -> None:
    held = next(held for held in manifest["tables"] if held["table"] == table)
    text = files[f"{table}.jsonl"]
    held["rows"], held["bytes"] = text.count(b"\n"), len(text)
    held["sha256"] = hashlib.sha256(text).hexdigest()


TAGS = "time_logs.TogglTag"


@pytest.mark.one_database
def test_a_stranger_in_the_zip(small: Path) -> None:
    rewrite(small, lambda _, files: files.update({"../../outside.txt": b"x"}))
    refused(small, "not those of its manifest")
    assert not (small.parent.parent.parent / "outside.txt").exists()


@pytest.mark.one_database
def test_a_table_that_is_missing(small: Path) -> None:
    rewrite(small, lambda _, files: files.pop(f"{TAGS}.jsonl") and None)
    refused(small, "not those of its manifest")


@pytest.mark.one_database
def test_a_bomb_is_read_no_further_than_its_manifest_says(small: Path) -> None:
    def blow_up(_: Any, files: dict[str, bytes]) -> None:
        files[f"{TAGS}.jsonl"] = b'"' + b"0" * 50_000_000

    rewrite(small, blow_up)
    assert small.stat().st_size < 100_000
    refused(small, "longer than its manifest says")


def with_text(text: bytes) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    """What is whole by its digests, and has this for the rows of one table."""

    def change(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files[f"{TAGS}.jsonl"] = text
        sign(manifest, files, TAGS)

    return change


MB = 2**20


@pytest.mark.one_database
@pytest.mark.parametrize(
    "row",
    [
        b'["' + b"x" * 17 * MB + b'"]\n',
        # Ten bytes of memory and more for each.
        b"[" + b"[]," * 1_000_000 + b"1]\n",
        b'["' + b"x" * 40 * MB,
    ],
    ids=["long", "many parts", "without an end"],
)
def test_a_row_that_would_eat_the_memory(small: Path, row: bytes) -> None:
    rewrite(small, with_text(row))
    refused(small, "too large for any record")


@pytest.mark.one_database
def test_what_swells_when_it_is_unpacked(small: Path) -> None:
    rewrite(small, with_text((b'["' + b"x" * 100_000 + b'"]\n') * 900))
    assert small.stat().st_size < 500_000
    refused(small, "would unpack to 0.1 GB, .* times its size")


@pytest.mark.one_database
def test_a_list_of_files_that_is_too_long(small: Path) -> None:
    rewrite(small, lambda _, files: files.update({f"{n:060}": b"" for n in range(20_000)}))
    refused(small, "a part of it that is small is too long")


@pytest.mark.one_database
def test_a_compression_that_takes_memory_as_it_likes(small: Path) -> None:
    with ZipFile(small) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(small, "w", ZIP_LZMA) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    refused(small, "compressed in another way")


@pytest.mark.one_database
def test_long_rows_are_read_a_few_at_a_time() -> None:
    rows = [[n, "x" * MB] for n in range(20)] + [[n, ""] for n in range(1001)]
    taken = list(chunks(rows))
    assert [row for some in taken for row in some] == rows
    assert max(sum(len(text) for _, text in some) for some in taken) <= 5 * MB
    assert max(map(len, taken)) == 500


@pytest.mark.long
def test_the_largest_rows_cost_little_memory(small: Path) -> None:
    """In a process of its own, which may have 300 MB beside what it begins with. One character lets Python keep
    all of a text in four bytes each."""

    def large(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        columns = next(held for held in manifest["tables"] if held["table"] == TAGS)["columns"]
        row = dict(zip(columns, json.loads(files[f"{TAGS}.jsonl"].splitlines()[0]), strict=True))
        text = "\N{RED APPLE}" + base64.b64encode(os.urandom(11 * MB)).decode()
        rows = [
            row | {"id": n, "source_id": f"{n}", "raw": json.dumps([text], ensure_ascii=False)}
            for n in range(1, 4)
        ]
        files[f"{TAGS}.jsonl"] = b"".join(line(list(one.values())) for one in rows)
        sign(manifest, files, TAGS)

    rewrite(small, large)
    code = (
        "import resource; from django.core.management import call_command\n"
        "peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024\n"
        f"before = peak(); call_command('restore', {str(small)!r}); print(peak() - before)"
    )
    status, out, err = processes.command("shell", "--no-imports", "-c", code)
    assert (status, TogglTag.objects.count()) == (0, 3), err
    assert int(out.splitlines()[-1]) < 300


@pytest.mark.one_database
def test_a_row_more_than_the_manifest_says(small: Path) -> None:
    rewrite(small, lambda _, files: files.update({f"{TAGS}.jsonl": files[f"{TAGS}.jsonl"] * 2}))
    refused(small, "longer than its manifest says")
    assert_empty()


def test_a_row_that_the_database_refuses(small: Path) -> None:
    def double(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        first, second, _ = files[f"{TAGS}.jsonl"].splitlines(keepends=True)
        # Another number, but the same (source, source_id).
        row = json.loads(first)
        files[f"{TAGS}.jsonl"] = first + second + json.dumps([999, *row[1:]]).encode() + b"\n"
        sign(manifest, files, TAGS)

    rewrite(small, double)
    refused(small, r"TogglTag: the database refuses the row 999")


@pytest.mark.parametrize(
    ("column", "value"),
    [("created_at", "yesterday"), ("created_at", 5), ("id", "x"), ("raw", "{"), ("raw", {})],
)
def test_a_value_that_is_none_of_its_column(small: Path, column: str, value: Any) -> None:
    def spoil(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        names = Table(TogglTag).names
        rows = [json.loads(text) for text in files[f"{TAGS}.jsonl"].splitlines()]
        rows[1][names.index(column)] = value
        files[f"{TAGS}.jsonl"] = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        sign(manifest, files, TAGS)

    rewrite(small, spoil)
    refused(small, "TogglTag")


def test_a_reference_to_nothing(small: Path) -> None:
    table = "github_projects.RepositoryCommit"

    def refer(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files[f"{table}.jsonl"] = b"[1,2,3]\n"
        sign(manifest, files, table)

    rewrite(small, refer)
    refused(small, "refers to one that is not there")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("name", "value"),
    [("rows", "3"), ("rows", -1), ("bytes", None), ("columns", 5), ("table", ["x"]), ("more", 1)],
)
def test_a_manifest_of_odd_types(small: Path, name: str, value: Any) -> None:
    rewrite(small, lambda manifest, _: manifest["tables"][-1].update({name: value}))
    refused(small, "damaged")


@pytest.mark.one_database
@pytest.mark.parametrize("change", [{"migrations": []}, {"tables": {}}, {"made_at": 5}])
def test_an_odd_manifest(small: Path, change: dict[str, Any]) -> None:
    rewrite(small, lambda manifest, _: manifest.update(change))
    refused(small, "damaged")


@pytest.mark.one_database
def test_a_newer_format(small: Path) -> None:
    rewrite(small, lambda manifest, _: manifest.update(format=2, version="9.9"))
    refused(small, r"Version 9\.9 .* newer format")


@pytest.mark.one_database
def test_a_newer_program_made_it(small: Path) -> None:
    rewrite(small, lambda manifest, _: manifest["migrations"]["weight"].append("0099_later"))
    refused(small, r"weight 0099_later\)\. Update the program")


@pytest.mark.one_database
def test_an_older_program_made_it(small: Path) -> None:
    rewrite(small, lambda manifest, _: manifest["migrations"]["fasting"].pop() and None)
    refused(small, r"fewer changes .* Restore it with that version")


def test_a_database_without_tables(small: Path, tmp_path: Path) -> None:
    new = f"sqlite:///{tmp_path / 'new.sqlite3'}"
    status, _, err = processes.command("restore", str(small), DATABASE_URL=new)
    assert status == 1
    assert "First: python manage.py migrate" in err


def test_what_the_database_makes_something_else_of_is_refused(tmp_path: Path) -> None:
    """Both databases round a weight to four places. The counts alone would not show it."""
    weigh_in(kg=70)
    path = tmp_path / "b.zip"
    call("backup", str(path))
    empty_the_database()

    def more_digits(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        name = "weight.WeighIn.jsonl"
        files[name] = files[name].replace(b'"70.0000"', b'"70.123456"')
        sign(manifest, files, "weight.WeighIn")

    rewrite(path, more_digits)
    refused(path, r"weight\.WeighIn: the database has made something else of some rows")


def test_fingerprints_tell_what_differs_and_not_how_it_is_written() -> None:
    table = Table(TogglTag)
    place = table.names.index("raw")
    tags(2)
    rows = list(table.rows())

    def with_raw(text: str) -> list[list[Any]]:
        changed = [*rows[0]]
        changed[place] = text
        return [rows[1], changed]

    same = table.fingerprint(with_raw('{"a": 1.50, "b": [1e2, 0]}'))
    assert table.fingerprint(with_raw('{"b":[100,-0.0],"a":1.5}')) == same
    for other in ('{"a": 1.51, "b": [100, 0]}', '{"a": 1.5, "b": [0, 100]}', "null"):
        assert table.fingerprint(with_raw(other)) != same
    assert table.fingerprint(rows[:1]) != table.fingerprint(rows)


# --- Under a passphrase ---------------------------------------------------------------------------


@pytest.fixture
def passphrase(settings: Any) -> Iterator[str]:
    settings.BACKUP_PASSPHRASE = PASSPHRASE
    yield PASSPHRASE
    settings.BACKUP_PASSPHRASE = ""


@pytest.mark.one_database
def test_under_a_passphrase(tmp_path: Path, settings: Any, passphrase: str) -> None:
    tags(3)
    path = tmp_path / "b.zip"
    told = call("backup", str(path))
    assert "encrypted" in told
    assert passphrase not in told
    assert b"TogglTag" not in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    empty_the_database()

    settings.BACKUP_PASSPHRASE = "wrong"
    refused(path, "passphrase does not open it")
    settings.BACKUP_PASSPHRASE = ""
    refused_without_a_terminal(path)
    settings.BACKUP_PASSPHRASE = passphrase
    whole = path.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    path.write_bytes(flipped)
    refused(path, "damaged")
    path.write_bytes(whole)
    call("restore", str(path))
    assert TogglTag.objects.count() == 3


def refused_without_a_terminal(path: Path) -> None:
    status, _, err = processes.command("restore", str(path))
    assert status == 1
    assert "BACKUP_PASSPHRASE" in err
    status, _, err = processes.command("backup", str(path), "--encrypt", "--overwrite")
    assert status == 1
    assert "BACKUP_PASSPHRASE" in err


@pytest.mark.one_database
def test_the_sealed_file_opens_with_age_alone(tmp_path: Path, passphrase: str) -> None:
    """As its README says: the passphrase opens the key, the key opens the backup."""
    tags(2)
    call("backup", str(tmp_path / "b.zip"))
    with ZipFile(tmp_path / "b.zip") as sealed:
        key = pyrage.passphrase.decrypt(sealed.read("key.age"), passphrase).decode()
        identity = pyrage.x25519.Identity.from_str(key)
        backup = pyrage.decrypt(sealed.read("backup.zip.age"), [identity])
        assert b"age --decrypt" in sealed.read("README.txt")
    assert len(contents(backup)["time_logs.TogglTag"]) == 2


@pytest.mark.one_database
def test_the_passphrase_takes_the_same_memory_on_every_machine(
    tmp_path: Path, passphrase: str
) -> None:
    call("backup", str(tmp_path / "b.zip"))
    with ZipFile(tmp_path / "b.zip") as sealed:
        assert b" 17\n" in sealed.read("key.age").splitlines(keepends=True)[1]
    # Without a passphrase there is no key at all, and another one opens nothing.
    locked = age.lock(b"a key", passphrase)
    assert pyrage.passphrase.decrypt(locked, passphrase) == b"a key"
    with pytest.raises(pyrage.DecryptError):
        pyrage.passphrase.decrypt(locked, "wrong")
    assert age.lock(b"a key", passphrase) != locked


# A key of its own, and how pyrage itself has locked it. It takes the memory that it likes: here 256 MB.
OLDER_RECIPIENT = "age1y9hawlz69e7myf7fwkr8uvmeugdsa50fmt4nxfshtwyrdnt0vymq9dpr72"
OLDER_KEY = base64.b64decode(
    "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCBpUlpjZUZxN05qMjNPR25HMHBBUGJBIDE4CjJ0MFRKbTd4S3FZaThr"
    "NlNhMnBvRUVqQ2VDMGpjWWRvTXNtUUNFN2NJdFUKLS0tIE94OWpEa0tlYUtEUCsybjZTbWh2MXpNOFFHWEdLN1ZBWXd1TDBK"
    "M052SGMKghO1+SSIWF2SoKdW4KmPNsKK0cT/XmjOTnc3tN1ia2yl/IhHye20l+6pRXWqY74J4iUVE1q35uC3uOzmIpbDVvWV"
    "FbLFzkT1xXO4OLqpDV8HphmYLTU95pzlFnI+7pA4lHwMa8LBTx7GAg=="
)


@pytest.mark.one_database
def test_a_backup_of_an_older_version_opens(tmp_path: Path, passphrase: str) -> None:
    """Whose key pyrage itself has locked."""
    tags(2)
    path = tmp_path / "b.zip"
    call("backup", str(path))
    with ZipFile(path) as archive:
        key = pyrage.passphrase.decrypt(archive.read("key.age"), passphrase).decode()
        body = pyrage.decrypt(
            archive.read("backup.zip.age"), [pyrage.x25519.Identity.from_str(key)]
        )
    empty_the_database()
    recipient = pyrage.x25519.Recipient.from_str(OLDER_RECIPIENT)
    change_sealed(path, "backup.zip.age", lambda _: pyrage.encrypt(body, [recipient]))
    change_sealed(path, "key.age", lambda _: OLDER_KEY)
    call("restore", str(path))
    assert TogglTag.objects.count() == 2


def change_sealed(path: Path, name: str, change: Callable[[bytes], bytes], method: int = 0) -> None:
    with ZipFile(path) as sealed:
        files = {name: sealed.read(name) for name in sealed.namelist()}
    files[name] = change(files[name])
    with ZipFile(path, "w", method) as sealed:
        for one, text in files.items():
            sealed.writestr(one, text)


@pytest.mark.one_database
def test_a_key_that_takes_gigabytes_is_not_tried(tmp_path: Path, passphrase: str) -> None:
    path = tmp_path / "b.zip"
    call("backup", str(path))
    empty_the_database()
    whole = path.read_bytes()
    change_sealed(path, "key.age", lambda key: key.replace(b" 17\n", b" 24\n"))
    refused(path, r"Its key takes 2\^24 kB of memory")
    path.write_bytes(whole)
    change_sealed(path, "key.age", lambda key: key.replace(b"-> scrypt", b"-> X25519"))
    refused(path, "not locked by a passphrase")
    path.write_bytes(whole)
    change_sealed(path, "key.age", lambda key: key.replace(b"\n---", b"\n-> scrypt a 40\nb\n---"))
    refused(path, "not locked by a passphrase")


@pytest.mark.one_database
def test_a_sealed_body_that_swells_is_not_decrypted(tmp_path: Path, passphrase: str) -> None:
    path = tmp_path / "b.zip"
    call("backup", str(path))
    empty_the_database()
    whole = path.read_bytes()
    change_sealed(path, "backup.zip.age", lambda body: body, ZIP_DEFLATED)
    refused(path, "its encrypted part is compressed")
    path.write_bytes(whole)
    change_sealed(
        path, "backup.zip.age", lambda _: b"age-encryption.org/v1\n" + b"-> x y\n" * 50_000
    )
    refused(path, "has no head")


@pytest.mark.one_database
def test_the_passphrase_is_asked_for_twice_on_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    shown, status = on_a_terminal("backup", str(path), "--encrypt", type_in=[PASSPHRASE, "other"])
    assert status == 1
    assert "The two passphrases differ." in shown
    assert not path.exists()
    shown, status = on_a_terminal("backup", str(path), "--encrypt", type_in=[PASSPHRASE] * 2)
    assert status == 0, shown
    assert PASSPHRASE not in shown
    empty_the_database()
    shown, status = on_a_terminal("restore", str(path), type_in=[PASSPHRASE])
    assert status == 0, shown
    assert "The backup was restored." in shown
    assert PASSPHRASE not in shown


def on_a_terminal(*words: str, type_in: list[str]) -> tuple[str, int]:
    """What the terminal shows, and the exit status; a line is typed at each question."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(project.BASE_DIR / "manage.py"), *words],
        env=processes.environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads here
    )
    os.close(theirs)
    shown = b""
    lines = iter(type_in)
    while more := read_terminal(ours):
        shown += more
        if re.search(rb"[Pp]assphrase[^:\n]*: $", shown):
            os.write(ours, next(lines).encode() + b"\n")
    os.close(ours)
    return shown.decode(), process.wait(60)


def read_terminal(ours: int) -> bytes:
    try:
        return os.read(ours, 4096)
    except OSError:  # Linux's way to say that the other side is closed
        return b""


def test_runs_that_were_waiting_are_waiting_again(tmp_path: Path) -> None:
    """What is to be done stands in the ledger, and so is state."""
    SyncRun.objects.create(source="Whoop", kind="full", status="queued", in_queue=True)
    call("backup", str(tmp_path / "b.zip"))
    empty_the_database()
    call("restore", str(tmp_path / "b.zip"))
    assert SyncRun.objects.get().is_active
