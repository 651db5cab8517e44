from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from lifetracker.admin import (
    Choices,
    GoneFilter,
    SourceFilter,
    SourceRecordAdmin,
    figure,
    labels,
)
from weight.models import AMBIGUOUS, MEASURES, MeasureGroup, WeighIn

MEASURE_COLUMNS = (
    figure("weight_kg", digits=1),
    figure("fat_ratio", "Body fat", 1),
    figure("muscle_mass_kg", "Muscle", 1),
    figure("hydration_kg", "Water", 1),
    figure("heart_pulse", "HR"),
)


class WhoseFilter(admin.SimpleListFilter):
    title = "person"
    parameter_name = "ambiguous"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[WeighIn]) -> Choices:
        return [("no", "Yours"), ("yes", "Uncertain")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WeighIn]) -> QuerySet[WeighIn]:
        if self.value() == "yes":
            return queryset.filter(attribution=AMBIGUOUS)
        return queryset.exclude(attribution=AMBIGUOUS) if self.value() == "no" else queryset


@admin.register(WeighIn)
class WeighInAdmin(SourceRecordAdmin):
    typed_in = True
    list_display = ("measured_at", *MEASURE_COLUMNS, "service", "whose", "upstream")
    list_filter = (SourceFilter, WhoseFilter, GoneFilter)
    date_hierarchy = "measured_at"
    facts = (
        "measured_at",
        ("weight_kg", "fat_ratio"),
    )
    details = (
        ("fat_mass_kg", "lean_mass_kg"),
        ("muscle_mass_kg", "bone_mass_kg"),
        ("hydration_kg", "heart_pulse"),
        "device",
    )

    @labels("Person", "attribution", {"uncertain": "warning"})
    def whose(self, record: WeighIn) -> str:
        return "uncertain" if record.is_ambiguous else ""


@admin.register(MeasureGroup)
class MeasureGroupAdmin(SourceRecordAdmin):
    list_display = (
        "source_id",
        "measured_at",
        *MEASURE_COLUMNS,
        "device",
        "attribution",
        "upstream",
    )
    list_filter = (WhoseFilter, GoneFilter)
    date_hierarchy = "measured_at"
    facts = ("measured_at", "weight_kg", *MEASURES, "attribution", "device")
    # The model has the fields for the sync alone.
    readonly_fields = (*SourceRecordAdmin.readonly_fields, "attribution")
