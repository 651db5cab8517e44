"""The admin: what every record's page shares, the books of the sync, and the accounts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, User
from django.db import models
from django.db.models import Max, Min, Model, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_q import admin as queue
from django_q.models import Failure, OrmQ, Schedule, Success
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.forms import ActionForm, AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.views import ChangeList
from unfold.widgets import UnfoldAdminSplitDateTimeWidget, UnfoldAdminTextInputWidget

from lifetracker.days import local_date
from lifetracker.forms import RecordForm, instant_of
from lifetracker.models import (
    MANUAL,
    ApiToken,
    Lease,
    PendingDeletion,
    RejectedItem,
    SourceRecord,
    SyncRun,
    SyncRunTotal,
    SyncState,
    WebhookDelivery,
)
from lifetracker.streams import file_sources, sources

Choices = list[tuple[str, str]]


def labels(
    description: str, ordering: str, colours: dict[str, str]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A column of coloured labels: from each value, or the first of a pair, to one of the theme's
    kinds."""

    def mark(column: Callable[..., Any]) -> Callable[..., Any]:
        return display(description=description, ordering=ordering, label=colours)(column)  # type: ignore[no-any-return]

    return mark


def figure(name: str, title: str, digits: int = 0) -> Callable[[Any], str | None]:
    """A column of numbers, rounded for reading: services send a dozen digits."""

    @admin.display(description=title, ordering=name)
    def column(record: Any) -> str | None:
        value = getattr(record, name)
        return None if value is None else f"{value:,.{digits}f}"

    column.__name__ = name
    return column


def pretty(payload: Any) -> SafeString:
    """Indented JSON; what is no JSON as it is."""
    if isinstance(payload, str):
        try:
            payload = json.loads(payload)
        except ValueError:
            return format_html('<pre class="lt-payload">{}</pre>', payload)
    text = json.dumps(payload, indent=2, ensure_ascii=False)
    return format_html('<pre class="lt-payload">{}</pre>', text)


class ChoiceFilter(admin.SimpleListFilter):
    """Equality with one of a few values that are known beforehand: Django's own filter would ask
    the whole table which there are."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(**{str(self.parameter_name): value}) if value else queryset


class SourceFilter(ChoiceFilter):
    title = "source"
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(name, name) for name in [*sources, *file_sources, MANUAL]]


class SyncedFilter(SourceFilter):
    """Without what is typed in, which no sync writes about."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(name, name) for name in [*sources, *file_sources]]


class StreamFilter(ChoiceFilter):
    title = "stream"
    parameter_name = "stream"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        names = {stream.name for source in sources.values() for stream in source.streams}
        names |= set(RejectedItem.objects.order_by().values_list("stream", flat=True).distinct())
        return [(name, name) for name in sorted(names)]


