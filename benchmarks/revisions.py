"""`python -m benchmarks.revisions`: what it costs to keep old values, in a first sync and in one that changes a thousand
rows: pairs of runs with and without, in turn, each on a copy of the same database."""

from __future__ import annotations

import argparse
import os
import statistics
from typing import NamedTuple

from benchmarks import report
from benchmarks.stage import Databases, Sandbox, all_databases, measure

#: So many have about a thousand recoveries, nights and cycles together.
DAYS = 350
#: How many times the CPU without revisions.
MOST_OF_CHANGES, MOST_OF_FIRST = 1.3, 1.03


class Pair(NamedTuple):
    """CPU seconds of a sync, of this process and of the database's, without and with old values kept."""

    without: float
    kept: float

    @property
    def ratio(self) -> float:
        return self.kept / self.without


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.revisions", description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--days", type=int, default=DAYS, help="of WHOOP")
    options = parser.parse_args()
    print(report.machine())
    rows = []
    with Sandbox.of(options.days) as sandbox:
        for databases in all_databases():
            with databases:
                rows += measured(databases, sandbox, options.rounds)
    head = ("", "CPU without", "CPU with", "ratio, median of pairs", "goal", "")
    print(f"\n{report.table(head, rows)}")


def measured(databases: Databases, sandbox: Sandbox, rounds: int) -> list[report.Row]:
    empty = databases.url("empty")
    measure("prepare", empty, sandbox)
    stored = databases.copy("empty", "stored")
    measure("sync", stored, sandbox)
    changed = measure("change-values", stored, sandbox)["facts"]["rows"]
    work = {
        "first sync": ("empty", MOST_OF_FIRST),
        f"sync that changes {changed:,} rows": ("stored", MOST_OF_CHANGES),
    }
    return [
        row(f"{databases.name}, {name}", pairs(databases, sandbox, template, rounds), most)
        for name, (template, most) in work.items()
    ]


def pairs(databases: Databases, sandbox: Sandbox, template: str, rounds: int) -> list[Pair]:
    found = []
    for number in range(rounds):
        order = ("false", "true") if number % 2 else ("true", "false")
        costs = {kept: cost(databases, sandbox, template, kept) for kept in order}
        found.append(Pair(costs["false"], costs["true"]))
    return found


def cost(databases: Databases, sandbox: Sandbox, template: str, kept: str) -> float:
    os.environ["KEEP_REVISIONS"] = kept
    run = measure("sync", databases.copy(template, "measured"), sandbox)
    return float(run["cpu"] + run["server"])


def row(name: str, found: list[Pair], most: float) -> report.Row:
    ratio = statistics.median(pair.ratio for pair in found)
    return (
        name,
        f"{min(pair.without for pair in found):.3f} s",
        f"{min(pair.kept for pair in found):.3f} s",
        f"{ratio:.2f}",
        f"at most {most}",
        "reached" if ratio <= most else "**not reached**",
    )


if __name__ == "__main__":
    main()
