"""The page of the weight: a range of days."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest

from lifetracker.sync.streams import sources
from lifetracker.web.csv_answer import RangeAsCsv, Table
from lifetracker.web.range_page import RangePage
from lifetracker.web.ranges import (
    Range,
    range_links,
    range_steps,
)
from lifetracker.web.sentences import stretch_words
from lifetracker.web.source_status import SourceStatus, one_source_status
from weight.figures import figures
from weight.models import WITHINGS, WeighIn, WeighInQuerySet
from weight.page_charts import body_charts, weight_chart
from weight.page_data import WeightNumbers, first_day, weight_numbers
from weight.sentences import CONNECT, opening
from weight.weigh_ins_csv import HEAD, rows_of

A_PAGE = 14


class RangeView(RangePage):
    """The weigh-ins of a range, their trend, and where it goes."""

    template_name = "weight/range.html"
    first_day = staticmethod(first_day)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        shown: Range = kwargs["shown"]
        withings = one_source_status(sources[WITHINGS])
        has_body = "body" in self.request.GET
        numbers = weight_numbers(shown, withings.runs.states, has_body=has_body)
        listed = table(self.request, numbers)
        return super().get_context_data(
            sentence=opening(numbers.opening),
            figures=figures(numbers),
            weight=weight_chart(numbers),
            body=body_charts(numbers),
            numbers=numbers,
            ranges=range_links(shown),
            steps=range_steps(shown),
            fresh=[stretch_words(shown.first, shown.last)],
            withings=withings,
            begin=CONNECT if not listed["paginator"].count and is_untouched(withings) else "",
            **listed,
            **kwargs,
        )


def is_untouched(withings: SourceStatus) -> bool:
    """Return whether nothing was ever read or typed in: then the page says how to begin."""
    is_begun = withings.is_connected or withings.runs.last_success
    return not (is_begun or WeighIn.objects.live().exists())


def listed_in(shown: Range) -> WeighInQuerySet:
    """Return the weigh-ins of a range, the newest first, also those that count in no figure. In this order they come by an
    index."""
    rows: WeighInQuerySet = WeighIn.objects.live().filter(date__range=(shown.first, shown.last))
    return rows.order_by("-date", "-measured_at", "-pk").defer("raw")


def table(request: HttpRequest, numbers: WeightNumbers) -> dict[str, Any]:
    """Return the part of the table that the address asks for, and the way to its neighbours."""
    rows = listed_in(numbers.shown)
    only = "doubtful" if request.GET.get("only") == "doubtful" else ""
    pages = Paginator(rows.doubtful() if only else rows, A_PAGE)
    # Counted already.
    pages.count = numbers.counts.doubtful if only else numbers.counts.every
    return {
        "page_obj": pages.get_page(request.GET.get("page")),
        "paginator": pages,
        "only": only,
        "query": numbers.shown.query,
    }


class WeighInsAsCsv(RangeAsCsv):
    """The weigh-ins of a range, to be saved."""

    name = "weight"
    first_day = staticmethod(first_day)

    def table(self, shown: Range) -> Table:
        return HEAD, rows_of(listed_in(shown))
