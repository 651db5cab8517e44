"""`python -m benchmarks.metrics`: what metrics cost over one, ten and fifty years of a life: a chart of twelve with their usual
beside bare SQL that says the same numbers, everything of a day, and each metric alone."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import Any

from benchmarks import report
from benchmarks.stage import ROOT, Databases, all_databases

TEN = 10
Results = dict[int, dict[str, Any]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.metrics", description=__doc__)
    parser.add_argument("--years", type=int, nargs="+", default=[1, TEN, 50])
    parser.add_argument("--rounds", type=int, default=7, help="of which the median counts")
    options = parser.parse_args()
    print(report.machine())
    for databases in all_databases():
        with databases:
            found = {years: ask(databases, years, options.rounds) for years in options.years}
            print(f"\n## {databases.name}\n\n{shown(found)}", flush=True)


def ask(databases: Databases, years: int, rounds: int) -> dict[str, Any]:
    """Fill a database and ask for the answers, in a process of its own."""
    variables = {
        "DJANGO_SETTINGS_MODULE": "lifetracker.settings",
        # So that no .env of a person is read.
        "DEMO": "true",
        # Where clocks are changed, and midnight is not that of UTC.
        "TIME_ZONE": "Europe/Berlin",
        "DATABASE_URL": databases.url(f"metrics_{years}"),
        "API_REQUESTS_PER_MINUTE": "0",
    }
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.metrics_child", str(years), str(rounds)],
        cwd=ROOT,
        env=os.environ | variables,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return dict(json.loads(done.stdout))


# --- Tables ---------------------------------------------------------------------------------------


def shown(found: Results) -> str:
    head = ("", *(f"{years} years" for years in found))
    return "\n\n".join(
        (
            report.table(head, answers(found)),
            "Each metric alone with its usual, ms of CPU:",
            report.table(head, alone(found)),
            report.table(("goal", "measured", ""), [goal.row() for goal in goals(found)]),
        )
    )


def answers(found: Results) -> list[report.Row]:
    labels = {"chart": "chart of 12", "bare": "bare SQL", "day": "a day"}
    columns = {"cpu": "CPU, ms", "server": "CPU of the server, ms", "memory": "memory, MB"}
    lines: list[report.Row] = [
        (f"{label}: {text}", *(f"{one[name][column]:.1f}" for one in found.values()))
        for name, label in labels.items()
        for column, text in columns.items()
    ]
    sizes = [f"{one['chart']['bytes'] / 1e3:.0f}, {gzipped(one):.0f}" for one in found.values()]
    statements = [
        f"{one['chart']['statements']}, {one['day']['statements']}" for one in found.values()
    ]
    apart = [one["apart"] for one in found.values()]
    return [
        *lines,
        ("chart: kB, gzipped", *sizes),
        ("statements of the chart, of a day", *statements),
        ("numbers of the chart that bare SQL says otherwise", *apart),
    ]


def alone(found: Results) -> list[report.Row]:
    keys = next(iter(found.values()))["alone"]
    return [(key, *(f"{one['alone'][key]:.1f}" for one in found.values())) for key in keys]


def gzipped(one: dict[str, Any]) -> float:
    return float(one["chart"]["gzipped"]) / 1e3


def both(cost: dict[str, float]) -> float:
    """Return the CPU time of this process and of the server together."""
    return cost["cpu"] + cost["server"]


def goals(found: Results) -> list[report.Goal]:
    years, most = (TEN if TEN in found else min(found)), max(found)
    one = found[years]
    chart, day = one["chart"], one["day"]
    times = both(chart) / both(one["bare"])
    growth = both(found[most]["chart"]) / both(chart) / (most / years)
    return [
        report.at_most(2, "a chart, in times of bare SQL", times, f"{times:.2f}"),
        report.at_most(300, "a chart, ms of CPU", chart["cpu"], f"{chart['cpu']:.0f}"),
        report.at_most(400, "a chart, kB gzipped", gzipped(one), f"{gzipped(one):.0f}"),
        report.at_most(60, "a day, ms of CPU", day["cpu"], f"{day['cpu']:.0f}"),
        report.at_most(16, "a day, statements", day["statements"], f"{day['statements']}"),
        report.at_most(
            1.2, f"a chart of {most} years, a year in those of {years}", growth, f"{growth:.2f}"
        ),
    ]


if __name__ == "__main__":
    main()
