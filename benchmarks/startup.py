"""`python -m benchmarks.startup`: what a command costs before it does anything, and what the web and the
worker processes hold in memory."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import requests

from benchmarks import report
from benchmarks.load import serving
from benchmarks.stage import ROOT, Databases, Sandbox, Sqlite, environment, measure

LARGEST_CPU, LARGEST_PSS, DYNO = 1.2, 250, 512
PASSPHRASE = {"BACKUP_PASSPHRASE": "four words or more of it"}
NOTHING_NEW = "sync_whoop, nothing new"
COMMANDS: dict[str, tuple[list[str], dict[str, str]]] = {
    "check": (["check"], {}),
    NOTHING_NEW: (["sync_whoop"], {}),
    "housekeeping": (["housekeeping"], {}),
    "backup": (["backup", "{folder}/plain.zip", "--overwrite"], {}),
    "backup under a passphrase": (["backup", "{folder}/sealed.zip", "--overwrite"], PASSPHRASE),
}
# Each process of the web has answered them before its memory is looked at.
PAGES = ("/", "/admin/", "/api/health", "/api/whoop/metrics?days=365", "/api/schema")
TIMES = 20
SYNC_TIME = 60


class Cost(NamedTuple):
    """Seconds of CPU, and the peak of resident memory in MB, of a process and those it has waited for."""

    cpu: float
    peak: float


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="of which the best counts")
    parser.add_argument("--days", type=int, default=365, help="of WHOOP, which are stored")
    options = parser.parse_args()
    print(report.machine())
    with Sandbox.of(options.days) as sandbox, Sqlite() as databases:
        database = databases.url("startup")
        measure("prepare", database, sandbox)
        measure("sync", database, sandbox)
        variables = environment(database, sandbox)
        commands(variables, options.rounds)
        memory(databases, sandbox, variables)


# --- Commands -------------------------------------------------------------------------------------


def commands(variables: dict[str, str], rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="lifetracker-benchmarks-") as folder:
        found: dict[str, list[Cost]] = {name: [] for name in COMMANDS}
        for _ in range(rounds):
            for name, (words, more) in COMMANDS.items():
                command = [word.format(folder=folder) for word in words]
                found[name].append(cost(["manage.py", *command], variables | more))
    best = {
        name: Cost(min(one.cpu for one in all_), min(one.peak for one in all_))
        for name, all_ in found.items()
    }
    print("\n| command | CPU | peak of resident memory |\n| --- | --- | --- |")
    for name, one in best.items():
        print(f"| {name} | {one.cpu:.2f} s | {one.peak:.0f} MB |")
    sealed = best["backup under a passphrase"].peak
    print()
    judge(f"{NOTHING_NEW}: {best[NOTHING_NEW].cpu:.2f} s", best[NOTHING_NEW].cpu, LARGEST_CPU)
    judge(f"backup under a passphrase: {sealed:.0f} MB", sealed, DYNO)


def judge(text: str, found: float, most: float) -> None:
    print(f"{text}, at most {most:g}: {'reached' if found < most else 'not reached'}")


def cost(arguments: list[str], variables: dict[str, str]) -> Cost:
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        # As where a program is installed: what was compiled once is not compiled again.
        env={k: v for k, v in variables.items() if k != "PYTHONDONTWRITEBYTECODE"},
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


# --- Memory of what runs on and on ----------------------------------------------------------------


def memory(databases: Databases, sandbox: Sandbox, variables: dict[str, str]) -> None:
    with serving(databases.url("startup"), sandbox) as client, working(variables) as worker:
        for path in PAGES * TIMES:
            client.exists(path)
        sync(client.port, client.headers)
        web, queue = pss(client.server), pss(worker)
    print("\n| processes | number | PSS |\n| --- | --- | --- |")
    for name, sizes in (("web (gunicorn)", web), ("worker (qcluster)", queue)):
        print(f"| {name} | {len(sizes)} | {sum(sizes):.0f} MB |")
    together = sum(web) + sum(queue)
    print()
    judge(f"web and worker together: {together:.0f} MB", together, LARGEST_PSS)


@contextmanager
def working(variables: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(
        [sys.executable, "manage.py", "qcluster"],
        cwd=ROOT,
        env=variables,
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def sync(port: int, headers: dict[str, str]) -> None:
    """Let a worker carry out a sync, and wait for its end. Raises TimeoutError."""
    url = f"http://127.0.0.1:{port}/api/"
    asked = requests.post(f"{url}whoop/refresh", json={"days": 7}, headers=headers, timeout=30)
    asked.raise_for_status()
    end = time.monotonic() + SYNC_TIME
    while time.monotonic() < end:
        runs = requests.get(f"{url}sync/runs", headers=headers, timeout=30).json()["results"]
        if all(run["finished_at"] for run in runs):
            return
        time.sleep(0.2)
    raise TimeoutError("no worker has carried out a sync")


def pss(root: int) -> list[float]:
    """MB of each process of a tree: its own memory, and its share of what it has in common with others."""
    return [megabytes(pid) for pid in tree(root)]


def tree(root: int) -> Iterator[int]:
    yield root
    for task in Path(f"/proc/{root}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from tree(int(child))


def megabytes(pid: int) -> float:
    with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
