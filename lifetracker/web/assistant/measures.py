"""The numbers of a day and of a week, by domain: those of the API, in the units and on the clock of their owner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils.dateformat import format as format_date

from lifetracker.domains import title_of_key
from lifetracker.metrics.answers import Answer
from lifetracker.metrics.registry import metrics
from lifetracker.web.assistant.markdown import plain, table
from lifetracker.web.clock import date_and_time
from lifetracker.web.sentences import clock_of
from lifetracker.web.units import chosen_unit, in_chosen_unit
from lifetracker.words import counted

UNKNOWN = "unknown"


def value_words(answer: Answer, value: float | None) -> str:
    """Return a value of a metric without its unit, such as `65.3`; hours of the clock as `23:30`."""
    if value is None:
        return ""
    if metrics[answer["key"]].circular:
        return clock_of(value)
    return f"{in_chosen_unit(value, answer['unit']).value:.{answer['decimals']}f}"


def unit_words(answer: Answer) -> str:
    if metrics[answer["key"]].circular:
        return "time of day"
    return plain(chosen_unit(answer["unit"])) or "count"


def names_of(answers: Iterable[Answer]) -> dict[str, str]:
    """Return what each metric is called in a list, by its key. Those that share a label say of what domain they are,
    such as `Steps (WHOOP)`."""
    labels = {one["key"]: str(one["label"]) for one in answers}
    shared = {label for label, count in Counter(labels.values()).items() if count > 1}
    return {
        key: plain(f"{label} ({title_of_key(metrics[key].domain)})" if label in shared else label)
        for key, label in labels.items()
    }


# --- A day ----------------------------------------------------------------------------------------

HEAD_OF_DAY = ("Measure", "Value", "Unit", "Usual", "Usual range", "Compared")


def day_tables(domains: Iterable[Answer]) -> list[str]:
    """Return a table for each domain of which any number is known."""
    lines = []
    for one in domains:
        shown = [number for number in one["numbers"] if is_shown(number)]
        if shown:
            title = f"### {title_of_key(one['domain'])}"
            lines += [title, "", *table(HEAD_OF_DAY, map(day_row, shown)), ""]
    return lines


def is_shown(number: Answer) -> bool:
    return number["value"] is not None or number["so_far"] is not None


def day_row(number: Answer) -> Sequence[str]:
    value = value_words(number, number["value"])
    if number["value"] is None:
        value = f"{UNKNOWN}, so far {value_words(number, number['so_far'])}"
    low, high = (value_words(number, number[end]) for end in ("low", "high"))
    return (
        plain(number["label"]),
        value,
        unit_words(number),
        value_words(number, number["usual"]),
        f"{low} to {high}" if low else "",
        plain(number["words"]),
    )


def unknown_of_day(numbers: Sequence[Answer]) -> list[str]:
    """Return what is unknown by reason, each reason once."""
    names = names_of(numbers)
    reasons: dict[str, list[str]] = {}
    for number in numbers:
        if number["value"] is None:
            reasons.setdefault(number["reason"], []).append(names[number["key"]])
    return [f"- {', '.join(found)}: {plain(reason)}" for reason, found in reasons.items()]


# --- A week ---------------------------------------------------------------------------------------


def week_tables(answers: Iterable[Answer]) -> list[str]:
    """Return a table for each domain, of the metrics that have a value on any day."""
    lines: list[str] = []
    domains: dict[str, list[Answer]] = {}
    for one in answers:
        if any(is_shown(day) for day in one["buckets"]):
            domains.setdefault(one["domain"], []).append(one)
    for domain, some in domains.items():
        days = [format_date(day["start_date"], "D j") for day in some[0]["buckets"]]
        head = ("Measure", "Unit", *days, "Mean", "Sum", "Known days")
        lines += [f"### {title_of_key(domain)}", "", *table(head, map(week_row, some)), ""]
    return lines


def week_row(one: Answer) -> Sequence[str]:
    week = one["week"]
    return (
        plain(one["label"]),
        unit_words(one),
        *(cell_of_day(one, day) for day in one["buckets"]),
        value_words(one, week["mean"]) or UNKNOWN,
        value_words(one, week["sum"]),
        f"{week['known_days']} of {week['days']}",
    )


def cell_of_day(one: Answer, day: Answer) -> str:
    if day["value"] is not None:
        return value_words(one, day["value"])
    so_far = value_words(one, day["so_far"])
    return f"{UNKNOWN}, so far {so_far}" if so_far else UNKNOWN


def unknown_of_week(answers: Sequence[Answer]) -> list[str]:
    """Return what is unknown by days and reason, each once."""
    names = names_of(answers)
    reasons: dict[str, list[str]] = {}
    for one in answers:
        for gap in one["missing"]:
            words = f"{gap_words(gap['start_date'], gap['end_date'])}: {plain(gap['reason'])}"
            reasons.setdefault(words, []).append(names[one["key"]])
    return [f"- {', '.join(found)}, {words}" for words, found in reasons.items()]


def gap_words(first: date, last: date) -> str:
    begin, end = (format_date(day, "D j M") for day in (first, last))
    if first == last:
        return begin
    return f"{begin} {'and' if last - first == timedelta(days=1) else 'to'} {end}"


# --- Coverage -------------------------------------------------------------------------------------


def coverage(numbers: Sequence[Answer]) -> list[str]:
    """Return up to when what is behind the numbers was read."""
    names = names_of(numbers)
    until: dict[datetime | None, list[str]] = {}
    for number in numbers:
        until.setdefault(number["verified_until"], []).append(names[number["key"]])
    known = sorted(moment for moment in until if moment)
    lines = [f"- Verified until {date_and_time(at)}: {', '.join(until[at])}." for at in known]
    if None in until:
        lines.append(
            f"- Not verified against a service ({counted(len(until[None]), 'measure')} that are typed in, come from a "
            f"file, or have not been read yet): {', '.join(until[None])}."
        )
    return lines
