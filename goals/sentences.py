"""The sentence at the head of the page of goals."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.text import capfirst

from goals.card_words import a_week, day_words, rounded, shown, so_far
from goals.plan import TINY, Direction, Kind
from goals.progress import Status
from goals.reading import Standing
from goals.row_words import is_to_come, lost_note, near_day
from goals.words import at_least, at_most
from lifetracker.web.sentences import isolated
from lifetracker.words import counted

NO_GOALS = "Say what you want to come to, and see each day what that asks for."
QUIET = {
    Status.FREE: "Free: nothing is asked for.",
    Status.UNKNOWN: "How it stands is not known.",
}
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def asks_today(standing: Standing) -> bool:
    """Return whether a goal asks for something today: what is due, what was missed, or a limit that is passed."""
    found = standing.progress
    if found.status is Status.BEHIND:
        return True
    return found.status is Status.DUE and (found.due_today or 0) > TINY


def opening(standings: Sequence[Standing]) -> str:
    """Return what running goals ask for today, in sentences. `standings`: the most urgent first."""
    asking = [one for one in standings if asks_today(one)]
    unknown = sum(one.progress.status is Status.UNKNOWN for one in standings)
    first = asking_words(asking, len(standings)) if asking else quiet_words(standings)
    return f"{first} {unknown_words(unknown, len(standings))}".strip()


def asking_words(asking: Sequence[Standing], of: int) -> str:
    first = asking[0]
    what = f"{isolated(first.goal.name)}, {what_it_asks(first)}"
    if of == 1:
        return f"{what}."
    if len(asking) == 1:
        return f"One of {number(of)} goals is behind or due today: {what}."
    many = f"{number(len(asking)).capitalize()} of {number(of)} goals are behind or due today."
    return f"{many} Most urgent: {what}."


def what_it_asks(standing: Standing) -> str:
    """Return what stands beside the name of a goal: `46 min due today`, `0.9 kg above its line`."""
    plan, found, unit = standing.plan, standing.progress, standing.goal.unit
    if found.is_lost:
        return f"out of reach {lost_note(plan)}"
    if plan.kind is Kind.REACH:
        apart = (found.value or 0.0) - (found.line or 0.0)
        return f"{rounded(abs(apart), unit)} {'above' if apart > 0 else 'below'} its line"
    if plan.kind is Kind.MEAN:
        return mean_asks(standing)
    if plan.direction is Direction.AT_MOST:
        return f"{at_least(shown(-(found.budget_left or 0.0), unit), found)} over its limit"
    return f"{at_most(shown(found.due_today or 0.0, unit), found)} due today"


def mean_asks(standing: Standing) -> str:
    found, unit = standing.progress, standing.goal.unit
    if found.due_today is not None:
        return f"{shown(found.due_today, unit)} needed today"
    apart = (found.value or 0.0) - (found.target or 0.0)
    return f"{rounded(abs(apart), unit)} {'above' if apart > 0 else 'below'} the mean it asks for"


def quiet_words(standings: Sequence[Standing]) -> str:
    """Return that nothing is due, and what will be next."""
    known = [one for one in standings if one.progress.status is not Status.UNKNOWN]
    if not known:
        return "Nothing is known of today yet." if standings else NO_GOALS
    dues = [
        (one.progress.next_due.day, one)
        for one in known
        if one.progress.next_due and one.plan.kind is not Kind.REACH
    ]
    if not dues:
        return "No goal asks for anything today."
    day, first = min(dues, key=lambda due: due[0])
    amount = shown(first.progress.next_due.amount, first.goal.unit)  # type: ignore[union-attr]  # those without are left out
    when = near_day(day, first.progress.day)
    return (
        f"No goal asks for anything today. Next is {isolated(first.goal.name)}: {amount} by {when}."
    )


def unknown_words(unknown: int, of: int) -> str:
    if not unknown or of == unknown == 1:
        return ""
    if unknown == of:
        return f"All {number(of)} are not known."
    return f"{number(unknown).capitalize()} {'is' if unknown == 1 else 'are'} not known."


def number(value: int) -> str:
    return NUMBERS[value] if value < len(NUMBERS) else counted(value, "").strip()


# --- The head of one goal -------------------------------------------------------------------------


def opening_of_goal(standing: Standing) -> str:
    """Return how one goal gets on, in a sentence for its own page."""
    found = standing.progress
    if standing.is_over:
        return ending_words(standing)
    if is_to_come(standing):
        return f"Begins on {day_words(standing.plan.start, found.day)}."
    if found.status is Status.REACHED:
        return f"Reached: {so_far(found, standing.goal.unit)}."
    if asks_today(standing):
        return f"{capfirst(what_it_asks(standing))}."
    return QUIET.get(found.status) or safe_words(standing)


def ending_words(standing: Standing) -> str:
    found = standing.progress
    ended = {Status.REACHED: "Reached", Status.BEHIND: "Not reached"}.get(found.status)
    if ended is None:
        return "How it ended is not known."
    value = "" if found.value is None else f" with {so_far(found, standing.goal.unit)}"
    return f"{ended}{value}."


def safe_words(standing: Standing) -> str:
    """Return for how long nothing is due."""
    plan, found, unit = standing.plan, standing.progress, standing.goal.unit
    if plan.kind is Kind.REACH and found.pace:
        return f"On its line: {a_week(found.pace.needed, unit)} a week from now on."
    if plan.kind is not Kind.MEAN and plan.direction is Direction.AT_MOST:
        left = at_most(shown(found.budget_left or 0.0, unit), found)
        return f"{capfirst(left)} may still be used."
    if found.next_due:
        when = near_day(found.next_due.day, found.day)
        return f"Nothing is due today, and {shown(found.next_due.amount, unit)} by {when}."
    return "Nothing is due today."
