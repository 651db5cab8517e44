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
from workouts.admin import (
    WORKOUT_COLUMNS,
    WORKOUT_DETAILS,
    WORKOUT_FACTS,
    WORKOUT_FROM_SERVICE,
)


class ScoreStateFilter(ChoiceFilter):
    title = "score"
    parameter_name = "score_state"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [(str(value), str(label).capitalize()) for value, label in ScoreState.choices]


class WhoopAdmin(SourceRecordAdmin):
    """Records that only WHOOP sends."""

    list_filter: Sequence[Any] = (ScoreStateFilter, GoneFilter)

    @labels(
        "Score",
        "score_state",
        {"pending": "warning", "not scorable": "danger"},
    )
    def score(self, record: WhoopRecovery | WhoopSleep | WhoopCycle) -> str:
        """WHOOP's own word where it is a new one; empty for a record with a score."""
        if record.score_state == ScoreState.SCORED:
            return ""
        return str(dict(ScoreState.choices).get(record.score_state, record.score_state))


@admin.register(WhoopRecovery)
class WhoopRecoveryAdmin(WhoopAdmin):
    list_display = (
        "date",
        "recovery",
        figure("resting_heart_rate", "Resting HR"),
        figure("hrv_rmssd", digits=1),
        figure("spo2_percentage", "SpO2", 1),
        figure("skin_temp_celsius", "Skin", 1),
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
        figure("total_sleep_hours", "Asleep", 1),
        figure("sleep_performance", "Performance"),
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
        figure("strain", digits=1),
        figure("kilojoules"),
        figure("average_heart_rate", "Avg HR"),
        figure("max_heart_rate", "Max HR"),
        figure("step_count"),
        "score",
        "upstream",
    )
    date_hierarchy = "date"


@admin.register(WhoopWorkout)
class WhoopWorkoutAdmin(WhoopAdmin):
    list_display = (*WORKOUT_COLUMNS, "score", "upstream")
    search_fields = ("sport_name", "source_id")
    search_help_text = "Search by sport, or by the id at WHOOP"
    date_hierarchy = "date"
    facts = WORKOUT_FACTS
    details = WORKOUT_DETAILS
    from_service = WORKOUT_FROM_SERVICE


@admin.register(WhoopProfile)
class WhoopProfileAdmin(SourceRecordAdmin):
    list_display = (
        "__str__",
        "email",
        figure("height_meter", "Height (m)", 2),
        figure("weight_kilogram", "Weight (kg)", 1),
        figure("max_heart_rate", "Max HR (bpm)"),
        "upstream",
    )
    list_filter = (GoneFilter,)
    search_fields = ("first_name", "last_name", "email", "source_id")
    search_help_text = ""
