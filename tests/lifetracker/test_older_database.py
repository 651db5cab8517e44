"""A database that an earlier version left in the middle of its work: it is migrated, and the work goes on."""

from __future__ import annotations

import base64
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from multiprocessing import Value
from pathlib import Path
from queue import Queue
from typing import Any
from unittest import mock

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.apps import apps
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import Failure, OrmQ, Schedule, Task
from django_q.scheduler import scheduler
from django_q.signing import SignedPackage
from django_q.worker import worker as work

from lifetracker import tasks
from lifetracker.models import (
    PendingDeletion,
    PlannedSync,
    RejectedItem,
    SyncRun,
    SyncState,
    WebhookDelivery,
)
from lifetracker.sandbox.server import Sandbox
from lifetracker.sync.streams import sources
from oauth_integration.models import OAuthCredential
from tests import databases, processes
from tests.conftest import BROWSER, NOW, RunningClock, addresses

STORED = settings.BASE_DIR / "tests" / "payloads" / "schema"
SECRET_KEY = "a secret of an older database, for tests alone"
PASSWORD = "correct horse battery staple"
APP_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RECOVERY_CODE = "abcd-efgh-jkmn-pqrs"
API_TOKEN = "lt_of-an-older-database"
WHOOP_TOKENS = ("old-whoop-access", "old-whoop-refresh")
WITHINGS_TOKENS = ("old-withings-access", "old-withings-refresh")
# Withings has it in the address to which it pushes.
WITHINGS_SECRET = "f06d55ef23c29697147fb066bd97b45c08881ead3a37ae70ebcb87b42900feff"
# Django's lists of what there is: a later version may have more of it. What an index of words begins with is no record.
LISTS = {"django_migrations", "django_content_type", "auth_permission"}
LISTS |= {"nutrition_foodindex_config", "nutrition_foodindex_data"}

pytestmark = pytest.mark.django_db


# --- The database ---------------------------------------------------------------------------------


@contextmanager
def database(folder: Path) -> Iterator[None]:
    """Connect to a database as the earlier version left it, and to the usual one afterwards."""
    usual = connection.settings_dict["NAME"]
    name = str(folder / "older.sqlite3") if is_sqlite() else f"{usual}_older"
    databases.create(name)
    databases.connect_to(name)
    try:
        load((STORED / f"2026-11-27.{connection.vendor}.sql").read_text())
        yield
    finally:
        databases.connect_to(usual)
        databases.drop(name)


def is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def load(script: str) -> None:
    if is_sqlite():
        file = sqlite3.connect(connection.settings_dict["NAME"])
        file.executescript(script)
        file.close()
        return
    with connection.cursor() as cursor:
        cursor.execute(script)
    # The script has set a search path.
    connection.close()


def rows() -> dict[str, int]:
    """Return how many there are in each table."""
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - names of our tables
            found[table] = cursor.fetchone()[0]
    return found


def schema() -> dict[str, tuple[set[str], set[str]]]:
    """Return the columns of each table, and the names of its constraints and indexes."""
    ask = connection.introspection
    with connection.cursor() as cursor:
        return {
            table: (
                {column.name for column in ask.get_table_description(cursor, table)},
                set(ask.get_constraints(cursor, table)),
            )
            for table in ask.table_names(cursor)
            # Its statistics, after a test that had it collect them.
            if not table.startswith("sqlite_")
        }


class OlderDatabase:
    """What was there before the migration."""

    def __init__(
        self, clock: RunningClock, new_schema: dict[str, tuple[set[str], set[str]]]
    ) -> None:
        self.clock = clock
        self.new_schema = new_schema
        self.rows = rows()
        self.schedules = schedules()
        self.sources = set(PlannedSync.objects.values_list("source", flat=True))
        self.message_ids = [message.task_id() for message in OrmQ.objects.all()]
        self.failures = Failure.objects.count()
        self.states = SyncState.objects.count()
        self.waiting = SyncRun.objects.values_list("pk", flat=True).get(status="queued")
        self.running = SyncRun.objects.values_list("pk", flat=True).get(status="running")


def schedules() -> dict[str, tuple[Any, ...]]:
    """Return what people set, by what tells the rows apart whatever their tasks are called."""
    return {
        row.args or row.schedule_type: (row.minutes, row.repeats, row.next_run)
        # What came later.
        for row in Schedule.objects.exclude(name=tasks.SEND_NOTIFICATIONS)
    }


@pytest.fixture(scope="module")
def older(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OlderDatabase]:
    """Migrate it, two hours after it was left."""
    with ExitStack() as stack:
        stack.enter_context(django_db_blocker.unblock())
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        stack.enter_context(override_settings(SECRET_KEY=SECRET_KEY))
        new_schema = schema()
        stack.enter_context(database(tmp_path_factory.mktemp("older")))
        clock = RunningClock()
        clock.advance(timedelta(hours=2))
        patch.setattr(timezone, "now", clock.now)
        left = OlderDatabase(clock, new_schema)
        status, _, error = processes.command("migrate")
        assert status == 0, error
        yield left


