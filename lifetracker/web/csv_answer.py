"""Records as CSV, to be saved: written line by line, as they are read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import ClassVar

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views import View

from lifetracker import days
from lifetracker.spreadsheets import without_formula
from lifetracker.web.ranges import BadRange, Range, read_range

#: The heads of the columns, and the rows.
Table = tuple[Sequence[str], Iterable[Sequence[object]]]


class RangeAsCsv(LoginRequiredMixin, View):
    """What a page shows of a range of days, to be saved. `name` begins the name of the file."""

    name: ClassVar[str]

    @staticmethod
    def first_day() -> date | None:
        """Return the first day of all that there is."""
        raise NotImplementedError

    def table(self, shown: Range) -> Table:
        """Return the heads of the columns, and the rows. Raises BadRange."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponseBase:
        try:
            shown = read_range(request.GET.dict(), days.today(), self.first_day)
            head, rows = self.table(shown)
        except BadRange as error:
            return HttpResponse(f"{error}\n", "text/plain; charset=utf-8", HTTPStatus.BAD_REQUEST)
        return csv_answer(f"{self.name}-{shown.first}-to-{shown.last}", head, rows)


class Line:
    """What `csv.writer` writes to: it hands each line back."""

    def write(self, text: str) -> str:
        return text


def csv_answer(
    name: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Return a file of that name, without its ending. What is not known is empty, times have their offset from UTC, and a
    text that a spreadsheet would run has an apostrophe before it."""
    return StreamingHttpResponse(
        lines(head, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def lines(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    writer = csv.writer(Line())
    yield writer.writerow(head)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return without_formula(value) if isinstance(value, str) else value
