"""Tools about metrics: their list, their values, two ranges side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from lifetracker import days
from lifetracker.domains import domain_of_key, domains, title_of_key
from lifetracker.metrics.answers import held_facts, list_of_metrics, shown
from lifetracker.metrics.buckets import Bucket, bucket_values, buckets_of
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.described import Described, describe
from lifetracker.metrics.registry import metric_of
from lifetracker.tools import asked as ask
from lifetracker.tools.caller import Caller
from lifetracker.tools.declaration import MOST_BYTES, Answer, Told, as_json, fitting, tool
from lifetracker.tools.said import facts_of_metric, missing, records_of, sureness

# --- Their list -----------------------------------------------------------------------------------

METRICS_AT_ONCE = 100


class Wanted(Struct):
    domain: Annotated[str, Meta(description="Only those of this domain, such as Weight.")] = ""
    search: Annotated[
        str, Meta(description="Only those with this word in key or label, such as sleep.")
    ] = ""
    cursor: ask.Cursor = ""


@tool(
    title="List metrics",
    description="""Lists all numbers per day that there are, with key, unit, domain, what a day without a record means
    (unknown, or zero on days that were read), the first and the last day with a value, and how many of the last 90 days
    are known. Begin with it.""",
)
def list_metrics(caller: Caller, wanted: Wanted) -> Told:
    every = [one for one in list_of_metrics(caller.may_tell) if is_wanted(one, wanted)]
    at = ask.place_asked(wanted.cursor)
    found = [fact_of(one) for one in every[at : at + METRICS_AT_ONCE]]
    limit = {"limited_to": caller.limit} if caller.domains else {}

    def answer(rows: int) -> Answer:
        shorter = found[:rows]
        cut_at = cut(at, len(shorter), len(every))
        return {"metrics": shorter, "metrics_in_all": len(every), **cut_at, **limit}

    made = fitting(answer, len(found))
    return Told(made, len(made["metrics"]))


def is_wanted(one: Answer, wanted: Wanted) -> bool:
    label = domain_of_key(one["key"])
    names = {label, domains().get(label, ""), one["domain"]}
    of_domain = wanted.domain.casefold() in {name.casefold() for name in names}
    words = f"{one['key']} {one['label']}".casefold()
    return (of_domain or not wanted.domain) and wanted.search.casefold() in words


def fact_of(one: Answer) -> Answer:
    metric = metric_of(one["key"])
    held = {name: one[name] for name in held_facts(None) if name != "coverage"}
    return facts_of_metric(metric) | {
        "domain": title_of_key(metric.key),
        "without_record": one["absent"],
        "better": one["better"],
        "additive": one["additive"],
        **held,
        "verified_until": one["verified_until"],
    }


def cut(at: int, shown_rows: int, every: int) -> Answer:
    """Say what of a list is not here, and how to ask for it; nothing where all of it is."""
    end = at + shown_rows
    if end >= every:
        return {}
    return {"cut": f"Rows {at + 1} to {end} of {every}.", "next_cursor": str(end)}


# --- Values ---------------------------------------------------------------------------------------

#: So many values are tried at once. What does not fit after all is halved.
MOST_VALUES = 6_000
COLUMNS_OF_BUCKET = ("mean", "known_days", "sum")


class SeriesAsked(Struct):
    keys: ask.Keys
    start_date: Annotated[
        ask.DayText, Meta(description="As YYYY-MM-DD. Default: 28 days up to end_date.")
    ] = ""
    end_date: Annotated[
        ask.DayText,
        Meta(description="As YYYY-MM-DD, the last day that is included. Default: today."),
    ] = ""
    bucket: Annotated[
        Literal["day", "week", "month"],
        Meta(description="Values by day, or means and sums by week (from Monday) or month."),
    ] = "day"
    cursor: ask.Cursor = ""


@tool(
    title="Values of metrics",
    description="""Returns the values of up to 20 metrics, day by day or by week or month, as rows under `columns`; null is
    unknown. `metrics` says of each its unit, known_days of days, and verified_until. `missing` says why days are unknown,
    `so_far` what there is of a day that is not over. `records` names the records behind each day, for ranges of up to 31
    days.""",
)
def metric_series(caller: Caller, asked: SeriesAsked) -> Told:
    chosen = ask.metrics_asked(caller, asked.keys)
    bucket = Bucket(asked.bucket)
    whole = ask.range_asked(asked.start_date, asked.end_date)
    if asked.cursor:
        first = ask.day_asked(asked.cursor, "cursor")
        whole = ask.range_asked(str(first), str(whole.last), ("cursor", "end_date"))
    until = last_tried(whole, bucket, len(chosen))
    while True:
        answer = series_answer(chosen, ask.Range(whole.first, until), bucket)
        if until < whole.last:
            following = until + days.ONE_DAY
            text = f"Only {whole.first} to {until} fit into one answer. The rest begins with the next_cursor."
            answer |= {"cut": text, "next_cursor": following}
        shorter = bucket.end_of(whole.first + (until - whole.first) // 2)
        if len(as_json(answer)) <= MOST_BYTES or shorter >= until:
            return Told(answer, len(answer["rows"]))
        until = shorter


def last_tried(whole: ask.Range, bucket: Bucket, keys: int) -> date:
    length = {Bucket.DAY: 1, Bucket.WEEK: 7, Bucket.MONTH: 28}[bucket] * MOST_VALUES // keys
    if whole.length <= length:
        return whole.last
    return min(bucket.end_of(whole.first + timedelta(days=length)), whole.last)


def series_answer(chosen: Sequence[Metric], asked: ask.Range, bucket: Bucket) -> Answer:
    found = list(describe(chosen, *asked).values())
    by_day = bucket is Bucket.DAY
    columns, rows = day_rows(found) if by_day else bucket_rows(found, bucket)
    return {
        "start_date": asked.first,
        "end_date": asked.last,
        "bucket": bucket.value,
        "metrics": {one.metric.key: summary(one) for one in found},
        "columns": columns,
        "rows": rows,
        "so_far": [part for one in found for part in parts(one)],
        "missing": missing(found),
        **records_of(chosen, asked),
    }


def summary(described: Described) -> Answer:
    facts = facts_of_metric(described.metric)
    del facts["key"]
    return facts | {"domain": title_of_key(described.metric.key)} | sureness(described)


def day_rows(found: Sequence[Described]) -> tuple[list[str], list[list[object]]]:
    every = days.days_from(found[0].series.first, found[0].series.last)
    values = [[lean(one.metric, value) for value in one.series.values] for one in found]
    rows = [[day, *row] for day, *row in zip(every, *values, strict=True)]
    return ["date", *(one.metric.key for one in found)], rows


def bucket_rows(found: Sequence[Described], bucket: Bucket) -> tuple[list[str], list[list[object]]]:
    columns, listed = ["begins", "days"], [buckets_of(one.series, bucket) for one in found]
    for one in found:
        names = COLUMNS_OF_BUCKET if one.metric.additive else COLUMNS_OF_BUCKET[:-1]
        columns += [f"{one.metric.key} {name}" for name in names]
    rows: list[list[object]] = []
    for at, begin in enumerate(listed[0]):
        row: list[object] = [begin.start, begin.days]
        for one, buckets in zip(found, listed, strict=True):
            row += [lean(one.metric, buckets[at].mean), buckets[at].known_days]
            row += [lean(one.metric, buckets[at].sum)] if one.metric.additive else []
        rows.append(row)
    return columns, rows


def lean(metric: Metric, value: float | None) -> float | int | None:
    """Return a value with as many digits as it is told with: an answer is read whole, and digits that nobody means make
    it long."""
    told = shown(metric, value)
    if told is None:
        return None
    told = round(told, max(metric.decimals, 1))
    return int(told) if told.is_integer() else told


def parts(described: Described) -> list[Answer]:
    """Return what there is of days whose value is unknown, because they are not over or a part is not known."""
    asked = ask.Range(described.series.first, described.series.last)
    return [
        facts_of_metric(described.metric)
        | {"date": day, "at_least": lean(described.metric, value)}
        | sureness(described)
        for day, value in sorted(described.series.so_far.items())
        if value is not None
        and asked.first <= day <= asked.last
        and described.series.on(day) is None
    ]


# --- Two ranges -----------------------------------------------------------------------------------


TOO_MANY_RECORDS = (
    "There are too many references for one answer. Ask records for one metric on one day."
)


class Compared(Struct):
    keys: ask.Keys
    first_start: ask.DayText
    first_end: ask.DayText
    second_start: ask.DayText
    second_end: ask.DayText


@tool(
    title="Compare two ranges of days",
    description="""Returns of each metric the mean, minimum, maximum and sum (where a sum means something) of two ranges of
    days, each with known_days of days, and by how much the mean of the second differs from the first. With few known days
    the difference says little: it shows no association between metrics.""",
)
def compare(caller: Caller, asked: Compared) -> Told:
    chosen = ask.metrics_asked(caller, asked.keys)
    names = (("first_start", "first_end"), ("second_start", "second_end"))
    first = ask.range_asked(asked.first_start, asked.first_end, names[0])
    second = ask.range_asked(asked.second_start, asked.second_end, names[1])
    before, after = describe(chosen, *first), describe(chosen, *second)
    answer: Answer = {
        "first": {"start_date": first.first, "end_date": first.last},
        "second": {"start_date": second.first, "end_date": second.last},
        "metrics": [compared(before[one.key], after[one.key]) for one in chosen],
        "missing": missing_of_both(list(before.values()), list(after.values())),
        "records": {
            "first": records_of(chosen, first),
            "second": records_of(chosen, second),
        },
    }
    if len(as_json(answer)) > MOST_BYTES:
        # Those of two months of everything would be longer than all else.
        answer |= {"records": None, "records_note": TOO_MANY_RECORDS}
    return Told(answer, len(chosen))


def compared(before: Described, after: Described) -> Answer:
    metric = before.metric
    first, second = totals(before), totals(after)
    difference = None
    if None not in (first["mean"], second["mean"]) and not metric.circular:
        difference = lean(metric, second["mean"] - first["mean"])
    return facts_of_metric(metric) | {
        "domain": title_of_key(metric.key),
        "first": first,
        "second": second,
        "difference_of_means": difference,
        "verified_until": after.verified_until,
    }


def totals(described: Described) -> Answer:
    metric, series = described.metric, described.series
    found = bucket_values(series, series.first, series.values)
    numbers: dict[str, Any] = {
        "mean": lean(metric, found.mean),
        "minimum": lean(metric, found.minimum),
        "maximum": lean(metric, found.maximum),
    }
    if metric.additive:
        numbers["sum"] = lean(metric, found.sum)
    return numbers | sureness(described)


MOST_MISSING = 100


def missing_of_both(before: Sequence[Described], after: Sequence[Described]) -> list[Answer]:
    """Return the unknown days of both ranges, the newest where there are too many."""
    found = [*missing(before), *missing(after)]
    if len(found) <= MOST_MISSING:
        return found
    left_out = len(found) - MOST_MISSING
    note = f"{left_out} earlier stretches are left out. metric_series lists them."
    return [{"date": None, "keys": [], "reason": note}, *found[-MOST_MISSING:]]