# --- Migrated -------------------------------------------------------------------------------------


@pytest.mark.long
def test_no_row_is_lost_and_none_is_made(older: OlderDatabase) -> None:
    """A table may have another name now."""
    before = {table: count for table, count in older.rows.items() if table not in LISTS}
    now = {table: count for table, count in rows().items() if table not in LISTS}
    # A source that came later is planned as well.
    for table in ("lifetracker_plannedsync", "django_q_schedule"):
        now[table] -= len(sources.keys() - older.sources)
    # So are the look for insights, and what is told each minute.
    now["django_q_schedule"] -= 2
    kept = before.keys() & now.keys()
    assert {table: now[table] for table in kept} == {table: before[table] for table in kept}
    gone = sorted(before[table] for table in before.keys() - kept if before[table])
    assert sorted(now[table] for table in now.keys() - kept if now[table]) == gone


def test_it_is_as_if_it_were_new_schema(older: OlderDatabase) -> None:
    """So no migration was changed after it was carried out somewhere, and none is missing."""
    assert schema() == older.new_schema
    status, output, _ = processes.command("makemigrations", "--check", "--dry-run")
    assert status == 0, output


def test_rights_and_notes_are_about_models_that_there_are(older: OlderDatabase) -> None:
    models = {kind: kind.model_class() for kind in ContentType.objects.all()}
    assert [str(kind) for kind, model in models.items() if model is None] == []
    for permission in Permission.objects.select_related("content_type"):
        options = models[permission.content_type]._meta  # type: ignore[union-attr]
        usual = {f"{action}_{options.model_name}" for action in options.default_permissions}
        assert permission.codename in usual | {name for name, _ in options.permissions}
    assert all(note.get_edited_object() for note in LogEntry.objects.all())


def test_every_choice_and_every_stream_that_is_stored_is_known(older: OlderDatabase) -> None:
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if field.choices:
                stored = model._default_manager.order_by().values_list(field.name, flat=True)
                allowed = {*dict(field.flatchoices), *([""] if field.blank else [])}
                assert set(stored.distinct()) <= allowed, field
    known = {(source.name, stream.name) for source in sources.values() for stream in source.streams}
    for model in (SyncState, RejectedItem, PendingDeletion):
        found = set(model._default_manager.values_list("source", "stream"))
        assert found
        assert found <= known


def test_who_may_see_everything_still_may(older: OlderDatabase) -> None:
    readers = Group.objects.get(name="readers")
    seen = {right.content_type.model_class() for right in readers.permissions.all()}
    later = {model for model in apps.get_models() if model._meta.db_table not in older.rows}
    assert len(seen) > 30
    assert seen | later == set(apps.get_models())


def test_secrets_can_be_read(older: OlderDatabase) -> None:
    tokens = {
        row.provider: (row.access_token, row.refresh_token) for row in OAuthCredential.objects.all()
    }
    assert tokens == {"whoop": WHOOP_TOKENS, "withings": WITHINGS_TOKENS}


def test_what_scripts_and_services_were_given_still_lets_them_in(older: OlderDatabase) -> None:
    client = Client()
    headers = {"authorization": f"Bearer {API_TOKEN}"}
    assert client.get("/api/weight", headers=headers).status_code == 200
    assert client.get(f"/webhooks/withings?secret={WITHINGS_SECRET}").status_code == 200
    assert client.get("/webhooks/withings?secret=another").status_code == 401


def test_who_is_logged_in_stays_so(older: OlderDatabase) -> None:
    client = Client(headers={"accept": BROWSER, "user-agent": "a browser"})
    assert client.get("/settings/tokens/").status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_key FROM django_session ORDER BY session_key")
        keys = [key for (key,) in cursor.fetchall()]
    for key in keys:
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        assert client.get("/settings/tokens/").status_code == 200


@pytest.mark.parametrize("by", ["app", "recovery code"])
def test_the_password_and_the_second_factor_open_the_account(older: OlderDatabase, by: str) -> None:
    app = TOTP(base64.b32decode(APP_SECRET), 6, SHA1(), 30)  # noqa: S303 - what apps know
    code = app.generate(int(time.time())).decode() if by == "app" else RECOVERY_CODE
    client = Client(headers={"accept": BROWSER, "host": "localhost"})
    form = {"username": "robin", "password": PASSWORD, "next": "/settings/tokens/"}
    assert client.post("/login/", form).status_code == 302
    assert client.get("/settings/tokens/").status_code == 302, "the password alone is not enough"
    client.post("/login/code/", {"code": code, "next": "/settings/tokens/"})
    assert client.get("/settings/tokens/").status_code == 200


# --- At work again --------------------------------------------------------------------------------


