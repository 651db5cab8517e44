"""Workouts of all sources as JSON."""

from __future__ import annotations

from typing import Any

from lifetracker.api.lists import RecordViewSet
from lifetracker.api.serializers import RecordSerializer, public_fields
from lifetracker.days import elapsed, local_date
from workouts.models import Workout


class WorkoutSerializer(RecordSerializer):
    class Meta:
        model = Workout
        fields = public_fields(Workout)
        read_only_fields = ("id", "source", "date", "duration_min", "score_state", "updated_at")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The date and the duration follow from the times."""
        attrs = super().validate(attrs)
        if not attrs.keys() & {"start", "end", "utc_offset_min"}:
            return attrs
        start, end = (attrs.get(name) or getattr(self.instance, name) for name in ("start", "end"))
        offset = attrs.get("utc_offset_min", getattr(self.instance, "utc_offset_min", None))
        minutes = round(elapsed(start, end).total_seconds() / 60, 3)
        return attrs | {"date": local_date(start, offset), "duration_min": minutes}


class Workouts(RecordViewSet):
    queryset = Workout.objects.live()
    serializer_class = WorkoutSerializer
