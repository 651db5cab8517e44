from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import DateField, Model, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from goals.models import FreePeriod, Goal, GoalLine
from goals.plan import Kind
from goals.reading import Standing, standing_of
from goals.validation import FIXED
from goals.weekday_field import WeekdaysField
from goals.weekdays import weekday_words, weekdays_of
from goals.words import amount
from lifetracker.admin import (
    Choices,
    DeletableList,
    DeletedFilter,
    QuickList,
    ReadOnlyInline,
    labels,
)
from lifetracker.metrics.registry import all_metrics
from lifetracker.web.forms import DayField, RecordForm

DATES = {DateField: {"form_class": DayField}}


def metric_choices() -> Choices:
    """Return the metrics that a goal can be about, as their owner knows them."""
    known = [metric for metric in all_metrics() if not metric.circular]
    return [(one.key, f"{one.label} ({one.unit})" if one.unit else one.label) for one in known]


class GoalForm(RecordForm):
    weekdays = WeekdaysField(
        label="Days of the week",
        required=False,
        help_text="Of a goal for each day: on which it asks for something. None: on all.",
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = Goal
        fields = (
            *("name", "metric", "kind", "per", "rolling_days", "weekdays", "direction"),
            *("target", "day_at_least", "day_at_most", "start", "start_value", "end", "notes"),
        )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if metric := self.fields.get("metric"):
            metric.help_text = ""  # it names keys, which only the API takes
            metric.widget = UnfoldAdminSelectWidget(choices=[("", "---------"), *metric_choices()])


class FreePeriodForm(RecordForm):
    class Meta:
        model = FreePeriod
        fields = ("goal", "start", "end", "mark", "note")


class LineInline(ReadOnlyInline):
    """What the goal has asked for, and from when on."""

    model = GoalLine
    fields = readonly_fields = ("begins", "target", "end", "day_at_least", "day_at_most")


class FreePeriods(BaseInlineFormSet):  # type: ignore[type-arg]  # not generic at run time
    """Those that are not deleted. One that is removed can be restored."""

    def get_queryset(self) -> QuerySet[FreePeriod]:
        return super().get_queryset().filter(deleted_at__isnull=True)

    def delete_existing(self, obj: FreePeriod, commit: bool = True) -> None:
        if commit:
            FreePeriod.objects.filter(pk=obj.pk).mark_deleted()


class FreePeriodInline(TabularInline):
    model = FreePeriod
    form = FreePeriodForm
    formset = FreePeriods
    formfield_overrides = DATES
    fields = ("start", "end", "mark", "note")
    extra = 0


def result(
    title: str, shown: Callable[[Standing], object]
) -> Callable[[GoalAdmin, Goal], str | None]:
    """Return a field of the page of a goal: something of where it stands, which is computed once for all fields."""

    @admin.display(description=title)
    def column(self: GoalAdmin, goal: Any) -> str | None:
        if not hasattr(goal, "standing"):
            goal.standing = standing_of(goal)
        value = shown(goal.standing)
        return None if value is None else str(value)

    column.__name__ = title.lower().replace(" ", "_")
    return column


def shown_value(standing: Standing) -> str | None:
    found = standing.progress
    return None if found.value is None else amount(found.value, standing.goal.unit)


def shown_pace(standing: Standing) -> str | None:
    pace = standing.progress.pace
    if pace is None:
        return None
    needed = amount(pace.needed, standing.goal.unit)
    return f"{needed} a day; you did that in {pace.reached} of {pace.windows} weeks"


def shown_odds(standing: Standing) -> str | None:
    odds = standing.progress.odds
    return odds.reason or None if odds.percent is None else f"{odds.percent} %"


@admin.register(Goal)
class GoalAdmin(DeletableList):
    form = GoalForm
    formfield_overrides = DATES
    list_display = ("name", "metric", "kind", "wanted", "start", "end", "state")
    list_filter = (DeletedFilter,)
    search_fields = ("name", "metric", "notes")
    search_help_text = "Search in the names, the metrics and the notes"
    results = ("status", "summary", "now", "pace", "odds")

    status = result("Status", lambda standing: standing.progress.status.replace("_", " "))
    summary = result("Summary", lambda standing: standing.summary)
    now = result("Now", shown_value)
    pace = result("Needed pace", shown_pace)
    odds = result("Odds", shown_odds)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> object:
        facts = (None, {"fields": GoalForm.Meta.fields})
        if obj is None:
            return [facts]
        return [("Progress", {"fields": self.results}), facts]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> object:
        return (*self.results, *FIXED) if obj else ()

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        """A goal that is being added has asked for nothing before."""
        return (FreePeriodInline, LineInline) if obj else (FreePeriodInline,)

    # --- Columns ----------------------------------------------------------------------------------

    @admin.display(description="Goal", ordering="target")
    def wanted(self, goal: Goal) -> str:
        period = "" if goal.kind == Kind.REACH else f" per {goal.per}"
        if goal.rolling_days:
            period = f" in {goal.rolling_days} days"
        if goal.weekdays:
            period += f" on {weekday_words(weekdays_of(goal.weekdays))}"
        return f"{goal.get_direction_display().lower()} {amount(goal.target, goal.unit)}{period}"

    @labels("State", "deleted_at", {"deleted": "danger"})
    def state(self, goal: Goal) -> str:
        return "deleted" if goal.deleted_at else ""


@admin.register(FreePeriod)
class FreePeriodAdmin(QuickList):
    form = FreePeriodForm
    formfield_overrides = DATES
    list_display = ("start", "end", "mark", "goal", "note")
    list_select_related = ("goal",)
    search_fields = ("note",)
    search_help_text = "Search in the notes"

    def get_queryset(self, request: HttpRequest) -> QuerySet[FreePeriod]:
        rows: QuerySet[FreePeriod] = super().get_queryset(request).filter(deleted_at__isnull=True)
        return rows

    def delete_model(self, request: HttpRequest, obj: FreePeriod) -> None:
        FreePeriod.objects.filter(pk=obj.pk).mark_deleted()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        FreePeriod.objects.filter(pk__in=queryset.values("pk")).mark_deleted()