def run_here(func: str, *arguments: Any) -> None:
    """Carry a task out as a worker does. Raises what the task raises."""
    waiting: Any = Queue()
    task = {"id": "1", "name": "1", "func": func, "args": arguments, "kwargs": {}, "sync": True}
    waiting.put(task)
    waiting.put("STOP")
    work(waiting, Queue(), Value("d"), 10)  # type: ignore[arg-type]


def test_a_run_is_taken_up_when_the_lease_of_its_dead_process_is_over(
    older: OlderDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def messages() -> int:
        found = [SignedPackage.loads(message.payload) for message in OrmQ.objects.all()]
        return [task["args"] for task in found].count((older.running,))

    every_minute = Schedule.objects.exclude(name=tasks.SEND_NOTIFICATIONS).get(minutes=1)
    for minutes, asked_for in ((0.5, 0), (2, 1)):
        moment = NOW + timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        run_here(every_minute.func)
        assert messages() == asked_for


@pytest.fixture(scope="module")
def worked(older: OlderDatabase) -> Iterator[None]:
    """Let a worker of this version do what was left."""
    with Sandbox(seed=1, days=4, shift=older.clock.shift) as sandbox:
        know_consents(sandbox)
        env = processes.environment(
            QUEUE_WORKERS="1",
            TOGGL_API_TOKEN=sandbox.toggl.api_token,
            **{name: str(value) for name, value in addresses(sandbox).items()},
        )
        worker = processes.start("qcluster", env=env)
        try:
            processes.wait_until(lambda: is_all_done(older), tell=what_is_left)
        finally:
            worker.terminate()
            processes.finish(worker)
        yield


def know_consents(sandbox: Sandbox) -> None:
    """Let the services remember the tokens that they gave then."""
    with mock.patch("secrets.token_urlsafe", side_effect=WHOOP_TOKENS):
        sandbox.whoop.issue_tokens()
    with mock.patch("secrets.token_hex", side_effect=[*WITHINGS_TOKENS, "unused"]):
        sandbox.withings.issue_tokens()


def is_all_done(older: OlderDatabase) -> bool:
    done = Task.objects.filter(id__in=older.message_ids).count() == len(older.message_ids)
    return done and not OrmQ.objects.exists() and not SyncRun.objects.active().exists()


def what_is_left() -> list[Any]:
    return [*SyncRun.objects.active().values(), *OrmQ.objects.values(), *Failure.objects.values()]


def test_every_message_that_waited_is_carried_out(older: OlderDatabase, worked: None) -> None:
    assert len(older.message_ids) == 5
    assert Task.objects.filter(id__in=older.message_ids, success=True).count() == 5
    assert Failure.objects.count() == older.failures
    # It comes by its message alone: nothing else asks for Toggl.
    assert SyncRun.objects.filter(source="Toggl", in_queue=True, status="success").count() == 1


def test_runs_go_on_as_the_same(older: OlderDatabase, worked: None) -> None:
    waiting = SyncRun.objects.get(pk=older.waiting)
    running = SyncRun.objects.get(pk=older.running)
    assert (waiting.source, waiting.kind, waiting.status) == ("Whoop", "today", "success")
    assert (running.source, running.kind, running.status) == ("Withings", "manual", "success")
    assert running.started_at == NOW - timedelta(minutes=5)
    assert waiting.records_synced
    assert running.records_synced


def test_no_stream_begins_anew(older: OlderDatabase, worked: None) -> None:
    assert SyncState.objects.count() == older.states
    assert SyncState.objects.filter(verified_to__gt=NOW).exists()
    assert not SyncState.objects.filter(verified_from__gt=NOW - timedelta(days=4)).exists()


def test_what_was_pushed_is_worked_off(older: OlderDatabase, worked: None) -> None:
    delivery = WebhookDelivery.objects.get()
    assert delivery.handled_at is not None
    assert delivery.outcome == ""


def test_what_the_person_set_in_the_schedule_stays(older: OlderDatabase, worked: None) -> None:
    later = {repr((name,)) for name in sources if name not in older.sources}
    assert {args: row for args, row in schedules().items() if args not in later} == older.schedules
    assert tasks.interval_of(sources["Whoop"]) == timedelta(minutes=90)
    assert tasks.interval_of(sources["Toggl"]) is None


def test_the_schedule_goes_on(
    older: OlderDatabase, worked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The process of the scheduler begins with a new connection; here it is the test's own.
    monkeypatch.setattr("django_q.scheduler.close_old_django_connections", lambda: None)
    SyncRun.objects.filter(source="Whoop").delete()
    Schedule.objects.exclude(minutes=90).delete()
    scheduler(get_broker())
    planned = Schedule.objects.get()
    assert planned.next_run == NOW + timedelta(minutes=180)
    task = SignedPackage.loads(OrmQ.objects.get().payload)
    run_here(task["func"], *task["args"])
    assert SyncRun.objects.get(source="Whoop").status == "queued"
