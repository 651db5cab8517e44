"""What the lists and pages of the admin share: columns, filters, and lists that stay quick."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache, partial
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display
from unfold.views import ChangeList

from lifetracker.days import local_date
from lifetracker.models import MANUAL, RejectedItem
from lifetracker.models.fields import label_of, unit_of
from lifetracker.sync.streams import file_sources, sources
from lifetracker.web.admin_lists import make_lists_lean, tick_box, without_indents
from lifetracker.words import title_of

Choices = list[tuple[str, str]]
UNKNOWN_SELECTION = "This selection is not known, and nothing was done. Select rows in the list."
make_lists_lean()


def labels(
    description: str, ordering: str, colours: dict[str, str]
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A column of coloured labels: from each value, or the first of a pair, to one of the theme's
    kinds."""

    def mark(column: Callable[..., Any]) -> Callable[..., Any]:
        return display(description=description, ordering=ordering, label=colours)(column)  # type: ignore[no-any-return]

    return mark


class Figure(NamedTuple):
    """A column of numbers in a list of records, rounded for reading: services send a dozen digits."""

    name: str
    title: str
    digits: int


def figure(name: str, title: str = "", digits: int = 0) -> Figure:
    """Return an entry of `list_display`: the number of that name, so many digits after the point. Its head is the
    title, else the name of the field, with the field's unit."""
    return Figure(name, title, digits)


def list_column(model: type[Model], entry: Any) -> Any:
    """Return an entry of `list_display` as Django takes it. A number whose field says its unit is a Figure even
    where only its name is given."""
    if isinstance(entry, str):
        field = next((one for one in model._meta.concrete_fields if one.name == entry), None)
        if unit_of(field) is None:
            return entry
        entry = figure(entry, digits=0 if isinstance(field, models.IntegerField) else 1)
    return column_of(model, entry) if isinstance(entry, Figure) else entry


def column_of(model: type[Model], shown: Figure) -> Callable[[Any], str | None]:
    field = next(one for one in model._meta.concrete_fields if one.name == shown.name)
    title = label_of(field, shown.title)

    @admin.display(description=title, ordering=shown.name)
    def column(record: Any) -> str | None:
        value = getattr(record, shown.name)
        return None if value is None else f"{value:,.{shown.digits}f}"

    column.__name__ = shown.name
    return column


def count(name: str, title: str) -> Callable[[Any], str]:
    """A column that sums up one of a run's counts over its streams; a dash for none."""

    @admin.display(description=title)
    def column(run: Any) -> str:
        return f"{run.total(name):,}" if run.total(name) else "–"

    column.__name__ = name
    return column


def duration(seconds: float) -> str:
    """Return `12 s`, `3 min 20 s` or `2 h 5 min`."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return (
        f"{minutes} min {rest} s"
        if minutes
        else f"{seconds:.1f} s"
        if seconds < 10
        else f"{rest} s"
    )


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

    def queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> QuerySet[Model]:
        value = self.value()
        return queryset.filter(**{str(self.parameter_name): value}) if value else queryset


class SourceFilter(ChoiceFilter):
    title = "source"
    parameter_name = "source"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [(name, title_of(name)) for name in [*sources, *file_sources, MANUAL]]


class SyncedFilter(SourceFilter):
    """Only the sources that are synced or imported."""

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        return [(name, title_of(name)) for name in [*sources, *file_sources]]


class StreamFilter(ChoiceFilter):
    title = "stream"
    parameter_name = "stream"

    def lookups(self, request: HttpRequest, model_admin: object) -> Choices:
        names = {stream.name for source in sources.values() for stream in source.streams}
        names |= set(RejectedItem.objects.order_by().values_list("stream", flat=True).distinct())
        return [(name, name) for name in sorted(names)]


class QuickChangeList(ChangeList):
    """A page of a long list costs about as much as a page of a short one."""

    def get_queryset(self, request: HttpRequest, *args: Any, **kwargs: Any) -> QuerySet[Model]:
        # Whole payloads would be carried through every sort.
        queryset = super().get_queryset(request, *args, **kwargs).defer(*self.model_admin.heavy)
        span = cache(partial(span_of, queryset.all()))
        queryset.aggregate = lambda **ends: span(ends["first"].source_expressions[0].name)
        for periods in ("dates", "datetimes"):
            ask = getattr(queryset, periods)
            setattr(queryset, periods, partial(years_between, span, ask))
        return queryset  # type: ignore[no-any-return]

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query and not self.get_filters_params():
            # Nothing is left out, and counting it again would not tell more.
            self.full_result_count = self.result_count


def span_of(queryset: QuerySet[Model], field: str) -> dict[str, Any]:
    """Return the `first` and the `last` value, each read by an index: what the date hierarchy asks for by one
    statement, for which a database reads every row."""
    known = queryset.exclude(**{field: None}).values_list(field, flat=True)
    ends = {"first": field, "last": f"-{field}"}
    return {end: known.order_by(order)[:1].first() for end, order in ends.items()}


def years_between(
    span: Callable[[str], dict[str, Any]], ask: Callable[..., Any], field: str, kind: str
) -> Iterable[date]:
    """What the date hierarchy asks of a queryset. For its list of years Django has the database cut
    the date of every row, a third of a second for 100,000 of them in SQLite; between the first and
    the last year of a life's record there are hardly empty ones."""
    if kind != "year":
        return ask(field, kind)  # type: ignore[no-any-return]
    ends = span(field)
    if ends["first"] is None:
        return []
    first, last = (year_of(ends[end]) for end in ("first", "last"))
    return [date(year, 1, 1) for year in range(first, last + 1)]


def year_of(value: date) -> int:
    return local_date(value).year if isinstance(value, datetime) else value.year


class LeanList(ModelAdmin):
    """A list whose page carries little beside what it shows."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        response: HttpResponse = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse):
            response.add_post_render_callback(without_indents)
        return response

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Model]
    ) -> HttpResponse | None:
        """Do what was chosen with the selected rows; say so where the selection cannot be one, for which Django fails."""
        try:
            for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(chosen, None)
        except ValidationError:
            self.message_user(request, UNKNOWN_SELECTION, level="error")
            return None
        return super().response_action(request, queryset)  # type: ignore[no-any-return]

    @display(description=ModelAdmin.action_checkbox.short_description)  # type: ignore[untyped-decorator]
    def action_checkbox(self, obj: Model) -> SafeString:
        return tick_box(obj)


class QuickList(LeanList):
    """A list that stays quick however long it grows."""

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """For actions on rows whose columns are for nobody to change: who may only look may not act."""
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    def back_to_list(self, request: HttpRequest) -> HttpResponse:
        """Answer what a dialog of the list sent."""
        listing = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
        if "HX-Request" in request.headers:
            # The dialog's own script sent it: a plain redirect would be loaded into the dialog.
            return HttpResponse(headers={"HX-Redirect": listing})
        return HttpResponseRedirect(listing)

    show_full_result_count = False
    list_per_page = 50
    # Whether its pages want a confirmation first (`accounts/confirmation.py`).
    confirm_first = False
    # Columns that no list shows.
    heavy: Sequence[str] = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return QuickChangeList

    @admin.display(description="Source", ordering="source")
    def service(self, row: Any) -> str:
        """Return the source of a row as its service writes its name."""
        return title_of(row.source)


class ReadOnlyInline(TabularInline):
    """What belongs to a row, to be read: it is changed elsewhere."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(QuickList):
    """A list that nobody adds to, changes or deletes from."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
