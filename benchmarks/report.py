"""The results as Markdown: tables of what was measured, and each goal with what was reached."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from collections.abc import Iterable, Sequence
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

Row = Sequence[object]
LABELS = {
    "lean-floor": "lean floor: `http.client`, orjson, one `executemany`",
    "floor": "floor: requests and `executemany`",
    "floor-in-one-statement": "floor, a batch in one statement",
    "bulk-create": "our mapping and `bulk_create`",
    "sync": "sync, first",
    "sync-again": "sync, nothing changed",
    "per-record": "`update_or_create` per record",
}
PACKAGES = ("Django", "requests", "urllib3", "orjson", "psycopg2-binary")


class Goal(NamedTuple):
    text: str
    reached: bool
    value: str

    def row(self) -> Row:
        return self.text, self.value, "reached" if self.reached else "**not reached**"


def markdown(results: dict[str, Any]) -> str:
    parts = [f"# Benchmarks, {date.today().isoformat()}", results["machine"]]  # noqa: DTZ011 - the reader's date
    for name, found in results["databases"].items():
        parts += database(name, found)
    if waits := results.get("waits"):
        parts += ["## Waits of other writers (SQLite)", waits_table(waits)]
        parts.append(table(("goal", "measured", ""), [goal_of_waits(waits).row()]))
    return "\n\n".join(parts) + "\n"


def database(name: str, found: dict[str, Any]) -> list[str]:
    compared, memory = found["compared"], found["memory"]
    goals = [*goals_of_speed(compared), *goals_of_memory(memory)]
    rounds, slow_rounds = len(compared["sync"]), len(compared["per-record"])
    return [
        f"## {name}",
        f"Seconds; the best of {rounds} rounds ({slow_rounds} of `update_or_create` per record), each in a new process on a new database.",
        compared_table(compared),
        table(("goal", "measured", ""), [goal.row() for goal in goals]),
        "Peak of resident memory of `sync_whoop --full` in MB:",
        table(("", "MB"), [(label, f"{megabytes:.1f}") for label, megabytes in memory.items()]),
        "Where the CPU time of a sync goes, with a clock around its parts, which costs some time itself:",
        parts_table(found["parts"], found["parts_again"]),
        "The functions with the most time of their own under cProfile, which overstates short functions:",
        functions_table(found["functions"]),
    ]


# --- Tables ---------------------------------------------------------------------------------------


def table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def compared_table(compared: dict[str, list[dict[str, Any]]]) -> str:
    head = ("", "CPU", "CPU, median", "wall", "CPU of the server", "peak MB", "requests", "records")
    return table(head, [(LABELS[job], *costs(runs)) for job, runs in compared.items()])


def costs(runs: list[dict[str, Any]]) -> Row:
    facts = runs[0]["facts"]
    return (
        f"{best(runs, 'cpu'):.2f}",
        f"{statistics.median(run['cpu'] for run in runs):.2f}",
        f"{best(runs, 'wall'):.2f}",
        f"{best(runs, 'server'):.2f}" if best(runs, "server") else "",
        f"{max(run['peak'] for run in runs):.1f}",
        facts["requests"],
        facts["records"],
    )


def best(runs: list[dict[str, Any]], what: str) -> float:
    return min(float(run[what]) for run in runs)


def parts_table(first: dict[str, float], again: dict[str, float]) -> str:
    whole = sum(first.values())
    rows = [
        (part, f"{seconds:.2f}", f"{seconds / whole:.0%}", f"{again.get(part, 0):.2f}")
        for part, seconds in sorted(first.items(), key=lambda pair: -pair[1])
    ]
    total = ("together", f"{whole:.2f}", "100%", f"{sum(again.values()):.2f}")
    return table(("", "first, s", "share", "nothing changed, s"), [*rows, total])


def functions_table(functions: list[tuple[str, int, float, float]]) -> str:
    rows = [
        (f"`{name}`", calls, f"{own:.2f}", f"{total:.2f}") for name, calls, own, total in functions
    ]
    return table(("function", "calls", "own s", "with its callees, s"), rows)


def waits_table(waits: dict[str, dict[str, float]]) -> str:
    labels = {
        "control": "nothing else at work",
        "refresh": "while a token is refreshed, which takes 2 s",
        "sync": "while the whole history is read and written",
    }
    columns = ("p50", "p99", "p99.9", "max")
    rows = [
        (labels[name], w["writes"], *(f"{w[column]:.2f}" for column in columns))
        for name, w in waits.items()
    ]
    return table(("wait for the lock before a write, in ms", "writes", *columns), rows)


# --- Goals ----------------------------------------------------------------------------------------


def goals_of_speed(compared: dict[str, list[dict[str, Any]]]) -> list[Goal]:
    floors = Ratio(compared, "sync", "floor")
    syncs = Ratio(compared, "per-record", "sync")
    again = Ratio(compared, "sync-again", "sync")
    bulk = Ratio(compared, "sync", "bulk-create")
    return [
        at_most(2.5, "CPU time of a sync, in floors", floors.cpu, floors.text),
        at_least(6, "CPU time of `update_or_create` per record, in syncs", syncs.cpu, syncs.text),
        at_most(0.7, "CPU time of an unchanged sync, in first ones", again.cpu, again.text),
        at_most(1, "wall time of a sync, in those of `bulk_create`", bulk.wall, bulk.text),
        # The measurement stops with an error where it is not so.
        Goal("rows written by an unchanged sync: 0", reached=True, value="0"),
    ]


class Ratio:
    """The best of one by the best of the other, in CPU time. On a machine with other work the
    median over the rounds says how steady that is."""

    def __init__(self, compared: dict[str, list[dict[str, Any]]], one: str, other: str) -> None:
        self.cpu = best(compared[one], "cpu") / best(compared[other], "cpu")
        self.wall = best(compared[one], "wall") / best(compared[other], "wall")
        # `per-record` has fewer rounds.
        rounds = zip(compared[one], compared[other], strict=False)
        median = statistics.median(a["cpu"] / b["cpu"] for a, b in rounds)
        self.text = f"{self.cpu:.2f} (median of rounds {median:.2f}; wall time {self.wall:.2f})"


def goals_of_memory(memory: dict[str, float]) -> list[Goal]:
    ten, one = memory["sync of ten years"], memory["sync of one year"]
    return [
        at_most(75, "memory for ten years, MB", ten, f"{ten:.1f}"),
        at_most(3, "memory for ten years above that for one, MB", ten - one, f"{ten - one:.1f}"),
    ]


def goal_of_waits(waits: dict[str, dict[str, float]]) -> Goal:
    longest = waits["refresh"]["max"]
    text = "longest wait of a writer during a token refresh, ms"
    return at_most(10, text, longest, f"{longest:.2f}")


def at_most(limit: float, text: str, value: float, told: str) -> Goal:
    return Goal(f"{text}: at most {limit:g}", value <= limit, told)


def at_least(limit: float, text: str, value: float, told: str) -> Goal:
    return Goal(f"{text}: at least {limit:g}", value >= limit, told)


# --- Where it was measured ------------------------------------------------------------------------


def machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{os.cpu_count()} cores ({processor()}), load {os.getloadavg()[0]:.1f} at the beginning, {platform.system()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {packages}."
    )


def processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
