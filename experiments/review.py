"""Experiments in a week, a month or a year, for the review: what came of those that ended, and on how many days those that
run were kept. Nothing is said of an outcome before the end."""

from __future__ import annotations

from datetime import date, timedelta

from django.urls import reverse

from experiments.design import LONGEST_BLOCK, MOST_PAIRS, Arm
from experiments.models import Experiment, State
from experiments.reading import kept_together
from experiments.result_words import result_told
from lifetracker.days import ONE_DAY, days_from
from lifetracker.words import counted
from review.sections import Content, Line, Look, Row, Section, register_section

#: The longest experiment and its last outcome.
LONGEST = timedelta(days=2 * MOST_PAIRS * LONGEST_BLOCK + 2)
#: So many of each are told.
MOST = 10
STILL_TO_RECKON = "Its days are over. Its result is reckoned two days after the last outcome."


def experiments_of(look: Look) -> Content:
    """Return how experiments ended or run, by one statement and those of one `read_series`."""
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
    kept = kept_together(running, look.verified) if running else {}
    return Content(
        lines=[line_of(one) for one in ended[:MOST]],
        rows=[row_of(one, kept[one.pk], look) for one in running[:MOST]],
    )


def end_of(experiment: Experiment) -> date | None:
    """Return the day of the last outcome, or on which it was stopped."""
    if experiment.state == State.STOPPED:
        return experiment.stopped_on
    return experiment.last and experiment.last + experiment.lag


def is_over(over: date, look: Look) -> bool:
    return over <= look.period.last and over < look.today


def line_of(experiment: Experiment) -> Line:
    is_told = experiment.state == State.STOPPED or experiment.result
    said = str(result_told(experiment)) if is_told else STILL_TO_RECKON
    return Line(f"{question_of(experiment)} {said}", reverse("experiment", args=[experiment.pk]))


def question_of(experiment: Experiment) -> str:
    """Return the question with a mark behind it."""
    question = experiment.question.strip()
    return question if question.endswith(("?", ".", "!", ":")) else f"{question}:"


def row_of(experiment: Experiment, kept: dict[date, bool | None], look: Look) -> Row:
    """Return on how many of its days in the period was kept what the coin asked for, of the days that are checked."""
    start, last = experiment.start or look.period.first, experiment.last or look.last
    until = look.last - ONE_DAY if look.last == look.today else look.last
    shown = days_from(max(start, look.period.first), min(last, until))
    days = [day for day in shown if (arm := experiment.arm_on(day)) and experiment.checks(arm)]
    judged = [kept[day] for day in days if kept.get(day) is not None]
    value = f"{sum(map(bool, judged))} of {counted(len(judged), 'day')} kept" if judged else ""
    words = f"{min((until - start).days + 1, experiment.design.days)} of {experiment.design.days} days are over"
    if not any(experiment.checks(arm) for arm in Arm):
        words = f"{words}, whether they were kept is not checked"
    known = f"{len(judged)} of {counted(len(days), 'day')}"
    return Row(
        experiment.question,
        value or ("not known" if days else ""),
        words,
        known if len(judged) < len(days) else "",
        reverse("experiment", args=[experiment.pk]),
    )


register_section(Section("experiments", "Experiments", 50, experiments_of))
