"""Behaviours that follow from records, such as whether one trained. An app declares its own in `behaviours.py`, where they
are found as its metrics are. They are never stored, and unknown on days of which their records are unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from lifetracker.metrics.declaration import Computed, Metric, Role, Values
from lifetracker.metrics.registry import register_metrics

YES, NO = 1.0, 0.0


@dataclass(frozen=True, kw_only=True)
class DerivedBehaviour:
    """A question that records answer with yes or no, day by day."""

    #: That of its metric, whose value is 1 for yes and 0 for no.
    key: str
    label: str
    #: The hour from which on something is late, where that is the question.
    from_hour: int | None = None
    #: The metrics that tell.
    inputs: tuple[str, ...]
    #: Takes the value of each on a day, and returns None where they do not tell.
    holds: Callable[..., bool | None]


behaviours: list[DerivedBehaviour] = []


def register_behaviours(*declared: DerivedBehaviour) -> None:
    """Add behaviours, each with its metric."""
    behaviours.extend(declared)
    register_metrics(*map(metric_of_behaviour, declared))


def metric_of_behaviour(one: DerivedBehaviour) -> Metric:
    return Metric(
        key=one.key,
        label=one.label,
        unit="",
        series=Computed(inputs=one.inputs, compute=answers_by(one), lookback=0),
        additive=True,
        role=Role.ACTION,
        smallest=1.0,
        bounds=(NO, YES),
    )


def answers_by(one: DerivedBehaviour) -> Callable[..., Values]:
    """Return what computes the answers of days from the values of its metrics."""

    def answers(_first: date, *inputs: Values) -> Values:
        told = (one.holds(*values) for values in zip(*inputs, strict=True))
        return [None if is_so is None else YES if is_so else NO for is_so in told]

    return answers


def at_least(least: float) -> Callable[[float | None], bool | None]:
    """Return the question whether a value is so high; not known where the value is not."""
    return lambda value: None if value is None else value >= least
