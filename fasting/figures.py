"""The figures of a range of fasts."""

from __future__ import annotations

from django.urls import reverse
from django.utils.dateformat import format as format_date

from fasting.page_data import RangeFasts
from lifetracker.web.figures import Figure
from lifetracker.web.sentences import hours_and_minutes, hours_change_words, signed, stretch_words


def figures(numbers: RangeFasts) -> list[Figure]:
    """Return the number of fasts, their mean, the longest, and how many reached their goal; none without fasts."""
    if not numbers.totals.number:
        return []
    return [count_of(numbers), mean_of(numbers), longest_of(numbers), reached_of(numbers)]


def list_of(numbers: RangeFasts) -> str:
    return f"{reverse('fasting')}{numbers.shown.query}#fasts"


def before_words(numbers: RangeFasts) -> str:
    return f"on the {numbers.shown.words} before"


def count_of(numbers: RangeFasts) -> Figure:
    totals, before = numbers.totals, numbers.before
    if before is None:
        beside = f"since {format_date(numbers.shown.first, 'j M Y')}"
    elif not before.number:
        beside = f"none stored of the {numbers.shown.words} before"
    elif difference := totals.number - before.number:
        beside = f"{signed(difference)} {before_words(numbers)}"
    else:
        beside = f"as the {numbers.shown.words} before"
    return Figure("Fasts", f"{totals.number:,}", beside, list_of(numbers))


def mean_of(numbers: RangeFasts) -> Figure:
    mean, before = numbers.totals.mean or 0.0, numbers.before and numbers.before.mean
    words = stretch_words(numbers.shown.first, numbers.shown.last)
    beside = hours_change_words(mean - before, numbers.shown.words) if before else f"of {words}"
    return Figure("Mean length", hours_and_minutes(mean), beside, list_of(numbers))


def longest_of(numbers: RangeFasts) -> Figure:
    longest = hours_and_minutes(numbers.totals.longest or 0.0)
    if numbers.longest is None:
        return Figure("Longest", longest, "")
    pk, day = numbers.longest
    return Figure(
        "Longest", longest, format_date(day, "D j M Y"), reverse("fasting-edit", args=[pk])
    )


def reached_of(numbers: RangeFasts) -> Figure:
    totals = numbers.totals
    if not totals.with_goal:
        return Figure("Reached the goal", "–", "no fast had a goal")
    beside = f"of {totals.with_goal:,} with a goal"
    return Figure("Reached the goal", f"{totals.reached:,}", beside, list_of(numbers))
