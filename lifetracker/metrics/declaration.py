"""What a metric is: one number for each day of its owner, with its unit and its gaps."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Aggregate, FloatField, Model, Q, QuerySet
from django.db.models.expressions import Combinable, Expression

from lifetracker.metrics.whole_day import WholeDay

#: The value of each day of a range, oldest first; None is unknown.
Values = list[float | None]
#: Rows that have a `date`.
Rows = Callable[[], QuerySet[Model]]
#: What several sources measure the amount of (`Metric.amount_of`).
WORK = "work"
STEPS = "steps"
SLEEP = "sleep"
HEART_RATE = "resting heart rate"
HRV = "HRV"
EATING = "eating window"


class Absent(enum.Enum):
    """What a day without a record means."""

    #: Nobody knows what there was.
    UNKNOWN = "unknown"
    #: There was nothing, on a day on which the metric's sources are verified.
    ZERO = "zero"


class Better(enum.Enum):
    """Which direction its owner may be glad of."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Role(enum.Enum):
    """What an analysis may take it for."""

    #: Something that a person does.
    ACTION = "action"
    #: Something that follows from what a person does.
    OUTCOME = "outcome"
    BOTH = "both"
    #: Something that is only shown.
    CONTEXT = "context"


class Known(enum.Enum):
    """When in its day the value is settled."""

    ON_WAKING = "on waking"
    DURING_DAY = "during the day"
    AT_END_OF_DAY = "at the end of the day"


class Step(NamedTuple):
    """A change of something that a person does, in its unit, and in words: `Step(0.5, "30 minutes later")`."""

    amount: float
    words: str


class DayValues(NamedTuple):
    """What one day of several metrics comes to that one statement reads. `is_open`: something that belongs to it is still
    running or has no score yet, so that the values are only what there is so far. `partly`: the columns whose value is only
    a part for another reason, as there is something whose value nobody knows."""

    values: tuple[float | None, ...]
    is_open: bool = False
    partly: frozenset[int] = frozenset()


#: Reads the days from the first to the second by one statement; a day of which it knows nothing is missing.
Read = Callable[[date, date], Mapping[date, DayValues]]


@dataclass(frozen=True, kw_only=True)
class Grouped:
    """A series of rows grouped by their `date`, in one statement.

    Metrics with the same `rows` are read together.
    """

    rows: Rows
    #: What the rows of one day come to.
    day: Combinable
    #: Those of the rows that make their day unknown, such as what is still running or has no score yet.
    open_rows: Q | None = None
    #: Whether most days have one row. Of a long time these are read as they are, which is quicker than to group them.
    has_one_row: bool = False
    #: How many days before its own one a value is made of, too, as its source says.
    lookback: int = 0

    @cached_property
    def of_one_row(self) -> Combinable:
        """Return what a row comes to that is alone on its day: `day` without its aggregates."""
        found: Combinable = without_aggregates(self.day)
        return found


def without_aggregates(value: Any) -> Any:
    """Return an expression of means, sums and extremes as it is of a single row."""
    if isinstance(value, Aggregate | WholeDay):
        return without_aggregates(value.source_expressions[0])
    if not isinstance(value, Expression) or not value.get_source_expressions():
        return value
    found = value.copy()
    found.set_source_expressions([*map(without_aggregates, value.get_source_expressions())])
    return found


@dataclass(frozen=True, kw_only=True)
class Computed:
    """A series computed from other series, without a statement of its own."""

    #: The keys of the metrics that it is computed from.
    inputs: tuple[str, ...]
    #: Takes the first day and the values of each input from there on, and returns as many values.
    compute: Callable[..., Values]
    #: How many days before the first one the inputs are needed.
    lookback: int


@dataclass(frozen=True, kw_only=True)
class Own:
    """A series that is read by a statement of its own, where rows have no single day.

    Metrics with the same `read` are read together.
    """

    read: Read
    #: The position of its value among those that are read.
    column: int = 0
    #: Returns the records behind one day.
    records: Callable[[date], QuerySet[Model]]
    #: How many days before its own one a value is made of, too.
    lookback: int = 0


@dataclass(frozen=True, kw_only=True)
class Metric:
    """A number per day that a domain offers, declared in its `metrics.py`."""

    #: `<domain>.<name>`: it stands in addresses and goals, so it never changes.
    key: str
    label: str
    #: What it is, in a sentence, where its name does not say so.
    about: str = ""
    unit: str
    #: Of the value as it is shown.
    decimals: int = 0
    series: Grouped | Computed | Own
    #: The model whose streams say which days are verified; of a computed metric, those of its inputs count.
    model: type[Model] | None = None
    absent: Absent = Absent.UNKNOWN
    #: The key of a metric. Only on days on which that one is known, a missing record means zero.
    zero_where: str = ""
    #: Why a day with a record may be unknown.
    why_open: str = "A record of this day is not complete yet."
    #: Whether the sum of several days means something.
    additive: bool = False
    #: Hours on a clock of 24, whose mean goes round midnight.
    circular: bool = False
    #: Whether the usual value is that of the logarithms, because the values are skewed.
    logarithmic: bool = False
    better: Better = Better.NEITHER
    #: `manage.py check` refuses a metric without.
    role: Role | None = None
    known: Known = Known.AT_END_OF_DAY
    #: Whether it is settled before the night that its day begins with, such as when one went to bed.
    before_night: bool = False
    #: Of what a person does: the change by which its effects are told. What is yes or no needs none.
    step: Step | None = None
    #: The keys of metrics that share a measurement with it, beside the inputs of a computed one.
    parents: tuple[str, ...] = ()
    #: Of what it says how much there was, where metrics of other records do so too: hours of work, and commits that are
    #: made in them, or steps by two devices.
    amount_of: str = ""
    #: The least difference that means something: no deviation is told from a smaller spread.
    smallest: float
    #: The least and the highest possible value.
    bounds: tuple[float | None, float | None] = (0, None)

    @property
    def domain(self) -> str:
        return self.key.partition(".")[0]

    @property
    def is_yes_no(self) -> bool:
        return self.bounds == (0, 1) and not self.decimals

    @property
    def inputs(self) -> tuple[str, ...]:
        return self.series.inputs if isinstance(self.series, Computed) else ()


@dataclass(frozen=True, kw_only=True)
class Family:
    """Metrics that come with the data, such as the hours of each project. Their keys begin with `prefix`."""

    prefix: str
    #: Lists them in the order in which they are shown.
    members: Callable[[], list[Metric]]
    #: Returns the one that a key counts for, None where there is none.
    find: Callable[[str], Metric | None]
    #: Returns the one that had a key and was deleted, without its days; None where there was none, or it can still be found.
    find_deleted: Callable[[str], Metric | None] = lambda _: None


def of_whole_day(value: Expression, *columns: str) -> WholeDay:
    """Return `value`, an aggregate of the rows of a day, and NULL where one of them lacks one of `columns`."""
    return WholeDay(value, *columns, output_field=FloatField())
