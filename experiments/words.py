"""What is said of experiments: of their plan, and while they run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from django.utils.text import capfirst

from experiments.design import Arm
from experiments.models import Experiment, State
from experiments.reading import are_many_broken
from experiments.validation import WORTH_DECIMALS
from lifetracker.days import ONE_DAY
from lifetracker.metrics.registry import find_even_deleted
from lifetracker.web.sentences import clock_of, date_words, isolated, number, signed
from lifetracker.web.units import in_chosen_unit, unit_of_difference
from lifetracker.words import counted

#: A whole number from here on: nobody reads the tenth of a hundred.
LARGE = 100
#: What stands for the name of a metric that was deleted for good.
GONE = "a metric that was deleted"
ARM_LETTERS = {Arm.A: "A", Arm.B: "B"}


def amount(value: float, key: str) -> str:
    """Return a difference of a metric in the unit that its owner reads, without a sign: `4.2 ms`, and
    `9.4 points` of a percentage."""
    metric = find_even_deleted(key)
    shown = in_chosen_unit(abs(value), stored_unit(key)).value
    decimals = 0 if shown >= LARGE else max(metric.decimals if metric else 1, 1)
    return f"{number(shown, decimals)} {unit_of(key)}".strip()


def signed_number(value: float, key: str) -> str:
    """Return a difference with its sign and without its unit, as it stands at an axis."""
    shown = in_chosen_unit(value, stored_unit(key)).value
    return signed(shown, 0 if float(shown).is_integer() else 1 if abs(shown) >= 1 else 2)


def stored_unit(key: str) -> str:
    """Return the unit in which values of a metric are stored; empty where nobody knows it."""
    metric = find_even_deleted(key)
    return metric.unit if metric else ""


def unit_of(key: str) -> str:
    """Return the unit in which its owner reads a difference of a metric."""
    return unit_of_difference(stored_unit(key))


def label_of(key: str) -> str:
    """Return how the owner knows a metric. A key is no name: of one that was deleted for good it says that."""
    metric = find_even_deleted(key)
    return metric.label if metric else GONE


def gone_choice(key: str) -> tuple[str, str]:
    """Return a metric that nobody can choose any more, as a form offers it where it was chosen before."""
    metric = find_even_deleted(key)
    return key, metric.label if metric else f"{capfirst(GONE)} ({key})"


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


def contrast_words(experiment: Experiment) -> str:
    """Return that B may be the same as A, where nothing says what a day of B is."""
    if not experiment.checks(Arm.A) or experiment.checks(Arm.B):
        return ""
    return (
        f"B ({quoted(experiment.usual_words)}) has no limit: on some of its days you may do the same as on days of A. The more "
        "these are, the less A and B differ, and a real difference is easily missed."
    )


def length_words(experiment: Experiment, today: date) -> str:
    """Return how long a plan takes: `It takes 60 days: if it begins today, until 28 January 2027.`"""
    days = experiment.design.days
    last = today + timedelta(days=days - 1)
    return f"It takes {counted(days, 'day')}: if it begins today, until {date_words(last)}."


def worth_of(experiment: Experiment) -> str:
    """Return the smallest difference that matters, with the digits that were typed."""
    key = experiment.outcome
    shown = in_chosen_unit(experiment.worth or 0.0, stored_unit(key)).value
    return f"{round(shown, WORTH_DECIMALS):,.12g} {unit_of(key)}".strip()


def rule_words(experiment: Experiment, arm: Arm) -> str:
    """Return on which values a day counts as kept: `from 17 h`, `below 17 h`, `from 5 h, below 9 h`, `if it is no`."""
    rule, metric = experiment.rule_of(arm), find_even_deleted(experiment.action)
    if not (experiment.action and rule.is_given):
        return "not checked"
    if metric and metric.is_yes_no and (answer := rule.answer) is not None:
        return "if it is yes" if answer else "if it is no"
    parts = [
        f"{word} {level(value, experiment.action)}"
        for word, value in (("from", rule.at_least), ("below", rule.below))
        if value is not None
    ]
    return ", ".join(parts)


def level(value: float, key: str) -> str:
    """Return a value of a metric: `17 h`, or `22:30` of a time of day."""
    metric = find_even_deleted(key)
    if metric and metric.circular:
        return clock_of(value)
    shown, unit = in_chosen_unit(value, stored_unit(key))
    return f"{round(shown, 2):g} {unit}".strip()


# --- While it runs --------------------------------------------------------------------------------


def progress_sentence(experiment: Experiment, today: date) -> str:
    """Return how far an experiment is, and what the day asks for. Nothing is said of its outcome."""
    start, last = experiment.start, experiment.last
    if start is None or last is None:
        return "It has not begun yet."
    if today < start:
        return f"It begins on {date_words(start)}."
    arm = experiment.arm_on(today)
    if arm is None:
        if not experiment.is_over:
            return "Its days are over. The last outcome is still to come."
        if experiment.cannot_be_reckoned:
            return "Its days are over, and there is nothing to reckon."
        return "Its days are over, and its result can be reckoned."
    return f"Today is a day of {ARM_LETTERS[arm]}: {isolated(experiment.words_of(arm))}. {day_of_days(experiment, today)}. {tomorrow_words(experiment, today)}"


def tomorrow_words(experiment: Experiment, day: date) -> str:
    """Return what the day after one of its days asks for: `Tomorrow is a day of A: fast for 17 hours.`"""
    arm = experiment.arm_on(day + ONE_DAY)
    if arm is None:
        return "It is the last day."
    if arm is experiment.arm_on(day):
        return f"Tomorrow is a day of {ARM_LETTERS[arm]}, too."
    return f"Tomorrow is a day of {ARM_LETTERS[arm]}: {isolated(experiment.words_of(arm))}."


def day_of_days(experiment: Experiment, day: date) -> str:
    """Return which of its days a day is: `Day 8 of 60, the second of 3 of its block`."""
    if experiment.start is None:
        return ""
    position = (day - experiment.start).days
    words = f"Day {position + 1} of {experiment.design.days}"
    if experiment.block_days == 1:
        return words
    within = ordinal(position % experiment.block_days + 1)
    return f"{words}, the {within} of {experiment.block_days} of its block"


def ordinal(position: int) -> str:
    return ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")[position - 1]


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


def broken_words(experiment: Experiment, counts: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return what it does that so many days were not kept, for A and B; nothing where they are few. `counts`: by arm, the
    days that count and were `kept`, `not_kept`, or are `unknown`."""
    so_far = " so far" if experiment.state == State.RUNNING else ""
    found = []
    for arm in Arm:
        broken, unknown = counts[arm]["not_kept"], counts[arm]["unknown"]
        days = counted(broken + unknown + counts[arm]["kept"], "day")
        if are_many_broken(counts[arm]):
            rest = f", and of {unknown} it is not known" if unknown else ""
            found.append(
                f"On {broken} of the {days} of {ARM_LETTERS[arm]} ({quoted(experiment.words_of(arm))}) that count{so_far} you did not "
                f"keep to it{rest}. These days stay in, so that A and B differ less than planned, and a real difference is "
                "easily missed."
            )
    return found


def late_words(days: int) -> str:
    """Return that so many days were marked too late to be left out; empty for none."""
    if not days:
        return ""
    was, them = ("was", "it stays") if days == 1 else ("were", "they stay")
    return (
        f"{counted(days, 'day')} {was} marked as illness, travel or holiday only when the outcome could be known, so that {them} "
        "in."
    )


def unmarked_words(days: int) -> str:
    """Return that the marks of so many days were taken away too late; empty for none."""
    if not days:
        return ""
    marks, they = ("mark", "it stays") if days == 1 else ("marks", "they stay")
    return (
        f"The {marks} of {counted(days, 'day')} {'was' if days == 1 else 'were'} taken away only when the outcome could be known, so "
        f"that {they} out."
    )


def quoted(words: str) -> str:
    return f"“{isolated(words)}”"
