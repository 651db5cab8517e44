"""`python -m benchmarks.instructions`: the processor's instructions of a sync beside those of the lean
floor, counted by `valgrind --tool=callgrind`, which no other work on the machine changes."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Self

from benchmarks.report import LABELS, table
from benchmarks.stage import Child, Databases, Sandbox, all_databases, measure

YEAR = 365
COUNTED = ("lean-floor", "floor", "bulk-create", "sync", "sync-again")


def main() -> None:
    options = arguments()
    if not shutil.which("valgrind"):
        sys.exit("valgrind is not installed: `apt install valgrind`.")
    with Sandbox.of(options.days) as account, Sandbox.of(0) as empty:
        for databases in all_databases():
            if options.only in {"", databases.name}:
                with databases:
                    print(report(databases.name, count(databases, account, empty, options.jobs)))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.instructions", description=__doc__)
    parser.add_argument("--days", type=int, default=3 * YEAR, help="of an account; three years")
    parser.add_argument("--only", default="", help="SQLite or PostgreSQL")
    parser.add_argument("jobs", nargs="*", default=list(COUNTED), help="what is counted")
    return parser.parse_args()


def count(
    databases: Databases, account: Sandbox, empty: Sandbox, jobs: Sequence[str]
) -> dict[str, int]:
    """By job, its instructions less those of the same over an account of one day: starting and ending
    cost the same for both."""
    for name, sandbox in (("account", account), ("empty", empty)):
        measure("prepare", databases.url(name), sandbox)
    found: dict[str, int] = {}
    for job in jobs:
        print(f"{databases.name}: {job} ...", file=sys.stderr, flush=True)
        full = counted(job, databases.copy("account", "work"), account)
        found[job] = full - counted(job, databases.copy("empty", "work"), empty)
    return found


def counted(job: str, database: str, sandbox: Sandbox) -> int:
    if job == "sync-again":
        measure("sync", database, sandbox)
    return CountedChild(job.removesuffix("-again"), database, sandbox).go().instructions()


class CountedChild(Child):
    """Counts from `go` on, so that loading Django need not be waited for fifty times as long."""

    def __init__(self, job: str, database: str, sandbox: Sandbox) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="lifetracker-instructions-")
        self._log = Path(self._folder.name) / "log"
        kept = os.environ.get("CALLGRIND_OUT", f"{self._folder.name}/out")
        self.under = [
            *("valgrind", "--tool=callgrind", "--instr-atstart=no"),
            *(f"--callgrind-out-file={kept}", f"--log-file={self._log}"),
        ]
        super().__init__(job, database, sandbox)

    def go(self) -> Self:
        subprocess.run(
            ["callgrind_control", "--instr=on", str(self.pid)],  # noqa: S607 - wherever it is
            check=True,
            stdout=subprocess.DEVNULL,
        )
        return super().go()

    def instructions(self) -> int:
        self.result()
        found = re.search(r"Collected : (\d+)", self._log.read_text())
        self._folder.cleanup()
        if not found:
            raise LookupError("valgrind has counted nothing")
        return int(found[1])


def report(name: str, found: dict[str, int]) -> str:
    floor = found.get("lean-floor") or next(iter(found.values()))
    rows = [
        (LABELS[job], f"{number / 1e6:,.0f}", f"{number / floor:.2f}")
        for job, number in found.items()
    ]
    if {"sync", "sync-again"} <= found.keys():
        rows.append(("unchanged by first", "", f"{found['sync-again'] / found['sync']:.2f}"))
    head = ("", "million instructions", "in lean floors")
    return f"## {name}, {date.today().isoformat()}\n\n{table(head, rows)}\n"  # noqa: DTZ011 - the reader's date


if __name__ == "__main__":
    main()
