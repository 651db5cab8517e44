"""What the page of an experiment that has ended shows of its result."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from experiments.dot_plot import dot_plot
from experiments.models import Experiment
from experiments.verdict import Verdict
from experiments.words import VERDICTS, amount, label_of, signed_amount, signed_number
from lifetracker.web.charts.table import Row, numbers_table
from lifetracker.words import counted

BANDS = {Verdict.KEEP: "high", Verdict.DROP: "low", Verdict.UNDECIDED: "mid"}


class EffectRow(NamedTuple):
    """An effect in the table of the result."""

    name: str
    estimate: str
    interval: str
    chance: str
    pairs: str


class ResultPage(NamedTuple):
    verdict: str
    band: str
    plot: SafeString | None
    numbers: SafeString
    effects: list[EffectRow]
    others: list[EffectRow]
    kept: list[tuple[str, str]]
    how: list[str]


def result_page(experiment: Experiment, result: Mapping[str, Any]) -> ResultPage:
    verdict = Verdict(result["verdict"])
    key = experiment.outcome
    effects = [effect_row("As assigned", result["effect"], key)]
    if result["per_protocol"]:
        effects.append(effect_row("As kept", result["per_protocol"], key))
    return ResultPage(
        verdict=VERDICTS[verdict],
        band=BANDS[verdict],
        plot=plot_of(result["effect"], key),
        numbers=numbers_of(result["effect"], key),
        effects=effects,
        others=[
            effect_row(label_of(one["metric"]), one, one["metric"]) for one in result["secondary"]
        ],
        kept=[(f"{arm.upper()}", kept_words(result["kept"][arm])) for arm in ("a", "b")],
        how=how_words(experiment, result),
    )


def effect_row(name: str, effect: Mapping[str, Any], key: str) -> EffectRow:
    low, high, estimate = effect["low"], effect["high"], effect["estimate"]
    total = len(effect["pairs"])
    return EffectRow(
        name=name,
        estimate="not known" if estimate is None else signed_amount(estimate, key),
        interval="not known"
        if low is None
        else f"{signed_amount(low, key)} to {signed_amount(high, key)}",
        chance="not known" if effect["p"] is None else share_words(effect["p"]),
        pairs=f"{effect['known_pairs']} of {total}",
    )


def share_words(p: float) -> str:
    """Return in how many of a hundred cases chance alone brings as much."""
    percent = 100 * p
    if percent < 1:
        return "under 1 of 100"
    return f"{round(percent)} of 100"


def plot_of(effect: Mapping[str, Any], key: str) -> SafeString | None:
    if effect["estimate"] is None:
        return None
    limits = None if effect["low"] is None else (effect["low"], effect["high"])
    sentence = (
        f"Difference of A to B in {counted(effect['known_pairs'], 'pair')} of blocks: "
        f"{signed_amount(effect['estimate'], key)} in the mean."
    )
    if limits:
        sentence += (
            f" The interval is {signed_amount(limits[0], key)} to {signed_amount(limits[1], key)}."
        )
    return dot_plot(
        effect["pairs"],
        effect["estimate"],
        limits,
        words=partial(signed_number, key=key),
        sentence=sentence,
    )


def numbers_of(effect: Mapping[str, Any], key: str) -> SafeString:
    rows = [
        Row(f"{at + 1}", [None if one is None else signed_amount(one, key)])
        for at, one in enumerate(effect["pairs"])
    ]
    return numbers_table(
        ["Pair", "A less B"], rows, caption="The difference of each pair of blocks", name="pairs"
    )


def kept_words(counts: Mapping[str, int]) -> str:
    return f"kept on {counted(counts['kept'], 'day')}, not on {counts['not_kept']}, not known on {counts['unknown']}"


def how_words(experiment: Experiment, result: Mapping[str, Any]) -> list[str]:
    """Return how it was reckoned, in sentences for somebody without statistics."""
    days = result["days"]
    found = [
        "Of each pair of blocks: the mean of the days of A less the mean of the days of B. The estimate is the mean of these "
        "differences. What each day of the week usually brings, by the 120 days before the start, was taken away first.",
        "If A and B made no difference, the coin might as well have fallen the other way in any pair. So the mean is compared "
        "with all ways in which the coins could have fallen, and the interval holds every effect that this does not refuse.",
        f"Of {days['counted']} days that count by the plan, {days['known']} have a known outcome."
        + (f" {days['marked']} were marked as unusual and left out." if days["marked"] else ""),
    ]
    if result["smallest"] is not None:
        found.append(
            f"An effect of {amount(result['smallest'], experiment.outcome)} would have been seen in 4 of 5 cases."
        )
    return found
