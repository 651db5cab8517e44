from __future__ import annotations

from django.contrib import admin

from apple_health.models import AppleDay, AppleNight, SentDay
from lifetracker.admin import GoneFilter, ReadOnlyAdmin, SourceRecordAdmin, figure


@admin.register(AppleDay)
class AppleDayAdmin(SourceRecordAdmin):
    list_display = (
        "date",
        figure("steps"),
        figure("active_energy_kcal", "Active energy"),
        figure("resting_heart_rate", "Resting HR"),
        figure("hrv_sdnn", "SDNN", 1),
        figure("mindful_min", "Mindful"),
        figure("dietary_energy_kcal", "Dietary energy"),
        "upstream",
    )
    list_filter = (GoneFilter,)
    date_hierarchy = "date"


@admin.register(AppleNight)
class AppleNightAdmin(SourceRecordAdmin):
    list_display = (
        "date",
        "start_time",
        "end_time",
        "nap",
        figure("asleep_min", "Asleep"),
        figure("in_bed_min", "In bed"),
        "device",
        "upstream",
    )
    list_filter = ("nap", GoneFilter)
    date_hierarchy = "date"


@admin.register(SentDay)
class SentDayAdmin(ReadOnlyAdmin):
    list_display = ("date", "reached_at")
    date_hierarchy = "date"
