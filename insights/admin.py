from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.http import HttpRequest

from insights.models import (
    Finding,
    FindingQuerySet,
    FindingTest,
    InsightRun,
    MetricChange,
    MetricChangeTest,
)
from lifetracker.admin import ReadOnlyAdmin, ReadOnlyInline, labels

COLOURS = {
    "candidate": "info",
    "confirmed": "success",
    "holding": "success",
    "fading": "warning",
    "withdrawn": "danger",
    "maybe": "info",
    "changed": "success",
    "settled": "success",
    "over": "warning",
    "taken back": "danger",
}


class TestInline(ReadOnlyInline):
    """Each test of the finding, the newest first."""

    model = FindingTest
    fields = readonly_fields = (
        *("state", "first_day", "last_day", "days", "effective_days"),
        *("r", "p", "effect", "low", "high"),
    )


@admin.register(Finding)
class FindingAdmin(ReadOnlyAdmin):
    """What was found, and what became of it. What an experiment tries is listed after its end."""

    heavy = ("points",)
    list_display = ("__str__", "shown_state", "lag", "effect", "unit", "found_on", "tested_on")
    list_filter = ("state",)
    search_fields = ("action_name", "outcome_name", "action", "outcome")
    inlines: ClassVar = [TestInline]

    def get_queryset(self, request: HttpRequest) -> FindingQuerySet:
        rows: FindingQuerySet = super().get_queryset(request)
        return rows.untried()

    @labels("State", "state", COLOURS)
    def shown_state(self, finding: Finding) -> str:
        return finding.state


@admin.register(InsightRun)
class InsightRunAdmin(ReadOnlyAdmin):
    """Each look for insights, and what it tested."""

    heavy = ("series", "left_out", "compared", "collinear", "bounds")
    # The page of insights says them, without those of what experiments try.
    exclude = ("bounds",)
    list_display = ("started_at", "last_day", "tested", "found", "confirmed", "withdrawn")


class ChangeTestInline(ReadOnlyInline):
    """Each look at the change, the newest first."""

    model = MetricChangeTest
    fields = readonly_fields = ("state", "last_day", "before", "after", "z")


@admin.register(MetricChange)
class MetricChangeAdmin(ReadOnlyAdmin):
    """What changed, and what became of it."""

    heavy = ("points",)
    list_display = ("__str__", "shown_state", "before", "after", "unit", "found_on", "tested_on")
    list_filter = ("state",)
    search_fields = ("metric_name", "metric")
    inlines: ClassVar = [ChangeTestInline]

    @labels("State", "state", COLOURS)
    def shown_state(self, change: MetricChange) -> str:
        return change.state
