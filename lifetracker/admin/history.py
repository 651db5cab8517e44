"""The history of syncs: runs, totals, verified stretches, and what was rejected or is missing."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminTextInputWidget

from lifetracker.admin.lists import (
    Choices,
    ReadOnlyAdmin,
    StreamFilter,
    SyncedFilter,
    count,
    duration,
    labels,
    pretty,
)
from lifetracker.models import (
    FileImport,
    PendingDeletion,
    RejectedItem,
    SyncRun,
    SyncRunTotal,
    SyncState,
)
from lifetracker.sync.stopping import Stop, stop
from lifetracker.words import counted


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    list_display = (
        "started_at",
        "service",
        "kind",
        "outcome",
        count("seen", "Read"),
        count("created", "New"),
        count("updated", "Changed"),
        count("deleted", "Deleted"),
        count("rejected", "Rejected"),
        "took",
        "short_error",
    )
    list_filter = (SyncedFilter, "kind", "status")
    date_hierarchy = "started_at"
    list_per_page = 40
    search_fields = ("error",)
    actions = ("stop",)
    fields = (
        "service",
        "kind",
        "outcome",
        "window_start",
        "window_end",
        "started_at",
        "finished_at",
        "took",
        "days",
        ("asked_from", "asked_to"),
        "in_queue",
        "attempts",
        "resume_at",
        "stop_asked_at",
        "requests",
        "progress_done",
        "progress_total",
        "progress_failed",
        "error",
        "per_stream",
    )

    @admin.action(description="Stop, and keep what was read", permissions=["decide"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        outcomes = [stop(pk) for pk in queryset.values_list("pk", flat=True)]
        for outcome in sorted(set(outcomes), key=list(Stop).index):
            number = counted(outcomes.count(outcome), "run")
            self.message_user(request, f"{number}: {outcome.value}")

    @labels(
        "Status",
        "status",
        {
            "success": "success",
            "partial": "warning",
            "failed": "danger",
            "stopped": "warning",
            "running": "info",
            "queued": "info",
        },
    )
    def outcome(self, run: SyncRun) -> str:
        return run.status

    @admin.display(description="Duration")
    def took(self, run: SyncRun) -> str | None:
        if run.finished_at is None:
            return None
        return duration((run.finished_at - run.started_at).total_seconds())

    @admin.display(description="Message")
    def short_error(self, run: SyncRun) -> str:
        return truncatechars(run.error, 60)

    @admin.display(description="Counts per stream")
    def per_stream(self, run: SyncRun) -> SafeString:
        return pretty(run.counts)


@admin.register(FileImport)
class FileImportAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "user", "kind", "file_name", "outcome", "finished_at", "said")
    list_filter = ("kind", "state")
    list_select_related = ("user",)
    search_fields = ("file_name",)
    fields = (
        *(
            "user",
            "kind",
            "file_name",
            "size",
            "outcome",
            "step",
            "progress_done",
            "progress_total",
        ),
        *("attempts", "created_at", "started_at", "previewed_at", "finished_at", "run", "result"),
    )

    @labels(
        "Status",
        "state",
        {
            "done": "success",
            "failed": "danger",
            "cancelled": "warning",
            "running": "info",
            "waiting": "info",
            "asks": "info",
        },
    )
    def outcome(self, job: FileImport) -> str:
        return job.state

    @admin.display(description="Message")
    def said(self, job: FileImport) -> str:
        return truncatechars(job.result, 60)


@admin.register(SyncState)
class SyncStateAdmin(ReadOnlyAdmin):
    list_display = ("stream", "service", "since", "verified_to", "history", "updated_at")
    list_filter = (SyncedFilter,)
    search_fields = ("stream",)
    fields = ("service", "stream", "since", "verified_to", "history", "full_from")

    @admin.display(description="Verified from", ordering="verified_from")
    def since(self, state: SyncState) -> str | datetime | None:
        return "the beginning" if state.whole_history else state.verified_from

    @admin.display(description="Whole history", boolean=True)
    def history(self, state: SyncState) -> bool:
        return state.whole_history


@admin.register(SyncRunTotal)
class SyncRunTotalAdmin(ReadOnlyAdmin):
    list_display = (
        "first_day",
        "service",
        "kind",
        "runs",
        "incomplete",
        "requests",
    )
    list_filter = (SyncedFilter, "kind")
    fields = ("service", "kind", "first_day", "runs", "incomplete", "requests", "per_stream")

    @admin.display(description="Month", ordering="month")
    def first_day(self, total: SyncRunTotal) -> str:
        return f"{total.month:%b %Y}"

    @admin.display(description="Counts per stream")
    def per_stream(self, total: SyncRunTotal) -> SafeString:
        return pretty(total.counts)


class DismissedFilter(admin.SimpleListFilter):
    title = "dismissed"
    parameter_name = "dismissed"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [("no", "No"), ("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        if self.value() in {"yes", "no"}:
            return queryset.filter(dismissed_at__isnull=self.value() == "no")
        return queryset


class ReasonForm(ActionForm):
    """The choice of an action, with a reason for those that want one."""

    reason = forms.CharField(
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "Why you dismiss them"}),
    )


@admin.register(RejectedItem)
class RejectedItemAdmin(ReadOnlyAdmin):
    heavy = ("payload",)
    # By the primary key: nothing else about them is worth an index.
    ordering = ("-id",)
    list_display = (
        "item_key",
        "service",
        "stream",
        "short_reason",
        "first_seen_at",
        "last_seen_at",
        "state",
    )
    list_filter = (SyncedFilter, StreamFilter, DismissedFilter)
    search_fields = ("item_key", "reason")
    actions = ("dismiss", "take_back")
    action_form = ReasonForm
    fields = (
        "service",
        "stream",
        "item_key",
        "reason",
        "first_seen_at",
        "last_seen_at",
        ("dismissed_at", "dismissed_by"),
        "dismissal_reason",
        "pretty_payload",
    )

    @admin.action(description="Dismiss, with the reason entered here", permissions=["decide"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            self.message_user(
                request, "Nothing was dismissed. Enter a reason next to the action.", messages.ERROR
            )
            return
        number = queryset.dismiss(request.user.get_username(), reason)  # type: ignore[attr-defined]  # its own
        self.message_user(request, f"Items dismissed: {number}.")

    @admin.action(description="Undo the dismissal", permissions=["decide"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        self.message_user(request, f"Items pending again: {queryset.take_back()}.")  # type: ignore[attr-defined]  # its own

    @labels("State", "dismissed_at", {"dismissed": ""})
    def state(self, item: RejectedItem) -> str:
        return "dismissed" if item.dismissed_at else ""

    @admin.display(description="Reason")
    def short_reason(self, item: RejectedItem) -> str:
        return truncatechars(item.reason, 80)

    @admin.display(description="Data as received")
    def pretty_payload(self, item: RejectedItem) -> SafeString:
        if not item.is_cut:
            return pretty(item.payload)
        about = f"The first {len(item.payload):,} of {item.payload_length:,} characters:"
        return format_html("<p>{}</p>{}", about, pretty(item.payload))


@admin.register(PendingDeletion)
class PendingDeletionAdmin(ReadOnlyAdmin):
    list_display = ("source_id", "service", "stream", "held_on", "accepted")
    list_filter = (SyncedFilter, "accepted")
    search_fields = ("source_id",)
    fields = ("service", "stream", "source_id", "held_on", "accepted")
    actions = ("accept",)

    @admin.action(
        description="Accept the deletion at the next sync",
        permissions=["decide"],
    )
    def accept(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        number = queryset.accept()  # type: ignore[attr-defined]  # its own
        self.message_user(
            request,
            f"Deletions accepted: {number}. The next sync marks these records as deleted, unless the service lists them again.",
        )
