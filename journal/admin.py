from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminTextInputWidget

from journal.models import Answer, Behaviour, Note
from lifetracker.admin import Choices, GoneFilter, SourceRecordAdmin, figure
from lifetracker.web.forms import Names, RecordForm


@admin.register(Behaviour)
class BehaviourAdmin(SourceRecordAdmin):
    typed_in = True
    list_display = ("name", "kind", "unit", "position", "merged_into", "service", "upstream")
    list_filter = ("kind", GoneFilter)
    search_fields = ("name",)
    search_help_text = "Search in the names"
    ordering = ("position", "pk")
    facts = ("name", ("kind", "unit"), "position")
    details = ("archived_at", "merged_into")
    readonly_fields = (*SourceRecordAdmin.readonly_fields, "archived_at", "merged_into")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Behaviour]:
        rows: QuerySet[Behaviour] = super().get_queryset(request)
        return rows.select_related("merged_into").defer("merged_into__raw")

    def delete_model(self, request: HttpRequest, obj: Behaviour) -> None:
        """Keep its answers, which come back with it."""
        obj.mark_deleted()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        for pk in list(queryset.values_list("pk", flat=True)):
            # Read one by one: wordings are deleted with what they count for.
            if one := Behaviour.objects.live().filter(pk=pk).first():
                one.mark_deleted()

    def get_deleted_objects(self, objs: Iterable[Behaviour], request: HttpRequest) -> object:
        """Nothing else goes with a behaviour: it can be restored."""
        return [str(one) for one in objs], {}, set(), []


class BehaviourFilter(admin.SimpleListFilter):
    """By the names alone: Django's own filter reads whole rows."""

    title = "behaviour"
    parameter_name = "behaviour"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        rows = Behaviour.objects.live().order_by("position", "pk").values_list("pk", "name")
        return [(str(pk), name) for pk, name in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        pk = self.value() or ""
        return queryset.filter(behaviour=int(pk)) if pk.isdecimal() else queryset


@admin.register(Answer)
class AnswerAdmin(SourceRecordAdmin):
    typed_in = True
    list_display = ("date", "behaviour", figure("value", digits=1), "note", "service", "upstream")
    list_filter = (BehaviourFilter, GoneFilter)
    date_hierarchy = "date"
    search_fields = ("note",)
    search_help_text = "Search in the notes"
    facts = ("behaviour", "date", "value", "note")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Offer what can be answered, and of a stored answer what it was given to, whatever became of that."""
        asked = Q(deleted_at=None, merged_into=None)
        if request.resolver_match and (pk := request.resolver_match.kwargs.get("object_id")):
            asked |= Q(pk__in=Answer.objects.filter(pk=pk).values("behaviour"))
        rows = Behaviour.objects.filter(asked).order_by("position", "pk")
        options.setdefault("queryset", rows)
        return super().formfield_for_foreignkey(db_field, request, **options)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        answers: QuerySet[Answer] = super().get_queryset(request)
        return answers.select_related("behaviour").defer("behaviour__raw")


class NoteForm(RecordForm):
    tags = Names(
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="Separate tags with commas.",
    )


@admin.register(Note)
class NoteAdmin(SourceRecordAdmin):
    typed_in = True
    form = NoteForm
    list_display = ("written_at", "text", "tags", "service", "upstream")
    list_filter = (GoneFilter,)
    date_hierarchy = "date"
    search_fields = ("text",)
    search_help_text = "Search in the texts"
    facts = ("written_at", "text", "tags")
    details = ("utc_offset_min",)
    from_service = ("date",)
    readonly_fields = (*SourceRecordAdmin.readonly_fields, "date")
