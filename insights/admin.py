from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from insights.models import Finding, FindingTest, InsightRun
from lifetracker.admin import ReadOnlyAdmin, ReadOnlyInline, labels

COLOURS = {
    "candidate": "info",
    "confirmed": "success",
    "holding": "success",
    "fading": "warning",
    "withdrawn": "danger",
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
    """What was found, and what became of it."""

    heavy = ("points",)
    list_display = ("__str__", "shown_state", "lag", "effect", "unit", "found_on", "tested_on")
    list_filter = ("state",)
    search_fields = ("action_name", "outcome_name", "action", "outcome")
    inlines: ClassVar = [TestInline]

    @labels("State", "state", COLOURS)
    def shown_state(self, finding: Finding) -> str:
        return finding.state


@admin.register(InsightRun)
class InsightRunAdmin(ReadOnlyAdmin):
    """Each look for insights, and what it tested."""

    heavy = ("series", "left_out", "bounds")
    list_display = ("started_at", "last_day", "tested", "found", "confirmed", "withdrawn")
