"""Workers as processes of their own: many at one job, and killed in the middle of it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from github_projects.models import Commit, Repository, RepositoryCommit
from lifetracker import tasks
from lifetracker.models import BEGINNING, Lease, SyncRun
from lifetracker.sandbox.server import Sandbox
from lifetracker.sync.plans import SyncRequest
from lifetracker.sync.streams import sources
from tests import processes
from tests.conftest import RunningClock, addresses, run
from tests.github_projects.test_sync import NUMBERS, few, one_commit

BROKERS = ("database", "redis")


@pytest.fixture
def github(
    transactional_db: None, settings: Any, tmp_path: Path, running_clock: RunningClock
) -> Iterator[Any]:
    """A small account, whose time goes on."""
    with Sandbox(seed=1, days=40, shift=running_clock.shift) as sandbox:
        for name, value in addresses(sandbox).items():
            setattr(settings, name, value)
        settings.GITHUB_ACCESS_TOKEN = sandbox.github.token
        settings.GITHUB_CACHE_DIR = tmp_path / "own"
        yield sandbox.github


@pytest.fixture
def workers(
    request: pytest.FixtureRequest, github: Any, tmp_path: Path
) -> Iterator[Callable[[int], list[subprocess.Popen[str]]]]:
    """Starts so many workers, with the broker that the test is for."""
    sandbox = github._sandbox
    variables = {name: str(value) for name, value in addresses(sandbox).items()}
    variables |= {"GITHUB_ACCESS_TOKEN": github.token, "QUEUE_WORKERS": "1"}
    if request.param == "redis":
        variables["REDIS_URL"] = request.getfixturevalue("redis_url")
    started: list[subprocess.Popen[str]] = []

    def start(count: int) -> list[subprocess.Popen[str]]:
        for _ in range(count):
            cache = {"GITHUB_CACHE_DIR": str(tmp_path / f"cache{len(started)}")}
            env = processes.environment(**variables, **cache)
            started.append(processes.start("qcluster", env=env, new_session=True))
        return started[-count:]

    yield start
    for process in started:
        processes.kill(process)


def wait_until(condition: Callable[[], bool]) -> None:
    processes.wait_until(
        condition, tell=lambda: list(SyncRun.objects.values("status", "error", "attempts"))
    )


def job() -> SyncRun:
    return SyncRun.objects.get(source="GitHub")


def is_over() -> bool:
    return not job().is_active


def numbers() -> dict[str, Any]:
    found = Repository.objects.order_by("full_name").values("full_name", *NUMBERS)
    return {row.pop("full_name"): row for row in found}


def numbers_of_a_run_without_a_kill() -> dict[str, Any]:
    for model in (RepositoryCommit, Commit, Repository):
        model.objects.all().delete()
    assert run("GitHub").status == "success"
    return numbers()


def mined() -> int:
    return Repository.objects.filter(mined_at__isnull=False).count()


@pytest.mark.parametrize(
    ("workers", "count"), [("database", 1), ("redis", 2)], indirect=["workers"]
)
def test_a_killed_workers_job_goes_on_and_ends(github: Any, workers: Any, count: int) -> None:
    slow = "customer-portal"
    few(github)
    for number in range(3):
        github.add_repository(f"more-{number}", one_commit(b"x = %d\n" % number))
    github.break_repository(slow, "hang", 60)
    # As the endpoint does; the workers take it up when they start, whatever carries their messages.
    asked = tasks.enqueue(sources["GitHub"], SyncRequest())
    started = workers(count)
    wait_until(lambda: mined() > 3)
    for process in started:
        processes.kill(process)
    left = Repository.objects.filter(pending_run=asked)
    assert left.exists()
    done = set(
        Repository.objects.filter(mined_at__isnull=False).values_list("full_name", flat=True)
    )
    assert job().status == "running"

    github.break_repository(slow, None)
    # A minute later: what the dead process held is free.
    Lease.objects.update(expires_at=BEGINNING)
    before = len(github.fetches)
    workers(count)
    wait_until(is_over)
    ended = job()
    assert (ended.pk, ended.status, ended.error) == (asked.pk, "success", "")
    assert ended.progress_done == ended.progress_total == Repository.objects.count()
    assert ended.attempts >= 1
    assert not done & set(github.fetches[before:]), "what was done is not done again"
    found = numbers()
    assert found == numbers_of_a_run_without_a_kill()


@pytest.mark.parametrize("workers", BROKERS, indirect=True)
def test_two_workers_at_one_job_do_nothing_twice(github: Any, workers: Any) -> None:
    few(github)
    slow = [f"more-{number}" for number in range(8)]
    for name in slow:
        github.add_repository(name)
        github.commit(name, {"a.py": f"x = {name!r}\n"})
        # Long enough for the other one to come in between.
        github.break_repository(name, "hang", 0.4)
    asked = tasks.enqueue(sources["GitHub"], SyncRequest())
    both = workers(2)
    wait_until(is_over)
    assert (job().pk, job().status, job().error) == (asked.pk, "success", "")
    assert sorted(github.fetches) == sorted(set(github.fetches)), "no repository is fetched twice"
    fetched = [len(list(Path(folder).glob("*.git"))) for folder in caches(both)]
    assert all(fetched), f"both have worked: {fetched}"
    for name in slow:
        github.break_repository(name, None)
    found = numbers()
    assert found == numbers_of_a_run_without_a_kill()


def caches(started: list[subprocess.Popen[str]]) -> list[str]:
    """Each worker has a cache of its own, as if it were on another machine."""
    found = []
    for process in started:
        environment = Path(f"/proc/{process.pid}/environ").read_bytes().split(b"\0")
        name = b"GITHUB_CACHE_DIR="
        found += [
            entry.removeprefix(name).decode() for entry in environment if entry.startswith(name)
        ]
    return found


def test_the_token_is_on_no_command_line(github: Any, tmp_path: Path) -> None:
    """Looked at again and again while a command lists, fetches and mines."""
    few(github)
    github.break_repository("customer-portal", "hang", 0.5)
    variables = {name: str(value) for name, value in addresses(github._sandbox).items()}
    env = processes.environment(
        **variables,
        GITHUB_ACCESS_TOKEN=github.token,
        GITHUB_CACHE_DIR=str(tmp_path / "cache"),
    )
    child = processes.start("sync_github", env=env)
    seen: set[bytes] = set()
    while child.poll() is None:
        for entry in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen.add(entry.read_bytes())
            except OSError:
                continue
        time.sleep(0.005)
    code, out, err = processes.finish(child)
    assert code == 0, err
    assert "repositor" in out
    assert any(b"fetch" in line and b"git" in line for line in seen), "it looked while git fetched"
    assert not [line for line in seen if github.token.encode() in line]
    assert github.token not in out + err
    files = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if github.token.encode() in path.read_bytes()]
    assert timezone.now() > job().started_at
