"""What keeps the program running: webhook deliveries, leases, and the queue."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django_q import admin as queue
from django_q.models import Failure, OrmQ, Schedule, Success

from lifetracker.admin.lists import LeanList, ReadOnlyAdmin, SyncedFilter
from lifetracker.models import Lease, WebhookDelivery
from lifetracker.sync.streams import sources
from lifetracker.tasks import schedule_name


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    list_display = (
        "received_at",
        "service",
        "event",
        "handled_at",
        "attempts",
        "resume_at",
        "short_outcome",
    )
    list_filter = (SyncedFilter,)
    search_fields = ("delivery_id",)
    actions = ("again",)
    fields = (
        "service",
        "event",
        "delivery_id",
        "subject",
        "received_at",
        "handled_at",
        "attempts",
        "resume_at",
        "outcome",
    )

    @admin.action(description="Try failed deliveries again", permissions=["decide"])
    def again(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        self.message_user(request, f"Deliveries to try again: {queryset.try_again()}.")  # type: ignore[attr-defined]  # its own

    @admin.display(description="Outcome")
    def short_outcome(self, delivery: WebhookDelivery) -> str:
        return truncatechars(delivery.outcome, 80)


@admin.register(Lease)
class LeaseAdmin(ReadOnlyAdmin):
    list_display = ("name", "holder", "expires_at")
    search_fields = ("name",)


# So does the queue.
admin.site.unregister([Schedule, Success, Failure])
if admin.site.is_registered(OrmQ):  # where the database is the broker
    admin.site.unregister(OrmQ)


@admin.register(Schedule)
class ScheduleAdmin(queue.ScheduleAdmin, LeanList):
    """When the workers do something may be changed here, and not what."""

    list_display = ("task_title", "schedule_type", "next_run", "last_run", "ended_well")
    list_display_links = ("task_title",)
    fields = ("name", "schedule_type", "minutes", "repeats", "next_run", "func", "args", "kwargs")
    readonly_fields = ("name", "func", "args", "kwargs")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="Task", ordering="name")
    def task_title(self, schedule: Schedule) -> str:
        """Return the name of a task, with the source as its service writes itself."""
        titles = {schedule_name(source): f"Sync {source.title}" for source in sources.values()}
        return titles.get(schedule.name) or str(schedule.name)

    @admin.display(description="Last run")
    def last_run(self, schedule: Schedule) -> Any:
        return self.get_last_run(schedule) or "not yet"

    @admin.display(description="Successful", boolean=True)
    def ended_well(self, schedule: Schedule) -> Any:
        return self.get_success(schedule)

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "schedule_type":
            # Its text takes a package that is not installed, without which no schedule is read any more.
            kwargs["choices"] = [one for one in Schedule.TYPE if one[0] != Schedule.CRON]
        return super().formfield_for_choice_field(db_field, request, **kwargs)


class QueueRowAdmin(LeanList):
    """What is or was in the queue, to read and to delete. To send it again would run what a row names."""

    actions = ()

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Success)
class SuccessAdmin(QueueRowAdmin, queue.TaskAdmin):
    actions = ()


@admin.register(Failure)
class FailureAdmin(QueueRowAdmin, queue.FailAdmin):
    actions = ()


@admin.register(OrmQ)
class WaitingAdmin(QueueRowAdmin, queue.QueueAdmin):
    pass
