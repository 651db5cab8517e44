"""Fills the database at DATABASE_URL as the demo does, and looks at it as demos do that are started on days of the last year:
`python -m benchmarks.insights_demo_child STARTS DAYS` prints for each what is told of so many days, as a line of JSON."""

from __future__ import annotations

import json
import math
import sys
from contextlib import ExitStack
from datetime import date
from io import StringIO
from typing import Any

import django

YEAR = 365


def main(starts: int, history: int) -> None:
    django.setup()
    from lifetracker import days  # noqa: PLC0415 - only after the setup
    from lifetracker.management.commands import demo  # noqa: PLC0415
    from lifetracker.ops.processes import prepare_database  # noqa: PLC0415

    demo.DAYS_OF_HISTORY = history + YEAR * (starts - 1) // starts
    prepare_database()
    command = demo.Command(stdout=StringIO(), stderr=sys.stderr)
    with ExitStack() as running:
        command.fill(command.sandbox(running))
    yesterday = days.today() - days.ONE_DAY
    for at in range(starts):
        last = yesterday - days.ONE_DAY * (YEAR * at // starts)
        print(json.dumps(told_on(last, history)), flush=True)


def told_on(last: date, history: int) -> dict[str, Any]:
    """Return what is told of the days of a history up to one: its pairs, the planted truth if it is, and whether the
    coincidence is, with the p of who takes all days for independent."""
    from django.apps import apps  # noqa: PLC0415

    from insights import inputs  # noqa: PLC0415
    from insights.groups import groups_of  # noqa: PLC0415
    from insights.looking import look_and_store  # noqa: PLC0415
    from insights.models import Finding  # noqa: PLC0415
    from journal.models import Behaviour  # noqa: PLC0415
    from lifetracker.sandbox.eating import COST_OF_EATING_LATE  # noqa: PLC0415
    from lifetracker.sandbox.habits import READING  # noqa: PLC0415

    # Of the looks before, which saw other days, nothing is known.
    for model in apps.get_app_config("insights").get_models():
        model._default_manager.all().delete()
    inputs.MOST_DAYS = history
    read = inputs.read_inputs(last)
    look_and_store(read, last)
    shown = Finding.objects.shown()
    truth = shown.filter(action="nutrition.late_meal", outcome="whoop.recovery_score").first()
    reading = f"journal.{Behaviour.objects.get(name=READING).pk}"
    return {
        "told": [
            (one.strongest.action_name, one.strongest.outcome_name) for one in groups_of(shown)
        ],
        "truth": truth
        and {
            "effect": truth.effect,
            "low": truth.low,
            "high": truth.high,
            "planted": -COST_OF_EATING_LATE,
        },
        "coincidence": shown.filter(action=reading).exists(),
        "raw_p": raw_p(
            *(read.panel.values[read.panel.keys.index(key)] for key in (reading, "whoop.hrv"))
        ),
    }


def raw_p(action: Any, outcome: Any) -> float:
    """Return the p of the days and the next ones, as if each were independent of the others."""
    import numpy as np  # noqa: PLC0415
    from scipy.special import stdtr  # noqa: PLC0415

    x, y = action[:-1], outcome[1:]
    both = ~np.isnan(x) & ~np.isnan(y)
    r, free = float(np.corrcoef(x[both], y[both])[0, 1]), int(both.sum()) - 2
    return float(2 * stdtr(free, -abs(r) * math.sqrt(free / (1 - r * r))))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
