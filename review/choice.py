"""Which numbers a review shows: few enough to be read on a Monday."""

from __future__ import annotations

from collections.abc import Iterable

from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import families, metrics

#: By key, in the order in which they are shown. Of several in one line the first that has a value is.
SHOWN = (
    ("whoop.recovery_score",),
    ("whoop.hrv", "apple_health.hrv_sdnn"),
    ("whoop.resting_heart_rate", "apple_health.resting_heart_rate"),
    ("whoop.sleep_hours", "apple_health.asleep_hours"),
    ("whoop.bedtime",),
    ("whoop.strain",),
    ("whoop.steps", "apple_health.steps"),
    ("workouts.count",),
    ("workouts.minutes",),
    ("weight.kg",),
    ("fasting.hours",),
    ("nutrition.kcal", "apple_health.dietary_energy"),
    ("nutrition.protein", "apple_health.protein"),
    ("time.hours",),
    ("time.deep_hours",),
    ("github.commits",),
)
#: Families of what its owner chose to write down. Those of projects have a section of their own.
PERSONAL = ("own.", "journal.")
#: So many of these are read.
MOST_PERSONAL = 30


def choices() -> list[tuple[Metric, ...]]:
    """Return the metrics of each line of a review, by one statement for each family of own ones."""
    declared = [tuple(metrics[key] for key in line if key in metrics) for line in SHOWN]
    return [*filter(None, declared), *((one,) for one in personal())]


def personal() -> list[Metric]:
    found = [one for family in families if family.prefix in PERSONAL for one in family.members()]
    return found[:MOST_PERSONAL]


def in_one_list(lines: Iterable[tuple[Metric, ...]]) -> list[Metric]:
    return [metric for line in lines for metric in line]