class GoneFilter(admin.SimpleListFilter):
    title = "gone upstream"
    parameter_name = "gone"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("no", "No"), ("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in {"yes", "no"}:
            return queryset.filter(deleted_at__isnull=self.value() == "no")
        return queryset


class QuickChangeList(ChangeList):
    """A page of a long list costs about as much as a page of a short one."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        # Whole payloads would be carried through every sort.
        queryset = super().get_queryset(request, *args, **kwargs).defer(*self.model_admin.heavy)
        for periods in ("dates", "datetimes"):
            ask = getattr(queryset, periods)
            setattr(queryset, periods, partial(years_between, queryset, ask))
        return queryset  # type: ignore[no-any-return]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.get_filters_params():
            # Nothing is left out, and counting it again would not tell more.
            self.full_result_count = self.result_count


def years_between(
    queryset: QuerySet[Any], ask: Callable[..., Any], field: str, kind: str
) -> Iterable[date]:
    """What the date hierarchy asks of a queryset. For its list of years Django has the database cut
    the date of every row, a third of a second for 100,000 of them in SQLite; between the first and
    the last year of a life's record there are hardly empty ones."""
    if kind != "year":
        return ask(field, kind)  # type: ignore[no-any-return]
    span = queryset.aggregate(first=Min(field), last=Max(field))
    if span["first"] is None:
        return []
    first, last = (year_of(span[end]) for end in ("first", "last"))
    return [date(year, 1, 1) for year in range(first, last + 1)]


def year_of(value: date) -> int:
    return local_date(value).year if isinstance(value, datetime) else value.year


class QuickList(ModelAdmin):
    """A list that stays quick however long it grows."""

    show_full_result_count = False
    list_per_page = 50
    # Columns that no list shows.
    heavy: Sequence[str] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QuickChangeList


class InstantField(forms.SplitDateTimeField):
    """A date and a time on the wall. Django's own refuses the hour that clocks show twice in autumn;
    here it is the first of the two."""

    widget = UnfoldAdminSplitDateTimeWidget

    def compress(self, data_list: Any) -> datetime | None:
        # Where one of the two is missing, the other class says so.
        if not data_list or any(part in self.empty_values for part in data_list):
            return super().compress(data_list)
        return instant_of(datetime.combine(*data_list))


class SourceRecordAdmin(QuickList):
    """Records: what a service sent is for reading, what was typed in may be edited. Tombstones are
    listed, and marked."""

    # Whether a person may type in records of this kind.
    typed_in = False
    # The order of the fields; all of the model where it is empty.
    facts: Sequence[Any] = ()
    form = RecordForm
    formfield_overrides: ClassVar = {models.DateTimeField: {"form_class": InstantField}}
    bookkeeping = (
        *("source", "source_id", "in_future", "deleted_at"),
        *("created_at", "updated_at", "payload"),
    )
    readonly_fields: Sequence[str] = bookkeeping
    heavy: Sequence[str] = ("raw",)
    search_fields: Sequence[str] = ("source_id",)
    search_help_text = "The id at the service"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.typed_in and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_own(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.is_own(obj) and super().has_delete_permission(request, obj)

    def is_own(self, record: Model | None) -> bool:
        """Whether it was typed in; without a record, whether there can be such."""
        return self.typed_in and (record is None or getattr(record, "source", "") == MANUAL)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        every = self.get_fields(request, obj)
        facts = self.facts or [name for name in every if name not in self.bookkeeping]
        if obj is None:
            return [(None, {"fields": facts})]
        return [(None, {"fields": facts}), ("Where it comes from", {"fields": self.bookkeeping})]

    @admin.display(description="Payload as received")
    def payload(self, record: SourceRecord) -> SafeString | None:
        return None if record.raw is None else pretty(record.raw)

    @labels("Upstream", "deleted_at", {"gone": "danger", "dated in the future": "warning"})
    def upstream(self, record: SourceRecord) -> str:
        if record.deleted_at:
            return "gone"
        return "dated in the future" if record.in_future else ""

    @admin.display(description="Dated in the future", boolean=True)
    def in_future(self, record: SourceRecord) -> bool:
        return record.in_future


class Ledger(QuickList):
    """The sync's own books, for reading only."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(SyncRun)
class SyncRunAdmin(Ledger):
    list_display = (
        "started_at",
        "source",
        "kind",
        "outcome",
        "seen",
        "created",
        "updated",
        "deleted",
        "rejected",
        "took",
        "short_error",
    )
    list_filter = (SyncedFilter, "kind", "status")
    date_hierarchy = "started_at"
    search_fields = ("error",)
    fields = (
        "source",
        "kind",
        "outcome",
        "window_start",
        "window_end",
        "started_at",
        "finished_at",
        "took",
        "days",
        "in_queue",
        "attempts",
        "resume_at",
        "requests",
        "progress_done",
        "progress_total",
        "progress_failed",
        "error",
        "per_stream",
    )

    @labels(
        "Status",
        "status",
        {
            "success": "success",
            "partial": "warning",
            "failed": "danger",
            "running": "info",
            "queued": "info",
        },
    )
    def outcome(self, run: SyncRun) -> str:
        return run.status

    @admin.display(description="Took")
    def took(self, run: SyncRun) -> str | None:
        if run.finished_at is None:
            return None
        return f"{(run.finished_at - run.started_at).total_seconds():.1f} s"

    @admin.display(description="Error")
    def short_error(self, run: SyncRun) -> str:
        return truncatechars(run.error, 80)

    @admin.display(description="Seen")
    def seen(self, run: SyncRun) -> int:
        return run.total("seen")

    @admin.display(description="New")
    def created(self, run: SyncRun) -> int:
        return run.total("created")

    @admin.display(description="Changed")
    def updated(self, run: SyncRun) -> int:
        return run.total("updated")

    @admin.display(description="Gone")
    def deleted(self, run: SyncRun) -> int:
        return run.total("deleted")

    @admin.display(description="Rejected")
    def rejected(self, run: SyncRun) -> int:
        return run.total("rejected")

    @admin.display(description="Counts per stream")
    def per_stream(self, run: SyncRun) -> SafeString:
        return pretty(run.counts)


@admin.register(SyncState)
class SyncStateAdmin(Ledger):
    list_display = ("__str__", "verified_from", "verified_to", "history", "updated_at")
    list_filter = (SyncedFilter,)
    search_fields = ("stream",)
    fields = ("source", "stream", "verified_from", "verified_to", "history", "full_from")
    readonly_fields = ("history",)

    @admin.display(description="Whole history", boolean=True)
    def history(self, state: SyncState) -> bool:
        return state.whole_history


@admin.register(SyncRunTotal)
class SyncRunTotalAdmin(Ledger):
    list_display = ("month", "source", "kind", "runs", "incomplete", "requests")
    list_filter = (SyncedFilter, "kind")
    fields = ("source", "kind", "month", "runs", "incomplete", "requests", "per_stream")
    readonly_fields = ("per_stream",)

    @admin.display(description="Counts per stream")
    def per_stream(self, total: SyncRunTotal) -> SafeString:
        return pretty(total.counts)


class DismissedFilter(admin.SimpleListFilter):
    title = "dismissed"
    parameter_name = "dismissed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("no", "No"), ("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() in {"yes", "no"}:
            return queryset.filter(dismissed_at__isnull=self.value() == "no")
        return queryset


class ReasonForm(ActionForm):
    """The choice of an action, with a reason for those that want one."""

    reason = forms.CharField(
        required=False,
        max_length=1000,
        widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "Reason, to dismiss"}),
    )


@admin.register(RejectedItem)
class RejectedItemAdmin(Ledger):
    heavy = ("payload",)
    # By the primary key: nothing else about them is worth an index.
    ordering = ("-id",)
    list_display = ("__str__", "short_reason", "first_seen_at", "last_seen_at", "state")
    list_filter = (SyncedFilter, StreamFilter, DismissedFilter)
    search_fields = ("item_key", "reason")
    actions = ("dismiss", "take_back")
    action_form = ReasonForm
    fields = (
        "source",
        "stream",
        "item_key",
        "reason",
        "first_seen_at",
        "last_seen_at",
        ("dismissed_at", "dismissed_by"),
        "dismissal_reason",
        "pretty_payload",
    )

    def has_dismiss_permission(self, request: HttpRequest) -> bool:
        # To change the others of its columns is for nobody.
        return request.user.has_perm("lifetracker.change_rejecteditem")

    @admin.action(description="Dismiss, for the reason beside", permissions=["dismiss"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        reason = request.POST.get("reason", "").strip()
        if not reason:
            self.message_user(
                request, "Nothing was dismissed: say why, beside the action.", messages.ERROR
            )
            return
        count = queryset.dismiss(request.user.get_username(), reason)  # type: ignore[attr-defined]  # its own
        self.message_user(request, f"{count} dismissed.")

    @admin.action(description="Take the dismissal back", permissions=["dismiss"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.message_user(request, f"{queryset.take_back()} are pending again.")  # type: ignore[attr-defined]  # its own

    @labels("State", "dismissed_at", {"dismissed": ""})
    def state(self, item: RejectedItem) -> str:
        return "dismissed" if item.dismissed_at else ""

    @admin.display(description="Reason")
    def short_reason(self, item: RejectedItem) -> str:
        return truncatechars(item.reason, 120)

    @admin.display(description="Payload as received")
    def pretty_payload(self, item: RejectedItem) -> SafeString:
        if not item.is_cut:
            return pretty(item.payload)
        said = f"The first {len(item.payload):,} of {item.payload_length:,} characters:"
        return format_html("<p>{}</p>{}", said, pretty(item.payload))


@admin.register(PendingDeletion)
class PendingDeletionAdmin(Ledger):
    list_display = ("source_id", "source", "stream", "held_on", "accepted")
    list_filter = (SyncedFilter, "accepted")
    search_fields = ("source_id",)
    fields = ("source", "stream", "source_id", "held_on", "accepted")
    actions = ("accept",)

    @admin.action(description="Accept: mark as deleted at the next sync that misses them")
    def accept(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = queryset.update(accepted=True)
        self.message_user(
            request,
            f"Deletions accepted: {count}. The next sync that misses them carries them out.",
        )


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(Ledger):
    list_display = (
        "received_at",
        "source",
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
        "source",
        "event",
        "delivery_id",
        "subject",
        "received_at",
        "handled_at",
        "attempts",
        "resume_at",
        "outcome",
    )

    @admin.action(description="Try again what was given up")
    def again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        self.message_user(request, f"{queryset.try_again()} will be tried again.")  # type: ignore[attr-defined]  # its own

    @admin.display(description="Outcome")
    def short_outcome(self, delivery: WebhookDelivery) -> str:
        return truncatechars(delivery.outcome, 80)


@admin.register(Lease)
class LeaseAdmin(Ledger):
    list_display = ("name", "holder", "expires_at")
    search_fields = ("name",)


# Django registers these two with forms of its own look.
admin.site.unregister([User, Group])


@admin.register(User)
class UserAdmin(DjangoUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, ModelAdmin):
    pass


@admin.register(ApiToken)
class ApiTokenAdmin(QuickList):
    """Made here, its secret is told once; its digest is in no list and no form."""

    list_display = ("name", "prefix", "user", "rights", "state", "last_used_at", "expires_at")
    list_select_related = ("user",)
    list_filter = ("read_only",)
    search_fields = ("name", "prefix")
    fields = (
        "user",
        "name",
        "read_only",
        "expires_at",
        "prefix",
        "created_at",
        "last_used_at",
        "revoked_at",
    )
    formfield_overrides: ClassVar = {models.DateTimeField: {"form_class": InstantField}}
    actions = ("revoke",)

    @labels("Rights", "read_only", {"read": "info", "read and write": "warning"})
    def rights(self, token: ApiToken) -> str:
        return "read" if token.read_only else "read and write"

    @labels("State", "revoked_at", {"works": "success", "expired": "warning", "revoked": "danger"})
    def state(self, token: ApiToken) -> str:
        if token.revoked_at:
            return "revoked"
        return "expired" if token.has_expired else "works"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """A token has the rights of its person: those of others are for superusers alone."""
        every: QuerySet[Any] = super().get_queryset(request)
        return every if request.user.is_superuser else every.filter(user=request.user.pk)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        kept = ("prefix", "created_at", "last_used_at", "revoked_at")
        return ("user", *kept) if obj else kept

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return super().get_fields(request, obj) if obj else self.fields[:4]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        given: dict[str, Any] = super().get_changeform_initial_data(request)
        return given | {"user": request.user.pk}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if not request.user.is_superuser:
            kwargs["queryset"] = User.objects.filter(username=request.user.get_username())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=form.changed_data)
            return
        secret = obj.draw_secret()
        obj.save()
        self.message_user(request, f"The token, which is shown this once: {secret}")

    @admin.action(description="Revoke", permissions=["change"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        count = queryset.revoke()  # type: ignore[attr-defined]  # ApiToken's own
        self.message_user(request, f"{count} revoked.")


# So does the queue.
admin.site.unregister([Schedule, Success, Failure])
if admin.site.is_registered(OrmQ):  # where the database is the broker
    admin.site.unregister(OrmQ)


@admin.register(Schedule)
class ScheduleAdmin(queue.ScheduleAdmin, ModelAdmin):
    pass


@admin.register(Success)
class SuccessAdmin(queue.TaskAdmin, ModelAdmin):
    pass


@admin.register(Failure)
class FailureAdmin(queue.FailAdmin, ModelAdmin):
    pass


@admin.register(OrmQ)
class WaitingAdmin(queue.QueueAdmin, ModelAdmin):
    pass


# Their order: what the person lives first, what keeps the program running last. Models of which
# nothing is said here come under «More».
SIDEBAR = {
    "Life": [
        "weight.WeighIn",
        "fasting.FastingPeriod",
        "time_logs.TimeEntry",
        "workouts.Workout",
    ],
    "WHOOP": [
        "whoop.WhoopRecovery",
        "whoop.WhoopSleep",
        "whoop.WhoopCycle",
        "whoop.WhoopWorkout",
        "whoop.WhoopProfile",
    ],
    "Toggl and Withings": [
        "time_logs.TogglProject",
        "time_logs.TogglTag",
        "weight.MeasureGroup",
    ],
    "Code": [
        "github_projects.Repository",
        "github_projects.Commit",
        "github_projects.GitHubAccount",
    ],
    "Sync": [
        "oauth_integration.OAuthCredential",
        "lifetracker.SyncRun",
        "lifetracker.SyncRunTotal",
        "lifetracker.RejectedItem",
        "lifetracker.PendingDeletion",
        "lifetracker.SyncState",
        "lifetracker.WebhookDelivery",
        "lifetracker.Lease",
    ],
    "Queue": [
        "django_q.OrmQ",
        "django_q.Schedule",
        "django_q.Success",
        "django_q.Failure",
    ],
    "Accounts": ["auth.User", "auth.Group", "lifetracker.ApiToken"],
}


def groups_of_models(request: HttpRequest) -> dict[str, list[dict[str, Any]]]:
    """The models that this person may see, as the admin describes them; no group is empty."""
    models = {
        f"{app['app_label']}.{model['object_name']}": model
        for app in admin.site.get_app_list(request)
        for model in app["models"]
    }
    named = {label for labels in SIDEBAR.values() for label in labels}
    every = SIDEBAR | {"More": [label for label in models if label not in named]}
    groups = {
        title: [models[label] for label in labels if label in models]
        for title, labels in every.items()
    }
    return {title: found for title, found in groups.items() if found}


def sidebar(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "title": title,
            "items": [{"title": model["name"], "link": model["admin_url"]} for model in models],
        }
        for title, models in groups_of_models(request).items()
    ]


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """The admin's first page, in the order of the side bar."""
    groups = [
        {"name": title, "app_url": request.path, "models": models}
        for title, models in groups_of_models(request).items()
    ]
    return context | {"app_list": groups}


def environment_badge(request: HttpRequest) -> list[str] | None:
    """The admin's badge."""
    return ["Demo data", "warning"] if settings.DEMO else None
