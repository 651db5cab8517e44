"""How goals ended in a week, a month or a year, for the review."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from django.urls import reverse

from goals.card_words import asked_words, rounded, so_far, words_of
from goals.cards import by_urgency
from goals.ended import Days, Ended, ended_within
from goals.models import Goal, GoalLine
from goals.plan import Kind, Per, Plan, Span
from goals.progress import Past, Status
from goals.reading import GONE, Shown, Standing, standings_of
from goals.row_words import past_value, period_noun, state_of_period
from lifetracker.web.charts.periods import State
from lifetracker.words import counted
from review.periods import Length
from review.sections import Content, Line, Look, Row, Section, known_words, register_section

#: So many goals have a row of their own.
MOST = 20
#: So many are suggested as intentions.
MOST_WISHES = 5
#: What was missed stands first.
ORDER: tuple[State, ...] = ("missed", "unknown", "reached", "free")


class Outcome(NamedTuple):
    """`wish`: what its owner might intend next, `Deep work: 20 h a week`; empty where it was not missed. `times`: how many
    periods ended. `is_way`: whether it is a value to reach, which is compared with its line."""

    state: State
    row: Row
    wish: str = ""
    times: int = 1
    is_way: bool = False


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
        lead=lead_of(outcomes),
        rows=rows[:MOST],
        lines=left_out(len(rows) - MOST),
        note=note_of(ended, look),
        suggestions=[one.wish for one in outcomes if one.wish and not one.is_way][:MOST_WISHES],
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
        return Outcome(state, row, wish, is_way=plan.kind is Kind.REACH)
    row = Row(goal.name, *counted_words(plan, past, asked), url=url)
    return Outcome(state, row, wish, len(past), plan.kind is Kind.REACH)


def counted_words(plan: Plan, past: Sequence[Past], asked: str) -> tuple[str, str, str]:
    """Return `reached on 5 of 6 days`, `85 g a day`, and how many can be judged: a day may be, of which a part is unknown."""
    noun, states = period_noun(plan), [state_of_period(one) for one in past]
    judged = len(states) - states.count("unknown")
    known = (
        f"{judged} of {counted(len(states), noun)} can be judged" if judged < len(states) else ""
    )
    if not judged:
        return "not known", asked, known
    on = "on" if noun == "day" else "in"
    return f"reached {on} {states.count('reached')} of {counted(judged, noun)}", asked, known


def worst(states: Sequence[State]) -> State:
    return next(state for state in ORDER if state in states)


def single_words(goal: Goal, plan: Plan, past: Past, state: State) -> tuple[str, str, str]:
    """Return what a period came to, how it ended, and of how many days it is known."""
    asked = asked_words(plan, past.period.last, goal.unit)
    ended = way_words(past, goal.unit) if plan.kind is Kind.REACH else state
    if state == "unknown":
        ended = "not known whether reached"
    unknown_days = 0 if plan.kind is Kind.REACH else past.unknown_days
    known = known_words(past.known_days, past.known_days + unknown_days)
    return past_value(past, goal.unit), f"{ended} ({asked})", known


def way_words(past: Past, unit: str) -> str:
    """Return how a value to reach lies to its line: `on its line`, `0.4 kg above its line`."""
    if past.is_reached or past.value is None or past.target is None:
        return "on its line"
    apart = past.value - past.target
    return f"{rounded(abs(apart), unit)} {'above' if apart > 0 else 'below'} its line"


def lead_of(outcomes: Sequence[Outcome]) -> str:
    """Return `3 of 5 goals were reached every time.`, how values lie to the line to what they shall reach, and of how many goals
    that is not known."""
    judged = [one for one in outcomes if one.state in {"reached", "missed"} and not one.is_way]
    ways = [one for one in outcomes if one.state in {"reached", "missed"} and one.is_way]
    unknown = sum(one.state == "unknown" for one in outcomes)
    parts = []
    if judged:
        reached = sum(one.state == "reached" for one in judged)
        each = " every time" if any(one.times > 1 for one in judged) else ""
        parts.append(f"{reached_words(reached, len(judged))} reached{each}.")
    if len(ways) == 1:
        parts.append(f"{ways[0].row.name} is {ways[0].row.words.partition(' (')[0]}.")
    elif ways:
        on_line = sum(one.state == "reached" for one in ways)
        parts.append(f"{on_line} of {len(ways)} values are on the line to what they shall reach.")
    if unknown:
        they = "it was" if unknown == 1 else "they were"
        parts.append(f"Of {counted(unknown, 'goal')} it is not known whether {they} reached.")
    return " ".join(parts)


def reached_words(reached: int, judged: int) -> str:
    """Return how many goals were: `3 of 5 goals were`, `None of 5 goals was`, `One goal was not`."""
    if judged == 1:
        return "One goal was" if reached else "One goal was not"
    return f"{reached or 'None'} of {judged} goals {'were' if reached else 'was'}"


def note_of(ended: Sequence[Ended], look: Look) -> str:
    """Return to which month or year weeks count, where some do."""
    is_by_week = any(one.past and one.plan.per is Per.WEEK for one in ended)
    if look.period.length is Length.WEEK or not is_by_week:
        return ""
    noun = look.period.noun
    return f"A week of a goal counts in the {noun} in which it ends; an intention in the {noun} in which its week begins."


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
        known=known_words(found.known_days, found.known_days + found.unknown_days),
        url=reverse("goal", args=[goal.pk]),
    )


def left_out(number: int) -> list[Line]:
    if number <= 0:
        return []
    return [Line(f"{counted(number, 'more goal')} on the page of goals.", reverse("goals"))]


register_section(Section("goals", "Goals", 20, goals_of))
