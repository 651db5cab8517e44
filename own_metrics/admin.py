from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from lifetracker.admin import Choices, GoneFilter, SourceRecordAdmin, figure
from own_metrics.models import MOST_DECIMALS, OwnMetric, OwnValue


@admin.register(OwnMetric)
class OwnMetricAdmin(SourceRecordAdmin):
    typed_in = True
    list_display = ("name", "unit", "per_day", "better", "service", "upstream")
    list_filter = ("per_day", GoneFilter)
    search_fields = ("name",)
    search_help_text = "Search in the names"
    ordering = ("folded_name", "pk")
    facts = ("name", ("unit", "decimals"), "per_day", "better")

    def delete_model(self, request: HttpRequest, obj: OwnMetric) -> None:
        """Keep its values, which come back with it."""
        obj.mark_deleted()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        for one in OwnMetric.objects.live().filter(pk__in=queryset.values("pk")):
            one.mark_deleted()

    def get_deleted_objects(self, objs: Iterable[OwnMetric], request: HttpRequest) -> object:
        """Nothing else goes with a metric: it can be restored."""
        return [str(one) for one in objs], {}, set(), []


class MetricFilter(admin.SimpleListFilter):
    """By the names alone: Django's own filter reads whole rows."""

    title = "metric"
    parameter_name = "metric"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        rows = OwnMetric.objects.all().in_order().values_list("pk", "name")
        return [(str(pk), name) for pk, name in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        pk = self.value() or ""
        return queryset.filter(metric=int(pk)) if pk.isdecimal() else queryset


@admin.register(OwnValue)
class OwnValueAdmin(SourceRecordAdmin):
    typed_in = True
    list_display = (
        *("date", "metric", figure("value", digits=MOST_DECIMALS)),
        *("note", "service", "upstream"),
    )
    list_filter = (MetricFilter, GoneFilter)
    date_hierarchy = "date"
    search_fields = ("note",)
    search_help_text = "Search in the notes"
    facts = ("metric", ("date", "measured_at"), "value", "note")
    details = ("file_name",)
    readonly_fields = (*SourceRecordAdmin.readonly_fields, "file_name")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer what there is, and of a stored value what it belongs to, whatever became of that."""
        wanted = Q(deleted_at=None)
        if request.resolver_match and (pk := request.resolver_match.kwargs.get("object_id")):
            wanted |= Q(pk__in=OwnValue.objects.filter(pk=pk).values("metric"))
        options.setdefault("queryset", OwnMetric.objects.filter(wanted).order_by("folded_name"))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OwnValue]:
        values: QuerySet[OwnValue] = super().get_queryset(request)
        return values.select_related("metric").defer("metric__raw")
