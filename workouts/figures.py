"""The figures of a range of workouts."""

from __future__ import annotations

from django.urls import reverse
from django.utils.dateformat import format as format_date

from lifetracker.web.figures import Figure
from lifetracker.web.sentences import hours_and_minutes, hours_change_words, number, signed
from workouts.page_data import Best, RangeWorkouts
from workouts.sports import sport_words


def figures(numbers: RangeWorkouts) -> list[Figure]:
    """Return sessions, time, the longest and the hardest workout; none without workouts."""
    if not numbers.total.sessions:
        return []
    listed = f"{reverse('workouts')}{numbers.asked.query}#workouts"
    return [
        Figure("Sessions", f"{numbers.total.sessions:,}", sessions_beside(numbers), listed),
        Figure("Time", hours_and_minutes(numbers.total.minutes / 60), time_beside(numbers), listed),
        longest_of(numbers.longest),
        hardest_of(numbers.hardest),
    ]


def sessions_beside(numbers: RangeWorkouts) -> str:
    if (before := numbers.before) is None:
        return without_before(numbers)
    if difference := numbers.total.sessions - before.sessions:
        return f"{signed(difference)} on the {numbers.shown.words} before"
    return f"as the {numbers.shown.words} before"


def time_beside(numbers: RangeWorkouts) -> str:
    if (before := numbers.before) is None:
        return without_before(numbers)
    difference = (numbers.total.minutes - before.minutes) / 60
    return hours_change_words(difference, numbers.shown.words)


def without_before(numbers: RangeWorkouts) -> str:
    if numbers.shown.is_all:
        return f"since {format_date(numbers.shown.first, 'j M Y')}"
    return f"not known of the {numbers.shown.words} before"


def longest_of(best: Best | None) -> Figure:
    if best is None:
        return Figure("Longest", "–", "not known")
    return Figure("Longest", hours_and_minutes(best.value / 60), words_of(best), page_of(best.pk))


def hardest_of(best: Best | None) -> Figure:
    if best is None:
        return Figure("Most strain", "–", "of no workout known")
    return Figure("Most strain", number(best.value, 1), words_of(best), page_of(best.pk), "of 21")


def words_of(best: Best) -> str:
    return f"{sport_words(best.sport)}, {format_date(best.date, 'j M Y')}"


def page_of(pk: int) -> str:
    return reverse("workout", args=[pk])
