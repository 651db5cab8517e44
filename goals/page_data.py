"""What the page of goals shows: those that run, rest, are to come, or are over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString

from goals.card_words import words_of
from goals.cards import urgency
from goals.changes import Pending, pending_of, wanted_of
from goals.models import FreePeriod, Goal, GoalLine
from goals.plan import Rule, Span
from goals.progress import Status
from goals.reading import Shown, Standing, plan_of, standings_of
from goals.row_words import (
    GoalState,
    Said,
    cells_of,
    hard_of,
    period_noun,
    periods_sentence,
    slack_of,
    state_of,
)
from goals.weekdays import is_for, weekdays_of
from lifetracker.metrics.declaration import Metric
from lifetracker.metrics.registry import find_metric
from lifetracker.web.charts.bullet import bullet
from lifetracker.web.charts.periods import period_cells

#: Of the earlier periods, so many have a cell in the row of a goal.
CELLS = 12
RUNNING, RESTING, COMING, ENDED, DELETED = "running", "free", "coming", "ended", "deleted"
TITLES = {
    RUNNING: "Running",
    RESTING: "Free now",
    COMING: "To come",
    ENDED: "Ended",
    DELETED: "Deleted",
}
Lines = Mapping[Goal, tuple[Rule, ...]]


class GoalRow(NamedTuple):
    goal: Goal
    href: str
    target: str
    state: GoalState
    bar: SafeString
    hard: Said
    slack: Said
    cells: SafeString | str
    cells_words: str
    #: The change that is still to hold.
    pending: Pending | None
    #: Whether a service behind it has to be read first.
    is_unread: bool


class Chip(NamedTuple):
    title: str
    number: int
    url: str
    is_current: bool


class GoalList(NamedTuple):
    """The goals of one kind, and how many there are of each."""

    show: str
    standings: list[Standing]
    rows: list[GoalRow]
    chips: list[Chip]
    #: Whether there is any goal, also one that is deleted.
    has_any: bool


def is_over(goal: Goal, rules: tuple[Rule, ...], today: date) -> bool:
    last = plan_of(goal, rules, ()).last_day
    return last is not None and last < today


def goal_list(show: str, today: date, known: Mapping[str, Metric]) -> GoalList:
    """Return the goals that are asked for. `known`: metrics by their key, as far as the page has them already."""
    every = GoalLine.objects.by_any_goal()
    goals = {goal: rules for goal, rules in every.items() if goal.deleted_at is None}
    ended = {goal: rules for goal, rules in goals.items() if is_over(goal, rules, today)}
    coming = {goal: rules for goal, rules in goals.items() if goal.start > today}
    others = {goal: rules for goal, rules in goals.items() if goal not in {*ended, *coming}}
    asked: Lines = {ENDED: ended, COMING: coming, DELETED: {}}.get(show, others)
    keys = {goal.metric for goal in asked}
    metrics = {key: one for key in keys if (one := known.get(key) or find_metric(key))}
    standings = standings_of(asked, shown=Shown(periods=CELLS, odds=False), known=metrics)
    resting = [one for one in standings if is_resting(one, today)]
    if show == RESTING:
        standings = resting
    elif show == RUNNING:
        standings = [one for one in standings if one not in resting]
    number_resting = len(resting) if asked is others else number_of_resting(others, today)
    counts = {
        RUNNING: len(others) - number_resting,
        RESTING: number_resting,
        COMING: len(coming),
        ENDED: len(ended),
        DELETED: len(every) - len(goals),
    }
    standings = in_order(standings)
    units = {key: metric.unit for key, metric in metrics.items()}
    rows = [row_of(one, units.get(one.goal.metric, "")) for one in standings]
    return GoalList(show, standings, rows, chips_of(counts, show), bool(every))


def is_resting(standing: Standing, today: date) -> bool:
    return standing.progress.status is Status.FREE or standing.plan.is_free(today)


def number_of_resting(goals: Lines, today: date) -> int:
    """Return how many goals are free today, without a look at their records."""
    spans = FreePeriod.objects.spans_of({goal.pk: Span(today, today) for goal in goals})
    return sum(
        bool(spans[goal.pk]) or not is_for(today, weekdays_of(goal.weekdays)) for goal in goals
    )


def in_order(standings: Sequence[Standing]) -> list[Standing]:
    """Return the most urgent goals first, and of those that are over the last one."""
    return sorted(
        standings,
        key=lambda one: (-one.progress.day.toordinal() if one.is_over else 0, urgency(one)),
    )


def chips_of(counts: Mapping[str, int], show: str) -> list[Chip]:
    return [
        Chip(
            TITLES[name],
            number,
            reverse("goals") + ("" if name == RUNNING else f"?show={name}"),
            name == show,
        )
        for name, number in counts.items()
        if number or name in {RUNNING, show}
    ]


def row_of(standing: Standing, day_unit: str) -> GoalRow:
    words = words_of(standing, is_past=False)
    cells = cells_of(standing)
    said = periods_sentence((cell.state for cell in cells), period_noun(standing.plan))
    noun = period_noun(standing.plan)
    name = f"The last {noun}s: {said}" if len(cells) > 1 else f"The last {noun}: {said}"
    return GoalRow(
        standing.goal,
        reverse("goal", args=[standing.goal.pk]),
        wanted_of(standing, day_unit),
        state_of(standing),
        bullet(words.share, words.band, pace=None if standing.is_over else words.pace),
        hard_of(standing),
        slack_of(standing),
        period_cells(cells, sentence=name) if cells else "",
        said,
        pending_of(standing.plan, standing.progress, standing.goal.unit),
        bool(standing.unverified),
    )
