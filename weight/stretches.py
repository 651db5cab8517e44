"""What weigh-ins come to by day, week or month, put together by the database, so that Python sees no more of them than
are drawn."""

from __future__ import annotations

from calendar import MONDAY
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Avg, Count, Q, QuerySet

from lifetracker.days import latest
from lifetracker.models.rows import as_date
from lifetracker.web.charts.scales import Unit
from lifetracker.web.stretches import begin_in_sql
from weight.models import CERTAIN, DOUBTFUL, PARTS, WeighIn


class Values(NamedTuple):
    """What the known days of a stretch come to: their mean, the least and the most of them, and how many they are. Each
    day counts once, by the mean of its weigh-ins."""

    mean: float
    least: float
    most: float
    days: int


class Stretch(NamedTuple):
    """A day, a week or a month with a weigh-in that counts. `parts`: by column, of those that a scale measured."""

    begins: date
    kg: Values
    parts: dict[str, Values]


class Counts(NamedTuple):
    """How many weigh-ins a range has, and how many of these wait for their owner to say whose they are."""

    every: int
    doubtful: int


def count_weigh_ins(first: date, last: date) -> Counts:
    """Count the weigh-ins of a range, by one statement."""
    asked = DOUBTFUL & Q(measured_at__lte=latest())
    counts = between(first, last).aggregate(every=Count("pk"), doubtful=Count("pk", filter=asked))
    return Counts(**counts)


def read_stretches(
    first: date, last: date, unit: Unit, parts: Sequence[str] = PARTS
) -> dict[date, Stretch]:
    """Return what the weigh-ins of a range come to by the first day of each stretch, in order, by one statement. Those that
    count are looked for once, and not anew for each column."""
    rows = between(first, last).filter(CERTAIN, measured_at__lte=latest()).values("date")
    means = {f"mean_{name}": Avg(name) for name in ("weight_kg", *parts)}
    days, values = rows.annotate(**means).query.sql_with_params()
    columns = ", ".join(f"AVG({one}), MIN({one}), MAX({one}), COUNT({one})" for one in means)
    begins = begin_in_sql(unit, MONDAY, "date")
    statement = f"SELECT {begins}, {columns} FROM ({days}) days GROUP BY 1 ORDER BY 1"  # noqa: S608 - only names of columns
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = [stretch_of(as_date(row[0]), row[1:], parts) for row in cursor]
    return {one.begins: one for one in found if one}


def between(first: date, last: date) -> QuerySet[WeighIn]:
    rows: QuerySet[WeighIn] = WeighIn.objects.live().filter(date__range=(first, last))
    return rows.order_by()


def stretch_of(begins: date, numbers: Sequence[Any], parts: Sequence[str]) -> Stretch | None:
    """Return what four numbers for each column come to; None where no weight is among them."""
    kg, *others = [
        Values(float(mean), float(least), float(most), days) if days else None
        for mean, least, most, days in zip(*(numbers[at::4] for at in range(4)), strict=True)
    ]
    known = {name: one for name, one in zip(parts, others, strict=True) if one}
    return Stretch(begins, kg, known) if kg else None
