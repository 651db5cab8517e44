"""Values of own metrics, as an assistant reads them."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from lifetracker.web.assistant.lines import (
    LONGEST_QUOTE,
    Line,
    LinesOfDays,
    name_words,
    register_lines,
)
from lifetracker.web.assistant.markdown import plain
from lifetracker.web.clock import time_words
from own_metrics.models import OwnValue
from own_metrics.page_data import value_words


def value_lines(first: date, last: date, most: int) -> list[Line]:
    """Return a line for each value, and what its owner wrote to it."""
    rows = OwnValue.objects.live().filter(
        date__range=(first, last), metric__deleted_at__isnull=True
    )
    in_order = rows.order_by("date", F("measured_at").asc(nulls_first=True), "pk")
    return [
        line_of(one) for one in in_order.select_related("metric").defer("raw", "metric__raw")[:most]
    ]


def line_of(one: OwnValue) -> Line:
    at = f"{time_words(one.measured_at)}, " if one.measured_at else ""
    value = plain(value_words(one.metric, one.value))
    return Line(
        one.date, f"{at}{name_words(one.metric.name)}: {value}", one.note[: LONGEST_QUOTE * 2]
    )


register_lines(
    LinesOfDays(
        "Metrics of your own",
        35,
        value_lines,
        "Single values as they were added. A metric that is not listed on a day has no value there: that is unknown.",
    )
)
