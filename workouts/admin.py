from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import admin

from lifetracker.admin import GoneFilter, SourceFilter, SourceRecordAdmin, figure
from lifetracker.days import elapsed, local_date
from lifetracker.web.forms import RecordForm
from workouts.models import Workout

WORKOUT_COLUMNS = (
    "date",
    "sport_name",
    "start",
    figure("duration_min"),
    figure("strain", digits=1),
    figure("average_heart_rate", "Avg HR"),
    figure("calories", "Energy"),
    figure("distance_meters"),
)
WORKOUT_FACTS = (
    "sport_name",
    "start",
    "end",
    ("average_heart_rate", "max_heart_rate"),
    ("calories", "distance_meters"),
)
WORKOUT_DETAILS = (
    ("date", "duration_min"),
    ("utc_offset_min", "strain"),
    ("altitude_gain_meters", "altitude_change_meters"),
    ("zone_0_min", "zone_1_min"),
    ("zone_2_min", "zone_3_min"),
    ("zone_4_min", "zone_5_min"),
    "percent_recorded",
)
WORKOUT_FROM_SERVICE = (("sport_id", "score_state"),)


class WorkoutForm(RecordForm):
    """Compute the date and the duration from the start and the end, unless a person enters them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"date", "duration_min"} & self.fields.keys():
            self.fields[name].required = False
            self.fields[name].help_text = "Leave empty to calculate it from start and end."

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        start, end = values.get("start"), values.get("end")
        if start and end and elapsed(start, end) >= timedelta(0):
            self.compute(start, end, values)
        return values

    def compute(self, start: datetime, end: datetime, values: dict[str, Any]) -> None:
        if self.follows("date", of={"start", "utc_offset_min"}):
            values["date"] = local_date(start, values.get("utc_offset_min"))
        if self.follows("duration_min", of={"start", "end"}):
            values["duration_min"] = round(elapsed(start, end).total_seconds() / 60, 3)

    def follows(self, name: str, of: set[str]) -> bool:
        """Whether the value is to be computed: left out, or not touched although what it was
        computed from has changed."""
        if name in self.errors:
            return False
        touched = set(self.changed_data)
        return self.cleaned_data.get(name) is None or (name not in touched and bool(of & touched))


@admin.register(Workout)
class WorkoutAdmin(SourceRecordAdmin):
    typed_in = True
    form = WorkoutForm
    list_display = (*WORKOUT_COLUMNS, "service", "upstream")
    list_filter = (SourceFilter, GoneFilter)
    search_fields = ("sport_name", "source_id")
    search_help_text = "Search by sport, or by the id at the service"
    date_hierarchy = "date"
    facts = WORKOUT_FACTS
    details = WORKOUT_DETAILS
    from_service = WORKOUT_FROM_SERVICE
