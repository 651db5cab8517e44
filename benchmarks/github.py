"""`python -m benchmarks.github`: how long the analysis takes beside plain `git log --numstat`, what an
unchanged refresh costs, and how workers share a job."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.stage import ROOT, Databases, all_databases
from lifetracker.sandbox.server import Sandbox
from tests.github_projects.repositories import GitServer, git, large


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.github", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of which the best counts")
    parser.add_argument(
        "--delay", type=float, default=0.5, help="seconds that the host of the shared job takes"
    )
    parser.add_argument("--commits", type=int, default=20_000, help="that are analyzed")
    parser.add_argument(
        "--unchanged", type=int, default=100, help="repositories that are refreshed"
    )
    parser.add_argument("--shared", type=int, default=40, help="repositories that workers share")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lifetracker-benchmarks-") as folder:
        for databases in all_databases():
            with databases:
                call(databases.url("template"), "migrate", "--verbosity", "0", "--skip-checks")
                analysis(databases, Path(folder), options.commits, options.rounds)
                unchanged(databases, Path(folder), options.unchanged, options.rounds)
                workers(databases, Path(folder), options.shared, options.delay)


# --- The analysis beside plain git ----------------------------------------------------------------


def analysis(databases: Databases, folder: Path, commits: int, rounds: int) -> None:
    upstream = folder / "robin/large.git"
    if not upstream.exists():
        upstream.parent.mkdir()
        large(upstream, commits)
    log = ["git", f"--git-dir={upstream}", "log", "--numstat", "main"]
    tip = git(upstream, "rev-parse", "main").decode().strip()
    plain, analyzed = [], []
    with GitServer(folder) as server:
        for number in range(rounds):
            # In turns, so that a busy minute of the machine meets both.
            plain.append(
                seconds(lambda: subprocess.run(log, check=True, stdout=subprocess.DEVNULL))
            )
            environment = {
                "DATABASE_URL": databases.copy("template", "work"),
                "GITHUB_CLONE_URL": server.url,
                "GITHUB_CACHE_DIR": str(folder / f"cache-{databases.name}-{number}"),
                "BENCHMARK_TIP": tip,
            }
            analyzed.append(job("analyze", environment))
    best = min(analyzed, key=lambda one: one["analysis"])
    print(
        f"{databases.name}: {best['commits']:,} commits analyzed and stored in {best['analysis']:.2f} s, plain git log "
        f"--numstat {min(plain):.2f} s: {best['analysis'] / min(plain):.2f} times. Beside it: fetching and listing "
        f"{best['fetching']:.2f} s, lines of code {best['lines']:.2f} s"
    )


def seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# --- Where nothing has changed --------------------------------------------------------------------


def unchanged(databases: Databases, folder: Path, count: int, rounds: int) -> None:
    with account(count) as sandbox:
        environment = variables(databases.copy("template", "work"), sandbox, folder / "unchanged")
        call(environment["DATABASE_URL"], "sync_github", **environment)
        results = [job("refresh", environment) for _ in range(rounds)]
    best = min(results, key=lambda one: one["seconds"])
    print(
        f"{databases.name}: an unchanged refresh of {count} repositories: {best['requests']} requests, {best['seconds']:.2f} s"
    )


# --- Workers at one job ---------------------------------------------------------------------------


def workers(databases: Databases, folder: Path, shared: int, delay: float) -> None:
    """Each with a cache of its own, as on machines of their own, and a host that takes its time."""
    for count in (1, 2):
        with account(shared) as sandbox:
            for one in sandbox.github.repositories():
                sandbox.github.break_repository(one["full_name"], "hang", delay)
            # A name of its own: SQLite keeps a journal beside the file of the one before.
            database = databases.copy("template", f"work_{count}")
            cache = folder / f"workers-{databases.name}-{count}"
            environment = variables(database, sandbox, cache)
            with running(environment, cache, count):
                took = job("wait", environment)["seconds"]
        print(f"{databases.name}: {shared} repositories with {count} worker(s): {took:.1f} s")


@contextmanager
def running(environment: dict[str, str], cache: Path, count: int) -> Iterator[None]:
    started = [
        subprocess.Popen(
            [sys.executable, "manage.py", "qcluster"],
            cwd=ROOT,
            env=os.environ | environment | {"GITHUB_CACHE_DIR": f"{cache}-{n}"},
            stdout=subprocess.DEVNULL,
        )
        for n in range(count)
    ]
    try:
        yield
    finally:
        for process in started:
            process.terminate()
            process.wait(30)


# --- What they stand on ---------------------------------------------------------------------------


@contextmanager
def account(repositories: int) -> Iterator[Sandbox]:
    """So many, of twenty commits each."""
    with Sandbox(seed=1, days=1) as sandbox:
        github = sandbox.github
        for one in github.repositories():
            github.delete(one["full_name"])
        for number in range(repositories):
            github.add_repository(f"r{number:03}")
            for step in range(20):
                github.commit(f"r{number:03}", {f"m{step % 5}.py": f"x = {number}\ny = {step}\n"})
        yield sandbox


def variables(database: str, sandbox: Sandbox, cache: Path) -> dict[str, str]:
    return {
        "DEMO": "true",
        "DATABASE_URL": database,
        "GITHUB_API_URL": sandbox.github.url,
        "GITHUB_CLONE_URL": sandbox.github.clone_url,
        "GITHUB_ACCESS_TOKEN": sandbox.github.token,
        "GITHUB_CACHE_DIR": str(cache),
    }


def call(database: str, *command: str, **environment: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=os.environ | {"DEMO": "true", "DATABASE_URL": database} | environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def job(name: str, environment: dict[str, str]) -> dict[str, Any]:
    """One of `github_jobs`, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.github_jobs", name],
        cwd=ROOT,
        env=os.environ
        | {"DEMO": "true", "DJANGO_SETTINGS_MODULE": "lifetracker.settings"}
        | environment,
        check=True,
        stdout=subprocess.PIPE,
    )
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    main()
