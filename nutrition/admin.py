from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import DateField, Model, QuerySet
from django.http import HttpRequest

from lifetracker.admin import (
    Choices,
    GoneFilter,
    QuickList,
    ReadOnlyInline,
    SourceFilter,
    SourceRecordAdmin,
    figure,
)
from lifetracker.models import MANUAL
from lifetracker.web.forms import DayField, RecordForm
from nutrition.models import OPEN_FOOD_FACTS, CompleteDay, FoodItem, Meal, MealItem, RecipePart
from nutrition.nutrients import Amounts, bounded


class FoodSourceFilter(SourceFilter):
    """Open Food Facts is not synced, so it is not among the declared sources."""

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [(OPEN_FOOD_FACTS, "Open Food Facts"), (MANUAL, MANUAL)]


class PartInline(ReadOnlyInline):
    """Changed on the page of the recipe, where its values follow."""

    model = RecipePart
    fk_name = "recipe"
    fields = readonly_fields = ("food", "amount", "unit", "size")
    verbose_name_plural = "parts"


class ItemInline(ReadOnlyInline):
    """Changed in the diary, where its values follow."""

    model = MealItem
    fields = readonly_fields = (
        *("name", "amount", "unit", "size", "kcal"),
        *("protein", "carbohydrate", "fat", "deleted_at"),
    )
    verbose_name_plural = "items"


@admin.register(FoodItem)
class FoodItemAdmin(SourceRecordAdmin):
    """Foods. A recipe is typed in on its own page, because its values follow from its parts."""

    typed_in = True
    # Of millions, none but those of a page are looked at.
    ordering = ("-pk",)
    list_display = (
        *("name", "brand", figure("kcal"), figure("protein", digits=1)),
        *("measure", "is_recipe", "service", "upstream"),
    )
    list_filter = (FoodSourceFilter, "is_recipe", GoneFilter)
    search_fields = ("search_text", "barcode")
    search_help_text = "Search in names and brands, or by the bar code"
    facts = (
        *("name", "brand", "barcode", ("measure", "kcal")),
        *(("protein", "carbohydrate"), ("sugar", "fat"), ("saturated_fat", "fibre"), "salt"),
        *("servings",),
    )
    details = ("language", "further")
    from_service = ("completeness", "popularity", "changed_at_source", "yield_size", "portions")
    readonly_fields = (*SourceRecordAdmin.readonly_fields, *from_service[:3])

    def is_own(self, record: Model | None) -> bool:
        return super().is_own(record) and not getattr(record, "is_recipe", False)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return (PartInline,) if obj and obj.is_recipe else ()


@admin.register(Meal)
class MealAdmin(SourceRecordAdmin):
    """Meals. They are added in the diary, with what was eaten."""

    typed_in = True
    list_display = ("eaten_at", "kind", "energy", "service", "upstream")
    list_filter = ("kind", GoneFilter)
    date_hierarchy = "date"
    facts = (("eaten_at", "kind"), "note")
    details = ("utc_offset_min",)
    from_service = ("date",)
    readonly_fields = (*SourceRecordAdmin.readonly_fields, "date")
    inlines = (ItemInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Meal]:
        meals: QuerySet[Meal] = super().get_queryset(request)
        return meals.prefetch_related("items")

    @admin.display(description="Energy (kcal)")
    def energy(self, meal: Meal) -> str | None:
        total: Amounts = meal.total
        kcal = total["kcal"]
        if kcal is None:
            return None
        return bounded(f"{kcal:.0f}", is_whole=total.is_whole("kcal"))


class CompleteDayForm(RecordForm):
    class Meta:
        model = CompleteDay
        fields = ("date",)


@admin.register(CompleteDay)
class CompleteDayAdmin(QuickList):
    form = CompleteDayForm
    formfield_overrides = {DateField: {"form_class": DayField}}
    list_display = ("date", "source", "marked_at")
    date_hierarchy = "date"
    fields = ("date", "source", "marked_at")
    readonly_fields = ("source", "marked_at")
