"""What is said before the start of how large a difference must be to be noticed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from experiments.design import MOST_PAIRS
from experiments.models import Experiment, State, Wanted
from experiments.words import amount, label_of, worth_of
from lifetracker.words import counted

#: Up to this share of the difference that is noticed in 4 of 5 cases, one is missed in more than half of the cases.
MOSTLY_MISSED = 0.7


def power_words(experiment: Experiment, power: Mapping[str, Any]) -> str:
    """Return what can be said before the start of how large a difference must be to be noticed."""
    if not power:
        return ""
    label = label_of(experiment.outcome)
    if power.get("smallest") is not None:
        return noticed_words(experiment, power)
    if not power["known"]:
        return (
            f"No value of {label} is known in the last 120 days. Without its values an experiment shows nothing: record it for "
            "some weeks first."
        )
    if power["known"] < power["needed"]:
        return (
            f"Nobody can say how large a difference will be noticed: {label} is known on {power['known']} of the last 120 days, "
            f"and {power['needed']} are needed. You can begin all the same, if you record it on most days from now on."
        )
    if power.get("spread") is None:
        return f"{label} was the same on all of the last 120 days, so that nobody can say how large a difference will be noticed."
    return (
        f"With {blocks_words(experiment)} even a large difference would mostly stay undecided, because {label} is unknown on too "
        f"many days since it was first recorded, or has too little room to become {experiment.better}. {more_words(experiment)}"
    )


def noticed_words(experiment: Experiment, power: Mapping[str, Any]) -> str:
    """Return how large a difference must be to be noticed, where that is known."""
    if power.get("yes") is not None:
        return yes_words(experiment, power)
    smallest = power["smallest"]
    return (
        f"Only if the true difference is {amount(smallest, experiment.outcome)} or more, {blocks_words(experiment)} are likely to "
        f"notice it, in 4 of 5 cases. A smaller one will mostly stay undecided.{sure_words(experiment, smallest)}"
        f"{deviation_words(experiment, power)}"
    )


def yes_words(experiment: Experiment, power: Mapping[str, Any]) -> str:
    """Return the same of an outcome that is yes or no, by how often it is yes."""
    usual, smallest = power["yes"], power["smallest"]
    return (
        f"Only if {label_of(experiment.outcome)} is yes on {of_100(often(experiment, usual, smallest))} days of A instead of "
        f"{round(100 * usual)}, as in the last 120 days, or differs more, {blocks_words(experiment)} are likely to notice it, in 4 of 5 "
        f"cases. A smaller difference will mostly stay undecided.{sure_of_yes(experiment, usual, smallest)}"
    )


def often(experiment: Experiment, usual: float, difference: float) -> float:
    """Return the share of days with yes that so large a difference to the wanted side leads to."""
    return usual + (difference if experiment.better == Wanted.HIGHER else -difference)


def of_100(share: float) -> str:
    return f"{round(100 * share)} of 100"


def sure_of_yes(experiment: Experiment, usual: float, smallest: float) -> str:
    """Return how often it must be yes for the result to say that the difference matters; empty where any does."""
    if experiment.worth is None:
        return ""
    needed, asked = often(experiment, usual, experiment.worth + smallest), of_100(experiment.worth)
    if not 0 <= needed <= 1:
        return f" That it is the {asked} days that you ask for, it can hardly say: so often or so seldom is impossible."
    return f" To say that it is the {asked} days that you ask for, it must be about {of_100(needed)} days."


def deviation_words(experiment: Experiment, power: Mapping[str, Any]) -> str:
    """Return by how much single days differ; empty where that was not stored, as of older plans."""
    deviation = power.get("deviation")
    if deviation is None:
        return ""
    about = amount(deviation, experiment.outcome)
    return f" A single day lies about {about} from what is usual (one standard deviation)."


def blocks_words(experiment: Experiment) -> str:
    design = experiment.design
    return f"{counted(design.pairs, 'pair')} of {counted(design.block_days, 'day')}"


def sure_words(experiment: Experiment, smallest: float) -> str:
    """Return how large the difference must be for the result to say that it matters; empty where any does."""
    if experiment.worth is None:
        return ""
    needed = amount(experiment.worth + smallest, experiment.outcome)
    return f" To say that it is the {worth_of(experiment)} that you ask for, it must be about {needed} or more."


def more_words(experiment: Experiment) -> str:
    """Return what would let a plan notice more."""
    if experiment.pairs < MOST_PAIRS:
        return "Take more pairs, or blocks of another length."
    return (
        f"{MOST_PAIRS} pairs are the most: only longer blocks, a larger contrast between A and B, or an outcome that differs less "
        "from day to day can help."
    )


def caution_words(experiment: Experiment, power: Mapping[str, Any]) -> str:
    """Return that an experiment will hardly decide anything, where that is so by what is known before the start."""
    smallest, worth = power.get("smallest"), experiment.worth
    if smallest is None:
        is_hopeless = power.get("spread") is not None
        return "This may well end undecided, however large the difference." if is_hopeless else ""
    if worth is None or smallest <= worth:
        return ""
    asked, noticed = worth_of(experiment), amount(smallest, experiment.outcome)
    if power.get("yes") is not None:
        asked, noticed = f"{of_100(worth)} days", f"{of_100(smallest)} days"
    advice = f" {advice_words(experiment, smallest)}" if experiment.state == State.PLANNED else ""
    likely = (
        f"will most likely end undecided if the true difference is the {asked}"
        if worth <= MOSTLY_MISSED * smallest
        else f"may well end undecided if the true difference is the {asked}"
    )
    return f"This {likely} that you ask for: only one of about {noticed} or more is likely to be noticed, in 4 of 5 cases.{advice}"


def advice_words(experiment: Experiment, smallest: float) -> str:
    """Return what would let a plan notice the difference that matters. What is noticed shrinks by the root of the pairs."""
    by_most = smallest * math.sqrt(experiment.pairs / MOST_PAIRS)
    if experiment.pairs == MOST_PAIRS or (experiment.worth or 0.0) > MOSTLY_MISSED * by_most:
        return more_words(experiment)
    return (
        f"With {MOST_PAIRS} pairs, which are the most, it would still mostly be missed: only a larger contrast between A and B, or "
        "an outcome that differs less from day to day, can help."
    )


def carry_words(experiment: Experiment) -> str:
    """Return a caution where no days are left out between blocks; empty where some are."""
    if experiment.washout_days:
        return ""
    return "No days are left out between blocks: what lasts from one into the next makes the difference smaller."
