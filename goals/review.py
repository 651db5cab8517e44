"""How goals ended in a week, a month or a year, for the review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse

from goals.card_words import asked_words, rounded, so_far, words_of
from goals.cards import by_urgency
from goals.ended import Days, Ended, ended_within
from goals.models import Goal, GoalLine
from goals.plan import Kind, Plan, Span
from goals.progress import Past, Status
from goals.reading import GONE, Shown, Standing, standings_of
from goals.row_words import past_value, period_noun, state_of_period
from lifetracker.web.charts.periods import State
from lifetracker.words import counted
from review.sections import Content, Line, Look, Row, Section, register_section

#: So many goals have a row of their own.
MOST = 20
#: So many are suggested as intentions.
MOST_WISHES = 5
#: What was missed stands first.
ORDER: tuple[State, ...] = ("missed", "unknown", "reached", "free")


class Outcome(NamedTuple):
    """`wish`: what its owner might intend next, `Deep work: 20 h a week`; empty where it was not missed."""

    state: State
    row: Row
    wish: str = ""


def goals_of(look: Look) -> Content:
    """Return how the goals ended that asked for anything: by one statement for the goals, and twice those that
    `ended_within` takes, where some of them still run."""
    if look.last < look.period.first:
        return Content()
    goals = {
        goal: rules
        for goal, rules in GoalLine.objects.by_goal().items()
        if goal.start <= look.last
        and any(rule.end is None or rule.end >= look.period.first for rule in rules)
    }
    if not goals:
        return Content()
    days = Days(Span(look.period.first, look.last), look.last == look.today)
    ended = ended_within(goals, days, look.verified)
    outcomes = sorted((outcome_of(one) for one in ended if one.past != []), key=place)
    running = {one.goal: goals[one.goal] for one in ended if one.past == []}
    standing = standings_of(running, look.last, look.verified, Shown(odds=False)) if running else []
    rows = [one.row for one in outcomes] + [running_row(one, look) for one in by_urgency(standing)]
    return Content(
        lead=lead_of([one.state for one in outcomes]),
        rows=rows[:MOST],
        lines=left_out(len(rows) - MOST),
        suggestions=[one.wish for one in outcomes if one.wish][:MOST_WISHES],
    )


def place(one: Outcome) -> tuple[int, str]:
    return ORDER.index(one.state), one.row.name


# --- What ended -----------------------------------------------------------------------------------


def outcome_of(ended: Ended) -> Outcome:
    goal, plan, past = ended
    url = reverse("goal", args=[goal.pk])
    if past is None:
        return Outcome("unknown", Row(goal.name, "not known", GONE, url=url))
    state = worst([state_of_period(one) for one in past])
    asked = asked_words(plan, past[-1].period.last, goal.unit)
    wish = f"{goal.name}: {asked}" if state == "missed" else ""
    if len(past) == 1:
        row = Row(goal.name, *single_words(goal, plan, past[0], state), url=url)
        return Outcome(state, row, wish)
    return Outcome(state, Row(goal.name, *counted_words(plan, past, asked), url=url), wish)


def counted_words(plan: Plan, past: Sequence[Past], asked: str) -> tuple[str, str, str]:
    """Return `5 of 6 days`, `reached (85 g a day)`, and of how many it is known."""
    noun, states = period_noun(plan), [state_of_period(one) for one in past]
    judged = len(states) - states.count("unknown")
    known = f"{judged} of {counted(len(states), noun)}" if judged < len(states) else ""
    if not judged:
        return "not known", asked, known
    return f"{states.count('reached')} of {counted(judged, noun)}", f"reached ({asked})", known


def worst(states: Sequence[State]) -> State:
    return next(state for state in ORDER if state in states)


def single_words(goal: Goal, plan: Plan, past: Past, state: State) -> tuple[str, str, str]:
    """Return what a period came to, how it ended, and of how many days it is known."""
    asked = asked_words(plan, past.period.last, goal.unit)
    ended = way_words(past, goal.unit) if plan.kind is Kind.REACH else state
    if state == "unknown":
        ended = "not known whether reached"
    unknown_days = 0 if plan.kind is Kind.REACH else past.unknown_days
    known = known_words(past.known_days, unknown_days)
    return past_value(past, goal.unit), f"{ended} ({asked})", known


def known_words(known: int, unknown: int) -> str:
    """Return `5 of 7 days`; nothing where all are known."""
    return f"{known} of {counted(known + unknown, 'day')}" if unknown else ""


def way_words(past: Past, unit: str) -> str:
    """Return how a value to reach lies to its line: `on its line`, `0.4 kg above its line`."""
    if past.is_reached or past.value is None or past.target is None:
        return "on its line"
    apart = past.value - past.target
    return f"{rounded(abs(apart), unit)} {'above' if apart > 0 else 'below'} its line"


def lead_of(states: Sequence[State]) -> str:
    """Return `3 of 5 goals reached throughout.`, and of how many that is not known."""
    judged = [one for one in states if one in {"reached", "missed"}]
    unknown = list(states).count("unknown")
    parts = []
    if judged:
        parts.append(
            f"{judged.count('reached')} of {counted(len(judged), 'goal')} reached throughout."
        )
    if unknown:
        parts.append(f"Of {counted(unknown, 'goal')} it is not known.")
    return " ".join(parts)


# --- What still runs ------------------------------------------------------------------------------


def running_row(standing: Standing, look: Look) -> Row:
    """Return where a goal stands whose period ends later."""
    found, goal = standing.progress, standing.goal
    asked = asked_words(standing.plan, found.day, goal.unit)
    if found.status is Status.FREE:
        return Row(goal.name, "free", asked, url=reverse("goal", args=[goal.pk]))
    is_known = found.status is not Status.UNKNOWN
    state = words_of(standing, is_past=look.last < look.today).state.partition(". ")[0]
    words = f"{state[:1].lower()}{state[1:]}".rstrip(".") if is_known else "not known"
    return Row(
        goal.name,
        so_far(found, goal.unit),
        f"so far: {words} ({asked})",
        known=known_words(found.known_days, found.unknown_days),
        url=reverse("goal", args=[goal.pk]),
    )


def left_out(number: int) -> list[Line]:
    if number <= 0:
        return []
    return [Line(f"{counted(number, 'more goal')} on the page of goals.", reverse("goals"))]


register_section(Section("goals", "Goals", 20, goals_of))
