"""What the page of a week shows of its intention and of the one for the week after."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from lifetracker.days import monday_of
from review.intentions import Kept, can_choose, intentions_from, kept_words, week_from
from review.models import Intention
from review.periods import Period
from review.reading import Review

#: So many are offered.
MOST_SUGGESTIONS = 4
NAMED = {-1: "Last week", 0: "This week", 1: "Next week"}
TAPS = {Kept.YES: "Yes", Kept.PARTLY: "Partly", Kept.NO: "No"}


class Tap(NamedTuple):
    """A button: the answer that it sends. The chosen one takes its answer back."""

    title: str
    value: str
    is_chosen: bool


@dataclass(frozen=True)
class IntentionOfWeek:
    """`title`: of which week, as the page says it. `taps`: where it can be answered. `can_choose`: whether one can still
    be chosen."""

    title: str
    week: Period
    intention: Intention | None
    kept: str
    taps: list[Tap]
    can_choose: bool


@dataclass(frozen=True)
class IntentionCard:
    weeks: list[IntentionOfWeek]
    suggestions: list[str]


def intention_card(review: Review) -> IntentionCard:
    """Return the intentions of a week and of the one after, by one statement."""
    period, today = review.period, review.look.today
    after = period.after()
    stored = {one.date: one for one in intentions_from(period.first, after.first)}
    weeks = [(title_of(period, today), period), (title_of(after, today), after)]
    return IntentionCard(
        [of_week(title, week, stored.get(week.first), review) for title, week in weeks],
        suggestions_of(review),
    )


def title_of(week: Period, today: date) -> str:
    """Return `Last week`, `This week`, `Next week`, or its days."""
    away = (week.first - monday_of(today)).days // week.days
    return NAMED.get(away, week.title)


def of_week(
    title: str, week: Period, intention: Intention | None, review: Review
) -> IntentionOfWeek:
    today = review.look.today
    return IntentionOfWeek(
        title,
        week_from(week.first),
        intention,
        kept_words(intention, today) if intention else "",
        taps_of(intention) if intention and week.first <= today else [],
        can_choose(week.first, today),
    )


def taps_of(intention: Intention) -> list[Tap]:
    return [
        Tap(title, "" if intention.kept == kept else kept.value, intention.kept == kept)
        for kept, title in TAPS.items()
    ]


def suggestions_of(review: Review) -> list[str]:
    """Return what the sections suggest, each once: one of each in turn, so that none has all places."""
    lists = [content.suggestions for _, content in review.sections]
    longest = max(map(len, lists), default=0)
    in_turn = [one[at] for at in range(longest) for one in lists if at < len(one)]
    return list(dict.fromkeys(in_turn))[:MOST_SUGGESTIONS]
