"""Files that are too large to be imported while a browser waits: a worker previews and imports them."""

from __future__ import annotations

import errno
import io
import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.handlers.wsgi import WSGIRequest
from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.test import Client, RequestFactory
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from pytest_django import DjangoAssertNumQueries

from apple_health.models import AppleDay
from fasting.models import FastingPeriod
from lifetracker import housekeeping, tasks
from lifetracker.models import FileImport, Lease, LeaseLost, SourceRecord, SyncRun
from lifetracker.models.pending_imports import PREVIEW_KEPT
from lifetracker.sync import import_files, import_queue, importers
from lifetracker.sync.importers import Imported, Importer, ImportWork
from lifetracker.sync.previewed_imports import PreviewedImporter
from lifetracker.web import uploads
from nutrition.models import Meal
from tests.apple_health.exports import export, steps
from tests.time_logs.test_toggl_export import HEADER as REPORT
from tests.time_logs.test_toggl_export import row
from tests.weight.test_withings_export import HEADER as WEIGH_INS
from tests.whoop.test_export_import import CYCLE, CYCLE_HEADER
from time_logs.models import TimeEntry
from weight.models import WeighIn
from whoop.models import WhoopCycle

NOW = datetime(2026, 9, 16, 14, tzinfo=UTC)
SAMPLES = Path(__file__).parents[1] / "payloads"
HTMX = {"HX-Request": "true"}
DONE, FAILED, CANCELLED, ASKS = "done", "failed", "cancelled", "asks"


class Kind(NamedTuple):
    """A file of one kind, and what is stored of it. `unlike`: a file that it cannot be."""

    key: str
    page: str
    text: str
    model: type[SourceRecord]
    values: dict[str, str]


WITHINGS = Kind(
    "withings", "/weight/import", WEIGH_INS + '"2026-04-25 08:11:51",80.90,,,,,\n', WeighIn, {}
)
KINDS = [
    WITHINGS,
    Kind("toggl", "/time/import", REPORT + row(), TimeEntry, {}),
    Kind("whoop", "/whoop/import", CYCLE_HEADER + CYCLE, WhoopCycle, {}),
    Kind(
        "zero",
        "/fasting/import",
        "Date,Start,End,Hours,Night Eating\r\n9/14/26,20:00,12:00,16,0",
        FastingPeriod,
        {"date_order": "mdy"},
    ),
    Kind(
        "diary",
        "/nutrition/import",
        (SAMPLES / "nutrition" / "cronometer_servings.csv").read_text(),
        Meal,
        {},
    ),
]  # fmt: skip
by_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
#: Always read by a worker, and never while a browser waits.
APPLE_HEALTH = Kind(
    "apple_health",
    "/apple-health/import",
    export(steps(812, "2026-05-01 08:00:00", "2026-05-01 08:10:00")),
    AppleDay,
    {},
)
with_apple_health = pytest.mark.parametrize(
    "kind", [*KINDS, APPLE_HEALTH], ids=lambda kind: kind.key
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> Path:
    """Every file is too large for a request."""
    settings.IMPORTS_DIR = tmp_path / "imports"
    settings.TIME_ZONE = "UTC"
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOW)
    for importer in importers.importers().values():
        if isinstance(importer, PreviewedImporter):
            monkeypatch.setattr(type(importer), "most_at_once", 0)
    return Path(settings.IMPORTS_DIR)


@pytest.fixture
def robin(client: Client) -> Client:
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


def send(client: Client, kind: Kind = WITHINGS, text: str | None = None) -> Any:
    content = kind.text if text is None else text
    file = SimpleUploadedFile("large.csv", content.encode())
    return client.post(kind.page, {"file": file} | kind.values, follow=True)


