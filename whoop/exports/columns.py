"""Which column each value of an export goes to. The same checks hold as for what the API sends."""

from __future__ import annotations

from typing import NamedTuple

from lifetracker.models import SourceRecord
from lifetracker.sync.mapping import FieldMapping, above_zero, from_zero
from whoop.exports.export import CYCLE, RECOVERY, SLEEP, WORKOUT
from whoop.models import WhoopCycle, WhoopRecovery, WhoopSleep
from workouts.models import Workout


class Destination(NamedTuple):
    """Where the records of one kind are stored."""

    model: type[SourceRecord]
    mapping: FieldMapping


def destination(model: type[SourceRecord], fields: dict[str, object]) -> Destination:
    every = {"source_id": "source_id", "date": "date", "score_state": "score_state", **fields}
    return Destination(model, FieldMapping(model, every))


HEART_RATES = {
    "average_heart_rate": above_zero("average_heart_rate?"),
    "max_heart_rate": above_zero("max_heart_rate?"),
}
MINUTES_OF_SLEEP = ("rem_sleep_min", "deep_sleep_min", "light_sleep_min", "awake_min")
SHARES_OF_SLEEP = ("sleep_performance", "sleep_efficiency", "sleep_consistency")

DESTINATIONS = {
    CYCLE: destination(
        WhoopCycle,
        {
            "start_time": "start",
            "end_time": "end",
            "utc_offset_min": "utc_offset_min",
            "strain": from_zero("strain"),
            "kilojoules": above_zero("kilojoules"),
            **HEART_RATES,
        },
    ),
    SLEEP: destination(
        WhoopSleep,
        {
            # The file has no ids, so this one is ours. The recovery of the night has it too.
            "sleep_id": "source_id",
            "start_time": "start",
            "end_time": "end",
            "utc_offset_min": "utc_offset_min",
            "nap": "nap",
            "total_sleep_hours": from_zero("total_sleep_hours?"),
            "in_bed_min": from_zero("in_bed_min?"),
            **{name: from_zero(f"{name}?") for name in (*MINUTES_OF_SLEEP, *SHARES_OF_SLEEP)},
            "respiratory_rate": above_zero("respiratory_rate"),
            "need_from_debt_min": from_zero("need_from_debt_min"),
        },
    ),
    RECOVERY: destination(
        WhoopRecovery,
        {
            "sleep_id": "sleep_id",
            "start_time": "start",
            "recovery_score": from_zero("recovery_score"),
            "resting_heart_rate": above_zero("resting_heart_rate"),
            "hrv_rmssd": above_zero("hrv_rmssd"),
            "spo2_percentage": above_zero("spo2_percentage"),
            "skin_temp_celsius": above_zero("skin_temp_celsius"),
        },
    ),
    WORKOUT: destination(
        Workout,
        {
            "start": "start",
            "end": "end",
            "utc_offset_min": "utc_offset_min",
            "sport_name": "sport_name",
            "strain": from_zero("strain"),
            **HEART_RATES,
            "calories": above_zero("calories"),
            "distance_meters": above_zero("distance_meters"),
            "altitude_gain_meters": "altitude_gain_meters",
            "altitude_change_meters": "altitude_change_meters",
            "duration_min": "duration_min",
            **{f"zone_{n}_min": from_zero(f"zone_{n}_min") for n in range(1, 6)},
        },
    ),
}
