"""What has become of a goal's lines: the change that is still to hold, and how each line began and ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from goals.card_words import EACH, day_words, on_weekdays, shown, target_words
from goals.plan import Kind, Per, Plan, Rule
from goals.progress import Progress
from goals.reading import Standing


class Pending(NamedTuple):
    """A change that is easier, and the day on which it holds."""

    words: str
    day: date
    day_words: str


def pending_rule(rules: Sequence[Rule], today: date) -> Rule | None:
    """Return the rule that was made last, if it does not hold yet; the first one, of a goal to come, is no change."""
    last = rules[-1]
    return last if len(rules) > 1 and last.begins > today else None


def pending_of(plan: Plan, found: Progress, unit: str) -> Pending | None:
    rule = pending_rule(plan.rules, found.day)
    if rule is None:
        return None
    words = rule_words(plan, rule, found, unit)
    return Pending(words, rule.begins, day_words(rule.begins, found.day))


def rule_words(plan: Plan, rule: Rule, found: Progress, unit: str) -> str:
    """Return what a rule asks for: `20 h a week`, `63 kg by 1 March`, `4 days a week with 3 h or more`."""
    only = Plan(
        kind=plan.kind,
        direction=plan.direction,
        start=plan.start,
        rules=(rule,),
        per=plan.per,
        rolling_days=plan.rolling_days,
        weekdays=plan.weekdays,
    )
    return target_words(only, found, unit)


class LineOf(NamedTuple):
    when: str
    words: str


def lines_of(plan: Plan, found: Progress, unit: str, made: Sequence[date]) -> list[LineOf]:
    """Return the lines of a goal, newest first. `made`: the day on which each was typed in."""
    today, rules = found.day, plan.rules
    said = []
    for at, (rule, on) in enumerate(zip(rules, made, strict=True)):
        words = rule_words(plan, rule, found, unit)
        if rule.end and plan.per:
            words = f"{words} until {day_words(rule.end, today)}"
        is_taken_back = any(later.begins <= rule.begins for later in rules[at + 1 :])
        if at and rule.begins > on:
            words += f", asked for on {day_words(on, today)}"
        if is_taken_back and rule.begins > on:
            words += ", taken back"
        said.append(LineOf(day_words(rule.begins, today), words))
    return said[::-1]


def bound_words(rule: Rule, unit: str) -> str:
    """Return which days count: `3 h or more`, `7 h to 9 h`."""
    low, high = rule.day_at_least, rule.day_at_most
    if low is not None and high is not None:
        return f"{shown(low, unit)} to {shown(high, unit)}"
    if low is not None:
        return f"{shown(low, unit)} or more"
    return "" if high is None else f"{shown(high, unit)} or less"


def wanted_of(standing: Standing, day_unit: str) -> str:
    """Return the present rule: `25 h a week`, `7 h 30 a day, mean of a week`, `4 days a week with 3 h or more`. `day_unit`:
    that of the days that are counted."""
    plan, found = standing.plan, standing.progress
    words = target_words(plan, found, standing.goal.unit)
    if plan.kind is Kind.MEAN and plan.per is not Per.DAY:
        return f"{words}, mean of {each_period(plan)}"
    if plan.kind is Kind.DAYS and plan.per is Per.DAY:
        return f"each day{on_weekdays(plan)} {bound_words(plan.rule_on(found.day), day_unit)}"
    if plan.kind is Kind.DAYS:
        return f"{words} with {bound_words(plan.rule_on(found.day), day_unit)}"
    return words


def each_period(plan: Plan) -> str:
    """Return `a week`, or `7 days` of a window that rolls."""
    is_named = plan.per is not None and plan.per is not Per.ROLLING
    return EACH[plan.per] if is_named else f"{plan.rolling_days} days"  # type: ignore[index]  # it is not None
