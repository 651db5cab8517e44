"""How tools say things: numbers with their units, references of records, words that nobody vouches for, what is
missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Model

from lifetracker import days
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.described import Described
from lifetracker.metrics.records import RecordId, ids_by_metric
from lifetracker.metrics.registry import metrics
from lifetracker.tools.asked import Range
from lifetracker.tools.declaration import Answer

YES_OR_NO = (0.0, 1.0)
CLOCK = "h on a clock of 24"
#: Of so many days each has its references; beyond it an answer would be made of them.
DAYS_WITH_RECORDS = 31
ASK_FOR_RECORDS = f"References are listed for ranges of up to {DAYS_WITH_RECORDS} days. Ask records for one metric on one day."


def untrusted(text: object, origin: str) -> Answer:
    """Return words that somebody stored, marked: an assistant must not take them for instructions."""
    return {"untrusted_text": text, "from": origin}


def unit_of_metric(metric: Metric) -> str:
    if metric.circular:
        return CLOCK
    if metric.unit:
        return metric.unit
    return "1 for yes, 0 for no" if tuple(metric.bounds) == YES_OR_NO else "count"


def label_of(metric: Metric) -> object:
    """Return its label. One that comes with the data has the name of something in it, which somebody typed."""
    if metric.key in metrics:
        return metric.label
    return untrusted(metric.label, "the name of what the metric is about")


def facts_of_metric(metric: Metric) -> Answer:
    return {"key": metric.key, "label": label_of(metric), "unit": unit_of_metric(metric)}


def sureness(described: Described) -> Answer:
    """Return how much of the asked days is known, and up to when their source was read."""
    return {
        "known_days": described.series.known_days,
        "days": len(described.series.values),
        "verified_until": described.verified_until,
    }


# --- What is missing ------------------------------------------------------------------------------


def missing(found: Iterable[Described]) -> list[Answer]:
    """Return the unknown days, oldest first: days in a row that are unknown for one reason together, with the keys of
    the metrics that this holds for."""
    keys: dict[tuple[date, date, str], list[str]] = {}
    for one in found:
        for stretch in one.missing:
            keys.setdefault((stretch.first, stretch.last, stretch.reason), []).append(
                one.metric.key
            )
    return [
        {"date": first, **({"to": last} if last > first else {}), "keys": of, "reason": reason}
        for (first, last, reason), of in sorted(keys.items())
    ]


# --- Records --------------------------------------------------------------------------------------


def reference(model: type[Model], pk: int) -> str:
    """Return how a record is called, such as `weight.WeighIn:12`."""
    return f"{model._meta.label}:{pk}"


def references(ids: Iterable[RecordId]) -> list[str]:
    return [reference(one.model, one.id) for one in ids]


def records_of(chosen: Sequence[Metric], asked: Range) -> Answer:
    """Return the references of the records behind metrics, by day and key; of a long range, how to ask for them."""
    if asked.length > DAYS_WITH_RECORDS:
        return {"records": None, "records_note": ASK_FOR_RECORDS}
    found = {}
    for day in days.days_from(*asked):
        by_key = {key: references(ids) for key, ids in ids_by_metric(chosen, day).items() if ids}
        if by_key:
            found[str(day)] = by_key
    return {"records": found}
