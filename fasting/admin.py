from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from unfold.decorators import action
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from fasting.models import ZERO, FastConflict, FastingPeriod
from lifetracker.admin import (
    Choices,
    GoneFilter,
    RecordForm,
    SourceFilter,
    SourceRecordAdmin,
    figure,
)
from lifetracker.models import MANUAL


class FastForm(RecordForm):
    def clean(self) -> dict[str, Any]:
        # What the model checks next stays true until the admin's transaction has saved it.
        FastingPeriod.objects.lock()
        return super().clean()


class BeginDialog(BaseDialogForm):
    goal_hours = forms.FloatField(
        label="Goal, hours",
        required=False,
        validators=FastingPeriod._meta.get_field("goal_hours").validators,
        widget=UnfoldAdminDecimalFieldWidget,
    )


class FastSourceFilter(SourceFilter):
    """Zero is imported and not synced, so it is none of the declared sources."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(name, name) for name in (ZERO, MANUAL)]


@admin.register(FastingPeriod)
class FastingPeriodAdmin(SourceRecordAdmin):
    typed_in = True
    form = FastForm
    list_display = (
        "date",
        "start",
        "end",
        "length",
        figure("goal_hours", "Goal, h"),
        "source",
        "upstream",
    )
    list_filter = (FastSourceFilter, GoneFilter)
    search_fields = ("note", "source_id")
    search_help_text = "The note, or the id at the source"
    date_hierarchy = "date"
    facts = (
        "start",
        "end",
        ("goal_hours", "utc_offset_min"),
        "note",
        ("date", "duration_hours"),
    )
    readonly_fields = (*SourceRecordAdmin.readonly_fields, "date", "duration_hours")
    actions_list = ("begin", "finish")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        return {"start": timezone.now()} | given

    @admin.display(description="Hours", ordering="duration_hours")
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
        goal_hours = form.cleaned_data["goal_hours"]
        return self.press(
            request, lambda: FastingPeriod.objects.begin(goal_hours=goal_hours), "The fast runs."
        )

    @action(  # type: ignore[untyped-decorator]  # of unfold, which has no types
        description="Stop the running fast",
        icon="stop",
        permissions=["change"],
        dialog={
            "title": "Stop the running fast now",
            "description": "",
            "form_class": None,
            "form_submit_text": "Stop",
        },
    )
    def finish(self, request: HttpRequest, form: BaseDialogForm) -> HttpResponse:
        return self.press(request, FastingPeriod.objects.finish, "The fast has ended.")

    def press(
        self, request: HttpRequest, act: Callable[[], FastingPeriod], done: str
    ) -> HttpResponse:
        try:
            act()
            messages.success(request, done)
        except FastConflict as error:
            messages.error(request, error.text)
        listing = reverse("admin:fasting_fastingperiod_changelist")
        if "HX-Request" in request.headers:
            # The dialog's own script sent it: a plain redirect would be loaded into the dialog.
            return HttpResponse(headers={"HX-Redirect": listing})
        return HttpResponseRedirect(listing)
