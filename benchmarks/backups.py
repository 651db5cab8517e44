"""`python -m benchmarks.backups`: what a backup, a restore and an export of ten years of WHOOP cost, and of ten
times as many records, to see whether memory grows with them."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.stage import Databases, Sandbox, all_databases, measure

TEN_YEARS = 3650


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backups", description=__doc__)
    parser.add_argument("--days", type=int, default=TEN_YEARS, help="of WHOOP")
    days = parser.parse_args().days
    with (
        tempfile.TemporaryDirectory(prefix="lifetracker-benchmarks-") as folder,
        Sandbox.of(days) as sandbox,
    ):
        for databases in all_databases():
            with databases:
                measure("migrate", databases.url("empty"), sandbox)
                databases.copy("empty", "full")
                measure("prepare", databases.url("full"), sandbox)
                measure("sync-command", databases.url("full"), sandbox)
                costs(databases, sandbox, Path(folder), f"{days} days")
                measure("multiply", databases.url("full"), sandbox)
                costs(databases, sandbox, Path(folder), "ten times as much")


def costs(databases: Databases, sandbox: Sandbox, folder: Path, name: str) -> None:
    rows = measure("fingerprint", databases.url("full"), sandbox)["facts"]["rows"]
    print(f"{databases.name}, {name}: {rows} records")
    for command, database in (
        ("backup", databases.url("full")),
        ("export", databases.url("full")),
        ("restore", databases.copy("empty", "restored")),
    ):
        file = folder / f"{'export' if command == 'export' else 'backup'}.zip"
        os.environ["BENCHMARK_FILE"] = str(file)
        found = measure(f"{command}-command", database, sandbox)
        print(
            f"  {command}: {found['cpu']:.1f} s of CPU, {found['wall']:.1f} s, peak {found['peak']:.0f} MB, "
            f"file {file.stat().st_size / 1e6:.1f} MB",
            flush=True,
        )


if __name__ == "__main__":
    main()
