"""`python -m benchmarks.foods_search`: what it costs to find foods among a million made-up ones, by the beginning of a word,
by several words, with a slip, with accents."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from benchmarks.foods_import import environment, manage
from benchmarks.report import table
from benchmarks.stage import ROOT, all_databases

#: Of CPU, the server's included.
GOAL_MS = 50


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.foods_search", description=__doc__)
    parser.add_argument("--foods", type=int, default=1_000_000)
    parser.add_argument("--searches", type=int, default=300, help="of each kind")
    options = parser.parse_args()
    for databases in all_databases():
        with databases:
            url = databases.url("foods")
            manage(url, "migrate", "--verbosity", "0", "--skip-checks")
            found = child(url, options.foods, options.searches)
            print(
                f"{databases.name}, {options.foods:,} foods. The index was made in {found['made']:.0f} s of CPU, "
                f"and is {found['size']:.0f} MB.\n"
            )
            head = ("search", "found", "median ms of CPU", "95th percentile", "most", "")
            print(table(head, [row_of(*one) for one in found["kinds"].items()]), flush=True)


def row_of(kind: str, found: dict[str, float]) -> tuple[str, ...]:
    reached = "reached" if found["p95"] <= GOAL_MS else "**not reached**"
    figures = (f"{found[name]:.1f}" for name in ("median", "p95", "most"))
    return kind, f"{found['hits']:.0%}", *figures, reached


def child(url: str, foods: int, searches: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.foods_search_child", str(foods), str(searches)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(url), stdout=subprocess.PIPE, text=True, check=True
    )
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    main()
