"""What weigh-ins come to by day, week or month, put together by the database, so that Python sees no more of them than
are drawn."""

from __future__ import annotations

from calendar import MONDAY
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Avg, Count, Q

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


class RangeStretches(NamedTuple):
    """The stretches of a range by their first day, in order; how many weigh-ins it has, and how many of these wait for their
    owner to say whose they are."""

    stretches: dict[date, Stretch]
    every: int
    doubtful: int


def read_stretches(
    first: date, last: date, unit: Unit, parts: Sequence[str] = PARTS
) -> RangeStretches:
    """Return what the weigh-ins of a range come to, by one statement."""
    come = Q(measured_at__lte=latest())
    means = {f"mean_{name}": Avg(name, filter=CERTAIN & come) for name in ("weight_kg", *parts)}
    counts = {"every": Count("pk"), "doubtful": Count("pk", filter=DOUBTFUL & come)}
    rows = WeighIn.objects.live().filter(date__range=(first, last)).order_by().values("date")
    days, values = rows.annotate(**counts, **means).query.sql_with_params()
    columns = ", ".join(f"AVG({one}), MIN({one}), MAX({one}), COUNT({one})" for one in means)
    begins = begin_in_sql(unit, MONDAY, "date")
    statement = f"SELECT {begins}, SUM(every), SUM(doubtful), {columns} FROM ({days}) days GROUP BY 1 ORDER BY 1"  # noqa: S608 - only names of columns
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found = cursor.fetchall()
    known = [one for row in found if (one := stretch_of(as_date(row[0]), row[3:], parts))]
    every, doubtful = (sum(int(row[at]) for row in found) for at in (1, 2))
    return RangeStretches({one.begins: one for one in known}, every, doubtful)


def stretch_of(begins: date, numbers: Sequence[Any], parts: Sequence[str]) -> Stretch | None:
    """Return what four numbers for each column come to; None where no weigh-in counts."""
    kg, *others = [
        Values(float(mean), float(least), float(most), days) if days else None
        for mean, least, most, days in zip(*(numbers[at::4] for at in range(4)), strict=True)
    ]
    known = {name: one for name, one in zip(parts, others, strict=True) if one}
    return Stretch(begins, kg, known) if kg else None
