"""The pages of tracked time: a range of days, and the entries behind each of its numbers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.generic import TemplateView

from lifetracker import days
from lifetracker.models import DayMark
from lifetracker.sync.streams import sources
from lifetracker.web.csv_answer import RangeAsCsv, Table
from lifetracker.web.range_page import RangePage
from lifetracker.web.ranges import BadRange, Range, range_links, range_steps
from lifetracker.web.sentences import stretch_words
from lifetracker.web.source_status import SourceStatus, one_source_status
from time_logs.entries_data import entries_of, listed_entries
from time_logs.figures import figures
from time_logs.focus import focus_of
from time_logs.hours_csv import ENTRY_HEAD, entry_cells, hours_table
from time_logs.models import TOGGL, TimeEntry
from time_logs.page_charts import hours_chart
from time_logs.page_data import Asked, RangeHours, first_day, opening_of, range_hours
from time_logs.page_query import asked_for, choices
from time_logs.pivot import pivot
from time_logs.sentences import CONNECT, opening
from time_logs.timer import timer_of
from time_logs.to_look_at import MOST, to_look_at


class RangeView(LoginRequiredMixin, TemplateView):
    """The hours of a range by name and by day, week or month."""

    template_name = "time_logs/range.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked, refused = asked_for(request.GET.dict(), days.today(), first_day)
        context = self.get_context_data(asked=asked, refused=refused)
        status = HTTPStatus.BAD_REQUEST if refused else HTTPStatus.OK
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked: Asked = kwargs["asked"]
        now = timezone.now()
        toggl = one_source_status(sources[TOGGL])
        numbers = range_hours(asked, toggl.runs.states, now)
        running = list(TimeEntry.objects.running().defer("raw"))
        things = to_look_at(asked.shown, now)
        marked = DayMark.objects.kinds_by_day(asked.shown.first, asked.shown.last)
        return super().get_context_data(
            sentence=opening(opening_of(numbers, len(running))),
            hours=hours_chart(numbers, things.days, marked),
            pivot=pivot(numbers),
            figures=figures(numbers),
            timers=[timer_of(entry, numbers) for entry in running],
            things=things,
            focus=focus_of(asked.shown, numbers.recent, now),
            shown=asked.shown,
            toggl=toggl,
            begin=CONNECT if is_untouched(numbers, toggl) and not running else "",
            fresh=[stretch_words(asked.shown.first, asked.shown.last)],
            **choices(asked),
            **kwargs,
        )


def is_untouched(numbers: RangeHours, toggl: SourceStatus) -> bool:
    """Return whether nothing was ever read or typed in: then the page says how to begin."""
    is_begun = numbers.total or toggl.is_connected or toggl.runs.last_success
    return not (is_begun or first_day())


class ThingsView(RangePage):
    """All entries of a range that their owner may want to put right."""

    template_name = "time_logs/to_look_at.html"
    first_day = staticmethod(first_day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: Range = kwargs["shown"]
        things = to_look_at(shown, timezone.now(), MOST)
        return super().get_context_data(things=things, ranges=range_links(shown), **kwargs)


class EntriesView(RangePage):
    """The entries of some days, or of a cell of the table."""

    template_name = "time_logs/entries.html"
    first_day = staticmethod(first_day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: Range = kwargs["shown"]
        entries = entries_of(shown, self.request.GET.dict())
        others = self.request.GET.copy()
        others.pop("page", None)
        steps = range_steps(shown) if entries.is_every else None
        return super().get_context_data(
            entries=entries, steps=steps, query=f"?{others.urlencode()}", **kwargs
        )


class HoursAsCsv(RangeAsCsv):
    """The table of the hours of a range, to be saved, with all of its rows."""

    name = "hours"
    first_day = staticmethod(first_day)

    def table(self, shown: Range) -> Table:
        asked, refused = asked_for(self.request.GET.dict(), shown.today, self.first_day)
        if refused:
            raise BadRange(refused)
        states = one_source_status(sources[TOGGL]).runs.states
        return hours_table(range_hours(asked, states, timezone.now()))


class EntriesAsCsv(RangeAsCsv):
    """The entries of some days, or of a cell of the table, to be saved."""

    name = "time-entries"
    first_day = staticmethod(first_day)

    def table(self, shown: Range) -> Table:
        entries = listed_entries(shown, self.request.GET.dict())
        return ENTRY_HEAD, map(entry_cells, entries.iterator(chunk_size=2000))
