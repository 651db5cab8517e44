"""`python -m benchmarks.apple_health`: how fast an export of Apple Health is imported, and how much memory that takes. The export
is made while it is read, by another process, so that it needs no disk."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from typing import Any

from benchmarks.foods_import import environment, manage
from benchmarks.stage import ROOT, Databases, Sqlite, all_databases

#: In megabytes; a day without its heart rate is some 80 kB.
SIZE = 2_000
DAYS = 3_650


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.apple_health", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=SIZE)
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--sqlite-only", action="store_true")
    options = parser.parse_args()
    for databases in all_databases():
        if options.sqlite_only and not isinstance(databases, Sqlite):
            continue
        with databases:
            costs(databases, options.megabytes, options.days)


def costs(databases: Databases, megabytes: int, days: int) -> None:
    url = databases.url("apple_health")
    manage(url, "migrate", "--verbosity", "0", "--skip-checks")
    for name in ("first import", "nothing changed"):
        found = child(url, megabytes, days)
        facts = found["facts"]
        print(
            f"{databases.name}, {name}: {facts['megabytes']:,.0f} MB, {facts['records']:,} records, {found['wall']:.0f} s "
            f"({found['cpu']:.0f} s of CPU), {facts['records'] / found['cpu']:,.0f} records a second of it, peak "
            f"{found['peak']:.0f} MB ({found['loaded']:.0f} MB before it began); {facts['stored']}",
            flush=True,
        )


def child(url: str, megabytes: int, days: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.apple_health_child", str(megabytes), str(days)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True, check=True
    )
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    begin = time.monotonic()
    main()
    print(f"{time.monotonic() - begin:.0f} s in all")
