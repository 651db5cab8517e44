"""Of which columns of a file each value is made, so that what a file has no column for is kept as it is stored."""

from __future__ import annotations

from collections.abc import Iterable

from whoop.exports.export import CYCLE, RECOVERY, SLEEP, WORKOUT
from whoop.exports.headers import CYCLES, JOURNAL, SLEEPS, WORKOUTS, title_of

HEART_RATES = {
    "average_heart_rate": ("average_heart_rate",),
    "max_heart_rate": ("max_heart_rate",),
}
MADE_OF: dict[str, dict[str, tuple[str, ...]]] = {
    CYCLE: {
        "strain": ("day_strain",),
        "kilojoules": ("energy",),
        **HEART_RATES,
        "score_state": ("day_strain", "energy"),
    },
    RECOVERY: {
        "recovery_score": ("recovery",),
        "resting_heart_rate": ("resting_heart_rate",),
        "hrv_rmssd": ("hrv",),
        "spo2_percentage": ("blood_oxygen",),
        "skin_temp_celsius": ("skin_temperature",),
    },
    SLEEP: {
        "total_sleep_hours": ("asleep",),
        "in_bed_min": ("in_bed",),
        "rem_sleep_min": ("rem_sleep",),
        "deep_sleep_min": ("deep_sleep",),
        "light_sleep_min": ("light_sleep",),
        "awake_min": ("awake",),
        "sleep_performance": ("sleep_performance",),
        "sleep_efficiency": ("sleep_efficiency",),
        "sleep_consistency": ("sleep_consistency",),
        "respiratory_rate": ("respiratory_rate",),
        "need_from_debt_min": ("sleep_debt",),
        "score_state": ("asleep", "in_bed", "sleep_performance"),
    },
    WORKOUT: {
        "sport_name": ("activity",),
        "strain": ("activity_strain",),
        "calories": ("energy",),
        **HEART_RATES,
        "distance_meters": ("distance",),
        "altitude_gain_meters": ("altitude_gain", "distance"),
        "altitude_change_meters": ("altitude_change", "distance"),
        **{f"zone_{n}_min": (f"zone_{n}",) for n in range(1, 6)},
        "score_state": ("activity_strain", "energy"),
    },
}
#: The kinds of record in each table.
KINDS_IN = {
    CYCLES: (CYCLE, RECOVERY, SLEEP),
    SLEEPS: (SLEEP,),
    WORKOUTS: (WORKOUT,),
    JOURNAL: (),
}


def missing_titles(table: str, columns: Iterable[str]) -> list[str]:
    """Return what WHOOP calls the columns that a table should have and does not."""
    there = set(columns)
    wanted = (
        column
        for kind in KINDS_IN[table]
        for made_of in MADE_OF[kind].values()
        for column in made_of
    )
    return [title_of(column) for column in dict.fromkeys(wanted) if column not in there]
