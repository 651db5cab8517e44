"""What is said of experiments: before the start, while they run, and of what came of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.dateformat import format as format_date

from experiments.design import Arm
from experiments.models import Experiment, State, Wanted
from experiments.validation import known
from experiments.verdict import Reason, Verdict
from lifetracker.web.sentences import MINUS, clock_of, number, signed
from lifetracker.web.units import in_chosen_unit, unit_of_difference
from lifetracker.words import counted

#: A whole number from here on: nobody reads the tenth of a hundred.
LARGE = 100
ARM_LETTERS = {Arm.A: "A", Arm.B: "B"}
VERDICTS = {
    Verdict.KEEP: "Keep it",
    Verdict.DROP: "Drop it",
    Verdict.UNDECIDED: "Undecided",
}


def amount(value: float, key: str) -> str:
    """Return a difference of a metric in the unit that its owner reads, without a sign: `4.2 ms`, and
    `9.4 points` of a percentage."""
    metric = known(key)
    unit = metric.unit if metric else ""
    shown = in_chosen_unit(abs(value), unit).value
    decimals = 0 if shown >= LARGE else max(metric.decimals if metric else 1, 1)
    return f"{number(shown, decimals)} {unit_of_difference(unit)}".strip()


def signed_amount(value: float, key: str) -> str:
    """Return the same with its sign: `+4.2 ms`; nothing has none."""
    words = amount(value, key)
    if words == amount(0.0, key):
        return words
    return f"{MINUS if value < 0 else '+'}{words}"


def signed_number(value: float, key: str) -> str:
    """Return a difference with its sign and without its unit, as it stands at an axis."""
    metric = known(key)
    shown, _ = in_chosen_unit(value, metric.unit if metric else "")
    return signed(shown, 0 if float(shown).is_integer() else 1 if abs(shown) >= 1 else 2)


def label_of(key: str) -> str:
    """Return how the owner knows a metric; its key where it is gone."""
    metric = known(key)
    return metric.label if metric else key


def day_words(day: date) -> str:
    return format_date(day, "j F Y")


# --- The plan -------------------------------------------------------------------------------------


def design_words(experiment: Experiment) -> str:
    """Return the plan in a sentence: `10 pairs of blocks of 3 days, 60 days in all, of which the first day of each block does
    not count.`"""
    design = experiment.design
    blocks = f"{counted(design.pairs, 'pair')} of blocks of {counted(design.block_days, 'day')}"
    words = f"{blocks}, {design.days} days in all"
    if not design.washout_days:
        return f"{words}. Every day counts."
    first = "The first day" if design.washout_days == 1 else f"The first {design.washout_days} days"
    verb = "does" if design.washout_days == 1 else "do"
    return f"{words}. {first} of each block {verb} not count."


def power_words(experiment: Experiment, power: Mapping[str, Any]) -> str:
    """Return what can be said before the start of how large an effect must be to be seen."""
    design = experiment.design
    blocks = f"{counted(design.pairs, 'pair')} of {counted(design.block_days, 'day')}"
    smallest = power.get("smallest")
    if not power:
        return ""
    if smallest is not None:
        spread = amount(power["spread"], experiment.outcome)
        return (
            f"With {blocks} you will see an effect of {amount(smallest, experiment.outcome)} in 4 of 5 cases. A smaller one "
            f"will mostly stay undecided. From day to day, {label_of(experiment.outcome)} differs by about {spread}."
        )
    if power["known"] < power["needed"]:
        return (
            f"Nobody can say how large an effect you will see: of the last 120 days {power['known']} are known, and "
            f"{power['needed']} are needed. You can begin all the same."
        )
    if power.get("spread") is None:
        return "The last 120 days are all alike, so that nobody can say how large an effect you will see."
    return (
        f"With {blocks} no effect will be seen in 4 of 5 cases, because so many days are unknown. Take more pairs, or longer "
        "blocks."
    )


def worth_words(experiment: Experiment, power: Mapping[str, Any]) -> str:
    """Return a warning where an effect that is worth it is too small to be seen; empty where there is nothing to say."""
    smallest = power.get("smallest")
    if experiment.worth is None or smallest is None or smallest <= experiment.worth:
        return ""
    worth = amount(experiment.worth, experiment.outcome)
    return (
        f"You said that {worth} would be worth it. This plan will mostly miss an effect of that size: take more pairs, or "
        "blocks of another length."
    )


def rule_words(experiment: Experiment, at_least: float | None, below: float | None) -> str:
    """Return on which values a day counts as kept: `from 17 h`, `below 17 h`, `from 5 h, below 9 h`."""
    parts = [
        f"{word} {level(value, experiment.action)}"
        for word, value in (("from", at_least), ("below", below))
        if value is not None
    ]
    return ", ".join(parts) or "not checked"


def level(value: float, key: str) -> str:
    """Return a value of a metric: `17 h`, or `22:30` of a time of day."""
    metric = known(key)
    if metric and metric.circular:
        return clock_of(value)
    shown, unit = in_chosen_unit(value, metric.unit if metric else "")
    return f"{round(shown, 2):g} {unit}".strip()


# --- While it runs --------------------------------------------------------------------------------


def progress_sentence(experiment: Experiment, today: date) -> str:
    """Return how far an experiment is, and what the day asks for. Nothing is said of its outcome."""
    start, last = experiment.start, experiment.last
    if start is None or last is None:
        return "It has not begun yet."
    if today < start:
        return f"It begins on {day_words(start)}."
    arm = experiment.arm_on(today)
    if arm is None:
        if not experiment.is_over:
            return "Its days are over. The last outcome is still to come."
        return "Its days are over, and its result can be reckoned."
    return f"Today is a day of {ARM_LETTERS[arm]}: {experiment.words_of(arm)}. {day_of_days(experiment, today)}."


def day_of_days(experiment: Experiment, day: date) -> str:
    """Return which of its days a day is: `Day 8 of 60, the second of 3 of its block`."""
    if experiment.start is None:
        return ""
    number_of = (day - experiment.start).days
    words = f"Day {number_of + 1} of {experiment.design.days}"
    if experiment.block_days == 1:
        return words
    within = ordinal(number_of % experiment.block_days + 1)
    return f"{words}, the {within} of {experiment.block_days} of its block"


def ordinal(number_of: int) -> str:
    return ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")[number_of - 1]


def sentence_of_list(found: Sequence[Experiment], today: date) -> str:
    """Return the sentence over the list: what the day asks for, else how to begin."""
    running = [one for one in found if one.state == State.RUNNING]
    if len(running) == 1:
        return progress_sentence(running[0], today)
    if running:
        return f"{len(running)} experiments run."
    if found:
        return "No experiment runs at present."
    return "Try something on days that a coin chooses, and see what it does to you."


# --- What came of it ------------------------------------------------------------------------------


def result_sentence(experiment: Experiment) -> str:
    """Return what came of an experiment, in sentences; before the end only that nothing is shown yet."""
    if experiment.state == State.STOPPED:
        return "Not decided: it was stopped before its end."
    result = experiment.result
    if experiment.state != State.ENDED or not result:
        return "Shown after the end, so that nobody stops at a lucky moment."
    return f"{VERDICTS[Verdict(result['verdict'])]}. {effect_sentence(experiment)}"


def effect_sentence(experiment: Experiment) -> str:
    result = experiment.result or {}
    effect, key = result["effect"], experiment.outcome
    reason = Reason(result["reason"])
    if effect["estimate"] is None:
        return "No pair of blocks has a known day in both, so that nothing can be said."
    change = f"{label_of(key)} was {compared(effect['estimate'], key)} on the days of A"
    if reason is Reason.TOO_FEW:
        return (
            f"{change}, but only {counted(effect['known_pairs'], 'pair')} of blocks are known, and six are needed to tell "
            "an effect from chance."
        )
    interval = (
        f"(95 %: {signed_amount(effect['low'], key)} to {signed_amount(effect['high'], key)})"
    )
    return f"{change} {interval}. {reason_words(experiment, reason)}"


def compared(value: float, key: str) -> str:
    words = amount(value, key)
    if words == amount(0.0, key):
        return "the same"
    return f"{words} {'higher' if value > 0 else 'lower'}"


def reason_words(experiment: Experiment, reason: Reason) -> str:
    wanted = "higher" if experiment.better == Wanted.HIGHER else "lower"
    if reason is Reason.BETTER:
        return f"You wanted it {wanted}, and chance alone seldom brings as much."
    if reason is Reason.WORSE:
        return f"You wanted it {wanted}, and it went the other way by more than chance alone would bring."
    if reason is Reason.TOO_LITTLE:
        worth = amount(experiment.worth or 0.0, experiment.outcome)
        return f"Whatever the true effect is, it is below the {worth} that would be worth it."
    smallest = (experiment.result or {}).get("smallest")
    seen = (
        f" An effect of {amount(smallest, experiment.outcome)} would have been seen in 4 of 5 cases."
        if smallest is not None
        else ""
    )
    return f"Chance alone could bring as much, so that this says neither yes nor no.{seen}"
