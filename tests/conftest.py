"""Fixtures for all tests: a sandbox on a port of its own, and the services connected to it."""

from __future__ import annotations

import gc
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User
from django.test import Client, TransactionTestCase
from django.utils import timezone

from lifetracker.models import SyncRun
from lifetracker.sandbox.github.shelf import Shelf
from lifetracker.sandbox.server import Sandbox
from lifetracker.sync.job import sync
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from oauth_integration.models import OAuthCredential
from tests import databases
from tests.histories import Kept
from tests.lifetracker.serving import collected_static_files
from tests.makers import MORNING
from whoop.models import WHOOP, WhoopCycle, WhoopRecovery, WhoopSleep
from workouts.models import Workout

# A moment in the middle of a day, so that a day's records are the same whenever the tests run.
NOW = datetime(2026, 9, 16, 14, 0, tzinfo=UTC)
DAYS = 120

MODELS = {
    "cycle": WhoopCycle,
    "sleep": WhoopSleep,
    "recovery": WhoopRecovery,
    "workout": Workout,
}


# What browsers send; what asks for no HTML is answered as a program.
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


def pytest_configure(config: pytest.Config) -> None:
    """Let the processes of the tests be interrupted, also where a shell runs all of this in the background, with
    interrupts ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # To compile the tests takes longer than to collect them: once is enough for all processes and runs.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
    worker_id: str,
) -> Iterator[None]:
    """In place of pytest-django's, with which each process migrates."""
    folder = None if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    with (
        django_db_blocker.unblock(),
        databases.database(folder),
        pytest.MonkeyPatch.context() as patch,
    ):
        initial = databases.Initial()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: initial.restore())
        with django_db_blocker.block():
            yield


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The static files as production serves them, collected once for all processes of the tests."""
    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent
    with databases.locked(folder):
        if not (folder / "static").exists():
            collected_static_files(folder / "part").rename(folder / "static")
    return folder / "static"


@pytest.fixture
def client() -> Client:
    """A browser, unless a test says otherwise."""
    return Client(headers={"accept": BROWSER})


@pytest.fixture
def visitor(client: Client, db: None) -> Client:
    """A browser in which the owner is logged in."""
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


@pytest.fixture
def admin_client(client: Client, quick_passwords: None, admin_user: User) -> Client:
    client.force_login(admin_user)
    return client


@pytest.fixture(autouse=True)
def unlimited(settings: Any) -> None:
    """Tests ask more than any person does, most of them as user 1 of a database of their own."""
    settings.API_REQUESTS_PER_MINUTE = 0


@pytest.fixture
def quick_passwords(settings: Any) -> None:
    """A hash that costs nothing, where what is tested is not how long one takes. Other processes do not
    know it."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def redis_url() -> Iterator[str]:
    """An empty database of its own, also beside other runs of the tests on this machine. Without a Redis this part
    cannot be shown; where it was named, it must be there."""
    server = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")
    # The locks are in database 0, which no test empties; they end by themselves if a run is killed.
    locks = redis.from_url(f"{server}/0")
    numbers = range(1, 16)
    try:
        free = (locks.lock(f"tests-use-database-{number}", timeout=600) for number in numbers)
        lock, number = next(
            (lock, number)
            for lock, number in zip(free, numbers, strict=True)
            if lock.acquire(blocking=False)
        )
    except redis.ConnectionError:
        if "TEST_REDIS_URL" in os.environ:
            raise
        pytest.skip(f"no Redis answers at {server} (TEST_REDIS_URL names another)")
    url = f"{server}/{number}"
    redis.from_url(url).flushdb()
    yield url
    lock.release()


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> Callable[[datetime], None]:
    """Moves time, here and in the sandbox: `at(moment)`."""

    def move(moment: datetime) -> None:
        sandbox.clock.set(moment)
        monkeypatch.setattr(timezone, "now", lambda: moment)

    return move


class RunningClock:
    """Time that begins at `NOW` and goes on."""

    def __init__(self) -> None:
        self.shift = NOW - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def advance(self, by: timedelta) -> None:
        self.shift += by


@pytest.fixture
def running_clock(monkeypatch: pytest.MonkeyPatch) -> RunningClock:
    """Of the test and of the processes that it starts; a sandbox takes it by `shift`."""
    clock = RunningClock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, days=DAYS, now=NOW) as running:
        yield running


@pytest.fixture
def whoop(sandbox: Sandbox, settings: Any, db: None, at: Callable[[datetime], None]) -> Any:
    """The sandbox's WHOOP, with consent given."""
    at(NOW)
    use(settings, sandbox)
    store_tokens(sandbox.whoop, sandbox.whoop.issue_tokens())
    return sandbox.whoop


@pytest.fixture
def person(client: Client, monkeypatch: pytest.MonkeyPatch, db: None) -> Client:
    """Logged in, in the afternoon of the makers' day."""
    monkeypatch.setattr(timezone, "now", lambda: MORNING + timedelta(hours=8))
    client.force_login(User.objects.create_user("robin", is_staff=True))
    return client


