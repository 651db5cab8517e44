"""`python -m benchmarks.insights_demo`: what the page of insights says of the life of the demo, whenever in a year and
wherever the demo is started: how often the planted truth, and how often the planted coincidence."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from typing import Any

from benchmarks import report
from benchmarks.stage import ROOT, free_port

ZONES = ("Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles")
Told = dict[str, Any]


def told_in(zone: str, starts: int, history: int) -> list[Told]:
    """Return what is told at each of so many starts over a year, of so many days of a life that is lived in a time zone."""
    with tempfile.TemporaryDirectory(prefix="lifetracker-benchmarks-") as folder:
        variables = {
            "DJANGO_SETTINGS_MODULE": "lifetracker.settings",
            "DEMO": "true",
            "TIME_ZONE": zone,
            "SANDBOX_HOME": zone,
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "PORT": str(free_port()),
            "SANDBOX_PORT": str(free_port()),
            "GITHUB_CACHE_DIR": folder,
            "OPENBLAS_NUM_THREADS": "1",
        }
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.insights_demo_child", str(starts), str(history)],
            cwd=ROOT,
            env=os.environ | variables,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    return [json.loads(line) for line in done.stdout.splitlines()]


def pairs_table(every: list[Told]) -> str:
    """Return what is told, and of how many of the starts: each thing by the pair that stands for it."""
    number = Counter((action, outcome) for one in every for action, outcome in one["told"])
    rows = [
        (action, outcome, f"{100 * times / len(every):.0f} %")
        for (action, outcome), times in number.most_common()
    ]
    return report.table(("action", "outcome", "told"), rows)


def goals_of(every: list[Told]) -> list[report.Goal]:
    truths = [one["truth"] for one in every]
    shown = [one for one in truths if one]
    covered = [one["low"] <= one["planted"] <= one["high"] for one in shown]
    signs = [one["effect"] < 0 for one in shown]
    fooled = sum(one["coincidence"] for one in every)
    worst = max(one["raw_p"] for one in every)
    number = len(every)
    return [
        report.Goal(
            "a late meal costs recovery: told at 95 % of the starts",
            len(shown) >= 0.95 * number,
            f"{len(shown)} of {number}",
        ),
        report.Goal("with the right sign", all(signs), f"{sum(signs)} of {len(shown)}"),
        report.Goal(
            "its interval holds what was planted in 90 %",
            sum(covered) >= 0.9 * len(shown),
            f"{sum(covered)} of {len(shown)}",
        ),
        report.Goal("what one reads in bed: never told", not fooled, f"{fooled} of {number}"),
        report.Goal(
            "although it goes along with HRV over all days", worst < 0.05, f"p < {worst:.1g}"
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.insights_demo", description=__doc__)
    parser.add_argument("--starts", type=int, default=27, help="over a year, in each time zone")
    parser.add_argument("--zones", nargs="+", default=ZONES, help="where the person lives")
    parser.add_argument("--days", type=int, default=1095, help="of history of each demo")
    options = parser.parse_args()
    print(report.machine())
    asked = [(zone, options.starts, options.days) for zone in options.zones]
    every = [one for life in asked for one in told_in(*life)]
    print(pairs_table(every))
    print(report.table(("goal", "measured", ""), [goal.row() for goal in goals_of(every)]))


if __name__ == "__main__":
    main()