def said(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def job() -> FileImport:
    return FileImport.objects.order_by("-pk")[0]


def work() -> str:
    """What a worker does with the newest file."""
    return tasks.execute_import(job().pk)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


# --- From the upload to the records ---------------------------------------------------------------


@with_apple_health
def test_each_kind_is_previewed_confirmed_and_imported(
    robin: Client, large: Path, kind: Kind
) -> None:
    answer = send(robin, kind)
    assert answer.redirect_chain == [(kind.page, 302)]
    assert "large.csv In progress" in said(answer)
    assert "Choose a file" not in said(answer)
    assert [mode(large), *(mode(path) for path in large.iterdir())] == [0o700, 0o600]
    assert work() == ASKS
    assert not kind.model._default_manager.exists()
    page = said(robin.get(kind.page))
    assert "Nothing is stored yet." in page
    answer = robin.post(f"{kind.page}/confirm", follow=True)
    assert "large.csv In progress" in said(answer)
    assert work() == DONE
    assert kind.model._default_manager.exists()
    run = SyncRun.objects.get()
    assert (run.kind, run.begun_by, job().run) == ("import", "person", run)
    page = said(robin.get(kind.page))
    assert "large.csv Imported large.csv: " in page
    assert "Choose another file" in page
    assert robin.get(job().leads_to or "/").status_code == 200
    assert files(large) == []


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@with_apple_health
def test_the_same_file_again_changes_nothing(robin: Client, kind: Kind) -> None:
    for _ in range(2):
        send(robin, kind)
        assert work() == ASKS
        robin.post(f"{kind.page}/confirm")
        assert work() == DONE
    newest = SyncRun.objects.latest("pk")
    assert newest.total("created") + newest.total("updated") == 0
    assert newest.total("unchanged")


@by_kind
def test_what_has_changed_meanwhile_is_previewed_again(robin: Client, kind: Kind) -> None:
    send(robin, kind)
    work()
    preview = job().preview
    robin.post(f"{kind.page}/confirm")
    other = FileImport.objects.get()
    importer = importers.importers()[kind.key]
    assert isinstance(importer, PreviewedImporter)
    with import_files.path_of(other.stored_as).open("rb") as file:
        export = importer.read_file("large.csv", file, importer.options(other.options))
    importer.run(export, importer.options(other.options), dry_run=False, begun_by="command")
    assert work() == "previewed again"
    assert work() == ASKS
    assert job().preview != preview
    assert "Everything in this file is stored already." in said(robin.get(kind.page))
    robin.post(f"{kind.page}/confirm")
    assert work() == DONE


@by_kind
def test_why_a_file_cannot_be_imported_is_said(robin: Client, large: Path, kind: Kind) -> None:
    send(robin, kind)
    import_files.path_of(job().stored_as).write_bytes(b"%PDF-1.7 not a table")
    assert work() == FAILED
    page = said(robin.get(kind.page))
    assert "large.csv Not imported large.csv is a PDF and not an export from" in page
    assert "--" not in page
    assert files(large) == []


def test_a_file_that_the_worker_cannot_see(robin: Client) -> None:
    send(robin)
    import_files.path_of(job().stored_as).unlink()
    assert work() == FAILED
    page = said(robin.get(WITHINGS.page))
    assert "The worker cannot see this file." in page
    assert "python manage.py import_withings FILE" in page


def test_a_file_is_read_at_once_or_not_at_all(
    robin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    importer = importers.importers()["withings"]
    monkeypatch.setattr(type(importer), "most_at_once", 10)
    send(robin)
    assert not FileImport.objects.exists()
    monkeypatch.setattr(type(importer), "read_at_once", 10)
    page = said(send(robin))
    assert job().state == "waiting"
    assert "Nothing is stored yet." not in page, "the small file's preview made way"


# --- Twice, cancelled, forgotten ------------------------------------------------------------------


def test_a_form_that_is_sent_twice(robin: Client, large: Path) -> None:
    send(robin)
    page = said(send(robin))
    assert "A file of this kind is being imported. Wait until it is done, or cancel it." in page
    assert (FileImport.objects.count(), len(files(large))) == (1, 1)
    work()
    for _ in range(2):
        robin.post(f"{WITHINGS.page}/confirm")
    assert OrmQ.objects.count() == 2, "one message for the preview, one for the import"
    work()
    assert work() == "nothing to do"
    assert (SyncRun.objects.count(), WeighIn.objects.count()) == (1, 1)
    assert "There is no preview to import." in said(
        robin.post(f"{WITHINGS.page}/confirm", follow=True)
    )


def test_two_forms_at_the_same_moment(robin: Client, large: Path) -> None:
    """The second has not seen the first one's row yet: the database refuses it."""
    user = User.objects.get()
    send(robin)
    queued = importers_page().queued
    path = import_files.store([b"x"], 1)
    with pytest.raises(Exception, match="is being imported"):
        queued.add(user, path, "second.csv", 1, {})
    assert len(files(large)) == 1


def importers_page() -> Any:
    from weight.import_views import WithingsImport  # noqa: PLC0415 - after the addresses

    return WithingsImport()


def test_another_file_takes_the_place_of_a_preview(robin: Client, large: Path) -> None:
    send(robin)
    work()
    send(robin)
    assert [one.state for one in FileImport.objects.order_by("pk")] == [CANCELLED, "waiting"]
    assert len(files(large)) == 1


def test_cancelled_while_it_waits_or_asks(robin: Client, large: Path) -> None:
    send(robin)
    answer = said(robin.post(f"{WITHINGS.page}/cancel", follow=True))
    assert "large.csv: It was cancelled. Nothing was imported." in answer
    assert work() == "nothing to do"
    send(robin)
    work()
    assert "The preview was deleted." in said(robin.post(f"{WITHINGS.page}/discard", follow=True))
    assert [one.state for one in FileImport.objects.all()] == [CANCELLED, CANCELLED]
    assert files(large) == []
    answer = said(robin.post(f"{WITHINGS.page}/cancel", follow=True))
    assert "There is nothing to cancel" in answer


def many(count: int) -> str:
    rows = (
        f'"{NOW - timedelta(hours=n + 1):%Y-%m-%d %H:%M:%S}",80.90,,,,,\n' for n in range(count)
    )
    return WEIGH_INS + "".join(rows)


def test_cancelled_while_its_rows_are_written(
    robin: Client, large: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_queue, "LOOK", 0.0)
    send(robin, text=many(1200))
    assert work() == ASKS
    robin.post(f"{WITHINGS.page}/confirm")
    pages: list[str] = []
    note = import_files.note_progress

    def press(stored_as: str, live: import_files.Live) -> None:
        note(stored_as, live)
        if WeighIn.objects.exists() and not pages:
            pages.append(said(robin.get(f"{WITHINGS.page}/progress", headers=HTMX)))
            import_files.ask_to_cancel(stored_as)
            pages.append(said(robin.get(f"{WITHINGS.page}/progress", headers=HTMX)))

    monkeypatch.setattr(import_files, "note_progress", press)
    assert work() == CANCELLED
    assert re.search(r"it is being imported, \d+ %", pages[0])
    assert "The import is being cancelled." in pages[1]
    assert (WeighIn.objects.count(), SyncRun.objects.count(), files(large)) == (0, 0, [])
    assert "It was cancelled. Nothing was imported." in said(robin.get(WITHINGS.page))


def test_cancelled_while_its_rows_are_read(robin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_queue, "LOOK", 0.0)
    send(robin, text=many(1200))
    with monkeypatch.context() as patch:
        patch.setattr(import_queue.Work, "look", lambda _: None)
        patch.setattr(import_files, "note_progress", raises(importers.ImportCancelled()))
        assert work() == CANCELLED


@pytest.mark.parametrize("step", ["preview", "import"])
def test_one_whose_worker_was_killed_is_cancelled_at_once(robin: Client, step: str) -> None:
    send(robin)
    FileImport.objects.update(state="running", step=step)
    robin.post(f"{WITHINGS.page}/cancel")
    assert job().state == CANCELLED


def test_what_nobody_went_on_with_is_forgotten(robin: Client, large: Path) -> None:
    send(robin)
    work()
    assert housekeeping.cancel_forgotten_imports(NOW) == 0
    assert housekeeping.cancel_forgotten_imports(NOW + PREVIEW_KEPT + timedelta(hours=1)) == 1
    assert job().state == CANCELLED
    send(robin)
    FileImport.objects.filter(state="waiting").update(created_at=NOW)
    assert housekeeping.cancel_forgotten_imports(NOW + timedelta(days=6)) == 0
    assert housekeeping.cancel_forgotten_imports(NOW + timedelta(days=8)) == 1
    assert files(large) == []
    assert housekeeping.delete_old_imports(NOW + timedelta(days=89)) == 0
    assert housekeeping.delete_old_imports(NOW + timedelta(days=91)) == 2


def test_stray_files_are_deleted(robin: Client, large: Path) -> None:
    send(robin)
    long_ago = os.times().elapsed
    for name in ("stray", "stray.progress", "new"):
        (large / name).touch()
    for path in large.iterdir():
        if path.name != "new":
            os.utime(path, (long_ago, long_ago))
    assert housekeeping.delete_stray_files(NOW) == 2
    assert files(large) == sorted(["new", job().stored_as])


# --- Workers --------------------------------------------------------------------------------------


def test_it_never_runs_twice_at_once(robin: Client) -> None:
    send(robin)
    with Lease.objects.wait("file-import:withings", timedelta(minutes=1)):
        assert work() == import_queue.BUSY
        assert job().state == "waiting"
    assert work() == ASKS


def test_it_is_taken_up_again_and_given_up_at_last(robin: Client, large: Path) -> None:
    send(robin)
    for attempt in range(import_queue.MOST_ATTEMPTS):
        FileImport.objects.update(state="running", attempts=attempt, enqueued_at=None)
        OrmQ.objects.all().delete()
        tasks.resume_stalled_runs()
        assert OrmQ.objects.count() == 1
    FileImport.objects.update(attempts=import_queue.MOST_ATTEMPTS)
    assert work() == FAILED
    assert "Given up: it was begun 3 times" in job().result
    assert files(large) == []


def test_whoever_is_alive_is_left_alone(robin: Client) -> None:
    send(robin)
    FileImport.objects.update(state="running", enqueued_at=None)
    with Lease.objects.wait("file-import:withings", timedelta(minutes=1)):
        assert not FileImport.objects.stalled(NOW).exists()
    assert FileImport.objects.stalled(NOW).exists()
    FileImport.objects.update(enqueued_at=NOW)
    assert not FileImport.objects.stalled(NOW).exists(), "a message about it is on its way"


def test_a_database_that_was_away_is_waited_for(
    robin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(robin)
    with monkeypatch.context() as patch:
        patch.setattr(PreviewedImporter, "previewed", raises(OperationalError("gone")))
        assert work() == "OperationalError"
    assert not FileImport.objects.stalled(NOW + timedelta(seconds=30)).exists()
    assert FileImport.objects.stalled(NOW + timedelta(minutes=3)).exists()
    assert work() == ASKS


def test_an_error_of_ours_is_noted_and_told(robin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    send(robin)
    monkeypatch.setattr(PreviewedImporter, "previewed", raises(ZeroDivisionError("a secret")))
    with pytest.raises(ZeroDivisionError):
        work()
    assert job().result == "An error in Life Tracker: ZeroDivisionError."


def raises(error: Exception) -> Callable[..., Any]:
    def raising(*_: object, **__: object) -> None:
        raise error

    return raising


# --- Resumable ------------------------------------------------------------------------------------


class Lines(Importer):
    """Imports each line of a file as a weigh-in, in batches of two."""

    key = "lines"
    title = "lines"
    command = "import_lines"
    page = "withings-import"
    is_resumable = True
    has_preview = False
    killed_after: int | None = None

    def store(self, work: ImportWork, read: Any) -> Imported:
        lines = work.path.read_text().splitlines()
        begun = work.position or 0
        for at in range(begun, len(lines), 2):
            if at == self.killed_after:
                raise KeyboardInterrupt
            with work.batch(at + 2, min(at + 2, len(lines)), len(lines)):
                for line in lines[at : at + 2]:
                    WeighIn.objects.create(
                        source_id=line,
                        measured_at=NOW - timedelta(hours=ord(line)),
                        date=NOW.date(),
                        weight_kg=80,
                    )
        return Imported(f"{len(lines)} lines")


@pytest.fixture
def lines(robin: Client) -> Iterator[Lines]:
    importer = Lines()
    importers.importers()["lines"] = importer
    path = import_files.store([b"a\nb\nc\nd\ne"], 9)
    FileImport.objects.create(
        user=User.objects.get(), kind="lines", stored_as=path.name, size=9, step="import"
    )
    yield importer
    del importers.importers()["lines"]


def test_a_resumable_import_goes_on(lines: Lines) -> None:
    lines.killed_after = 4
    with pytest.raises(KeyboardInterrupt):
        work()
    kept = job()
    assert (kept.state, kept.position, kept.progress_done, kept.progress_total) == (
        "running",
        4,
        4,
        5,
    )
    assert WeighIn.objects.count() == 4
    lines.killed_after = None
    assert work() == DONE
    assert WeighIn.objects.count() == 5
    assert job().result == "5 lines"


def test_a_resumable_import_that_is_cancelled_keeps_what_it_had(lines: Lines) -> None:
    lines.killed_after = 2
    with pytest.raises(KeyboardInterrupt):
        work()
    assert import_queue.cancel(job())
    assert job().result == import_queue.CANCELLED_LATE
    assert WeighIn.objects.count() == 2


def test_whoever_lost_the_lease_stores_nothing_more(lines: Lines) -> None:
    with Lease.objects.wait("file-import:lines", timedelta(minutes=1)) as lease:
        mine = import_queue.Work(job(), lease)
        Lease.objects.filter(name="file-import:lines").update(holder="another")
        with pytest.raises(LeaseLost), mine.batch(1, 1, 5):
            pytest.fail("nothing is written without the lease")
    assert job().position is None


# --- The upload -----------------------------------------------------------------------------------


def test_a_file_goes_to_the_disk_while_it_comes_in(
    robin: Client, large: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    send(robin)
    assert import_files.path_of(job().stored_as).read_text() == WITHINGS.text
    assert len(files(large)) == 1


def test_a_small_one_leaves_nothing_there(
    robin: Client, large: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    monkeypatch.setattr(type(importers.importers()["withings"]), "most_at_once", 10)
    assert "Nothing is stored yet." in said(send(robin))
    assert files(large) == []


def test_nobody_elses_file_is_read(client: Client, large: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    assert send(client).redirect_chain[0][0].startswith("/login")
    client.force_login(User.objects.create_user("guest"))
    for at in ("", "/confirm", "/discard", "/cancel"):
        assert client.post(f"{WITHINGS.page}{at}").status_code == 403
    assert client.get(f"{WITHINGS.page}/progress").status_code == 403
    assert send(client).status_code == 403
    assert not large.exists()


def test_the_token_of_the_form_is_asked_for(large: Path) -> None:
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(User.objects.create_user("robin", is_staff=True))
    assert send(careful).status_code == 403
    assert not FileImport.objects.exists()
    assert files(large) == []


class CutOff(io.BytesIO):
    """A connection that ends before the file does."""

    def read(self, size: int | None = -1) -> bytes:
        if piece := super().read(size):
            return piece
        raise OSError("the browser went away")


def test_an_upload_that_is_cut_off_leaves_nothing(large: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    sent = RequestFactory().post(
        WITHINGS.page, {"file": SimpleUploadedFile("a.csv", b"x" * 200_000)}
    )
    begun = CutOff(sent.body[:100_000])
    request = WSGIRequest(sent.environ | {"wsgi.input": begun})
    request.user = User.objects.create_user("robin", is_staff=True)
    seen: list[int] = []

    def page(request: HttpRequest) -> HttpResponse:
        with pytest.raises(UnreadablePostError):
            request.FILES.keys()
        seen.append(len(files(large)))
        return HttpResponse()

    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # as Django's test client says it
    uploads.takes_uploads(10**6, "Withings")(page)(request)
    assert (seen, files(large)) == ([1], [])


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device", "here")


def test_a_full_disk(
    robin: Client, large: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_files, "write", full)
    for most in (10, 10_000_000):
        settings.FILE_UPLOAD_MAX_MEMORY_SIZE = most
        page = said(send(robin))
        assert (
            "The disk is full: here could not be written. The folder is set by IMPORTS_DIR." in page
        )
        assert "This field is required" not in page
    assert files(large) == []


def test_too_little_space_and_too_many_files(
    robin: Client, large: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    with monkeypatch.context() as patch:
        patch.setattr(import_files, "LEFT_FREE", 10**18)
        assert "There is too little space on the disk for this file." in said(send(robin))
    with monkeypatch.context() as patch:
        patch.setattr(import_files, "MOST_FILES", 0)
        assert "files are waiting to be imported already" in said(send(robin))
    assert files(large) == []


def test_a_folder_that_cannot_be_made(robin: Client, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    settings.IMPORTS_DIR = tmp_path / "file" / "imports"
    page = said(send(robin))
    assert "The folder is set by IMPORTS_DIR." in page
    assert not FileImport.objects.exists()


def test_a_file_larger_than_the_kind_has(
    robin: Client, large: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    monkeypatch.setattr(uploads, "FORM_AROUND", -(10**9))
    page = said(send(robin))
    assert "This file is larger than 500 MB, which no export from Withings is." in page
    assert files(large) == []


# --- The page -------------------------------------------------------------------------------------


def test_the_progress_is_asked_for_every_two_seconds(
    robin: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    send(robin)
    assert 'hx-trigger="every 2s"' in robin.get(WITHINGS.page).text
    FileImport.objects.update(state="running", size=2_100_000_000)
    import_files.note_progress(job().stored_as, import_files.Live(30, 40))
    with django_assert_num_queries(3):  # session, person, job
        answer = robin.get(f"{WITHINGS.page}/progress", headers=HTMX)
    assert '<progress max="40" value="30"' in answer.text
    assert "2.1 GB: what it would change is being worked out, 75 %." in said(answer)
    FileImport.objects.update(state="asks")
    answer = robin.get(f"{WITHINGS.page}/progress", headers=HTMX)
    assert (answer.headers["HX-Refresh"], answer.content) == ("true", b"")


def test_the_progress_by_itself_is_no_page(robin: Client) -> None:
    for _ in range(2):
        answer = robin.get(f"{WITHINGS.page}/progress")
        assert (answer.status_code, answer.headers["Location"]) == (302, WITHINGS.page)
        send(robin)


def test_without_a_worker_the_page_says_so(robin: Client) -> None:
    Schedule.objects.update(next_run=NOW - timedelta(hours=1))
    assert "It waits for a worker, and none is running." in said(send(robin))
    Schedule.objects.update(next_run=NOW + timedelta(minutes=1))
    assert "It waits for its turn." in said(robin.get(WITHINGS.page))


def test_statements_of_a_page_with_a_file(
    robin: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    send(robin)
    robin.get(WITHINGS.page)
    with django_assert_num_queries(6):
        robin.get(WITHINGS.page)


def test_an_old_end_is_no_longer_told(robin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    send(robin)
    robin.post(f"{WITHINGS.page}/cancel")
    assert "Cancelled" in said(robin.get(WITHINGS.page))
    later = NOW + timedelta(days=2)
    monkeypatch.setattr(timezone, "now", lambda: later)
    robin.force_login(User.objects.get())
    assert "Cancelled" not in said(robin.get(WITHINGS.page))


def test_everything_of_a_whole_import_is_stored_or_nothing(robin: Client) -> None:
    send(robin)
    work()
    robin.post(f"{WITHINGS.page}/confirm")
    importer = importers.importers()["withings"]
    with Lease.objects.wait("file-import:withings", timedelta(minutes=1)) as lease:
        mine = import_queue.Work(job(), lease)
        read = importer.read(mine)
        Lease.objects.filter(name="file-import:withings").update(holder="another")
        with pytest.raises(LeaseLost), transaction.atomic():
            import_queue.note_as_done(job(), lease, importer.store(mine, read))
    assert (WeighIn.objects.count(), SyncRun.objects.count()) == (0, 0)
