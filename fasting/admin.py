from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldBooleanSwitchWidget

from fasting.forms import AnywayField, FastForm
from fasting.models import ZERO, FastConflict, FastingPeriod, Unconfirmed
from lifetracker.admin import (
    Choices,
    GoneFilter,
    SourceFilter,
    SourceRecordAdmin,
    figure,
)
from lifetracker.models import MANUAL

ANYWAY = "Save unusual values"
ABOUT_ANYWAY = "Tick this to save an unusually short or long fast, or an unusual goal."


class AdminForm(FastForm):
    confirm = AnywayField(
        label=ANYWAY, required=False, help_text=ABOUT_ANYWAY, widget=UnfoldBooleanSwitchWidget
    )


class FinishDialog(BaseDialogForm):
    confirm = AnywayField(
        label=ANYWAY, required=False, help_text=ABOUT_ANYWAY, widget=UnfoldBooleanSwitchWidget
    )


class BeginDialog(FinishDialog):
    goal_hours = forms.FloatField(
        label="Goal (hours)",
        required=False,
        validators=FastingPeriod._meta.get_field("goal_hours").validators,
        widget=UnfoldAdminDecimalFieldWidget,
    )
    field_order = ("goal_hours", "confirm")


class FastSourceFilter(SourceFilter):
    """Zero is imported and not synced, so it is not among the declared sources."""

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [(name, name) for name in (ZERO, MANUAL)]


@admin.register(FastingPeriod)
class FastingPeriodAdmin(SourceRecordAdmin):
    typed_in = True
    form = AdminForm
    list_display = (
        "date",
        "start",
        "end",
        "length",
        figure("goal_hours", digits=1),
        "service",
        "upstream",
    )
    list_filter = (FastSourceFilter, GoneFilter)
    search_fields = ("note", "source_id")
    search_help_text = "Search in the notes, or by the id at the source"
    date_hierarchy = "date"
    facts = ("start", "end", "goal_hours", "note")
    details = ("utc_offset_min",)
    from_service = (("date", "duration_hours"),)
    readonly_fields = (*SourceRecordAdmin.readonly_fields, "date", "duration_hours")
    actions_list = ("begin", "finish")

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        facts, *rest = super().get_fieldsets(request, obj)
        if not self.is_own(obj):
            return [facts, *rest]
        return [(None, {"fields": (*self.facts, "confirm")}), *rest]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"start": timezone.now()} | given

    @admin.display(description="Length (h)", ordering="duration_hours")
    def length(self, fast: FastingPeriod) -> str:
        return "running" if fast.duration_hours is None else f"{fast.duration_hours:.1f}"

    @action(  # type: ignore[untyped-decorator]  # of unfold, which has no types
        description="Start a fast now",
        icon="play_arrow",
        permissions=["add"],
        dialog={
            "title": "Start a fast now",
            "description": "",
            "form_class": BeginDialog,
            "form_submit_text": "Start",
        },
    )
    def begin(self, request: HttpRequest, form: BeginDialog) -> HttpResponse:
        goal_hours, confirmed = form.cleaned_data["goal_hours"], form.cleaned_data["confirm"]
        return self.press(
            request,
            lambda: FastingPeriod.objects.begin(goal_hours=goal_hours, confirmed=confirmed),
            "The fast has started.",
        )

    @action(  # type: ignore[untyped-decorator]  # of unfold, which has no types
        description="Stop the running fast",
        icon="stop",
        permissions=["change"],
        dialog={
            "title": "Stop the running fast now",
            "description": "",
            "form_class": FinishDialog,
            "form_submit_text": "Stop",
        },
    )
    def finish(self, request: HttpRequest, form: FinishDialog) -> HttpResponse:
        confirmed = form.cleaned_data["confirm"]
        return self.press(
            request,
            lambda: FastingPeriod.objects.finish(confirmed=confirmed),
            "The fast has ended.",
        )

    def press(
        self, request: HttpRequest, act: Callable[[], FastingPeriod], done: str
    ) -> HttpResponse:
        try:
            act()
            messages.success(request, done)
        except Unconfirmed as error:
            messages.warning(
                request, f'{error.text} Nothing was saved. To save it, tick "{ANYWAY}".'
            )
        except FastConflict as error:
            messages.error(request, error.text)
        return self.back_to_list(request)
