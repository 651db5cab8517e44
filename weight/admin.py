from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from lifetracker.admin import (
    Choices,
    GoneFilter,
    SourceFilter,
    SourceRecordAdmin,
    figure,
    labels,
)
from weight.models import AMBIGUOUS, CERTAIN, DOUBTFUL, MEASURES, MeasureGroup, WeighIn

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


class SaidFilter(WhoseFilter):
    """Also by what its owner said of it, which a group of measures does not have."""

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[WeighIn]) -> Choices:
        return [*super().lookups(request, model_admin), ("other", "Somebody else's")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[WeighIn]) -> QuerySet[WeighIn]:
        conditions = {"no": CERTAIN, "yes": DOUBTFUL, "other": Q(is_mine=False)}
        return queryset.filter(conditions.get(self.value() or "", Q()))


@admin.register(WeighIn)
class WeighInAdmin(SourceRecordAdmin):
    typed_in = True
    list_display = ("measured_at", *MEASURE_COLUMNS, "service", "whose", "upstream")
    list_filter = (SourceFilter, SaidFilter, GoneFilter)
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
        if record.is_mine is False:
            return "somebody else"
        return "uncertain" if record.is_doubtful else ""


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
