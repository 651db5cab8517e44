"""The card of Today that says what goals ask for, the most urgent first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString

from goals.asking import is_on
from goals.card_words import GoalWords, words_of
from goals.models import GoalLine
from goals.progress import Status
from goals.reading import Standing, standings_of
from lifetracker.web.cards import Card, Place, Visit, register_card
from lifetracker.web.charts.bullet import bullet

MOST = 4
# What is missed before what is not known, and what is done last.
URGENCY = (
    Status.BEHIND,
    Status.DUE,
    Status.ON_TRACK,
    Status.UNKNOWN,
    Status.AHEAD,
    Status.FREE,
    Status.REACHED,
)


class GoalRow(NamedTuple):
    name: str
    words: GoalWords
    bar: SafeString
    href: str


@dataclass(frozen=True, kw_only=True)
class GoalsCard:
    """`rows`: the most urgent goals. `others`: how many are left out."""

    title: str
    rows: list[GoalRow]
    others: int
    has_goals: bool
    #: The pages of all goals and of a new one.
    list_href: str
    new_href: str

    @property
    def has_pace(self) -> bool:
        return any(row.words.pace is not None for row in self.rows)


class GoalsOfDay(NamedTuple):
    """Where the goals stand that ask for anything on a day, and whether there are any goals."""

    standings: list[Standing]
    has_goals: bool


def goals_of_day(visit: Visit) -> GoalsOfDay:
    """Read the goals of the day: for each card that shows some of them, once for all."""
    goals = GoalLine.objects.by_goal()
    asked = {goal: rules for goal, rules in goals.items() if is_on(goal, rules, visit.day)}
    return GoalsOfDay(standings_of(asked, visit.day, visit.verified), bool(goals))


def goals_card(visit: Visit) -> GoalsCard:
    found = visit.once(goals_of_day)
    standings = by_urgency(found.standings)
    return GoalsCard(
        title="What the day asked" if visit.is_past else "What today asks",
        rows=[row_of(one, visit) for one in standings[:MOST]],
        others=len(standings[MOST:]),
        has_goals=found.has_goals,
        list_href=reverse("goals"),
        new_href=reverse("goal-new"),
    )


def by_urgency(standings: Sequence[Standing]) -> list[Standing]:
    """Return those that are not over: by their state, then by how many days nothing is due."""
    return sorted((one for one in standings if not one.is_over), key=urgency)


def urgency(one: Standing) -> tuple[int, int, str]:
    slack = one.progress.slack_days
    return URGENCY.index(one.progress.status), 0 if slack is None else slack, one.goal.name


def row_of(standing: Standing, visit: Visit) -> GoalRow:
    words = words_of(standing, is_past=visit.is_past)
    return GoalRow(
        standing.goal.name,
        words,
        bullet(words.share, words.band, pace=words.pace),
        reverse("goal", args=[standing.goal.pk]),
    )


register_card(
    Card(
        "goals",
        "goals/card.html",
        goals_card,
        Place.SIDE,
        order=10,
        has_records=lambda card: card.has_goals,
    )
)
