"""Goals, as an assistant reads them."""

from __future__ import annotations

from datetime import date

from goals.asking import is_on
from goals.card_words import words_of
from goals.cards import by_urgency
from goals.models import GoalLine
from goals.reading import Standing, standings_of
from lifetracker import days
from lifetracker.web.assistant.lines import Line, LinesOfDays, name_words, register_lines
from lifetracker.web.assistant.markdown import plain


def goal_lines(first: date, last: date, most: int) -> list[Line]:
    """Return where the goals stand that ask for anything on the last day, the most urgent first."""
    asked = {
        goal: rules
        for goal, rules in GoalLine.objects.by_goal().items()
        if is_on(goal, rules, last)
    }
    standings = by_urgency(standings_of(asked, last))
    return [line_of(one, last) for one in standings[:most]]


def line_of(standing: Standing, day: date) -> Line:
    words = words_of(standing, is_past=day < days.today())
    asked = "; ".join(filter(None, [words.target, words.hard]))
    return Line(day, f"{name_words(standing.goal.name)}: {plain(asked)}. {plain(words.state)}")


register_lines(LinesOfDays("Goals", 10, goal_lines))
