"""Marked days: proposals to confirm or refuse, and days that a person marks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import truncatechars
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from lifetracker.admin.lists import QuickList, labels
from lifetracker.models import DayMark
from lifetracker.web.forms import RecordForm
from lifetracker.words import counted

STATES = {"proposed": "warning", "confirmed": "success", "refused": "danger"}


@admin.register(DayMark)
class DayMarkAdmin(QuickList):
    list_display = ("date", "kind", "shown_state", "short_reason", "short_note")
    list_filter = ("state", "kind")
    date_hierarchy = "date"
    actions = ("confirm", "refuse")
    form = RecordForm
    readonly_fields = ("reason_texts", "spell", "confirmed_at", "created_at", "updated_at")
    fields = ("date", "kind", "state", "note", *readonly_fields)
    #: What a person says of a day that nobody proposed.
    typed_fields: ClassVar = ("date", "kind", "note")

    def get_fields(self, request: HttpRequest, obj: DayMark | None = None) -> Any:
        return self.typed_fields if obj is None else self.fields

    @labels("State", "state", STATES)
    def shown_state(self, mark: DayMark) -> str:
        return mark.state

    @admin.display(description="Reasons")
    def short_reason(self, mark: DayMark) -> str:
        return truncatechars(" ".join(mark.reason_texts()), 120)

    @admin.display(description="Note", ordering="note")
    def short_note(self, mark: DayMark) -> str:
        return truncatechars(mark.note, 60)

    @admin.display(description="Reasons")
    def reason_texts(self, mark: DayMark) -> SafeString | str:
        return format_html_join("", "<p>{}</p>", ((text,) for text in mark.reason_texts())) or "–"

    @admin.action(description="Confirm", permissions=["decide"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        self._answer(request, queryset, DayMark.State.CONFIRMED)

    @admin.action(description="Refuse", permissions=["decide"])
    def refuse(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        self._answer(request, queryset, DayMark.State.REFUSED)

    def _answer(self, request: HttpRequest, marks: QuerySet[Model], state: DayMark.State) -> None:
        number = DayMark.objects.filter(pk__in=marks.values("pk")).answer(state)
        self.message_user(request, f"{counted(number, 'day')} {state}.")
