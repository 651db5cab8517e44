"""Records: what a service sent is read-only, what was added by hand can be edited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSplitDateTimeWidget

from lifetracker.admin.lists import Choices, QuickList, labels, list_column, pretty
from lifetracker.models import MANUAL, SourceRecord
from lifetracker.models.conflicts import ConstraintViolated
from lifetracker.models.fields import label_of, unit_of
from lifetracker.web.changes import changes_of
from lifetracker.web.clock import date_and_time
from lifetracker.web.forms import DayField, RecordForm, instant_of


def changes_list(record: Model) -> SafeString:
    """Return what happened to a record, newest first."""
    found = changes_of([record])
    lines = format_html_join(
        "", "<li>{}: {}</li>", ((date_and_time(one.at), one.sentence) for one in found.shown)
    )
    return format_html("<ul>{}</ul>", lines) if lines else SafeString("Nothing has changed.")


class GoneFilter(admin.SimpleListFilter):
    title = "deleted at the service"
    parameter_name = "gone"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [("no", "No"), ("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        if self.value() in {"yes", "no"}:
            return queryset.filter(deleted_at__isnull=self.value() == "no")
        return queryset


class InstantField(forms.SplitDateTimeField):
    """A date and a time on the wall. Django's own refuses the hour that clocks show twice in autumn;
    here it is the first of the two."""

    widget = UnfoldAdminSplitDateTimeWidget

    def compress(self, data_list: Any) -> datetime | None:
        # Where one of the two is missing, the other class says so.
        if not data_list or any(part in self.empty_values for part in data_list):
            return super().compress(data_list)
        return instant_of(datetime.combine(*data_list))


def folded(fields: Sequence[Any]) -> dict[str, Any]:
    return {"fields": fields, "classes": ["collapse"]}


class SourceRecordAdmin(QuickList):
    """Records: what a service sent is read-only, what a person added can be edited. Records that the service has
    deleted are listed, and marked."""

    list_display: Sequence[Any] = ("__str__",)
    #: Whether a person may add records of this kind.
    typed_in = False
    #: The fields in their order; all of the model where it is empty. Those in brackets stand side by side.
    facts: Sequence[Any] = ()
    #: Fields that are seldom needed, folded away.
    details: Sequence[Any] = ()
    #: Fields that only a service fills, so that no form asks a person for them.
    from_service: Sequence[Any] = ()
    form = RecordForm
    formfield_overrides: ClassVar = {
        models.DateTimeField: {"form_class": InstantField},
        models.DateField: {"form_class": DayField},
    }
    bookkeeping = (
        *("service", "source_id", "in_future", "deleted_at"),
        *("created_at", "updated_at", "payload"),
    )
    readonly_fields: Sequence[str] = (*bookkeeping, "changes")
    heavy: Sequence[str] = ("raw",)
    search_fields: Sequence[str] = ("source_id",)
    search_help_text = "Search by the id at the service"

    def __init__(self, model: type[Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self.list_display = [list_column(model, entry) for entry in self.list_display]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show in the form also what another process has stored since the form was checked: checked again, it knows."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ConstraintViolated:
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **options: Any
    ) -> Any:
        """Let the labels say the units, also of what can only be read."""
        labels = {one.name: label_of(one) for one in self.opts.concrete_fields if unit_of(one)}
        return super().get_form(request, obj, change, labels=labels, **options)

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
        apart = {*self.bookkeeping, "changes"}
        facts = self.facts or [name for name in every if name not in apart]
        is_own = self.is_own(obj)
        details = self.details if is_own else [*self.details, *self.from_service]
        found: list[Any] = [(None, {"fields": facts})]
        if details:
            found.append(("More values", folded(details)))
        if obj is not None:
            found.append(("Source", folded(self.bookkeeping)))
            found.append(("Changes", folded(["changes"])))
        return found

    @admin.display(description="What changed")
    def changes(self, record: SourceRecord) -> SafeString:
        return changes_list(record)

    @admin.display(description="Data as received")
    def payload(self, record: SourceRecord) -> SafeString | None:
        return None if record.raw is None else pretty(record.raw)

    @labels("State", "deleted_at", {"deleted": "danger", "in the future": "warning"})
    def upstream(self, record: SourceRecord) -> str:
        if record.deleted_at:
            return "deleted"
        return "in the future" if record.in_future else ""

    @admin.display(description="Dated in the future", boolean=True)
    def in_future(self, record: SourceRecord) -> bool:
        return record.in_future
