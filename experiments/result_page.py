"""What the page of an experiment that has ended shows of its result."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from experiments.design import Arm
from experiments.dot_plot import dot_plot
from experiments.models import Experiment
from experiments.result_words import capitalized, compared, range_words, title_of
from experiments.verdict import Verdict
from experiments.words import (
    ARM_LETTERS,
    amount,
    broken_words,
    label_of,
    signed_number,
    unit_of,
    unmarked_words,
)
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.words import counted

NOT_TESTED = "not tested"
#: The prefixes of metrics that their owner types in: answers of the journal, and own metrics.
RATED = ("journal.", "own.")
#: From so many days on, and such a share of those that count, it is said that more are known of A or of B.
FEW_APART, SHARE_APART = 3, 0.2
PILLS = {Verdict.KEEP: "good", Verdict.DROP: "bad", Verdict.UNDECIDED: "asks"}


class EffectShown(NamedTuple):
    """An effect as the tables of the result show it."""

    name: str
    estimate: str
    interval: str
    chance: str
    pairs: str
    is_tested: bool = True


class ResultPage(NamedTuple):
    title: str
    #: The class of the title.
    pill: str
    plot: SafeString | None
    #: Of the axis of the plot; empty where there is none.
    unit: str
    numbers: SafeString
    effects: list[EffectShown]
    others: list[EffectShown]
    kept: list[tuple[str, str]]
    known: list[tuple[str, str]]
    broken: list[str]
    #: What speaks against the outcome itself; empty for what is measured.
    rated: str
    how: list[str]


def result_page(experiment: Experiment, result: Mapping[str, Any]) -> ResultPage:
    key = experiment.outcome
    effects = [effect_shown("All days", result["effect"], key)]
    # What was reckoned before does not have it.
    by_arm = result.get("by_arm", {})
    if result["per_protocol"]:
        effects.append(untested("Without days known not to be kept", result["per_protocol"], key))
    return ResultPage(
        title=title_of(result),
        pill=pill_of(result),
        plot=plot_of(result["effect"], key),
        unit=unit_of(key),
        numbers=numbers_of(result["effect"], key),
        effects=effects,
        others=[
            effect_shown(capitalized(label_of(one["metric"])), one, one["metric"])
            for one in result["secondary"]
        ],
        kept=[
            (
                f"Days of {ARM_LETTERS[arm]} that count",
                kept_words(experiment, arm, result["kept"][arm]),
            )
            for arm in Arm
        ],
        known=[
            (f"Outcome of days of {ARM_LETTERS[arm]}", known_words(by_arm[arm]))
            for arm in Arm
            if by_arm
        ],
        broken=[*broken_words(experiment, result["kept"]), *uneven_words(by_arm)],
        rated=rated_words(key),
        how=how_words(experiment, result),
    )


def pill_of(result: Mapping[str, Any]) -> str:
    return PILLS[Verdict(result["verdict"])]


def effect_shown(name: str, effect: Mapping[str, Any], key: str) -> EffectShown:
    low, high, estimate = effect["low"], effect["high"], effect["estimate"]
    return EffectShown(
        name=name,
        estimate="not known" if estimate is None else compared(estimate, key),
        interval="not known" if low is None else range_words(low, high, key),
        chance="not known" if effect["p"] is None else share_words(effect["p"]),
        pairs=f"{effect['known_pairs']} of {len(effect['pairs'])}",
    )


def untested(name: str, effect: Mapping[str, Any], key: str) -> EffectShown:
    """Return an effect of chosen days, of which no coin says what chance would bring."""
    shown = effect_shown(name, effect, key)
    return shown._replace(interval=NOT_TESTED, chance="", is_tested=False)


def share_words(p: float) -> str:
    """Return in how many of a hundred cases chance alone brings as much."""
    percent = 100 * p
    return "fewer than 1 of 100" if percent < 1 else f"{round(percent)} of 100"


def plot_of(effect: Mapping[str, Any], key: str) -> SafeString | None:
    if effect["estimate"] is None:
        return None
    limits = None if effect["low"] is None else (effect["low"], effect["high"])
    sentence = (
        f"How A compares with B in {counted(effect['known_pairs'], 'pair')} of blocks: "
        f"{compared(effect['estimate'], key)} in the mean."
    )
    if limits:
        sentence += f" The true difference is likely in the range {range_words(*limits, key)}."
    return dot_plot(
        effect["pairs"],
        effect["estimate"],
        limits,
        words=partial(signed_number, key=key),
        sentence=sentence,
    )


def numbers_of(effect: Mapping[str, Any], key: str) -> SafeString:
    rows = [
        Row(f"{at + 1}", [None if one is None else compared(one, key)])
        for at, one in enumerate(effect["pairs"])
    ]
    return numbers_table(
        ["Pair", "On days of A"],
        rows,
        caption="The difference of each pair of blocks",
        name="pairs",
    )


def kept_words(experiment: Experiment, arm: Arm, counts: Mapping[str, int]) -> str:
    if not experiment.checks(arm):
        return "not checked"
    return f"kept on {counted(counts['kept'], 'day')}, not on {counts['not_kept']}, not known on {counts['unknown']}"


def known_words(counts: Mapping[str, int]) -> str:
    words = f"known on {counts['known']} of {counted(counts['counted'], 'day')}"
    left_out = counts["left_out"]
    return f"{words}, {left_out} left out by marks" if left_out else words


def uneven_words(by_arm: Mapping[str, Mapping[str, int]]) -> list[str]:
    """Return a caution where the outcome is known on many more days of the one than of the other."""
    if not by_arm or not are_uneven(by_arm[Arm.A], by_arm[Arm.B]):
        return []
    known = " and ".join(
        f"on {by_arm[arm]['known']} of the {counted(by_arm[arm]['counted'], 'day')} of {ARM_LETTERS[arm]}"
        for arm in Arm
    )
    return [
        f"The outcome is known {known} that count by the plan. If what you did, or how you felt, had to do with which days are "
        "missing, a part of the difference comes from that."
    ]


def are_uneven(one: Mapping[str, int], other: Mapping[str, int]) -> bool:
    apart = abs(one["known"] - other["known"])
    return apart >= FEW_APART and apart >= SHARE_APART * max(one["counted"], other["counted"])


def rated_words(key: str) -> str:
    """Return that an outcome was typed in by somebody who knew the day; empty where it was not."""
    if not key.startswith(RATED):
        return ""
    return "You knew which day it was when you rated it; expecting it to help could do the same."


def days_words(days: Mapping[str, int]) -> str:
    """Return how many days there were. What was reckoned before marks had to be made in time knows nothing of later ones."""
    words = (
        f"Of {days['counted']} days that count by the plan, {days['known']} have a known outcome."
    )
    if days["marked"]:
        words += f" {was_marked(days['marked'])} as unusual before the outcome could be known, and left out."
    if later := days.get("marked_later"):
        words += f" {was_marked(later)} later, and stayed in."
    if unmarked := days.get("unmarked_later"):
        words += f" {unmarked_words(unmarked)}"
    return words


def was_marked(number: int) -> str:
    return f"{counted(number, 'day')} {'was' if number == 1 else 'were'} marked"


def how_words(experiment: Experiment, result: Mapping[str, Any]) -> list[str]:
    """Return how it was reckoned, in sentences for somebody without statistics."""
    days = result["days"]
    found = [
        "Of each pair of blocks: the mean of the days of A minus the mean of the days of B. The difference that is shown is the "
        "mean of these. What each day of the week usually brings, by the 120 days before the start, was taken away first.",
        "If A and B made no difference, the coin might as well have fallen the other way in any pair. So the mean is compared "
        "with all ways in which the coins could have fallen. The likely range holds every difference that this does not refuse: "
        "in 95 of 100 experiments the true one is in it. That is the mean difference between the days of A and of B as you lived "
        "them; what lasts into the next block makes it smaller.",
        days_words(days),
    ]
    if result["smallest"] is not None:
        found.append(
            f"By the 120 days before, so many pairs notice a true difference of {amount(result['smallest'], experiment.outcome)} in 4 "
            "of 5 cases, and fewer where more days are missing, or differ more, than then. That rules nothing out: what is possible "
            "by the result, the range alone says."
        )
    return found