@pytest.fixture
def withings(sandbox: Sandbox, settings: Any, db: None, at: Callable[[datetime], None]) -> Any:
    """The sandbox's Withings, with consent given."""
    at(NOW)
    use(settings, sandbox)
    store_tokens(sandbox.withings, sandbox.withings.issue_tokens())
    return sandbox.withings


@pytest.fixture
def toggl(sandbox: Sandbox, settings: Any, db: None, at: Callable[[datetime], None]) -> Any:
    """The sandbox's Toggl, with its token set."""
    at(NOW)
    use(settings, sandbox)
    settings.TOGGL_API_TOKEN = sandbox.toggl.api_token
    return sandbox.toggl


@pytest.fixture(scope="session")
def kept_histories(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    return Kept(tmp_path_factory.mktemp("histories"))


@pytest.fixture
def histories(kept_histories: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    def refresh(shelf: Shelf) -> None:
        kept_histories.refreshed(shelf)

    monkeypatch.setattr(Shelf, "refresh", refresh)


@pytest.fixture
def github(
    sandbox: Sandbox,
    settings: Any,
    db: None,
    at: Callable[[datetime], None],
    *,
    tmp_path: Path,
    histories: None,
) -> Any:
    """The sandbox's GitHub, with its token set, and a cache of clones of its own."""
    at(NOW)
    use(settings, sandbox)
    settings.GITHUB_ACCESS_TOKEN = sandbox.github.token
    settings.GITHUB_CACHE_DIR = tmp_path / "clones"
    return sandbox.github


def addresses(sandbox: Sandbox) -> dict[str, Any]:
    """The settings by which the sandbox stands for the services."""
    return {
        "WHOOP_API_URL": sandbox.whoop.url,
        "WITHINGS_API_URL": sandbox.withings.url,
        "WITHINGS_ACCOUNT_URL": sandbox.withings.url,
        "TOGGL_API_URL": sandbox.toggl.url,
        "GITHUB_API_URL": sandbox.github.url,
        "GITHUB_CLONE_URL": sandbox.github.clone_url,
        **{f"{name}_REQUESTS_PER_MINUTE": 0 for name in ("WHOOP", "WITHINGS", "TOGGL")},
    }


def use(settings: Any, sandbox: Sandbox) -> None:
    for name, value in addresses(sandbox).items():
        setattr(settings, name, value)


def store_tokens(service: Any, tokens: dict[str, Any]) -> OAuthCredential:
    credential = OAuthCredential(
        provider=service.name, client_id=service.client_id, client_secret=service.client_secret
    )
    credential.update_tokens(
        access_token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
        expires_at=timezone.now() + timedelta(seconds=tokens["expires_in"]),
        scopes=tokens["scope"],
    )
    return credential


def run(source: str = WHOOP, **order: Any) -> SyncRun:
    return sync(sources[source], SyncRequest(**order))


def total(record: SyncRun, *names: str) -> tuple[int, ...]:
    return tuple(record.total(name) for name in names)


def upstream(service: Any, kind: str) -> dict[str, Any]:
    key = "cycle_id" if kind == "recovery" else "id"
    return {str(record[key]): record for record in service.records(kind)}


def stored(kind: str) -> dict[str, Any]:
    rows = MODELS[kind].objects.live().filter(source=WHOOP)
    return dict(rows.values_list("source_id", "raw"))


def assert_equals_upstream(service: Any) -> None:
    """The whole database, record by record, down to the payload."""
    for kind in MODELS:
        assert stored(kind) == upstream(service, kind), kind


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Collect no garbage meanwhile: what is loaded and collected stays to the end."""
    gc.disable()
    load_a_share(session.config)
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        # Of a heap of this size, more often takes a twentieth of all the time.
        gc.set_threshold(10_000, 10, 50)
        gc.enable()


def load_a_share(config: pytest.Config) -> None:
    """Load other files of tests first in each of several processes. They all load all of them, and would otherwise
    compile each at the same time; so one compiles it, and the others find that done."""
    if not hasattr(config, "workerinput"):
        return
    number = int(config.workerinput["workerid"].removeprefix("gw"))
    count = config.workerinput["workercount"]
    files = sorted(file for path in config.args for file in files_of(path))
    for file in files[len(files) * number // count : len(files) * (number + 1) // count]:
        # A file that cannot be loaded is told when it is collected.
        with suppress(Exception), warnings.catch_warnings(action="error"):
            import_module(".".join(file.relative_to(config.rootpath).with_suffix("").parts))


def files_of(path: str) -> Iterable[Path]:
    """Return the files of tests in a folder, or the one that a test is named with."""
    file = Path(path.partition("::")[0]).absolute()
    return file.rglob("test_*.py") if file.is_dir() else [file]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, so that at the end no process waits for it. With `DATABASE_TESTS_ONLY`, leave out
    what asks no database, or only who is logged in: on a second one it shows nothing new."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if "DATABASE_TESTS_ONLY" not in os.environ:
        return
    without = [item for item in items if not asks_the_database(item)]
    config.hook.pytest_deselected(items=without)
    items[:] = [item for item in items if asks_the_database(item)]


def asks_the_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("one_database"):
        return False
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(fixtures & {"db", "transactional_db"}) or bool(item.get_closest_marker("django_db"))
