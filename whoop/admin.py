from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from lifetracker.admin import ChoiceFilter, Choices, GoneFilter, SourceRecordAdmin, figure, labels
from whoop.models import (
    ScoreState,
    WhoopCycle,
    WhoopProfile,
    WhoopRecovery,
    WhoopSleep,
    WhoopWorkout,
)
from workouts.admin import WORKOUT_COLUMNS, WORKOUT_FACTS


class ScoreStateFilter(ChoiceFilter):
    title = "score"
    parameter_name = "score_state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(str(value), str(label).capitalize()) for value, label in ScoreState.choices]


class WhoopAdmin(SourceRecordAdmin):
    """WHOOP's records come from WHOOP alone."""

    list_filter: Sequence[Any] = (ScoreStateFilter, GoneFilter)

    @labels(
        "Score",
        "score_state",
        {"pending": "warning", "not scorable": "danger"},
    )
    def score(self, record: Any) -> str:
        """WHOOP's own word where it is a new one."""
        return str(dict(ScoreState.choices).get(record.score_state, record.score_state))


@admin.register(WhoopRecovery)
class WhoopRecoveryAdmin(WhoopAdmin):
    list_display = (
        "date",
        "recovery",
        figure("resting_heart_rate", "Resting HR, bpm"),
        figure("hrv_rmssd", "HRV, ms", 1),
        figure("spo2_percentage", "SpO2, %", 1),
        figure("skin_temp_celsius", "Skin, °C", 1),
        "score",
        "upstream",
    )
    date_hierarchy = "date"

    @labels(
        "Recovery", "recovery_score", {"red": "danger", "yellow": "warning", "green": "success"}
    )
    def recovery(self, record: WhoopRecovery) -> tuple[str, str] | None:
        return (
            None
            if record.recovery_score is None
            else (record.band, f"{record.recovery_score:.0f}%")
        )


@admin.register(WhoopSleep)
class WhoopSleepAdmin(WhoopAdmin):
    list_display = (
        "date",
        "start_time",
        "end_time",
        "nap",
        figure("total_sleep_hours", "Asleep, h", 2),
        figure("sleep_performance", "Performance, %"),
        figure("sleep_efficiency", "Efficiency, %"),
        "score",
        "upstream",
    )
    list_filter = ("nap", *WhoopAdmin.list_filter)
    date_hierarchy = "date"


@admin.register(WhoopCycle)
class WhoopCycleAdmin(WhoopAdmin):
    list_display = (
        "date",
        "start_time",
        "end_time",
        figure("strain", "Strain", 1),
        figure("kilojoules", "Energy, kJ"),
        figure("average_heart_rate", "Average HR, bpm"),
        figure("max_heart_rate", "Highest HR, bpm"),
        figure("step_count", "Steps"),
        "score",
        "upstream",
    )
    date_hierarchy = "date"


@admin.register(WhoopWorkout)
class WhoopWorkoutAdmin(WhoopAdmin):
    list_display = (*WORKOUT_COLUMNS, "score", "upstream")
    search_fields = ("sport_name", "source_id")
    search_help_text = "The sport, or the id at WHOOP"
    date_hierarchy = "date"
    facts = WORKOUT_FACTS


@admin.register(WhoopProfile)
class WhoopProfileAdmin(SourceRecordAdmin):
    list_display = (
        "__str__",
        "email",
        "height_meter",
        "weight_kilogram",
        "max_heart_rate",
        "upstream",
    )
    list_filter = (GoneFilter,)
    search_fields = ("first_name", "last_name", "email", "source_id")
    search_help_text = ""
