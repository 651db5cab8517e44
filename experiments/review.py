"""Experiments in a week, a month or a year, for the review: what came of those that ended, and on how many days those that
run were kept. Nothing is said of an outcome before the end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.urls import reverse

from experiments.design import LONGEST_BLOCK, MOST_PAIRS, Arm
from experiments.models import Experiment, State
from experiments.reading import ExperimentDay, days_together
from experiments.result_words import result_words
from experiments.words import ARM_LETTERS
from lifetracker.web.sentences import isolated
from lifetracker.words import counted
from review.sections import Content, Line, Look, Row, Section, known_words, register_section

#: The longest experiment and its last outcome.
LONGEST = timedelta(days=2 * MOST_PAIRS * LONGEST_BLOCK + 2)
#: So many of each are told.
MOST = 10
STILL_TO_RECKON = "Its days are over. Its result is reckoned two days after the last outcome."
NOTHING_TO_RECKON = "Its days are over, and there is nothing to reckon: its outcome is gone."


def experiments_of(look: Look) -> Content:
    """Return how experiments ended or run, by one statement, those of one `read_series`, and those for marks of days."""
    rows = Experiment.objects.live().filter(
        start__range=(look.period.first - LONGEST, look.last),
        state__in=[State.RUNNING, State.ENDED, State.STOPPED],
    )
    ended: list[Experiment] = []
    running: list[Experiment] = []
    for one in rows.order_by("start", "pk")[: 2 * MOST]:
        over = end_of(one)
        if over is None or over < look.period.first:
            continue
        (ended if is_over(over, look) else running).append(one)
    schedules = days_together(running[:MOST], look.verified)
    return Content(
        lines=[line_of(one) for one in ended[:MOST]],
        rows=[row_of(one, schedules[one.pk], look) for one in running[:MOST]],
    )


def end_of(experiment: Experiment) -> date | None:
    """Return the day of the last outcome, or on which it was stopped."""
    if experiment.state == State.STOPPED:
        return experiment.stopped_on
    return experiment.last and experiment.last + experiment.lag


def is_over(over: date, look: Look) -> bool:
    return over <= look.period.last and over < look.today


def line_of(experiment: Experiment) -> Line:
    said = str(result_words(experiment))
    if experiment.state != State.STOPPED and not experiment.result:
        said = NOTHING_TO_RECKON if experiment.cannot_be_reckoned else STILL_TO_RECKON
    return Line(f"{question_of(experiment)} {said}", reverse("experiment", args=[experiment.pk]))


def question_of(experiment: Experiment) -> str:
    """Return the question with a mark behind it."""
    question = experiment.question.strip()
    has_mark = question.endswith(("?", ".", "!", ":"))
    return isolated(question) if has_mark else f"{isolated(question)}:"


def row_of(experiment: Experiment, schedule: Sequence[ExperimentDay], look: Look) -> Row:
    """Return on how many of its days in the period that count was kept what the coin asked for, of the days that are checked."""
    checked = [arm for arm in Arm if experiment.checks(arm)]
    days = [
        one
        for one in schedule
        if look.period.first <= one.day <= look.last
        and one.day < look.today
        and one.is_counted
        and one.arm in checked
    ]
    judged = [one.is_kept for one in days if one.is_kept is not None]
    return Row(
        experiment.question,
        kept_value(judged, checked) or ("not known" if days else ""),
        course_words(schedule, checked, look),
        known_words(len(judged), len(days)),
        reverse("experiment", args=[experiment.pk]),
    )


def kept_value(judged: Sequence[bool], checked: Sequence[Arm]) -> str:
    """Return `3 of 4 days kept`, or `2 of 6 days of A kept` where nothing checks B; empty where nothing is known."""
    if not judged:
        return ""
    of_arm = f" of {ARM_LETTERS[checked[0]]}" if len(checked) == 1 else ""
    return f"{sum(judged)} of {counted(len(judged), 'day')}{of_arm} kept"


def course_words(schedule: Sequence[ExperimentDay], checked: Sequence[Arm], look: Look) -> str:
    """Return how far it was at the end of the period, and which of its days are said to be kept."""
    over = sum(one.day <= look.last and one.day < look.today for one in schedule)
    course = f"{over} of {len(schedule)} days are over"
    if not checked:
        return f"{course}, whether they were kept is not checked"
    if all(one.is_counted for one in schedule):
        return course
    return f"of those that count; in all, {course}"


register_section(Section("experiments", "Experiments", 50, experiments_of))
