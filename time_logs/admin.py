from __future__ import annotations

from django.contrib import admin
from unfold.widgets import UnfoldAdminTextInputWidget

from lifetracker.admin import GoneFilter, SourceFilter, SourceRecordAdmin
from lifetracker.web.forms import Names, RecordForm
from time_logs.models import TimeEntry, TogglProject, TogglTag


class TimeEntryForm(RecordForm):
    tags = Names(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Separate tags with commas.",
    )


@admin.register(TimeEntry)
class TimeEntryAdmin(SourceRecordAdmin):
    typed_in = True
    form = TimeEntryForm
    list_display = ("start", "length", "project", "client", "description", "service", "upstream")
    list_filter = (SourceFilter, GoneFilter, "billable")
    search_fields = ("project", "client", "description", "source_id")
    search_help_text = "Search by project, client, description, or the id at the service"
    date_hierarchy = "start"
    facts = (("project", "client"), "description", "tags", ("start", "end"), "billable")

    @admin.display(description="Duration", ordering="duration")
    def length(self, entry: TimeEntry) -> str:
        if entry.end is None:
            return "running"
        hours, minutes = divmod(round((entry.end - entry.start).total_seconds() / 60), 60)
        return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


@admin.register(TogglProject)
class TogglProjectAdmin(SourceRecordAdmin):
    list_display = ("name", "client", "active", "updated_at")
    list_filter = ("active",)
    search_fields = ("name", "client", "source_id")
    search_help_text = "Search by name, client, or the id at Toggl"


@admin.register(TogglTag)
class TogglTagAdmin(SourceRecordAdmin):
    list_display = ("name", "updated_at")
    search_fields = ("name", "source_id")
    search_help_text = "Search by name, or the id at Toggl"
