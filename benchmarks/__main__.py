"""`python -m benchmarks`: measure everything, print it, keep it in `benchmarks/results/`."""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from typing import Any

from benchmarks import report, waits
from benchmarks.stage import ROOT, Databases, Sandbox, all_databases, measure

TEN_YEARS = 3650
# In this order within each round, so that a busy minute of the machine meets them all.
COMPARED = (
    *("lean-floor", "floor", "floor-in-one-statement", "bulk-create"),
    *("sync", "sync-again", "per-record"),
)
# `per-record` takes longer than all the others together.
ROUNDS_OF_PER_RECORD = 3
Results = dict[str, Any]


def main() -> None:
    options = arguments()
    results: Results = {"rounds": options.rounds, "databases": {}, "machine": report.machine()}
    with Sandbox.of(options.days) as ten_years, Sandbox.of(options.days // 10) as one_year:
        for databases in all_databases():
            with databases:
                prepare(databases, ten_years)
                results["databases"][databases.name] = {
                    **where_time_goes(databases, ten_years, options.rounds),
                    "memory": memory(databases, one_year, ten_years),
                    "compared": compare(databases, ten_years, options.rounds),
                }
                if databases.name == "SQLite":
                    results["waits"] = waits.measure_waits(databases, ten_years, options.rounds)
    text = report.markdown(results)
    print(text)
    keep(text)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--rounds", type=int, default=7, help="how often each is measured; the best counts"
    )
    parser.add_argument("--days", type=int, default=TEN_YEARS, help="of WHOOP")
    return parser.parse_args()


def say(text: str) -> None:
    print(f"{text} ...", file=sys.stderr, flush=True)


def prepare(databases: Databases, sandbox: Sandbox) -> None:
    say(f"{databases.name}: preparing")
    measure("prepare", databases.url("template"), sandbox)
    # The sandbox makes its answers at the first request, which would count for whoever comes first.
    measure("floor", databases.copy("template", "work"), sandbox)


def compare(databases: Databases, sandbox: Sandbox, rounds: int) -> dict[str, list[Results]]:
    found: dict[str, list[Results]] = defaultdict(list)
    for number in range(1, rounds + 1):
        for job in COMPARED:
            if job == "per-record" and number > ROUNDS_OF_PER_RECORD:
                continue
            say(f"{databases.name}, round {number} of {rounds}: {job}")
            run = sync_again if job == "sync-again" else measured_anew(job)
            found[job].append(run(databases, sandbox))
    return found


def measured_anew(job: str) -> Callable[[Databases, Sandbox], Results]:
    """The job on an empty database."""
    return lambda databases, sandbox: measure(
        job, databases.copy("template", job_name(job)), sandbox
    )


def job_name(job: str) -> str:
    return job.replace("-", "_")


def sync_again(databases: Databases, sandbox: Sandbox) -> Results:
    """On what the sync of this round left. Raises AssertionError if it wrote a row."""
    url = databases.url("sync")
    before = measure("fingerprint", url, sandbox)["facts"]
    again = measure("sync", url, sandbox)
    after = measure("fingerprint", url, sandbox)["facts"]
    written = {name: after["counts"][name] for name in ("created", "updated", "deleted")}
    if before["content"] != after["content"] or any(written.values()):
        raise AssertionError(f"nothing had changed, but the sync wrote rows: {written}")
    again["facts"]["rows"] = after["rows"]
    return again


def memory(databases: Databases, one_year: Sandbox, ten_years: Sandbox) -> dict[str, float]:
    say(f"{databases.name}: memory")
    url = databases.copy("template", "memory")
    measure("prepare", databases.url("one_year"), one_year)
    return {
        "a command that does nothing (`check`)": measure("check-command", url, ten_years)["peak"],
        "sync of one year": measure("sync-command", databases.url("one_year"), one_year)["peak"],
        "sync of ten years": measure("sync-command", url, ten_years)["peak"],
    }


def where_time_goes(databases: Databases, sandbox: Sandbox, rounds: int) -> Results:
    say(f"{databases.name}: where the time goes")
    parts = [
        measure("parts", databases.copy("template", "work"), sandbox)["facts"]["parts"]
        for _ in range(min(3, rounds))
    ]
    again = measure("parts", databases.url("work"), sandbox)["facts"]["parts"]
    functions = measure("functions", databases.copy("template", "work"), sandbox)["facts"]
    best = min(parts, key=lambda seconds: sum(seconds.values()))
    return {"parts": best, "parts_again": again, **functions}


def keep(text: str) -> None:
    folder = ROOT / "benchmarks" / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"{datetime.now().astimezone():%Y-%m-%d-%H%M%S}.md"
    path.write_text(text)
    say(f"Kept in {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
