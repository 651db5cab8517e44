from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from unfold.admin import TabularInline
from unfold.decorators import action
from unfold.forms import BaseDialogForm

from lifetracker.admin import QuickList, labels
from lifetracker.web.forms import RecordForm
from lifetracker.words import counted
from projects.models import (
    Project,
    ProjectGoal,
    ProjectRepository,
    ProjectTogglProject,
    Suggestion,
)
from projects.totals import Totals, totals_by_project

STATUSES = {"active": "success", "paused": "warning", "finished": "info"}


class RepositoryInline(TabularInline):
    model = ProjectRepository
    fields = ("repository",)
    autocomplete_fields = ("repository",)
    extra = 0


class TogglProjectInline(TabularInline):
    model = ProjectTogglProject
    fields = ("toggl_project",)
    autocomplete_fields = ("toggl_project",)
    extra = 0


class GoalInline(TabularInline):
    model = ProjectGoal
    fields = ("goal",)
    autocomplete_fields = ("goal",)
    extra = 0


@admin.register(Project)
class ProjectAdmin(QuickList):
    form = RecordForm
    list_display = ("name", "shown_status", "start", "end")
    list_filter = ("status",)
    search_fields = ("name", "notes")
    search_help_text = "Search in the names and the notes"
    inlines = (RepositoryInline, TogglProjectInline, GoalInline)
    facts = ("name", "status", ("start", "end"), "notes")
    results = ("hours", "commits", "lines_changed", "active_days", "last_activity")

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> object:
        facts = (None, {"fields": self.facts})
        return [("Totals", {"fields": self.results}), facts] if obj else [facts]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> object:
        return self.results if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return super().get_queryset(request).live()  # type: ignore[no-any-return]  # of projects

    def delete_model(self, request: HttpRequest, obj: Project) -> None:
        obj.mark_deleted()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Project]) -> None:
        for project in queryset:
            project.mark_deleted()

    @labels("Status", "status", STATUSES)
    def shown_status(self, project: Project) -> str:
        return project.status

    def totals(self, project: Any) -> Totals:
        if not hasattr(project, "totals"):
            project.totals = totals_by_project().get(project.pk, Totals())
        found: Totals = project.totals
        return found

    @admin.display(description="Hours")
    def hours(self, project: Project) -> str:
        found = self.totals(project).hours
        return "–" if found is None else f"{found:,.1f} h"

    @admin.display(description="Your commits")
    def commits(self, project: Project) -> str:
        return f"{self.totals(project).commits:,}"

    @admin.display(description="Lines changed")
    def lines_changed(self, project: Project) -> str:
        return f"{self.totals(project).code_churn:,}"

    @admin.display(description="Active days")
    def active_days(self, project: Project) -> str:
        return f"{self.totals(project).active_days:,}"

    @admin.display(description="Last activity")
    def last_activity(self, project: Project) -> str:
        found = self.totals(project)
        return (
            f"{found.last_activity} ({counted(found.idle_days or 0, 'day')} ago)"
            if found.days
            else "–"
        )


@admin.register(Suggestion)
class SuggestionAdmin(QuickList):
    """What may belong together. It is looked for after syncs, and by a button for projects that are new since."""

    list_display = ("text", "shown_state", "updated_at")
    list_filter = ("state",)
    readonly_fields = fields = ("text", "state", "created_at", "updated_at")
    actions = ("confirm", "refuse")
    actions_list = ("look",)

    # By a dialog, because without one unfold's button is a link, whose request could write without being asked to.
    @action(  # type: ignore[untyped-decorator]  # of unfold, which has no types
        description="Look for similar names",
        icon="search",
        permissions=["decide"],
        dialog={
            "title": "Look for similar names now",
            "description": "",
            "form_submit_text": "Look",
        },
    )
    def look(self, request: HttpRequest, _form: BaseDialogForm) -> HttpResponse:
        found = Suggestion.objects.find()
        self.message_user(request, f"{counted(found, 'new suggestion')}.")
        return self.back_to_list(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Suggestion]:
        return super().get_queryset(request).with_names()  # type: ignore[no-any-return]  # of suggestions

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @labels("State", "state", {"proposed": "warning", "confirmed": "success", "refused": "danger"})
    def shown_state(self, suggestion: Suggestion) -> str:
        return suggestion.state

    @admin.action(description="Confirm", permissions=["decide"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> None:
        for suggestion in queryset:
            try:
                self.message_user(request, f"Joined in the project {suggestion.confirm()}.")
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), level="error")

    @admin.action(description="Refuse", permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Suggestion]) -> None:
        refused = 0
        for suggestion in queryset:
            try:
                suggestion.refuse()
                refused += 1
            except ValidationError as error:
                words = " ".join([suggestion.text, *error.messages])
                self.message_user(request, words, level="error")
        self.message_user(request, f"{counted(refused, 'suggestion')} refused.")
