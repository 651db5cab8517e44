from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin
from django.db.models import DateField, Model, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminSelectWidget

from goals.models import FreePeriod, Goal, GoalLine
from goals.plan import Kind
from goals.reading import Standing, standing_of
from goals.validation import FIXED
from goals.words import amount
from lifetracker.admin import Choices, QuickList, labels
from lifetracker.admin.records import DayField
from lifetracker.metrics.registry import all_metrics
from lifetracker.web.forms import RecordForm

DATES = {DateField: {"form_class": DayField}}


def metric_choices() -> Choices:
    """Return the metrics that a goal can be about, as their owner knows them."""
    known = [metric for metric in all_metrics() if not metric.circular]
    return [(one.key, f"{one.label} ({one.unit})" if one.unit else one.label) for one in known]


class GoalForm(RecordForm):
    class Meta:
        model = Goal
        fields = (
            *("name", "metric", "kind", "per", "rolling_days", "direction", "target"),
            *("day_at_least", "day_at_most", "start", "start_value", "end", "notes"),
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


class DeletedFilter(admin.SimpleListFilter):
    title = "deleted"
    parameter_name = "deleted"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        """Leave the deleted ones out unless they are asked for."""
        return queryset.filter(deleted_at__isnull=self.value() != "yes")


class LineInline(TabularInline):
    """What the goal has asked for, and from when on."""

    model = GoalLine
    fields = readonly_fields = ("begins", "target", "end", "day_at_least", "day_at_most")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class FreePeriodInline(TabularInline):
    model = FreePeriod
    form = FreePeriodForm
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
class GoalAdmin(QuickList):
    form = GoalForm
    formfield_overrides = DATES
    list_display = ("name", "metric", "kind", "wanted", "start", "end", "state")
    list_filter = (DeletedFilter,)
    search_fields = ("name", "metric", "notes")
    search_help_text = "Search in the names, the metrics and the notes"
    actions = ("restore",)
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

    def delete_model(self, request: HttpRequest, obj: Goal) -> None:
        Goal.objects.filter(pk=obj.pk).mark_deleted()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        Goal.objects.filter(pk__in=queryset.values("pk")).mark_deleted()

    def get_deleted_objects(self, objs: Iterable[Goal], request: HttpRequest) -> object:
        """Nothing else goes with a goal: it can be restored."""
        return [str(goal) for goal in objs], {}, set(), []

    @admin.action(description="Restore deleted goals", permissions=["decide"])
    def restore(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        number = Goal.objects.filter(pk__in=queryset.values("pk")).restore()
        self.message_user(request, f"Goals restored: {number}.")

    # --- Columns ----------------------------------------------------------------------------------

    @admin.display(description="Goal", ordering="target")
    def wanted(self, goal: Goal) -> str:
        period = "" if goal.kind == Kind.REACH else f" per {goal.per}"
        if goal.rolling_days:
            period = f" in {goal.rolling_days} days"
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
